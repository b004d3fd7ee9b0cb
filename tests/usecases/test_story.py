"""A server's own stories under their ids over a real store: who asks has them grouped, and an id stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.news.article import INSTANCE_SHELF, Article, ArticleId, Provider, ShelfId, article_id, shelves_seen_by
from bot.news.stories.story_ids import KnownStory, StoryId
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.story import KEPT_DAYS, MOST_JOINING, Stories
from tests.support.clocks import DAWN, ManualClock
from tests.support.makers import make_seed, make_stub

SHELVES = shelves_seen_by(1)
OWN = SHELVES[1]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

FERRY = "Harbour ferry collides with pier in Oslo, dozens injured"
FERRY_TOO = "Dozens injured as harbour ferry collides with Oslo pier"
FERRY_LATER = "Oslo pier collision: captain of harbour ferry questioned, dozens injured"
LAMPS = "City replaces street lamps with dimmable ones"


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqliteStore]:
    """An empty store."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as opened:
        yield opened


@pytest.fixture
def stories(store: SqliteStore, clock: ManualClock) -> Stories:
    """Its stories, as of noon on the third of June."""
    return Stories(store, clock)


async def put(
    store: SqliteStore, stem: str, title: str, *, hours: float = 2, quality: int = 80, **fields: object
) -> None:
    """Import an outlet's report from this many hours ago."""
    shelf = fields.pop("shelf", OWN)
    seed = make_seed(
        stem,
        shelf=shelf,  # type: ignore[arg-type] # as make_seed
        title=title,
        published_at=DAWN - hours * HOUR,
        quality=quality,
        provider=Provider(domain=f"{stem}.example", name=stem),
        **fields,  # type: ignore[arg-type] # as make_seed
    )
    await store.articles.put_seeds(seed.article.shelf, [seed], seen_at=DAWN)


def id_of(stem: str, shelf: ShelfId = OWN) -> ArticleId:
    """A report's id."""
    return article_id(shelf, stem)


def known(*stems: str) -> KnownStory:
    """The story of some reports, named after the first of them."""
    return KnownStory(id=StoryId(id_of(stems[0])), articles=frozenset(map(id_of, stems)))


async def get(store: SqliteStore, stem: str) -> Article:
    """A report."""
    found = await store.articles.find_article(SHELVES, id_of(stem))
    assert found is not None
    return found


async def story_of(store: SqliteStore, stem: str) -> KnownStory | None:
    """The story that is kept of a report."""
    found = await store.stories.known_stories(SHELVES, [id_of(stem)])
    return next((each for each in found if id_of(stem) in each.articles), None)


async def named(stories: Stories, store: SqliteStore, stem: str) -> KnownStory:
    """The story that a report belongs to, grouped if need be."""
    return (await stories.named(SHELVES, [await get(store, stem)]))[id_of(stem)]


# Grouping when somebody asks


async def test_nothing_is_grouped_before_somebody_asks(store: SqliteStore) -> None:
    """However much comes in."""
    await put(store, "a", FERRY)
    await put(store, "b", FERRY_TOO)

    assert await story_of(store, "a") is None


async def test_who_asks_for_a_story_has_what_is_around_it_grouped(stories: Stories, store: SqliteStore) -> None:
    """And kept."""
    await put(store, "a", FERRY, hours=3)
    await put(store, "b", FERRY_TOO)
    await put(store, "c", LAMPS)

    story = await named(stories, store, "b")

    assert story == known("a", "b")
    assert await story_of(store, "a") == story


async def test_what_is_settled_is_not_grouped_again(stories: Stories, store: SqliteStore) -> None:
    """Only what came since makes work."""
    await put(store, "a", FERRY)
    await named(stories, store, "a")

    with capture_logs() as logs:
        await named(stories, store, "a")
    assert logs == []
    await put(store, "b", LAMPS)
    with capture_logs() as logs:
        await named(stories, store, "a")
    assert [line["event"] for line in logs] == ["stories were grouped"]


