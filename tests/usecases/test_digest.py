"""Planning editions, over a real store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import UnknownScheduleError
from bot.news.article import INSTANCE_SHELF, article_id, server_shelf
from bot.news.delivery import DeliveryState, EditionKey, nonce_for
from bot.news.edition import Reason, Skipped
from bot.news.schedules.schedule import EmptyPolicy, extra_edition_key
from bot.news.stories.story_ids import StoryId
from bot.store.sqlite import SqliteStore
from bot.usecases.digest import (
    plan_edition,
    preview_edition,
)
from bot.usecases.story import Stories
from tests.support.candidates import LAST, MIDWEEK, NOW, WEEK, lone_words
from tests.support.clocks import ManualClock
from tests.support.makers import (
    make_schedule,
    make_seed,
)
from tests.usecases.planning import (
    AFTER_SHIPPED,
    HERALD,
    HOUR,
    SHELVES,
    WBUR,
    lone_seed,
    plan,
    planned,
    put,
    put_shipped,
    stems,
    store,
)

__all__ = ["store"]


# Planning
async def test_an_edition_names_its_stories_as_they_are_kept(store: SqliteStore, clock: ManualClock) -> None:
    """Under the id that the story had before an earlier report came in."""
    stories = Stories(store, clock)
    late = make_seed("late", title="Fog delays ferry to Bergen", published_at=MIDWEEK)
    await put(store, late)
    await stories.take_in(SHELVES)
    await put(store, make_seed("early", title="Ferry to Bergen delayed by fog", published_at=MIDWEEK - HOUR))

    done = await plan_edition(
        store,
        make_schedule(),
        key=EditionKey("1"),
        due_at=NOW,
        now=NOW,
        stories=stories,
    )

    assert done is not None
    assert [pick.story_id for pick in done.edition.picks] == [StoryId(late.article.id)]
    assert [len(pick.story.articles) for pick in done.edition.picks] == [2]


async def test_a_preview_groups_and_keeps_nothing(store: SqliteStore, clock: ManualClock) -> None:
    """Nothing is planned, and nothing is stored."""
    await put(store, lone_seed("a"))

    await preview_edition(store, make_schedule(), now=NOW, stories=Stories(store, clock))

    assert await store.stories.known_stories(SHELVES, [article_id(INSTANCE_SHELF, "a")]) == ()


async def test_the_shipped_seeds_make_a_first_edition_of_two_stories(store: SqliteStore) -> None:
    """Boston Herald with 92, then WBUR with 79, each with its coverage."""
    await put_shipped(store)

    done = await planned(store, due_at=AFTER_SHIPPED)

    assert stems(done) == [HERALD, WBUR]
    assert done.edition.is_first
    assert [len(pick.story.articles) > 1 for pick in done.edition.picks] == [True, True]


async def test_an_edition_is_stored_with_its_number_and_deliveries(store: SqliteStore) -> None:
    """All in one: what is answered is what is stored."""
    await put(store, lone_seed("a"))

    done = await planned(store)

    assert await store.digest.find_edition(done.edition.schedule_id, 1) == done.edition
    assert await store.deliveries.deliveries(done.edition.schedule_id, done.edition.key) == done.deliveries
    assert done.outcome == "sent"


async def test_every_part_is_planned_with_its_nonce_as_key(store: SqliteStore) -> None:
    """The message carries what its channel is searched for."""
    await put(store, *(lone_seed(f"x{number}", provider=lone_seed("p").article.provider) for number in range(20)))

    done = await planned(store, make_schedule(count=20, provider_cap=20))

    assert len(done.deliveries) > 1
    assert [each.key.part for each in done.deliveries] == list(range(1, len(done.deliveries) + 1))
    assert all(each.draft.key == nonce_for(each.key) for each in done.deliveries)
    assert {each.state for each in done.deliveries} == {DeliveryState.PLANNED}


async def test_only_the_first_part_mentions_the_role(store: SqliteStore) -> None:
    """Nobody is pinged twice for one edition."""
    await put(store, *(lone_seed(f"x{number}") for number in range(20)))

    done = await planned(store, make_schedule(count=20, provider_cap=20, mention_role=77))

    assert [each.mention_role for each in done.deliveries] == [77, *[None] * (len(done.deliveries) - 1)]


async def test_a_delivery_carries_a_title_for_a_forum_and_the_wish_to_publish(store: SqliteStore) -> None:
    """The schedule's name and the local date on which it was due."""
    await put(store, lone_seed("a"))
    schedule = make_schedule(name="W" * 60 + "\N{GRINNING FACE}" * 30, timezone="Pacific/Auckland", publish=True)

    (delivery,) = (await planned(store, schedule, due_at=NOW + 8 * HOUR)).deliveries

    assert delivery.title.endswith(", 2021-05-11")
    assert len(delivery.title.encode("utf-16-le")) // 2 <= 100
    assert delivery.publish


async def test_an_edition_of_a_key_is_planned_once(store: SqliteStore) -> None:
    """A second tick, a second process: nothing."""
    await put(store, lone_seed("a"))
    await planned(store)

    assert await plan(store) is None


async def test_an_edition_of_a_deleted_schedule_is_not_planned(store: SqliteStore) -> None:
    """It was deleted while the edition was chosen."""
    await put(store, lone_seed("a"))
    await store.schedules.delete_schedule(make_schedule().id, at=NOW)

    with pytest.raises(UnknownScheduleError):
        await plan(store)


async def test_the_next_edition_tells_only_what_is_new(store: SqliteStore) -> None:
    """Window by window."""
    await put(store, lone_seed("a", LAST - HOUR), lone_seed("b"))
    await planned(store, due_at=LAST)

    assert stems(await planned(store)) == ["b"]


