"""The instance's stories follow from what arrives: no question changes them, and each is answered the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from structlog.testing import capture_logs

from bot.news.article import INSTANCE_SHELF, Article, ArticleId, Provider, article_id, shelves_seen_by
from bot.news.stories.story_ids import KnownStory, StoryId
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.story import ARRIVES_DAYS, MOST_JOINING, RESULTS_KEPT, Stories
from tests.support.clocks import DAWN, ManualClock
from tests.support.makers import make_seed

INSTANCE: Final = (INSTANCE_SHELF,)
OURS, THEIRS = shelves_seen_by(1), shelves_seen_by(2)
HOUR: Final = timedelta(hours=1)

FERRY: Final = "Harbour ferry collides with pier in Oslo, dozens injured"
FERRY_TOO: Final = "Dozens injured as harbour ferry collides with Oslo pier"
LAMPS: Final = "City replaces street lamps with dimmable ones"


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqliteStore]:
    """An empty store."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as opened:
        yield opened


@pytest.fixture
def stories(store: SqliteStore, clock: ManualClock) -> Stories:
    """Its stories, as of noon on the third of June."""
    return Stories(store, clock)


async def put(store: SqliteStore, stem: str, title: str, *, hours: float = 2, excerpt: str = "") -> None:
    """The operator adds an outlet's report from this many hours ago."""
    provider = Provider(domain=f"{stem}.example", name=stem)
    published_at = DAWN - hours * HOUR
    seed = make_seed(stem, title=title, published_at=published_at, provider=provider, excerpt=excerpt)
    await store.articles.put_seeds(INSTANCE_SHELF, [seed], seen_at=DAWN)


def id_of(stem: str) -> ArticleId:
    """A report's id."""
    return article_id(INSTANCE_SHELF, stem)


def known(*stems: str) -> KnownStory:
    """The story of some reports, named after the first of them."""
    return KnownStory(id=StoryId(id_of(stems[0])), articles=frozenset(map(id_of, stems)))


async def get(store: SqliteStore, stem: str) -> Article:
    """A report."""
    found = await store.articles.find_article(INSTANCE, id_of(stem))
    assert found is not None
    return found


async def kept(store: SqliteStore, *stems: str) -> tuple[KnownStory, ...]:
    """The stories that are stored."""
    return await store.stories.known_stories(INSTANCE, list(map(id_of, stems)))


@pytest.mark.parametrize("shelves", [INSTANCE, OURS])
async def test_question_is_answered_and_changes_nothing(
    stories: Stories, store: SqliteStore, shelves: Sequence[str]
) -> None:
    """From a direct message, or a server without articles of its own."""
    await put(store, "a", FERRY, hours=3)
    await put(store, "b", FERRY_TOO)
    seen = INSTANCE if shelves == INSTANCE else OURS

    found = await stories.named(seen, [await get(store, "b")])

    assert found == {id_of("b"): known("a", "b")}
    assert await kept(store, "a", "b") == ()


async def test_what_one_server_asks_between_two_arrivals_changes_no_id_for_another(
    tmp_path: Path, clock: ManualClock
) -> None:
    """The story of the later report was named after it, if somebody had asked before the earlier one came."""
    found = []
    for asks in (False, True):
        async with open_store(tmp_path / f"{asks}.db", clock=clock) as store:
            stories = Stories(store, clock)
            await put(store, "b", FERRY_TOO)
            if asks:
                await stories.top(OURS)
            await put(store, "a", FERRY, hours=3)
            if asks:
                await stories.named(OURS, [await get(store, "a")])
            top = await stories.top(THEIRS)
            named = await stories.named(THEIRS, [await get(store, "a"), await get(store, "b")])
            found.append((top, named, await kept(store, "a", "b")))

    assert found[0] == found[1]


async def test_arrivals_are_grouped_and_kept(stories: Stories, store: SqliteStore) -> None:
    """Under the id that the story had, in whatever order its reports came."""
    await put(store, "b", FERRY_TOO)
    await stories.take_in(INSTANCE)
    await put(store, "a", FERRY, hours=3)
    await put(store, "c", LAMPS)
    assert await stories.take_in(INSTANCE) == 2

    assert await kept(store, "a") == (KnownStory(id=StoryId(id_of("b")), articles=known("a", "b").articles),)
    with capture_logs() as logs:
        await stories.named(OURS, [await get(store, "a")])
    assert logs == []


async def test_many_arrivals_are_grouped_together(stories: Stories, store: SqliteStore) -> None:
    """A week's import."""
    for number in range(MOST_JOINING + 3):
        await put(store, f"x{number}", f"{FERRY_TOO} {number}")

    assert await stories.take_in(INSTANCE) == MOST_JOINING + 3
    assert {each for story in await kept(store, "x0", "x1") for each in story.articles} >= {id_of("x0"), id_of("x1")}


async def test_history_that_arrives_is_not_grouped(stories: Stories, store: SqliteStore) -> None:
    """A first import of years costs nothing."""
    await put(store, "old", FERRY, hours=24 * (ARRIVES_DAYS + 1))

    assert await stories.take_in(INSTANCE) == 0
    assert await kept(store, "old") == ()


async def test_article_that_was_changed_is_grouped_again(stories: Stories, store: SqliteStore) -> None:
    """When it arrives again."""
    await put(store, "a", FERRY, hours=3)
    await put(store, "b", LAMPS)
    await stories.take_in(INSTANCE)
    await put(store, "b", FERRY_TOO)
    assert await stories.take_in(INSTANCE) == 1

    (story,) = await kept(store, "a", "b")
    assert story.articles == known("a", "b").articles


async def test_result_for_the_same_articles_is_remembered(stories: Stories, store: SqliteStore) -> None:
    """And another one is made once another report came."""
    await put(store, "a", FERRY, hours=3)
    await put(store, "b", LAMPS)
    before = await stories.named(INSTANCE, [await get(store, "a")])
    assert await stories.named(OURS, [await get(store, "a")]) == before
    assert len(stories._results) == 1

    await put(store, "c", FERRY_TOO)
    assert (await stories.named(OURS, [await get(store, "a")]))[id_of("a")] == known("a", "c")


async def test_few_results_are_remembered(stories: Stories, store: SqliteStore) -> None:
    """Each may be of some thousand articles."""
    for number in range(RESULTS_KEPT + 2):
        await put(store, f"x{number}", FERRY, hours=24 * 20 * number + 1)
    for number in range(RESULTS_KEPT + 2):
        await stories.named(INSTANCE, [await get(store, f"x{number}")])

    assert len(stories._results) == RESULTS_KEPT
