"""Choosing from many articles takes a while, in a thread: what happens in that while is noticed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.news.article import INSTANCE_SHELF, Article, ArticleId, ShelfId
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.schedules.schedule import Schedule
from bot.news.stories.story_ids import KnownStory
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.digest import Planned, plan_edition
from bot.usecases.ingest import hide_article
from tests.support.candidates import lone_words, outlet
from tests.support.clocks import DAWN, ManualClock
from tests.support.makers import make_schedule, make_seed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

ARTICLES: Final = 500
BEST: Final = "story-0"
SHARES: Final = (0.0, 0.2, 0.5, 0.8, 1.0)
"""Of the time that one plan takes alone; what is claimed holds at any moment."""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """A week of articles, each a story of its own; one is better than all others."""
    seeds = [
        make_seed(
            f"story-{number}",
            title=lone_words(f"story-{number}"),
            provider=outlet(number % 40),
            published_at=DAWN - timedelta(minutes=5 * number),
            quality=99 if number == 0 else 80,
        )
        for number in range(ARTICLES)
    ]
    async with open_store(tmp_path / "newsdesk.db", clock=ManualClock()) as opened:
        await opened.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=DAWN)
        yield opened


async def save(store: SqliteStore, number: int) -> Schedule:
    """A schedule of a server and channel of its own."""
    schedule = make_schedule(
        id=ScheduleId(number), guild_id=number, channel_id=number, created_at=DAWN - timedelta(days=7)
    )
    await store.schedules.save_schedule(schedule, next_due_at=DAWN)
    return schedule


async def plan(store: SqliteStore, schedule: Schedule, key: str, *, after_s: float = 0.0) -> Planned:
    """Plan an extra edition after a while, as *Send now* does."""
    await asyncio.sleep(after_s)
    planned = await plan_edition(
        store, schedule, key=EditionKey(key), due_at=DAWN, now=DAWN, is_extra=key.startswith("x")
    )
    assert planned is not None
    return planned


@pytest.mark.parametrize("other", ["x2", "2021-06-03"], ids=["pressed twice", "beside the due edition"])
async def test_send_now_beside_another_plan_never_tells_a_story_twice(store: SqliteStore, other: str) -> None:
    """At any distance; the second one may have stories that found no place in the first."""
    took_s = await plan_time_s(store)
    for number, share in enumerate(SHARES, 1):
        schedule = await save(store, number)

        one, two = await asyncio.gather(
            plan(store, schedule, "x1"), plan(store, schedule, other, after_s=share * took_s)
        )

        told = [pick.article.id for planned in (one, two) for pick in planned.edition.picks]
        assert len(told) == len(set(told)) > 0, share


async def plan_time_s(store: SqliteStore) -> float:
    """How long one plan takes alone."""
    began_s = time.perf_counter()
    await plan(store, await save(store, len(SHARES) + 1), "x1")
    return time.perf_counter() - began_s


async def test_article_hidden_while_its_edition_is_planned_is_not_sent(store: SqliteStore) -> None:
    """Whether it was read before it was hidden or not: it isn't planned, or is seen before its part is sent."""
    took_s = await plan_time_s(store)
    for number, share in enumerate(SHARES, 1):
        schedule = await save(store, number)
        planning = asyncio.create_task(plan(store, schedule, "x1"))
        await asyncio.sleep(share * took_s)
        best, _ = await hide_article(store.articles, INSTANCE_SHELF, f"{BEST}.md")
        planned = await planning

        picked = {pick.article.id for pick in planned.edition.picks}
        assert len(picked) == schedule.count
        (part,) = await store.deliveries.deliveries(schedule.id, planned.edition.key)
        holding = await store.deliveries.holding(part.key)
        assert holding.taken_down == picked & {best.id}
        await hide_article(store.articles, INSTANCE_SHELF, f"{BEST}.md", hidden=False)


class HidesMeanwhile:
    """Names no story, and hides the best article each time it is asked: that is after the choice."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    async def known(self, shelves: Sequence[ShelfId], articles: Sequence[ArticleId]) -> tuple[KnownStory, ...]:
        """Know none."""
        del shelves, articles
        return ()

    async def named(self, shelves: Sequence[ShelfId], articles: Sequence[Article]) -> Mapping[ArticleId, KnownStory]:
        """Hide the best article."""
        del shelves, articles
        await hide_article(self._store.articles, INSTANCE_SHELF, f"{BEST}.md")
        return {}


async def test_article_hidden_after_it_was_chosen_is_not_in_the_edition(store: SqliteStore) -> None:
    """The edition is chosen again."""
    schedule = await save(store, 1)

    planned = await plan_edition(
        store, schedule, key=EditionKey("x1"), due_at=DAWN, now=DAWN, is_extra=True, stories=HidesMeanwhile(store)
    )

    assert planned is not None
    assert len(planned.edition.picks) == schedule.count
    assert all(lone_words(BEST) not in pick.article.title for pick in planned.edition.picks)
