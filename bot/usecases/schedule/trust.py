"""Whether the machine's wall clock may say what is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.clock import Clock
from bot.news.checkup.clock_bounds import MOST_APART_S

log = structlog.get_logger(__name__)


class ClockTrust:
    """Waits until Discord's clock agrees with the wall clock: at the start, and after each time that it was set.

    A process that started with a clock a year ahead would plan a year ahead, and then be silent for that year.
    """

    def __init__(self, clock: Clock, discord_offset_s: Callable[[], float | None]) -> None:
        """See the class.

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
        """Asked once a tick: False until Discord's `Date` agrees, and again from a tick that finds the clock set."""
        if self._has_jumped():
            self._is_doubtful = self._was_set = True
        if self._is_doubtful and self._discord_agrees():
            self._is_doubtful = self._was_set = False
        return not self._is_doubtful

    @property
    def is_trusted(self) -> bool:
        """What the last tick was told."""
        return not self._is_doubtful

    @property
    def is_at_odds(self) -> bool:
        """Whether the wall clock was set or Discord says otherwise: more than that Discord has yet to answer."""
        return self._is_doubtful and (self._was_set or self._discord_offset_s() is not None)

    def _has_jumped(self) -> bool:
        now, uptime = self._clock.now(), self._clock.uptime()
        last, self._last = self._last, (now, uptime)
        if last is None:
            return False
        apart_s = (now - last[0]).total_seconds() - (uptime - last[1])
        if abs(apart_s) <= MOST_APART_S:
            return False
        log.warning("the wall clock was set; nothing is planned until Discord's clock agrees", apart_s=round(apart_s))
        return True

    def _discord_agrees(self) -> bool:
        offset_s = self._discord_offset_s()
        return offset_s is not None and abs(offset_s) <= MOST_APART_S
