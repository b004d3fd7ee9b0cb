"""The clock that tests move by hand, and the machine's own."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import Clock, SystemClock
from tests.support.clocks import DAWN, ManualClock


async def test_advance_moves_the_wall_clock_and_the_uptime_together(clock: ManualClock) -> None:
    """Time that passes is seen by both."""
    before = clock.uptime()

    clock.advance(90)

    assert (clock.now() - DAWN, clock.uptime() - before) == (timedelta(seconds=90), 90)


async def test_step_moves_only_the_wall_clock(clock: ManualClock) -> None:
    """Somebody set the machine's clock back by an hour: no time has passed."""
    before = clock.uptime()

    clock.step(-3600)

    assert (clock.now() - DAWN, clock.uptime()) == (timedelta(hours=-1), before)


async def test_a_sleeper_wakes_when_the_clock_was_advanced_far_enough(clock: ManualClock) -> None:
    """Neither earlier nor only after a longer while."""
    sleeper = asyncio.create_task(clock.sleep(10))
    await clock.sleepers_reach(1)

    clock.advance(9)
    await asyncio.sleep(0)
    too_early = sleeper.done()
    clock.advance(1)
    await sleeper

    assert not too_early


async def test_a_step_of_the_wall_clock_wakes_nobody(clock: ManualClock) -> None:
    """A sleep is measured on the uptime clock."""
    sleeper = asyncio.create_task(clock.sleep(10))
    await clock.sleepers_reach(1)

    clock.step(3600)
    await asyncio.sleep(0)

    assert not sleeper.done()
    sleeper.cancel()


async def test_sleepers_wake_in_the_order_of_their_moments(clock: ManualClock) -> None:
    """One long leap wakes them as the passing of time would have."""
    woken: list[int] = []

    async def sleep(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    tasks = [asyncio.create_task(sleep(seconds)) for seconds in (3, 1, 2)]
    await clock.sleepers_reach(3)
    clock.advance(5)
    await asyncio.gather(*tasks)

    assert woken == [1, 2, 3]


async def test_a_cancelled_sleeper_is_forgotten(clock: ManualClock) -> None:
    """What is stopped leaves nothing behind that a later advance could wake."""
    sleeper = asyncio.create_task(clock.sleep(10))
    await clock.sleepers_reach(1)

    sleeper.cancel()
    await asyncio.gather(sleeper, return_exceptions=True)

    assert clock.next_wake == float("inf")


async def test_a_sleep_of_no_length_returns_at_once(clock: ManualClock) -> None:
    """Nobody has to move the clock for it."""
    await clock.sleep(0)


def test_a_manual_clock_refuses_a_naive_moment() -> None:
    """Moments are aware, in tests too."""
    with pytest.raises(ValueError, match="aware"):
        ManualClock(datetime(2021, 6, 3))  # noqa: DTZ001 - the naive moment is the test


async def test_the_system_clock_tells_utc_and_an_uptime_that_grows() -> None:
    """The machine's own clocks keep the contract as well."""
    clock: Clock = SystemClock()
    before = clock.uptime()

    await clock.sleep(0.01)

    assert clock.now().tzinfo is UTC
    assert clock.uptime() > before
