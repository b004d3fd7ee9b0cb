"""Limit how many commands one member runs at once and per minute, so that a flood of commands slows nobody else."""

from __future__ import annotations

from collections import deque
from contextlib import AbstractContextManager, contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.errors import Limit, TooManyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.clock import Clock

MINUTE_S: Final = 60.0

PAGES_PER_COMMAND: Final = 2
COMPLETIONS_PER_COMMAND: Final = 8
"""A page is turned faster than a command is typed, and each letter of a command may ask for a completion."""

COMMANDS_PER_SHARE: Final = 3
"""A shared answer is seen by a whole channel."""

FORGET_ABOVE: Final = 10_000


class Counted(Enum):
    """What is counted together."""

    COMMANDS = "commands"
    PAGES = "pages"
    COMPLETIONS = "completions"
    SHARES = "shared answers"


class Quotas:
    """The quotas of a member, one for each kind of effect.

    Args:
        clock: Its uptime is counted.
        per_minute: Commands that one member may begin within a minute; the others follow from it.
        at_once: Effects of one kind and member that may run at the same time.
    """

    def __init__(self, clock: Clock, *, per_minute: int = 30, at_once: int = 5) -> None:
        allowed = {
            Counted.COMMANDS: per_minute,
            Counted.PAGES: per_minute * PAGES_PER_COMMAND,
            Counted.COMPLETIONS: per_minute * COMPLETIONS_PER_COMMAND,
            Counted.SHARES: max(1, per_minute // COMMANDS_PER_SHARE),
        }
        self._quotas = {
            each: Quota(clock, per_minute=most, at_once=at_once, what=each.value) for each, most in allowed.items()
        }

    def one(self, counted: Counted, user_id: int) -> AbstractContextManager[None]:
        """Count one effect while it runs; raises as `Quota.one`."""
        return self._quotas[counted].one(user_id)


class Quota:
    """Counts of commands by member; a member without a command in the last minute is forgotten.

    Args:
        clock: Its uptime is counted.
        per_minute: Commands that one member may begin within a minute.
        at_once: Commands of one member that may run at the same time.
        what: What is counted, in the plural.
    """

    def __init__(self, clock: Clock, *, per_minute: int = 30, at_once: int = 5, what: str = "commands") -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._at_once = at_once
        self._what = what
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
        self._forget_idle(now)
        begun = self._begun.setdefault(user_id, deque())
        while begun and now - begun[0] >= MINUTE_S:
            begun.popleft()
        if self._running.get(user_id, 0) >= self._at_once:
            cure = "Wait for the answers to the earlier ones."
            raise TooManyError(f"Too many {self._what} at once.", limit=Limit.AT_ONCE, cure=cure)
        if len(begun) >= self._per_minute:
            wait = int(MINUTE_S - (now - begun[0])) + 1
            cure = f"Try again in {wait} seconds."
            raise TooManyError(f"Too many {self._what} in one minute.", limit=Limit.PER_MINUTE, cure=cure)
        begun.append(now)
        self._running[user_id] = self._running.get(user_id, 0) + 1

    def _forget_idle(self, now: float) -> None:
        if len(self._begun) > FORGET_ABOVE:
            self._begun = {user: at for user, at in self._begun.items() if at and now - at[-1] < MINUTE_S}
