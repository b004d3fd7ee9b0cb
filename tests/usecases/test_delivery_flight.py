"""Rows on their way together: none is cut because of another one, and a slow one holds nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError, TokenRefusedError
from bot.news.delivery import ScheduleId
from bot.usecases.delivery.flight import Flight
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


async def fly(*works: Coroutine[Any, Any, None], claim_fails_with: Exception | None = None) -> None:
    """Let rows' works run together; then claim again, perhaps in vain."""
    async with Flight() as flight:
        for work in works:
            flight.begin(work)
        if claim_fails_with is not None:
            raise claim_fails_with


async def is_stopped_by(error: Exception) -> bool:
    """Whether a flight claims nothing more after a row's work went wrong so."""
    flight = Flight()
    flight.begin(fail(error))
    await flight.landing()
    return flight.is_stopped


async def test_slow_posts_hold_up_no_other_claim(office: Office) -> None:
    """Three of the first hundred and twenty take Discord ten seconds; eighty others don't wait for them."""
    channels = [office.guild.add_channel(f"news-{number}") for number in range(200)]
    for number, channel in enumerate(channels):
        await office.plan(channel=channel, id=ScheduleId(number + 1), name=f"S{number}")
    for nth in (1, 41, 81):
        office.sandbox.faults.delay(10, path=POSTS, nth=nth)

    sending = asyncio.create_task(office.deliverer.deliver_due())
    async with asyncio.timeout(20):
        while sum(len(channel.messages) for channel in channels) < 197:  # noqa: ASYNC110 - the sandbox tells nobody
            await asyncio.sleep(0.01)

    await office.while_time_runs(sending)
    assert [len(channel.messages) for channel in channels] == [1] * 200


async def test_edition_that_is_planned_meanwhile_waits_for_no_slow_post(office: Office) -> None:
    """Somebody pressed *send now*, and looks at the channel."""
    office.sandbox.faults.delay(10, path=POSTS)
    await office.plan()
    sending = asyncio.create_task(office.deliverer.deliver_due())
    await office.clock.sleepers_reach(2)  # the sandbox's delay, and the cut on the wire
    other = office.guild.add_channel("other")
    await office.plan(channel=other, id=ScheduleId(2), name="Other")

    office.deliverer.wake()

    await other.wait_for_messages(1)
    await office.while_time_runs(sending)


async def test_other_rows_end_before_the_first_failure_is_raised() -> None:
    """A post is cut nowhere but on the wire."""
    ended: list[bool] = []

    with pytest.raises(ValueError, match="first"):
        await fly(fail(ValueError("first")), take_long(ended))

    assert ended == [True]


async def test_refused_token_is_raised_before_all_else() -> None:
    """It ends the process, whatever went wrong beside it."""
    with pytest.raises(TokenRefusedError):
        await fly(fail(ValueError("before it")), fail(TokenRefusedError("refused", cure="")))


async def test_failure_of_a_claim_lets_rows_on_their_way_end() -> None:
    """Then it is raised."""
    ended: list[bool] = []

    with pytest.raises(StoreError):
        await fly(take_long(ended), claim_fails_with=StoreError("the disk is full"))

    assert ended == [True]


@pytest.mark.parametrize("error", [TokenRefusedError("refused", cure=""), StoreError("the disk is full")], ids=repr)
async def test_flight_is_stopped_where_no_other_row_would_fare_better(error: Exception) -> None:
    """Nothing more is claimed."""
    assert await is_stopped_by(error)


async def test_flight_goes_on_after_a_row_that_broke() -> None:
    """A fault of ours in one row is none of the others'."""
    assert not await is_stopped_by(ZeroDivisionError())


async def test_cancelled_flight_cancels_its_rows() -> None:
    """The process is about to end, and has waited for them long enough."""
    cancelled: list[bool] = []

    async def take_for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(True)

    flying = asyncio.create_task(fly(take_for_ever()))
    await asyncio.sleep(0.01)
    flying.cancel()

    with pytest.raises(asyncio.CancelledError):
        await flying
    assert cancelled == [True]


async def test_flight_counts_what_has_begun_and_what_is_on_its_way() -> None:
    """The one for the caller's sum, the other for the next claim."""
    async with Flight() as flight:
        for _ in range(3):
            flight.begin(asyncio.sleep(0))
        assert (flight.begun, len(flight)) == (3, 3)
        await flight.landing()

    assert (flight.begun, len(flight)) == (3, 0)
