"""Rows in flight: none is cut short because of another one, and a slow one delays no other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError, TokenRefusedError
from bot.news.delivery import ScheduleId
from bot.usecases.delivery.in_flight import InFlight
from tests.support.clocks import ManualClock
from tests.support.postoffice import Office, open_office

POSTS = r"/messages$"


@pytest.fixture
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Office]:
    """A sending process, without rate limits."""
    async with open_office(tmp_path, clock, limits=False) as opened:
        yield opened


async def fail(error: BaseException) -> None:
    """A row's work that goes wrong."""
    raise error


async def take_long(ended: list[bool]) -> None:
    """A row's work that ends later than the others."""
    await asyncio.sleep(0.01)
    ended.append(True)


async def run_all(*works: Coroutine[Any, Any, None], claim_fails_with: Exception | None = None) -> None:
    """Run rows' works together; then claim again, perhaps with an error."""
    async with InFlight() as in_flight:
        for work in works:
            in_flight.start(work)
        if claim_fails_with is not None:
            raise claim_fails_with


async def is_stopped_by(error: Exception) -> bool:
    """Whether nothing more is claimed after a row's work failed with `error`."""
    in_flight = InFlight()
    in_flight.start(fail(error))
    await in_flight.wait()
    return in_flight.is_stopped


async def test_slow_posts_delay_no_other_claim(office: Office) -> None:
    """Three of the first hundred and twenty take Discord ten seconds; eighty others don't wait for them."""
    channels = [office.guild.add_channel(f"news-{number}") for number in range(200)]
    for number, channel in enumerate(channels):
        await office.plan(channel=channel, id=ScheduleId(number + 1), name=f"S{number}")
    for nth in (1, 41, 81):
        office.sandbox.faults.delay(10, path=POSTS, nth=nth)

    sending = asyncio.create_task(office.deliverer.deliver_due())
    async with asyncio.timeout(20):
        while sum(len(channel.messages) for channel in channels) < 197:  # noqa: ASYNC110 - the sandbox has no event for it
            await asyncio.sleep(0.01)

    await office.while_time_runs(sending)
    assert [len(channel.messages) for channel in channels] == [1] * 200


async def test_edition_planned_meanwhile_does_not_wait_for_a_slow_post(office: Office) -> None:
    """Someone used /schedule send-now and looks at the channel."""
    office.sandbox.faults.delay(10, path=POSTS)
    await office.plan()
    sending = asyncio.create_task(office.deliverer.deliver_due())
    await office.clock.sleepers_reach(2)  # the sandbox's delay, and the cut on the wire
    other = office.guild.add_channel("other")
    await office.plan(channel=other, id=ScheduleId(2), name="Other")

    office.deliverer.wake()

    await other.wait_for_messages(1)
    await office.while_time_runs(sending)


async def test_other_rows_finish_before_the_first_failure_is_raised() -> None:
    """Only the wire cuts a post short."""
    ended: list[bool] = []

    with pytest.raises(ValueError, match="first"):
        await run_all(fail(ValueError("first")), take_long(ended))

    assert ended == [True]


async def test_refused_token_is_raised_before_all_else() -> None:
    """It ends the process, whatever else failed."""
    with pytest.raises(TokenRefusedError):
        await run_all(fail(ValueError("before it")), fail(TokenRefusedError("refused", cure="")))


async def test_failure_of_a_claim_lets_rows_in_flight_finish() -> None:
    """Then it is raised."""
    ended: list[bool] = []

    with pytest.raises(StoreError):
        await run_all(take_long(ended), claim_fails_with=StoreError("the disk is full"))

    assert ended == [True]


@pytest.mark.parametrize("error", [TokenRefusedError("refused", cure=""), StoreError("the disk is full")], ids=repr)
async def test_claiming_stops_after_an_error_that_any_row_would_meet(error: Exception) -> None:
    """A refused token, or a database that can't be written."""
    assert await is_stopped_by(error)


async def test_claiming_goes_on_after_a_bug_in_one_row() -> None:
    """The other rows are not affected by it."""
    assert not await is_stopped_by(ZeroDivisionError())


async def test_cancelling_cancels_the_rows_in_flight() -> None:
    """The process is about to end and has waited for them long enough."""
    cancelled: list[bool] = []

    async def take_for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(True)

    running = asyncio.create_task(run_all(take_for_ever()))
    await asyncio.sleep(0.01)
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert cancelled == [True]


async def test_rows_started_and_rows_still_in_flight_are_counted() -> None:
    """One for the total, the other for the next claim."""
    async with InFlight() as in_flight:
        for _ in range(3):
            in_flight.start(asyncio.sleep(0))
        assert (in_flight.started, len(in_flight)) == (3, 3)
        await in_flight.wait()

    assert (in_flight.started, len(in_flight)) == (3, 0)
