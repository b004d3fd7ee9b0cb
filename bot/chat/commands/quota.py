"""How much one member may ask: a few commands at once, and so many a minute (docs/security.md, Floods)."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from bot.errors import TooManyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.clock import Clock

MINUTE_S: Final = 60.0
FORGET_ABOVE: Final = 10_000


class Quota:
    """Counts by member; members that were quiet for a minute are forgotten."""

    def __init__(self, clock: Clock, *, a_minute: int = 30, at_once: int = 5) -> None:
        self._clock = clock
        self._a_minute = a_minute
        self._at_once = at_once
        self._begun: dict[int, deque[float]] = {}
        self._running: dict[int, int] = {}

    @contextmanager
    def one(self, user_id: int) -> Iterator[None]:
        """Count one command while it runs.

        Raises:
            TooManyError: the member has too many running, or asked too often within the last minute.
        """
        self._begin(user_id)
        try:
            yield
        finally:
            left = self._running[user_id] - 1
            if left:
                self._running[user_id] = left
            else:
                del self._running[user_id]

    def _begin(self, user_id: int) -> None:
        now = self._clock.uptime()
        self._forget_quiet(now)
        begun = self._begun.setdefault(user_id, deque())
        while begun and now - begun[0] >= MINUTE_S:
            begun.popleft()
        if self._running.get(user_id, 0) >= self._at_once:
            raise TooManyError("That is a lot at once.", cure="Wait for the answers that are on their way.")
        if len(begun) >= self._a_minute:
            wait = int(MINUTE_S - (now - begun[0])) + 1
            raise TooManyError("That was a lot in one minute.", cure=f"Try again in {wait} seconds.")
        begun.append(now)
        self._running[user_id] = self._running.get(user_id, 0) + 1

    def _forget_quiet(self, now: float) -> None:
        if len(self._begun) > FORGET_ABOVE:
            self._begun = {user: at for user, at in self._begun.items() if at and now - at[-1] < MINUTE_S}
