"""The clocks of the simulated machine, and what Discord's clock shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from typing_extensions import override

from bot.clock import Clock

DAWN: Final = datetime(2026, 3, 2, tzinfo=UTC)
"""When a simulation begins: a Monday."""


class SimulatedClock(Clock):
    """A machine's clocks. They run with the world's, but the wall clock can be set wrong.

    Attributes:
        wrong_by_s: How far the wall clock is ahead of the true time.
    """

    def __init__(
        self, time: Callable[[], float], *, rest_s: Callable[[float], float] = lambda seconds: seconds
    ) -> None:
        """See the class.

        Args:
            time: Seconds since the simulation began.
            rest_s: How long a sleep of the given seconds really takes: a machine may be slow.
        """
        self._time = time
        self._rest_s = rest_s
        self.wrong_by_s = 0.0

    def true_now(self) -> datetime:
        """What Discord's clock shows."""
        return DAWN + timedelta(seconds=self._time())

    @override
    def now(self) -> datetime:
        return DAWN + timedelta(seconds=self._time() + self.wrong_by_s)

    @override
    def uptime(self) -> float:
        # It counts what a process was frozen for.
        return 5000.0 + self._time()

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, self._rest_s(seconds)))
