"""The tick: APScheduler runs one coroutine every half minute, and nothing else.

Each tick asks the store what is due, so one that is late, repeated or missing changes nothing. APScheduler plans by the
wall clock, which may be set back by a year: a watch on the uptime reschedules the job then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import Clock
from bot.errors import NewsdeskError
from bot.news.checkup.clock_bounds import is_apart

log = structlog.get_logger(__name__)

EVERY_S: Final = 30.0

STOP_S: Final = 2.0
"""Time limit for a tick to end: planning stores whole editions or nothing, so it can be cut short anywhere."""


class Tick:
    """Runs a coroutine function at regular intervals, never twice at the same time.

    Attributes:
        last_end_s: The uptime when the last tick ended; None before.
        trouble: Why the last tick failed, one sentence; empty if it didn't.
    """

    def __init__(self, work: Callable[[], Awaitable[object]], *, clock: Clock, every_s: float = EVERY_S) -> None:
        """Prepare a job that `start` schedules.

        Args:
            work: The work of a tick; its errors are logged, and the next tick comes all the same.
            clock: For the watch, and for the time of the last tick.
            every_s: Seconds between two ticks, at most 30 (docs/delivery.md, Scheduler).
        """
        self._work = work
        self._clock = clock
        self._every_s = min(every_s, EVERY_S)
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._running = asyncio.Lock()
        self._ticking: asyncio.Task[object] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._began_s = clock.uptime()
        self.last_end_s: float | None = None
        self.trouble = ""

    def start(self) -> None:
        """Tick now, and at regular intervals from now on."""
        self._scheduler.start()
        self._schedule()
        self._watch = asyncio.create_task(self._keep_ticking())

    def _schedule(self) -> None:
        self._scheduler.add_job(self.run_once)
        self._scheduler.add_job(
            self.run_once, IntervalTrigger(seconds=self._every_s, timezone="UTC"), id="tick", replace_existing=True
        )

    async def run_once(self) -> None:
        """Tick; if a tick is running, wait for it instead."""
        if self._running.locked():
            async with self._running:
                return
        async with self._running:
            self._began_s, self._ticking = self._clock.uptime(), asyncio.current_task()
            try:
                await self._work()
            except Exception as error:  # whatever a tick fails with, the next one must come
                self.trouble = error.message if isinstance(error, NewsdeskError) else f"{type(error).__name__}: {error}"
                log.warning("a tick failed", error=self.trouble, exc_info=not isinstance(error, NewsdeskError))
            else:
                self.trouble = ""
            finally:
                self.last_end_s = self._clock.uptime()

    async def _keep_ticking(self) -> None:
        while True:
            slept_from, slept_from_s = self._clock.now(), self._clock.uptime()
            await self._clock.sleep(self._every_s)
            late_s = self._clock.uptime() - self._began_s
            if late_s > 2 * self._every_s and not self._running.locked():
                was_set = is_apart(self._clock.now() - slept_from, self._clock.uptime() - slept_from_s)
                cause = "the wall clock was changed" if was_set else "the process was paused"
                log.warning("no tick came in time", seconds=round(late_s), cause=cause)
                self._schedule()

    async def stop(self) -> None:
        """Stop ticking; a tick that is running is finished first, or cancelled if that takes too long."""
        if self._watch is not None:
            self._watch.cancel()
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._running.acquire(), STOP_S)
            self._running.release()
        if self._running.locked() and self._ticking is not None:
            self._ticking.cancel()
            await asyncio.wait({self._ticking})
        self._scheduler.shutdown(wait=False)
