"""Clocks that a test controls."""

from __future__ import annotations

import asyncio
import math
import time
from datetime import UTC, datetime, timedelta

from typing_extensions import override

from bot.clock import Clock

# A Thursday: the day of the upstream records.
DAWN = datetime(2021, 6, 3, 12, 0, tzinfo=UTC)


class ManualClock(Clock):
    """A clock that changes only when a test advances it.

    `advance` wakes the sleepers whose time has come, in order; they run at the test's next `await`. `sleepers_reach`
    waits until the code under test sleeps, so that no test needs to guess.
    """

    def __init__(self, now: datetime = DAWN) -> None:
        if now.tzinfo is None:
            raise ValueError("the time must be timezone-aware")
        self._now = now.astimezone(UTC)
        self._uptime = 1000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._changed = asyncio.Event()

    @override
    def now(self) -> datetime:
        return self._now

    @override
    def uptime(self) -> float:
        return self._uptime

    @override
    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        sleeper = (self._uptime + seconds, asyncio.get_running_loop().create_future())
        self._sleepers.append(sleeper)
        self._changed.set()
        try:
            await sleeper[1]
        finally:
            if sleeper in self._sleepers:  # it was cancelled
                self._sleepers.remove(sleeper)

    def advance(self, seconds: float) -> None:
        """Advance the wall clock and the uptime, and wake the sleepers whose time has come."""
        if seconds < 0:
            raise ValueError("`advance` goes forward only; `step` sets the wall clock back")
        self._now += timedelta(seconds=seconds)
        self._uptime += seconds
        over = [sleeper for sleeper in self._sleepers if sleeper[0] <= self._uptime + 1e-9]
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper not in over]
        for _, waking in sorted(over, key=lambda sleeper: sleeper[0]):
            if not waking.done():
                waking.set_result(None)

    def step(self, seconds: float) -> None:
        """Change the wall clock only, forward or (negative) back, as an administrator or NTP does; wakes no sleeper."""
        self._now += timedelta(seconds=seconds)

    @property
    def next_wake(self) -> float:
        """Seconds until the next sleeper wakes; infinite if there are no sleepers."""
        return min((due - self._uptime for due, _ in self._sleepers), default=math.inf)

    async def sleepers_reach(self, count: int = 1) -> None:
        """Wait until at least `count` tasks sleep on this clock, or until the test's own time limit."""
        while len(self._sleepers) < count:
            self._changed.clear()
            await self._changed.wait()


class RunningClock(Clock):
    """A clock that runs at the machine's speed from a given time, and can jump forward."""

    def __init__(self, now: datetime = DAWN) -> None:
        self._start = now.astimezone(UTC)
        self._zero = time.monotonic()
        self._ahead = 0.0

    @override
    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.uptime())

    @override
    def uptime(self) -> float:
        return time.monotonic() - self._zero + self._ahead

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    def jump_to(self, moment: datetime) -> None:
        """Advance the wall clock and the uptime to `moment`."""
        ahead = (moment - self.now()).total_seconds()
        if ahead < 0:
            raise ValueError("`jump_to` goes forward only")
        self._ahead += ahead