async def test_what_was_settled_stays_so_where_its_story_is_grouped_from_elsewhere(
    stories: Stories, store: SqliteStore
) -> None:
    """Otherwise those who ask in turn for two days of one event would have it grouped for ever."""
    await put(store, "a", FERRY, hours=50)
    await put(store, "b", FERRY_TOO)
    await named(stories, store, "a")
    await named(stories, store, "b")

    with capture_logs() as logs:
        await named(stories, store, "a")

    assert logs == []


async def test_a_story_keeps_its_id_when_an_earlier_report_comes_in(stories: Stories, store: SqliteStore) -> None:
    """It is not named after that one."""
    await put(store, "a", FERRY)
    await named(stories, store, "a")
    await put(store, "b", FERRY_TOO, hours=20)

    assert await named(stories, store, "b") == known("a", "b")


async def test_the_years_before_are_left_alone(stories: Stories, store: SqliteStore) -> None:
    """Only what is near enough is compared."""
    await put(store, "a", FERRY)
    await put(store, "old", FERRY, hours=24 * 30)

    await named(stories, store, "a")

    assert await story_of(store, "old") is None


async def test_where_there_is_too_much_articles_join_one_by_one(stories: Stories, store: SqliteStore) -> None:
    """More than may be compared at once: the asked ones find their story all the same."""
    for number in range(4):
        await put(store, f"x{number}", f"{LAMPS} {number}")
    await put(store, "a", FERRY, hours=3)
    await put(store, "b", FERRY_TOO)
    asked = [await get(store, stem) for stem in ("a", "b")]

    found = await stories.named(SHELVES, asked, most=3)

    assert found[id_of("a")] == found[id_of("b")] == await story_of(store, "a")
    assert await story_of(store, "x0") is None


async def test_of_far_apart_articles_the_most_important_are_grouped_first(stories: Stories, store: SqliteStore) -> None:
    """As many of them as there is room for."""
    for number in range(3):
        await put(store, f"x{number}", f"{LAMPS} {number}", hours=24 * 8 * number)
    asked = [await get(store, stem) for stem in ("x2", "x0")]

    await stories.named(SHELVES, asked, most=1)

    assert await store.stories.settled(SHELVES, list(map(id_of, ("x0", "x1", "x2")))) == {id_of("x2")}


async def test_a_store_that_is_only_read_is_answered_from_all_the_same(
    store: SqliteStore, tmp_path: Path, clock: ManualClock
) -> None:
    """The command line beside a running bot."""
    await put(store, "a", FERRY, hours=3)
    await put(store, "b", FERRY_TOO)

    async with open_store(tmp_path / "newsdesk.db", clock=clock, read_only=True) as reading:
        tied = await Stories(reading, clock, keeps=False).tied(SHELVES, await get(store, "b"))

    assert tied is not None
    assert tied.id == known("a").id
    assert await story_of(store, "a") is None


async def test_what_can_not_be_kept_is_answered_and_told_in_the_log(
    store: SqliteStore, tmp_path: Path, clock: ManualClock
) -> None:
    """A full disk takes nobody's answer away."""
    await put(store, "a", FERRY)

    async with open_store(tmp_path / "newsdesk.db", clock=clock, read_only=True) as broken:
        with capture_logs() as logs:
            found = await Stories(broken, clock).named(SHELVES, [await get(store, "a")])

    assert list(found) == [id_of("a")]
    assert logs[-1]["event"] == "stories could not be kept"


# Joining


async def test_a_new_article_joins_the_story_that_it_is_most_like(stories: Stories, store: SqliteStore) -> None:
    """At once, and it is looked at again when somebody asks."""
    await put(store, "a", FERRY, hours=4)
    await put(store, "c", LAMPS, hours=4)
    await named(stories, store, "a")
    await put(store, "b", FERRY_TOO)

    assert await stories.take_in(SHELVES) == 1

    assert await story_of(store, "b") == known("a", "b")
    assert id_of("b") not in await store.stories.settled(SHELVES, [id_of("b")])


