"""Decide whether the machine's wall clock can be trusted to say what is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from bot.clock import Clock
from bot.news.checkup.clock_bounds import MOST_APART_S, is_apart

_AT_ONCE_S: Final = 1.0

log = structlog.get_logger(__name__)


class ClockTrust:
    """Trusts the wall clock once Discord's agrees with it: at the start, and each time after it was set.

    A process that starts with a clock one year ahead would plan one year ahead and then post nothing for that year.
    """

    def __init__(self, clock: Clock, discord_offset_s: Callable[[], float | None]) -> None:
        """Set up the check.

        Args:
            clock: The machine's clocks.
            discord_offset_s: As `Messenger.discord_offset_s`.
        """
        self._clock = clock
        self._discord_offset_s = discord_offset_s
        self._last: tuple[datetime, float] | None = None
        self._is_doubtful = True
        self._was_set = False

    def may_plan(self) -> bool:
        """Return False until Discord's `Date` agrees, and again after the clock was set. Call it once per tick."""
        if self._has_jumped():
            self._is_doubtful = self._was_set = True
        if self._is_doubtful and self._discord_agrees():
            self._is_doubtful = self._was_set = False
        return not self._is_doubtful

    @property
    def is_trusted(self) -> bool:
        """The result of the last call of `may_plan`."""
        return not self._is_doubtful

    @property
    def is_at_odds(self) -> bool:
        """True if the clock was set or differs from Discord's; False if Discord just has not answered yet."""
        return self._is_doubtful and (self._was_set or self._discord_offset_s() is not None)

    def _has_jumped(self) -> bool:
        now, uptime = self._read_clocks()
        last, self._last = self._last, (now, uptime)
        if last is None or not is_apart(now - last[0], uptime - last[1]):
            return False
        apart_s = (now - last[0]).total_seconds() - (uptime - last[1])
        log.warning("the wall clock was set; nothing is planned until Discord's clock agrees", apart_s=round(apart_s))
        return True

    def _read_clocks(self) -> tuple[datetime, float]:
        """Read both clocks at one moment: a process that is paused between the two would see a clock that was set."""
        while True:
            before_s, now, after_s = self._clock.uptime(), self._clock.now(), self._clock.uptime()
            if after_s - before_s < _AT_ONCE_S:
                return now, after_s

    def _discord_agrees(self) -> bool:
        offset_s = self._discord_offset_s()
        return offset_s is not None and abs(offset_s) <= MOST_APART_S
