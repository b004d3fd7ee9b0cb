"""The tick comes regularly, whatever the last one met and whatever becomes of the wall clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.app.tick import EVERY_S, Tick
from tests.support.clocks import RunningClock

OFTEN_S = 0.05


class Work:
    """Counts its ticks; can be slow, and can break."""

    def __init__(self) -> None:
        self.count = 0
        self.at_once = 0
        self.most_at_once = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.breaks = False

    async def __call__(self) -> None:
        """One tick."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.gate.wait()
            if self.breaks:
                raise RuntimeError("broken")
        finally:
            self.at_once -= 1
            self.count += 1

    async def reaches(self, count: int) -> None:
        """Return after `count` ticks."""
        for _ in range(500):
            if self.count >= count:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{self.count} ticks, not {count}")


@pytest.fixture
def work() -> Work:
    """What a tick does."""
    return Work()


@pytest.fixture
async def tick(work: Work) -> AsyncIterator[Tick]:
    """Twenty ticks a second, not started yet."""
    made = Tick(work, clock=RunningClock(), every_s=OFTEN_S)
    yield made
    work.gate.set()
    await made.stop()


async def test_first_tick_comes_at_once(work: Work) -> None:
    """What fell due while the bot was down is not kept waiting for half a minute."""
    tick = Tick(work, clock=RunningClock())
    tick.start()

    await work.reaches(1)

    await tick.stop()


async def test_ticks_come_regularly(tick: Tick, work: Work) -> None:
    """Until they are stopped."""
    tick.start()
    await work.reaches(4)

    await tick.stop()
    count = work.count
    await asyncio.sleep(4 * OFTEN_S)

    assert work.count == count


def test_tick_never_comes_less_often_than_every_half_minute(work: Work) -> None:
    """However it is asked for."""
    assert Tick(work, clock=RunningClock(), every_s=3600)._every_s == EVERY_S == 30


async def test_broken_tick_is_followed_by_the_next(tick: Tick, work: Work) -> None:
    """Whatever it met."""
    work.breaks = True
    tick.start()

    await work.reaches(3)


async def test_ticks_never_run_side_by_side(tick: Tick, work: Work) -> None:
    """A slow one is not overtaken."""
    work.gate.clear()
    tick.start()
    await asyncio.sleep(4 * OFTEN_S)
    work.gate.set()
    await work.reaches(3)

    assert work.most_at_once == 1


async def test_tick_that_is_asked_for_during_another_waits_for_its_end(tick: Tick, work: Work) -> None:
    """A caller may rely on a finished tick."""
    work.gate.clear()
    first = asyncio.create_task(tick.run_once())
    await asyncio.sleep(0)
    second = asyncio.create_task(tick.run_once())
    await asyncio.sleep(0.02)
    assert not second.done()

    work.gate.set()
    await asyncio.gather(first, second)

    assert work.most_at_once == 1


async def test_stop_waits_for_the_tick_that_runs(tick: Tick, work: Work) -> None:
    """An edition is planned whole."""
    work.gate.clear()
    tick.start()
    await asyncio.sleep(0.02)
    stopping = asyncio.create_task(tick.stop())
    await asyncio.sleep(0.02)
    assert not stopping.done()

    work.gate.set()
    await stopping

    assert work.count == 1


async def test_end_of_the_last_tick_is_known(tick: Tick, work: Work) -> None:
    """For monitoring."""
    before = tick.last_end_s

    await tick.run_once()

    assert (before, work.count) == (None, 1)
    assert tick.last_end_s is not None


async def test_ticks_go_on_after_the_wall_clock_was_set_back(tick: Tick, work: Work) -> None:
    """APScheduler would wait until the wall clock is where it was: a year, where it was a year."""
    tick.start()
    await work.reaches(2)
    next_year = datetime.now(UTC) + timedelta(days=365)
    tick._scheduler.modify_job("tick", next_run_time=next_year)
    count = work.count

    await work.reaches(count + 3)


async def test_tick_that_was_never_started_can_be_stopped(tick: Tick) -> None:
    """A start that failed half-way stops everything."""
    await tick.stop()
