"""Clocks, passed as parameters: only `SystemClock` asks the machine for the time."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

from typing_extensions import override


class Clock(Protocol):
    """A source of wall time and uptime."""

    def now(self) -> datetime:
        """Read the wall clock: an aware datetime in UTC, which may jump in both directions."""
        ...

    def uptime(self) -> float:
        """Read seconds from a clock that never goes back and counts suspend; its zero is arbitrary."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Sleep for `seconds` (at least 0) on the `uptime` clock."""
        ...


class SystemClock(Clock):
    """The machine's own clocks."""

    @override
    def now(self) -> datetime:
        return datetime.now(UTC)

    @override
    def uptime(self) -> float:
        # Without CLOCK_BOOTTIME (Linux has it) suspend isn't counted.
        boottime = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic() if boottime is None else time.clock_gettime(boottime)

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))