async def test_a_stranger_joins_no_story(stories: Stories, store: SqliteStore) -> None:
    """A newcomer is judged as grouping judges it: a word in common with every report is not an event."""
    await put(store, "a", "Bridge over the Tarn closes after cracks are found", hours=4)
    await put(store, "b", "School adds a third bus", hours=4)
    await named(stories, store, "a")
    await put(store, "c", "Bakery on Bridge Street wins pie award", hours=3)
    await put(store, "d", "Repair cafe opens in the old school", hours=2)

    assert await stories.take_in(SHELVES) == 2

    assert [await story_of(store, stem) for stem in "abcd"] == [known(stem) for stem in "abcd"]


async def test_a_new_article_with_the_link_of_a_report_joins_its_story(stories: Stories, store: SqliteStore) -> None:
    """As grouping ties it, whatever the text is."""
    await put(store, "a", FERRY, hours=4)
    await named(stories, store, "a")
    await put(store, "b", "Oslo ferry: what we know", url="https://a.example/a")

    await stories.take_in(SHELVES)

    assert await story_of(store, "b") == known("a", "b")


async def test_new_articles_join_each_other(stories: Stories, store: SqliteStore) -> None:
    """Those of one import as well."""
    await put(store, "a", FERRY, hours=4)
    await put(store, "b", FERRY_TOO, hours=3)

    await stories.take_in(SHELVES)

    assert await story_of(store, "a") == await story_of(store, "b") is not None


async def test_all_new_articles_of_an_import_join_the_same_story(stories: Stories, store: SqliteStore) -> None:
    """None of them pushes another out."""
    await put(store, "a", FERRY, hours=4)
    await named(stories, store, "a")
    await put(store, "b", FERRY_LATER, hours=3)
    await put(store, "c", FERRY, hours=2)

    await stories.take_in(SHELVES)

    assert await story_of(store, "b") == known("a", "b", "c")


async def test_an_import_of_old_articles_groups_nothing(stories: Stories, store: SqliteStore) -> None:
    """They are history until somebody asks."""
    await put(store, "old", FERRY, hours=24 * 30)

    assert await stories.take_in(SHELVES) == 0
    assert await story_of(store, "old") is None


async def test_an_import_of_many_articles_groups_nothing(stories: Stories, store: SqliteStore) -> None:
    """To group them together is quicker, and can wait until somebody asks."""
    seeds = [make_seed(f"x{number}", shelf=OWN, published_at=DAWN - HOUR) for number in range(MOST_JOINING + 1)]
    await store.articles.put_seeds(OWN, seeds, seen_at=DAWN)

    assert await stories.take_in(SHELVES) == 0
    assert await story_of(store, "x0") is None


# What ties a story


async def test_a_story_is_told_with_what_ties_each_report_to_the_asked_one(
    stories: Stories, store: SqliteStore
) -> None:
    """In the order of time."""
    await put(store, "a", FERRY, hours=3)
    await put(store, "b", FERRY_TOO, coverage=[make_stub("s", shelf=OWN, title=FERRY_LATER, published_at=DAWN)])
    await put(store, "c", LAMPS)

    tied = await stories.tied(SHELVES, await get(store, "b"))

    assert tied is not None
    assert [article.title for article in tied.story.articles] == [FERRY, FERRY_TOO, FERRY_LATER]
    assert [(bond.article.title, bond.edge) for bond in tied.bonds] == [(FERRY, 0.0), (FERRY_LATER, 1.0)]
    assert all(bond.likeness > 1 and len(bond.words) == 3 for bond in tied.bonds)


async def test_an_article_that_nobody_else_reports_has_no_story_to_tell(stories: Stories, store: SqliteStore) -> None:
    """It is kept under an id all the same."""
    await put(store, "a", FERRY)

    assert await stories.tied(SHELVES, await get(store, "a")) is None
    assert await story_of(store, "a") is not None


async def test_a_hidden_report_is_not_told(stories: Stories, store: SqliteStore) -> None:
    """Taken down after it was grouped."""
    await put(store, "a", FERRY, hours=3)
    await put(store, "b", FERRY_TOO)
    await named(stories, store, "a")
    await store.articles.hide(OWN, id_of("a"))

    assert await stories.tied(SHELVES, await get(store, "b")) is None


