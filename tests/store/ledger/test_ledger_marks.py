"""Marks that are written together: each caller gets their own answer, whatever becomes of the others."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from bot.errors import StoreError
from bot.news.delivery import DeliveryKey, DeliveryState
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.shelves.files import StoreFiles, open_files
from tests.support.clocks import ManualClock
from tests.support.ledger import DUE, Ledger, claim, found, plan_part, sqlite_ledger, weeks_later


@pytest.fixture
def ledger(files: StoreFiles) -> Ledger:
    """The ports of one SQLite file."""
    return sqlite_ledger(files)


async def claimed_parts(ledger: Ledger, count: int) -> list[DeliveryKey]:
    """Some rows, all of them claimed for the first time."""
    for week in range(count):
        await plan_part(ledger, due_at=weeks_later(week))
    return [delivery.key for delivery in await claim(ledger)]


async def test_marks_asked_for_together_are_all_written(ledger: Ledger) -> None:
    """Each row gets its own message."""
    keys = await claimed_parts(ledger, 40)
    marks = (ledger.deliveries.mark_sent(key, 1, message_id=number, at=DUE) for number, key in enumerate(keys, start=1))

    assert all(await asyncio.gather(*marks))
    assert [(await found(ledger, key)).message_id for key in keys] == list(range(1, 41))


async def test_stale_mark_among_others_is_the_only_one_refused(ledger: Ledger) -> None:
    """Answers are not mixed up."""
    keys = await claimed_parts(ledger, 3)
    attempts = (1, 7, 1)

    answers = await asyncio.gather(
        *(ledger.deliveries.mark_failed(key, attempt, reason="") for key, attempt in zip(keys, attempts, strict=True))
    )

    assert answers == [True, False, True]


async def test_two_marks_of_one_row_move_it_once(ledger: Ledger) -> None:
    """Also within one transaction."""
    (key,) = await claimed_parts(ledger, 1)

    answers = await asyncio.gather(
        ledger.deliveries.mark_sent(key, 1, message_id=5, at=DUE), ledger.deliveries.mark_failed(key, 1, reason="")
    )

    assert ([*answers], (await found(ledger, key)).state) == ([True, False], DeliveryState.SENT)


async def test_mark_that_cannot_be_written_spoils_no_other(ledger: Ledger) -> None:
    """A number that no database takes is its caller's mistake alone."""
    first, second, third = await claimed_parts(ledger, 3)

    answers = await asyncio.gather(
        ledger.deliveries.mark_sent(first, 1, message_id=1, at=DUE),
        ledger.deliveries.mark_sent(second, 1, message_id=2**64, at=DUE),
        ledger.deliveries.mark_sent(third, 1, message_id=3, at=DUE),
        return_exceptions=True,
    )

    assert (answers[0], type(answers[1]), answers[2]) == (True, OverflowError, True)


async def test_caller_who_is_cancelled_takes_no_other_mark_along(ledger: Ledger) -> None:
    """One sender's end is not another's."""
    first, second = await claimed_parts(ledger, 2)
    leaving = asyncio.create_task(ledger.deliveries.mark_sent(first, 1, message_id=1, at=DUE))
    staying = asyncio.create_task(ledger.deliveries.mark_sent(second, 1, message_id=2, at=DUE))
    await asyncio.sleep(0)
    leaving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await leaving

    assert await staying


async def test_mark_of_a_caller_who_is_cancelled_is_written_all_the_same(ledger: Ledger) -> None:
    """The message was posted: better that the ledger knows."""
    first, second = await claimed_parts(ledger, 2)
    leaving = asyncio.create_task(ledger.deliveries.mark_sent(first, 1, message_id=1, at=DUE))
    await asyncio.sleep(0)
    leaving.cancel()
    await ledger.deliveries.mark_sent(second, 1, message_id=2, at=DUE)

    assert (await found(ledger, first)).state is DeliveryState.SENT


async def test_store_that_cannot_be_written_tells_every_caller(
    ledger: Ledger, ledger_file: Database, clock: ManualClock
) -> None:
    """Nobody waits for an answer that never comes."""
    keys = await claimed_parts(ledger, 2)

    async with open_files(ledger_file.path, clock=clock, read_only=True) as reader:
        deliveries = sqlite_ledger(reader).deliveries
        marks = [deliveries.mark_failed(key, 1, reason="") for key in keys]
        answers = await asyncio.gather(*marks, return_exceptions=True)

    assert [isinstance(answer, StoreError) for answer in answers] == [True, True]


async def test_marks_go_on_after_one_that_failed(ledger: Ledger) -> None:
    """An error doesn't stop the writer."""
    first, second = await claimed_parts(ledger, 2)
    with pytest.raises(OverflowError):
        await ledger.deliveries.mark_sent(first, 1, message_id=2**64, at=DUE)

    assert await ledger.deliveries.mark_sent(second, 1, message_id=2, at=DUE)