async def test_a_missed_week_is_caught_up(store: SqliteStore) -> None:
    """The window begins at the last cutoff."""
    await put(store, lone_seed("a", LAST - HOUR), lone_seed("missed", LAST + HOUR), lone_seed("b", NOW + HOUR))
    await planned(store, due_at=LAST)

    assert sorted(stems(await planned(store, due_at=NOW + WEEK))) == ["b", "missed"]


@pytest.mark.parametrize(("minutes", "is_late"), [(5, False), (6, True)])
async def test_an_edition_says_that_it_is_late_after_five_minutes(
    store: SqliteStore,
    minutes: int,
    is_late: bool,  # noqa: FBT001 - a row of the table
) -> None:
    """A tick takes half a minute; more than five are worth a word."""
    await put(store, lone_seed("a"))

    done = await plan(store, late=timedelta(minutes=minutes))

    assert done is not None
    assert done.edition.is_late is is_late


async def test_a_late_edition_keeps_the_cutoff_at_which_it_was_due(store: SqliteStore) -> None:
    """What came in the meantime is for the next one."""
    await put(store, lone_seed("a"), lone_seed("meanwhile", NOW + HOUR))

    done = await plan(store, late=2 * HOUR)

    assert stems(done) == ["a"]


async def test_an_edition_later_than_allowed_is_skipped_and_moves_nothing(store: SqliteStore) -> None:
    """The next edition has its stories."""
    await put(store, lone_seed("first", LAST - HOUR), lone_seed("a"), lone_seed("b", NOW + HOUR))
    await planned(store, due_at=LAST)

    late = await plan(store, late=timedelta(hours=25))
    following = await planned(store, due_at=NOW + WEEK)

    assert late is not None
    assert (late.outcome, late.edition.skipped, late.deliveries) == ("late", Skipped.LATE, ())
    assert sorted(stems(following)) == ["a", "b"]


async def test_a_schedule_may_allow_more_lateness(store: SqliteStore) -> None:
    """`max_lateness` is the schedule's."""
    await put(store, lone_seed("a"))

    done = await plan(store, make_schedule(max_lateness=timedelta(days=3)), late=timedelta(hours=25))

    assert stems(done) == ["a"]


async def test_an_extra_edition_moves_the_cutoff_like_any_other(store: SqliteStore) -> None:
    """The next edition doesn't repeat its stories."""
    await put(store, lone_seed("a"), lone_seed("b", MIDWEEK + 2 * HOUR))
    press = MIDWEEK + HOUR

    extra = await plan_edition(store, make_schedule(), key=extra_edition_key(5), due_at=press, now=press, is_extra=True)

    assert extra is not None
    assert (stems(extra), extra.edition.is_extra) == (["a"], True)
    assert stems(await planned(store)) == ["b"]


async def test_an_edition_knows_what_an_extra_one_of_a_later_cutoff_has(store: SqliteStore) -> None:
    """It was planned by a press while this one was chosen."""
    await put(store, lone_seed("a"))
    press = NOW + timedelta(minutes=5)
    extra = await plan_edition(store, make_schedule(), key=extra_edition_key(5), due_at=press, now=press, is_extra=True)

    assert extra is not None
    assert stems(extra) == ["a"]
    assert stems(await planned(store)) == []


async def test_an_edition_is_not_the_first_one_if_an_extra_one_has_a_later_cutoff(store: SqliteStore) -> None:
    """Only a first edition reaches back for months; the press was that, while the due one was being chosen."""
    await put(store, lone_seed("a"), lone_seed("b", NOW - 6 * WEEK))
    schedule, press = make_schedule(count=1, empty_policy=EmptyPolicy.SKIP), NOW + timedelta(minutes=5)
    await store.schedules.save_schedule(schedule, next_due_at=None)
    extra = await plan_edition(store, schedule, key=extra_edition_key(5), due_at=press, now=press, is_extra=True)

    due = await planned(store, schedule)

    assert len(stems(extra)) == 1
    assert (stems(due), due.edition.skipped) == ([], Skipped.EMPTY)


async def test_an_extra_edition_is_one_however_often_its_press_arrives(store: SqliteStore) -> None:
    """Discord may hand an interaction over twice."""
    await put(store, lone_seed("a"))
    first = await plan(store, key="x5")

    assert first is not None
    assert await plan(store, key="x5") is None


async def test_reasons_are_stored_for_what_entered_in_the_window(store: SqliteStore) -> None:
    """Not for the years before."""
    await put(store, lone_seed("old", LAST - HOUR), lone_seed("a"), lone_seed("unlisted", listed=False))
    await planned(store, due_at=LAST)
    done = await planned(store)

    stored = await store.digest.verdicts(done.edition.schedule_id, done.edition.key)

    assert {each.article_id: each.reason for each in stored} == {
        article_id(INSTANCE_SHELF, "a"): Reason.PICKED,
        article_id(INSTANCE_SHELF, "unlisted"): Reason.UNLISTED,
    }


async def test_a_server_never_gets_another_servers_articles(store: SqliteStore) -> None:
    """The instance's shelf and its own."""
    for guild in (1, 2):
        shelf = server_shelf(guild)
        seed = make_seed(f"of{guild}", title=lone_words(f"of{guild}"), published_at=MIDWEEK, shelf=shelf)
        await store.articles.put_seeds(shelf, [seed], seen_at=NOW, is_first_import=True)
    await put(store, lone_seed("a"))

    assert sorted(stems(await planned(store, make_schedule(guild_id=1)))) == ["a", "of1"]
