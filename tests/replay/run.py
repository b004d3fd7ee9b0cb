"""Plan an edition a week over a folder of seeds, with memory, by the bot's own import and planning.

Every file counts as seen when it was published, as in a shelf's first import. Deliveries stay planned, which counts as
told, so nothing is posted; the clock is injected: today's for the import, then that of each edition's cutoff.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF, Article, ArticleId
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import Edition, Verdict
from bot.news.schedules.schedule import Rule, Schedule, Weekday
from bot.store.port import Store
from bot.store.sqlite import open_store
from bot.usecases.digest import plan_edition
from bot.usecases.ingest import ingest_folder
from bot.usecases.story import Stories
from tests.support.clocks import ManualClock

WEEK: Final = timedelta(days=7)
NINE: Final = time(9)
SHELVES: Final = (INSTANCE_SHELF,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One edition of a replay.

    Attributes:
        verdicts: The stored reasons of all that entered in its window.
        articles: The articles of these verdicts.
        places: The number of stories that the edition may have.
    """

    edition: Edition
    verdicts: tuple[Verdict, ...]
    articles: Mapping[ArticleId, Article]
    places: int


async def replay(
    folder: Path, *, since: datetime | None = None, weeks: int | None = None, count: int = 5, rule: Rule = "default"
) -> AsyncIterator[Week]:
    """Import a folder into a store of its own and plan its editions, one each Monday at 9:00 UTC.

    Args:
        folder: A folder of seed files.
        since: The first cutoff is the Monday after; None for the Monday before the oldest article.
        weeks: The number of editions; None for all up to the Monday after the newest article.
        count: Stories in an edition.
        rule: The rule that chooses.
    """
    clock = ManualClock(SystemClock().now())
    with tempfile.TemporaryDirectory() as place:
        async with open_store(Path(place) / "replay.sqlite3", clock=clock) as store:
            await ingest_folder(store.articles, folder, INSTANCE_SHELF, clock=clock)
            first, last = await _span(store)
            begin = monday_after(since or first - WEEK)
            number = weeks if weeks is not None else (monday_after(last) - begin) // WEEK + 1
            schedule = _schedule(begin, count, rule)
            await store.schedules.save_schedule(schedule, next_due_at=begin)
            stories = Stories(store, clock)
            for due_at in (begin + passed * WEEK for passed in range(number)):
                clock.step((due_at - clock.now()).total_seconds())
                yield await _plan(store, stories, schedule, due_at)


def monday_after(at: datetime) -> datetime:
    """Find the first Monday at 9:00 UTC after a moment."""
    monday = datetime.combine(at.date() - timedelta(days=at.weekday()), NINE, tzinfo=at.tzinfo)
    return monday if monday > at else monday + WEEK


async def _span(store: Store) -> tuple[datetime, datetime]:
    """Find when the oldest and the newest article were published."""
    candidates = await store.digest.candidates(
        SHELVES, as_of=datetime.max.replace(tzinfo=UTC), published_after=None, limit=1_000_000
    )
    if not candidates:
        raise SystemExit("The folder has no seed file.")
    moments = [each.article.published_at for each in candidates]
    return min(moments), max(moments)


async def _plan(store: Store, stories: Stories, schedule: Schedule, due_at: datetime) -> Week:
    planned = await plan_edition(
        store, schedule, key=EditionKey(due_at.date().isoformat()), due_at=due_at, now=due_at, stories=stories
    )
    if planned is None:
        raise RuntimeError(f"the edition of {due_at} was planned twice")
    verdicts = await store.digest.verdicts(schedule.id, planned.edition.key)
    found = await store.articles.find_articles(SHELVES, [verdict.article_id for verdict in verdicts])
    return Week(
        edition=planned.edition,
        verdicts=verdicts,
        articles={article.id: article for article in found},
        places=schedule.count,
    )


def _schedule(created_at: datetime, count: int, rule: Rule) -> Schedule:
    return Schedule(
        id=ScheduleId(1),
        guild_id=1,
        channel_id=1,
        name="Replay",
        days=(Weekday.MONDAY,),
        at=NINE,
        timezone="UTC",
        count=count,
        rule=rule,
        saved_by=1,
        created_at=created_at,
    )