async def test_a_reader_does_not_wait_while_something_else_is_grouped(stories: Stories, store: SqliteStore) -> None:
    """The story as it was is answer enough."""
    await put(store, "a", FERRY, hours=3)
    await put(store, "b", FERRY_TOO)
    await named(stories, store, "a")

    async with stories._grouping[SHELVES]:
        tied = await asyncio.wait_for(stories.tied(SHELVES, await get(store, "b")), timeout=5)

    assert tied is not None


async def test_a_server_sees_its_own_articles_in_its_stories_and_nobody_else_does(
    stories: Stories, store: SqliteStore
) -> None:
    """Not by a number either."""
    ours = shelves_seen_by(1)
    await put(store, "a", FERRY, hours=3, shelf=INSTANCE_SHELF)
    await put(store, "o", FERRY_TOO)

    with_ours = await stories.top(ours)
    without = await stories.top(shelves_seen_by(2))

    assert [(each.article.stem, each.more) for each in with_ours] == [("o", 1)]
    assert [(each.article.stem, each.more) for each in without] == [("a", 0)]


# The best


async def top(stories: Stories, **options: object) -> list[tuple[str, int]]:
    """The best, each with the number of its other reports."""
    found = await stories.top(SHELVES, **options)  # type: ignore[arg-type] # as Stories.top
    return [(each.article.stem, each.more) for each in found]


async def test_top_gives_the_highest_scores_first(stories: Stories, store: SqliteStore) -> None:
    """Of all time."""
    titles = {80: "Lamps of Bergen", 120: "A ferry to Kiel", 95: "Chess in Riga"}
    for quality, title in titles.items():
        await put(store, f"q{quality}", title, quality=quality, hours=quality * 10)

    assert await top(stories) == [("q120", 0), ("q95", 0), ("q80", 0)]


async def test_top_shows_an_event_once_by_its_best_report(stories: Stories, store: SqliteStore) -> None:
    """With the number of the others and of the outlets."""
    await put(store, "a", FERRY, quality=90)
    await put(store, "b", FERRY_TOO, quality=95)
    await put(store, "c", LAMPS, quality=92)

    assert await top(stories) == [("b", 1), ("c", 0)]
    assert [each.outlets for each in await stories.top(SHELVES)] == [2, 1]


async def test_top_can_be_held_to_a_span_of_days_and_a_topic(stories: Stories, store: SqliteStore) -> None:
    """Published since then, and on that topic; an event's other reports count whatever they are on."""
    await put(store, "old", "Chess in Riga", quality=150, hours=24 * 8, topics=("AI",))
    await put(store, "new", FERRY, topics=("AI",))
    await put(store, "other", FERRY_TOO, quality=90)

    assert await top(stories, days=7, topic=" ai ") == [("new", 1)]


async def test_top_is_filled_up_where_one_event_has_all_the_best_reports(stories: Stories, store: SqliteStore) -> None:
    """Reports beyond the first look are looked at."""
    for number in range(12):
        await put(store, f"f{number}", FERRY, quality=100 + number)
    await put(store, "c", LAMPS, quality=50)
    await put(store, "d", "Chess in Riga", quality=40)

    assert await top(stories, limit=2) == [("f11", 11), ("c", 0)]
    assert await top(stories, limit=1) == [("f11", 11)]


async def test_top_of_an_empty_archive_is_nothing(stories: Stories) -> None:
    """Not an error."""
    assert await top(stories) == []


# Forgetting


async def test_a_story_of_long_ago_is_forgotten(stories: Stories, store: SqliteStore, clock: ManualClock) -> None:
    """Not a day too early."""
    await put(store, "a", FERRY)
    await named(stories, store, "a")

    clock.advance(timedelta(days=KEPT_DAYS - 1).total_seconds())
    assert await stories.forget_old() == 0
    clock.advance(timedelta(days=2).total_seconds())
    assert await stories.forget_old() == 1
