"""Circuit breaker: stop all requests before, or once, Discord bans this machine's address."""

from __future__ import annotations

from collections import deque
from typing import Final

import structlog

from bot.chat.wire.refusals import CircuitOpenError
from bot.clock import Clock

log = structlog.get_logger(__name__)

INVALID_LIMIT: Final = 1_000
"""Answers of 401, 403 or 429 in 10 minutes. Discord bans an address at 10,000 (docs/platform.md, Limits)."""

WINDOW_S: Final = 600.0


class Breaker:
    """A circuit breaker, closed while requests may pass."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._invalid: deque[float] = deque()
        self._open_until_s = 0.0
        self._why = ""

    @property
    def is_open(self) -> bool:
        """True while no request may pass."""
        return self._left_s() > 0

    @property
    def invalid_count(self) -> int:
        """Answers of 401, 403 and 429 in the last 10 minutes."""
        oldest = self._clock.uptime() - WINDOW_S
        while self._invalid and self._invalid[0] <= oldest:
            self._invalid.popleft()
        return len(self._invalid)

    def check(self) -> None:
        """Go on only if requests may pass.

        Raises:
            CircuitOpenError: they may not.
        """
        if (left := self._left_s()) > 0:
            raise CircuitOpenError(self._why, left)

    def note_invalid(self) -> None:
        """Count an answer of 401, 403 or 429; open the breaker if there were too many."""
        self._invalid.append(self._clock.uptime())
        if self.invalid_count >= INVALID_LIMIT and not self.is_open:
            self.open(f"{INVALID_LIMIT} refused requests in 10 minutes", WINDOW_S)

    def open(self, why: str, seconds: float) -> None:
        """Open the breaker for these seconds, at least 10 minutes."""
        self._why = why
        self._open_until_s = max(self._open_until_s, self._clock.uptime() + max(seconds, WINDOW_S))
        log.error("no request is sent for a while", why=why, seconds=round(self._left_s()))

    def _left_s(self) -> float:
        return self._open_until_s - self._clock.uptime()
