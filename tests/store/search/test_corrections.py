"""Words of a query that are searched in another spelling too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.news.article import INSTANCE_SHELF, article_id
from bot.news.parsing.query import read_query
from bot.store.sqlite import SqliteStore, open_store
from bot.store.sqlite.search.corrections import DOUBTFUL, SPELLED, SPELLED_BY_UNKNOWN
from bot.store.sqlite.search.query_words import read_words
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, make_seed

TITLES = (*["Blog of a mayor"] * 60, *["Honey of bees"] * 5, "Vlog of a grandad")


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqliteStore]:
    """Sixty blogs of mayors, honey, and one vlog."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as opened:
        seeds = [make_seed(f"s{number}", title=title, excerpt="") for number, title in enumerate(TITLES)]
        await opened.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)
        yield opened


async def weight_of_blog(store: SqliteStore, typed: str) -> float:
    """The weight of "blog" among the alternatives of the query's words; 0 if it isn't one."""
    blog = await store.files.shelves.read(
        [INSTANCE_SHELF], lambda view: read_words(view, read_query("blog", now=SOME_DAY))
    )
    words = await store.files.shelves.read(
        [INSTANCE_SHELF], lambda view: read_words(view, read_query(typed, now=SOME_DAY))
    )
    return max(group.alternatives.get(blog.groups[0].word, 0.0) for group in words.groups)


@pytest.mark.parametrize(
    ("typed", "weight"),
    [
        ("vlog mayor", SPELLED),
        ("vlog honey", DOUBTFUL),
        ("vlog", SPELLED),
        ("bloog honey", SPELLED_BY_UNKNOWN),
        ("honey", 0.0),
    ],
    ids=["agrees", "disagrees", "alone", "unknown", "known"],
)
async def test_a_correction_has_the_weight_of_what_supports_it(typed: str, weight: float, store: SqliteStore) -> None:
    """The rest of the query, or that there is nothing else to search for."""
    assert await weight_of_blog(store, typed) == weight


async def test_a_quoted_word_is_not_corrected(store: SqliteStore) -> None:
    """So a member can search for it as typed."""
    result = await store.search.search([INSTANCE_SHELF], read_query('"vlog"', now=SOME_DAY), now=SOME_DAY)

    assert [article.title for article in result.articles] == ["Vlog of a grandad"]
    assert result.corrected == ()


async def test_a_corrected_word_is_reported(store: SqliteStore) -> None:
    """With its likeliest spelling; the others are not."""
    result = await store.search.search([INSTANCE_SHELF], read_query("vlog honey", now=SOME_DAY), now=SOME_DAY)

    assert result.corrected == (("vlog", "blog"),)


async def test_a_word_that_is_in_one_title_alone_corrects_a_misspelling(store: SqliteStore) -> None:
    """A small archive has few other words."""
    result = await store.search.search([INSTANCE_SHELF], read_query("grandda", now=SOME_DAY), now=SOME_DAY)

    assert [article.title for article in result.articles] == ["Vlog of a grandad"]
    assert result.corrected == (("grandda", "grandad"),)


async def test_a_word_of_one_title_never_replaces_a_word_of_another(store: SqliteStore) -> None:
    """Both are rare, and none is likelier to be misspelled."""
    seed = make_seed("vlot", title="Vlot of a granny", excerpt="")
    await store.articles.put_seeds(INSTANCE_SHELF, [seed], seen_at=SOME_DAY)

    result = await store.search.search([INSTANCE_SHELF], read_query("vlot granny", now=SOME_DAY), now=SOME_DAY)

    assert all(searched != "vlog" for _, searched in result.corrected)
    assert [article.title for article in result.articles] == ["Vlot of a granny"]


async def test_a_word_of_one_title_that_was_removed_corrects_nothing(store: SqliteStore) -> None:
    """The spelling goes with its last title."""
    await store.articles.delete(INSTANCE_SHELF, article_id(INSTANCE_SHELF, f"s{len(TITLES) - 1}"))

    result = await store.search.search([INSTANCE_SHELF], read_query("grandda", now=SOME_DAY), now=SOME_DAY)

    assert (result.articles, result.corrected, result.suggestion) == ((), (), "")
