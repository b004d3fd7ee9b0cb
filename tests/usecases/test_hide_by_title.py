"""An admin may hide an article by its title as well."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import UnknownArticleError
from bot.news.article import Article, server_shelf
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.ingest import hide_article
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, make_seed

OWN, OTHER = server_shelf(1), server_shelf(2)
TITLE = "Ferry to Bergen sails again"


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqliteStore]:
    """A server's article with a title of its own, one with two more words, and another server's."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as opened:
        ahead = clock.now() + timedelta(hours=1)
        seeds = [
            make_seed("a", shelf=OWN, title=TITLE, published_at=ahead),
            make_seed("b", shelf=OWN, title=f"{TITLE} after storm"),
        ]
        await opened.articles.put_seeds(OWN, seeds, seen_at=SOME_DAY)
        theirs = make_seed("c", shelf=OTHER, title="Bridge opens")
        await opened.articles.put_seeds(OTHER, [theirs], seen_at=SOME_DAY)
        yield opened


async def hide(store: SqliteStore, typed: str) -> Article:
    """What the command does."""
    return (await hide_article(store.articles, OWN, typed, titles=store.search))[0]


@pytest.mark.parametrize("typed", [TITLE, "ferry to bergen SAILS again", f"\u201c{TITLE}!\u201d"])
async def test_an_article_is_hidden_by_its_typed_title(typed: str, store: SqliteStore) -> None:
    """In any case and punctuation; also one that is dated ahead."""
    assert (await hide(store, typed)).stem == "a"


@pytest.mark.parametrize(
    "typed", ["Ferry to Bergen", "Ferry Bergen again sails to", "Ferri to Bergen sails again", "Bridge opens", "?"]
)
async def test_nothing_is_hidden_by_less_than_a_title(typed: str, store: SqliteStore) -> None:
    """Not by some of its words, in another order or spelling, nor by another server's title."""
    with pytest.raises(UnknownArticleError):
        await hide(store, typed)


async def test_a_title_of_two_articles_hides_neither(store: SqliteStore) -> None:
    """The admin chooses one from the list."""
    await store.articles.put_seeds(OWN, [make_seed("d", shelf=OWN, title=TITLE)], seen_at=SOME_DAY)

    with pytest.raises(UnknownArticleError, match="2 articles have that title"):
        await hide(store, TITLE)


async def test_a_title_of_two_hidden_articles_shows_neither_again(store: SqliteStore) -> None:
    """Their file names tell them apart."""
    await store.articles.put_seeds(OWN, [make_seed("d", shelf=OWN, title=TITLE)], seen_at=SOME_DAY)
    for name in ("a", "d"):
        await hide(store, name)

    with pytest.raises(UnknownArticleError, match="2 hidden articles have that title"):
        await hide_article(store.articles, OWN, TITLE, titles=store.search, hidden=False)


async def test_hidden_articles_of_a_shelf_are_found(store: SqliteStore) -> None:
    """The newest first, and no other shelf's."""
    await store.articles.hide(OTHER, (await store.articles.find_named(OTHER, "c"))[0][0].id)
    for name in ("b", "a"):
        await hide(store, name)

    assert [article.stem for article in await store.articles.find_hidden(OWN)] == ["a", "b"]
