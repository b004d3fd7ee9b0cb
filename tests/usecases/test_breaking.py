"""Editions of breaking news."""

from __future__ import annotations

from dataclasses import replace

from bot.news.article import Provider, Seed
from bot.news.delivery import ScheduleId
from bot.news.edition import Reason, Skipped
from bot.news.schedules.schedule import EmptyPolicy, extra_edition_key
from bot.store.sqlite import SqliteStore
from bot.usecases.digest import (
    plan_edition,
    preview_edition,
    why,
)
from tests.support.candidates import NOW, lone_words
from tests.support.makers import (
    make_schedule,
    make_seed,
)
from tests.usecases.planning import HOUR, plan, planned, put, stems, store

__all__ = ["store"]


# Breaking news
FLASH = make_schedule(id=ScheduleId(13), name="Flash", rule="breaking")


def reports(*stems: str, quality: int = 90) -> list[Seed]:
    """Reports of one event, each of another outlet, an hour before noon."""
    return [
        make_seed(
            stem,
            title=lone_words("event"),
            provider=Provider(domain=f"{stem}.com", name=stem),
            quality=quality,
            published_at=NOW - HOUR,
        )
        for stem in stems
    ]


async def test_a_look_that_finds_nothing_leaves_the_day_to_a_later_one(store: SqliteStore) -> None:
    """Nothing is stored of it; once there is news, it is posted, and no second time."""
    await put(store, *reports("a", "b"))
    assert await plan(store, FLASH) is None
    assert await store.digest.edition_keys(FLASH.id) == frozenset()

    await put(store, *reports("c"))
    done = await plan(store, FLASH)
    assert done is not None
    assert (len(done.edition.picks), len(done.deliveries)) == (1, 1)
    assert await plan(store, FLASH) is None


async def test_an_event_that_broke_is_told_for_the_channels_digest(store: SqliteStore) -> None:
    """It is not repeated there, and neither breaks again the next day, when it has grown."""
    await put(store, *reports("a", "b", "c"))
    await planned(store, FLASH)
    weekly = await planned(store, due_at=NOW + HOUR)
    assert stems(weekly) == []

    await put(store, *reports("d", "e", "f", quality=180))
    assert await plan(store, FLASH, due_at=NOW + 2 * HOUR, key="2021-06-08") is None
    verdicts = await store.digest.verdicts(make_schedule().id, weekly.edition.key)
    assert {verdict.reason for verdict in verdicts} == {Reason.ALREADY_TOLD}


async def test_why_explains_what_is_not_breaking_now(store: SqliteStore) -> None:
    """Not what was when the last one was posted."""
    await put(store, *reports("a", "b"))
    await store.schedules.save_schedule(FLASH, next_due_at=None)

    said = await why(store, FLASH, now=NOW)
    assert {each.verdict.reason for each in said} == {Reason.BELOW_BAR, Reason.LED_IN_STORY}
    choice, drafts = await preview_edition(store, FLASH, now=NOW)
    assert (choice.picks, drafts) == ((), ())


async def test_a_schedule_of_breaking_news_with_a_note_policy_posts_no_note(store: SqliteStore) -> None:
    """It would post one each day."""
    assert await plan(store, replace(FLASH, empty_policy=EmptyPolicy.NOTE)) is None


async def test_send_now_of_breaking_news_is_an_edition_of_its_own(store: SqliteStore) -> None:
    """Without news it is skipped as any other; the day is still free."""
    await store.schedules.save_schedule(FLASH, next_due_at=None)
    extra = await plan_edition(store, FLASH, key=extra_edition_key(5), due_at=NOW, now=NOW, is_extra=True)

    assert extra is not None
    assert extra.edition.skipped is Skipped.EMPTY
    await put(store, *reports("a", "b", "c"))
    assert await plan(store, FLASH) is not None
