"""Planning editions over a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.news.article import INSTANCE_SHELF, Seed
from bot.news.delivery import EditionKey
from bot.news.schedules.schedule import Schedule
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.digest import (
    Planned,
    plan_edition,
)
from tests.support.candidates import MIDWEEK, NOW, lone_words
from tests.support.clocks import ManualClock
from tests.support.makers import (
    make_schedule,
    make_seed,
)
from tests.support.seed_files import SHIPPED
from tests.support.upstream_history import read_seeds

HOUR = timedelta(hours=1)


HERALD, WBUR = "001_c491b083016e13b6", "004_8f32f6f453e83b6d"


AFTER_SHIPPED = datetime(2023, 11, 27, 9, tzinfo=UTC)


SHELVES = (INSTANCE_SHELF,)


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqliteStore]:
    """An empty store with one weekly schedule, due at no moment."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as opened:
        await opened.schedules.save_schedule(make_schedule(), next_due_at=None)
        yield opened


async def put(store: SqliteStore, *seeds: Seed) -> None:
    """Import seeds; each counts as seen when it was published."""
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=NOW, is_first_import=True)


async def put_shipped(store: SqliteStore) -> None:
    """Import the five shipped seeds."""
    await put(store, *read_seeds(SHIPPED).values())


def lone_seed(stem: str, published_at: datetime = MIDWEEK, **fields: object) -> Seed:
    """A seed whose story no other seed reports."""
    return make_seed(stem, title=lone_words(stem), published_at=published_at, **fields)  # type: ignore[arg-type] # as make_seed


async def plan(
    store: SqliteStore,
    schedule: Schedule | None = None,
    *,
    due_at: datetime = NOW,
    late: timedelta = timedelta(0),
    key: str = "",
) -> Planned | None:
    """Plan the edition of a stored schedule that is due at a moment, so much later."""
    schedule = schedule or make_schedule()
    await store.schedules.save_schedule(schedule, next_due_at=None)
    return await plan_edition(
        store,
        schedule,
        key=EditionKey(key or due_at.date().isoformat()),
        due_at=due_at,
        now=due_at + late,
    )


async def planned(store: SqliteStore, schedule: Schedule | None = None, *, due_at: datetime = NOW) -> Planned:
    """Plan an edition that must not be there yet."""
    done = await plan(store, schedule, due_at=due_at)
    assert done is not None
    return done


def stems(done: Planned | None) -> list[str]:
    """The picks' stems."""
    return [] if done is None else [pick.article.stem for pick in done.edition.picks]
