"""Planning, previewing and explaining editions, over a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import BadInputError, UnknownArticleError, UnknownEditionError, UnknownScheduleError
from bot.news.article import INSTANCE_SHELF, Article, Provider, Seed, article_id, server_shelf
from bot.news.choosing.upstream import UPSTREAM_COUNT
from bot.news.delivery import DeliveryState, EditionKey, ScheduleId, nonce_for
from bot.news.edition import Reason, Skipped, Verdict, Window
from bot.news.schedules.rhythm import Every, Rhythm
from bot.news.schedules.schedule import EVERY_DAY, EmptyPolicy, Schedule, extra_edition_key
from bot.news.stories.story_ids import StoryId
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.digest import (
    Planned,
    choose,
    choose_between,
    edition_of_message,
    latest_edition,
    plan_edition,
    preview_edition,
    reasons_of,
    why,
)
from bot.usecases.story import Stories
from tests.support.candidates import LAST, MIDWEEK, NOW, WEEK, lone_words
from tests.support.clocks import ManualClock
from tests.support.makers import (
    make_article,
    make_delivery,
    make_edition,
    make_pick,
    make_schedule,
    make_seed,
    make_stub,
)
from tests.support.seed_files import SHIPPED
from tests.support.upstream_history import as_it_stood_then, golden_editions, read_seeds

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


# Choosing and previewing


async def test_thirty_of_thirty_known_editions_come_out_of_a_real_store(
    tmp_path: Path, data: Path, clock: ManualClock
) -> None:
    """With the records' own texts, and the values as they stood at each send."""
    texts = read_seeds(data / "upstream" / "news")
    schedule = make_schedule(rule="upstream", count=UPSTREAM_COUNT)
    chosen = []
    editions = golden_editions(data)
    for number, edition in enumerate(editions):
        async with open_store(tmp_path / f"{number}.db", clock=clock) as store:
            await put(store, *(as_it_stood_then(texts[record["id"]], record) for record in edition.records))
            choice = await choose(store, schedule, cutoff=edition.sent_at)
        chosen.append(tuple(pick.article.stem for pick in choice.picks))

    assert len(chosen) == 30
    assert chosen == [edition.picks for edition in editions]


async def test_a_preview_plans_nothing(store: SqliteStore) -> None:
    """However often it is asked for."""
    await put(store, lone_seed("a"))

    choice, drafts = await preview_edition(store, make_schedule(), now=NOW)

    assert [pick.article.stem for pick in choice.picks] == ["a"]
    assert [draft.key for draft in drafts] == [""]
    assert await store.digest.edition_keys(make_schedule().id) == frozenset()


async def test_a_preview_as_of_a_moment_sees_only_what_was_known_then(store: SqliteStore) -> None:
    """Scores, flags and dates are read from the changes up to it."""
    seed = lone_seed("a")
    await store.articles.put_seeds(INSTANCE_SHELF, [seed], seen_at=MIDWEEK)
    unlisted = replace(seed, article=replace(seed.article, listed=False), content_hash="f" * 64)
    await store.articles.put_seeds(INSTANCE_SHELF, [unlisted], seen_at=MIDWEEK + 2 * HOUR)

    then, _ = await preview_edition(store, make_schedule(), now=NOW, as_of=MIDWEEK + HOUR)
    now, _ = await preview_edition(store, make_schedule(), now=NOW)

    assert ([pick.article.stem for pick in then.picks], now.picks) == (["a"], ())


async def test_a_preview_of_an_empty_week_has_no_message(store: SqliteStore) -> None:
    """But for the note, where the schedule asks for one."""
    _, drafts = await preview_edition(store, make_schedule(), now=NOW)
    _, note = await preview_edition(store, make_schedule(empty_policy=EmptyPolicy.NOTE), now=NOW)

    assert (len(drafts), len(note)) == (0, 1)


async def test_any_window_can_be_tried_without_a_schedule(store: SqliteStore) -> None:
    """For the command line: nothing is told, nothing is stored."""
    await put(store, lone_seed("a"), lone_seed("old", LAST - HOUR))

    choice = await choose_between(store, make_schedule(), SHELVES, start=LAST, cutoff=NOW)

    assert ([pick.article.stem for pick in choice.picks], choice.window) == (["a"], Window(start=LAST, end=NOW))


async def test_a_configured_quality_decides_who_comes_first(tmp_path: Path, clock: ManualClock) -> None:
    """Of articles whose seeds have none."""
    async with open_store(tmp_path / "rated.db", clock=clock, qualities={"bostonherald.com": 85}) as store:
        await put(store, lone_seed("a", quality=None), lone_seed("b", quality=80), lone_seed("c", quality=None))

        choice = await choose_between(store, make_schedule(), SHELVES, start=LAST, cutoff=NOW)

    assert "score 85" in choice.picks[0].why
    assert [pick.article.stem for pick in choice.picks][-1] == "b"


# What was told


async def test_the_latest_edition_is_shown_as_it_was_told_with_corrected_titles(store: SqliteStore) -> None:
    """Scores that changed since don't change it; its message gets the title, too."""
    seed = lone_seed("a")
    await put(store, seed)
    done = await planned(store)
    renamed = replace(seed, article=replace(seed.article, title="Another title", quality=7), content_hash="f" * 64)
    await store.articles.put_seeds(INSTANCE_SHELF, [renamed], seen_at=NOW + HOUR)
    latest = await latest_edition(store, make_schedule())

    (pick,) = done.edition.picks
    assert latest == replace(done.edition, picks=(replace(pick, article=replace(pick.article, title="Another title")),))


