"""Editions of the best of what was posted, and their sections."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.news.article import INSTANCE_SHELF, article_id
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import Skipped
from bot.news.schedules.rhythm import Every, Rhythm
from bot.news.schedules.schedule import EVERY_DAY
from bot.store.sqlite import SqliteStore
from bot.usecases.digest import (
    why,
)
from tests.support.candidates import MIDWEEK, NOW, WEEK, lone_words
from tests.support.makers import (
    make_article,
    make_delivery,
    make_edition,
    make_pick,
    make_schedule,
    make_seed,
)
from tests.usecases.planning import lone_seed, planned, put, stems, store

__all__ = ["store"]


# The best of what was posted
BEST_OF = make_schedule(
    id=ScheduleId(12), name="Best", rule="best-of", days=EVERY_DAY, rhythm=Rhythm(every=Every.MONTH), count=3
)


MONTHS_END = datetime(2021, 6, 1, 9, tzinfo=UTC)


async def test_a_best_of_has_what_the_channel_posted_and_is_not_told_again(store: SqliteStore) -> None:
    """Of a month's editions; the weekly edition after it has a new report as if there had been none."""
    await put(store, lone_seed("a", quality=90), lone_seed("b", quality=80))
    assert stems(await planned(store)) == ["a", "b"]

    best = await planned(store, BEST_OF, due_at=MONTHS_END)
    assert (stems(best), best.edition.is_best_of, best.outcome) == (["a", "b"], True, "sent")
    told = await store.digest.told(make_schedule().id, 100, before=MONTHS_END + WEEK)
    assert len(told) == 2


async def test_a_best_of_has_stories_whose_articles_the_archive_has_lost(store: SqliteStore) -> None:
    """Picks hold their articles as they were posted."""
    edition = make_edition(picks=(make_pick(make_article("gone")),), due_at=NOW)
    assert await store.digest.plan(edition, (), [make_delivery(edition)]) is not None

    assert stems(await planned(store, BEST_OF, due_at=MONTHS_END)) == ["gone"]


async def test_a_best_of_leaves_out_what_was_taken_down(store: SqliteStore) -> None:
    """Hidden since it was posted."""
    await put(store, lone_seed("a", quality=90), lone_seed("b", quality=80))
    await planned(store)
    await store.articles.hide(INSTANCE_SHELF, article_id(INSTANCE_SHELF, "a"))

    assert stems(await planned(store, BEST_OF, due_at=MONTHS_END)) == ["b"]


async def test_a_best_of_has_the_titles_of_now(store: SqliteStore) -> None:
    """Corrected since they were posted."""
    await put(store, lone_seed("a", quality=90))
    await planned(store)
    await put(store, make_seed("a", quality=90, title=f"{lone_words('a')} corrected", published_at=MIDWEEK))
    best = await planned(store, BEST_OF, due_at=MONTHS_END)

    assert [pick.article.title for pick in best.edition.picks] == [f"{lone_words('a')} corrected"]


async def test_a_best_of_without_anything_posted_is_skipped(store: SqliteStore) -> None:
    """Articles that no edition had are not in it."""
    await put(store, lone_seed("a"))

    done = await planned(store, BEST_OF, due_at=MONTHS_END)
    assert (done.edition.skipped, done.deliveries) == (Skipped.EMPTY, ())


async def test_a_best_of_says_of_an_article_that_no_edition_had_it(store: SqliteStore) -> None:
    """*Why* asks for any article of the archive."""
    await put(store, lone_seed("a"))
    await store.schedules.save_schedule(BEST_OF, next_due_at=None)

    (said,) = await why(store, BEST_OF, now=MONTHS_END, article=article_id(INSTANCE_SHELF, "a"))
    assert said.verdict.detail == "in no edition of the period"


async def test_a_best_of_stores_the_reason_of_each_story_that_was_posted(store: SqliteStore) -> None:
    """Also of those over the limit."""
    await put(store, *(lone_seed(stem, quality=70 + number) for number, stem in enumerate("abcd")))
    await planned(store)
    await planned(store, BEST_OF, due_at=MONTHS_END)

    verdicts = await store.digest.verdicts(BEST_OF.id, EditionKey("2021-06-01"))
    assert sorted(verdict.reason for verdict in verdicts) == ["over_count", "picked", "picked", "picked"]


# Stories of one line, and sections
async def test_stories_of_one_line_are_not_told_again(store: SqliteStore) -> None:
    """The next edition has others."""
    schedule = make_schedule(count=1, also=2)
    await put(store, *(lone_seed(stem, quality=90 - number) for number, stem in enumerate("abc")))

    done = await planned(store, schedule)
    assert [pick.is_brief for pick in done.edition.picks] == [False, True, True]
    assert len(await store.digest.told(schedule.id, 100, before=NOW + WEEK)) == 3
    assert stems(await planned(store, schedule, due_at=NOW + WEEK)) == []


async def test_an_edition_with_sections_is_stored_in_their_order(store: SqliteStore) -> None:
    """So that the stories that a message has no room for are the last ones of it."""
    schedule = make_schedule(topics=("law", "ai"), sections=True)
    await put(store, lone_seed("a", quality=90, topics=("AI",)), lone_seed("b", quality=80, topics=("Law",)))

    assert stems(await planned(store, schedule)) == ["b", "a"]
