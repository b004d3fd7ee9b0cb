"""Time, as a thing that is handed in: nothing below `app` asks the machine for it."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the program knows of time."""

    def now(self) -> datetime:
        """The wall clock's moment, aware, in UTC. It may jump in both directions."""
        ...

    def uptime(self) -> float:
        """Seconds on a clock that never goes back and counts suspend; its zero means nothing."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` (at least 0) on the `uptime` clock."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """See `Clock.now`."""
        return datetime.now(UTC)

    def uptime(self) -> float:
        """See `Clock.uptime`; without CLOCK_BOOTTIME (not Linux) suspend isn't counted."""
        boottime = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic() if boottime is None else time.clock_gettime(boottime)

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        await asyncio.sleep(max(0.0, seconds))
