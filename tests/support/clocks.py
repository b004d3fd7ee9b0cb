"""Time that a test moves by hand."""

from __future__ import annotations

import asyncio
import math
import time
from datetime import UTC, datetime, timedelta

# A Thursday: the day of the upstream records.
DAWN = datetime(2021, 6, 3, 12, 0, tzinfo=UTC)


class ManualClock:
    """A `bot.clock.Clock` which stands still until a test moves it.

    Sleepers wake when `advance` has passed their moment, in the order of these moments; they run at the test's next
    `await`. `sleepers_reach` waits until the code under test has fallen asleep, so no test needs to guess.
    """

    def __init__(self, now: datetime = DAWN) -> None:
        if now.tzinfo is None:
            raise ValueError("a clock's moment is aware")
        self._now = now.astimezone(UTC)
        self._uptime = 1000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._changed = asyncio.Event()

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self._now

    def uptime(self) -> float:
        """See `Clock.uptime`."""
        return self._uptime

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`: it returns once the clock was advanced so far."""
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
        """Let time pass: the wall clock and the uptime move together, and whoever's sleep is over wakes."""
        if seconds < 0:
            raise ValueError("time passes forwards only: `step` sets the wall clock back")
        self._now += timedelta(seconds=seconds)
        self._uptime += seconds
        over = [sleeper for sleeper in self._sleepers if sleeper[0] <= self._uptime + 1e-9]
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper not in over]
        for _, waking in sorted(over, key=lambda sleeper: sleeper[0]):
            if not waking.done():
                waking.set_result(None)

    def step(self, seconds: float) -> None:
        """Set the wall clock on (or, below 0, back), as an administrator or NTP does; nobody wakes."""
        self._now += timedelta(seconds=seconds)

    @property
    def next_wake(self) -> float:
        """Seconds until the next sleeper wakes; infinite when nobody sleeps."""
        return min((due - self._uptime for due, _ in self._sleepers), default=math.inf)

    async def sleepers_reach(self, count: int = 1) -> None:
        """Return once at least `count` tasks sleep on this clock. In doubt the test's own time limit ends the wait."""
        while len(self._sleepers) < count:
            self._changed.clear()
            await self._changed.wait()


class RunningClock:
    """A `bot.clock.Clock` that runs as fast as the machine's from a moment of the test's choice, and can be set on."""

    def __init__(self, now: datetime = DAWN) -> None:
        self._start = now.astimezone(UTC)
        self._zero = time.monotonic()
        self._ahead = 0.0

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self._start + timedelta(seconds=self.uptime())

    def uptime(self) -> float:
        """See `Clock.uptime`."""
        return time.monotonic() - self._zero + self._ahead

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`; a jump on the way doesn't wake it."""
        await asyncio.sleep(max(0.0, seconds))

    def jump_to(self, moment: datetime) -> None:
        """Let all the time up to `moment` pass at once, on both clocks."""
        ahead = (moment - self.now()).total_seconds()
        if ahead < 0:
            raise ValueError("a jump goes forward only")
        self._ahead += ahead