async def test_what_was_taken_down_is_not_shown_in_an_old_edition(store: SqliteStore) -> None:
    """Neither as a pick nor under one."""
    await put_shipped(store)
    done = await planned(store, due_at=AFTER_SHIPPED)
    await store.articles.hide(INSTANCE_SHELF, article_id(INSTANCE_SHELF, HERALD))
    other = next(article for article in done.edition.picks[1].story.articles if article.stem != WBUR)
    await store.articles.hide(INSTANCE_SHELF, other.id)

    (pick,) = (await latest_edition(store, make_schedule())).picks

    assert pick.article.stem == WBUR
    assert other.id not in {article.id for article in pick.story.articles}


async def test_an_edition_that_is_not_there_is_said_so(store: SqliteStore) -> None:
    """With what to do."""
    with pytest.raises(UnknownEditionError, match="hasn't posted yet"):
        await latest_edition(store, make_schedule())
    with pytest.raises(UnknownEditionError, match="no edition 7"):
        await latest_edition(store, make_schedule(), 7)
    with pytest.raises(UnknownEditionError, match="digest latest"):
        await edition_of_message(store, "nobody knows")


async def test_a_message_leads_to_its_edition_and_its_reasons(store: SqliteStore) -> None:
    """By the key that its button carries."""
    await put(store, lone_seed("a"))
    done = await planned(store)

    edition = await edition_of_message(store, done.deliveries[0].draft.key)
    (reason,) = await reasons_of(store, SHELVES, edition)

    assert edition == done.edition
    assert (reason.verdict.reason, named(reason.article)) == (Reason.PICKED, "a")


# Why


def named(article: Article | None) -> str:
    """An article's stem; empty where there is none."""
    return article.stem if article else ""


async def ask_why(store: SqliteStore, stem: str, *, now: datetime = NOW) -> Verdict:
    """Why one article is in the newest edition, or the coming one, or not."""
    (explained,) = await why(
        store,
        make_schedule(),
        now=now,
        article=article_id(INSTANCE_SHELF, stem),
    )
    return explained.verdict


async def test_why_gives_the_stored_reasons_of_a_planned_edition(store: SqliteStore) -> None:
    """Not what the rule would say today."""
    seed = lone_seed("a")
    await put(store, seed)
    await planned(store)
    unlisted = replace(seed, article=replace(seed.article, listed=False), content_hash="f" * 64)
    await store.articles.put_seeds(INSTANCE_SHELF, [unlisted], seen_at=NOW + HOUR)

    (explained,) = await why(store, make_schedule(), now=NOW + HOUR)

    assert (explained.verdict.reason, named(explained.article)) == (Reason.PICKED, "a")


async def test_why_before_the_first_edition_is_about_the_coming_one(store: SqliteStore) -> None:
    """With the moment of asking as its cutoff."""
    await put(store, lone_seed("a"), lone_seed("unlisted", listed=False))
    await store.articles.put_seeds(INSTANCE_SHELF, [lone_seed("ahead", NOW + HOUR)], seen_at=MIDWEEK)

    explained = await why(store, make_schedule(), now=NOW)

    assert {each.verdict.reason for each in explained} == {Reason.PICKED, Reason.UNLISTED}


async def test_why_computes_the_reason_of_an_article_that_did_not_enter(store: SqliteStore) -> None:
    """It was in the window before."""
    await put(store, lone_seed("old", LAST - HOUR), lone_seed("a"))
    await planned(store, due_at=LAST)
    await planned(store)

    verdict = await ask_why(store, "old")

    assert verdict.reason is Reason.OUTSIDE_WINDOW
    assert "new on 2021-05-03 08:00 UTC" in verdict.detail


async def test_why_answers_for_an_article_of_long_ago(store: SqliteStore) -> None:
    """It is older than all that the edition was chosen from."""
    await put(store, lone_seed("ancient", datetime(2001, 1, 1, tzinfo=UTC)), lone_seed("a"))
    await planned(store, due_at=LAST)
    await planned(store)

    verdict = await ask_why(store, "ancient")

    assert verdict.reason is Reason.OUTSIDE_WINDOW
    assert "published on 2001-01-01" in verdict.detail


async def test_why_answers_for_an_article_that_came_after_the_edition(store: SqliteStore) -> None:
    """It was not known then."""
    await put(store, lone_seed("a"))
    await planned(store)
    await store.articles.put_seeds(INSTANCE_SHELF, [lone_seed("late")], seen_at=NOW + HOUR)

    assert "after the cutoff" in (await ask_why(store, "late")).detail


async def test_why_of_an_article_that_only_lists_name_says_that_it_is_never_picked(store: SqliteStore) -> None:
    """A stub is coverage."""
    stub = make_stub(title="Named elsewhere", published_at=MIDWEEK)
    await put(store, make_seed("a", coverage=[stub], title=lone_words("a"), published_at=MIDWEEK))
    (coverage,) = await store.related.explicit_coverage(SHELVES, article_id(INSTANCE_SHELF, "a"))

    with pytest.raises(BadInputError, match="can't be picked"):
        await why(store, make_schedule(), now=NOW, article=coverage.id)


async def test_why_of_an_unknown_article_or_edition_is_said_so(store: SqliteStore) -> None:
    """With what to do."""
    with pytest.raises(UnknownArticleError):
        await ask_why(store, "nobody")
    with pytest.raises(UnknownEditionError):
        await why(store, make_schedule(), now=NOW, number=3)


async def test_why_names_no_article_that_was_taken_down(store: SqliteStore) -> None:
    """The reason stays, the article doesn't."""
    await put(store, lone_seed("a"))
    await planned(store)
    await store.articles.hide(INSTANCE_SHELF, article_id(INSTANCE_SHELF, "a"))

    (explained,) = await why(store, make_schedule(), now=NOW)

    assert explained.article is None


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
