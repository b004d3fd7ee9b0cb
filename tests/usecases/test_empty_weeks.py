"""Editions of weeks without a new story."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.news.delivery import nonce_for
from bot.news.edition import Skipped
from bot.news.schedules.schedule import EmptyPolicy
from bot.store.sqlite import SqliteStore
from tests.support.candidates import LAST, NOW
from tests.support.makers import (
    make_schedule,
)
from tests.usecases.planning import HOUR, lone_seed, planned, put, stems, store

__all__ = ["store"]


# Empty weeks
async def test_an_empty_week_is_skipped_and_moves_the_cutoff(store: SqliteStore) -> None:
    """By default nothing is posted."""
    await put(store, lone_seed("a", LAST - HOUR))
    await planned(store, due_at=LAST)

    done = await planned(store)

    assert (done.outcome, done.edition.skipped, done.deliveries) == ("empty", Skipped.EMPTY, ())
    assert await store.digest.last_cutoff(done.edition.schedule_id, before=NOW + HOUR) == NOW


async def test_an_empty_week_may_send_one_line(store: SqliteStore) -> None:
    """Where the schedule asks for a note."""
    done = await planned(store, make_schedule(empty_policy=EmptyPolicy.NOTE))

    assert (done.outcome, done.edition.picks, len(done.deliveries)) == ("sent", (), 1)
    assert done.deliveries[0].draft.key == nonce_for(done.deliveries[0].key)


async def test_an_empty_week_may_take_from_the_archive_what_was_not_told(store: SqliteStore) -> None:
    """Also what is far older than any window reaches."""
    await put(
        store, lone_seed("told", LAST - HOUR), lone_seed("ancient", datetime(2001, 1, 1, tzinfo=UTC), quality=150)
    )
    schedule = make_schedule(empty_policy=EmptyPolicy.ARCHIVE, count=1)
    await planned(store, schedule, due_at=LAST)

    done = await planned(store, schedule)

    assert (stems(done), done.edition.is_archive) == (["ancient"], True)


async def test_an_archive_that_was_told_wholly_is_an_empty_week(store: SqliteStore) -> None:
    """There is nothing left to take."""
    await put(store, lone_seed("told", LAST - HOUR))
    schedule = make_schedule(empty_policy=EmptyPolicy.ARCHIVE)
    await planned(store, schedule, due_at=LAST)

    assert (await planned(store, schedule)).outcome == "empty"


async def test_an_empty_store_makes_an_empty_edition(store: SqliteStore) -> None:
    """Having nothing to choose from is not an error."""
    assert (await planned(store)).outcome == "empty"
