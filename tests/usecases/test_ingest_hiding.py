"""Hiding, deleting and showing articles of the operator's folder."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import UnknownArticleError
from bot.news.article import INSTANCE_SHELF, article_id
from bot.usecases.ingest import (
    BATCH,
    delete_article,
    hide_article,
    ingest_folder,
)
from tests.support.newsroom import SERVER, Newsroom
from tests.usecases.operators_folder import _first_seen, newsroom

__all__ = ["newsroom"]


@pytest.mark.parametrize(
    "named", ["a", "a.txt", "seeds/a.md", " http://www.example.com/a/#top ", article_id(INSTANCE_SHELF, "a")]
)
async def test_an_article_is_hidden_by_its_file_its_url_or_its_id(newsroom: Newsroom, named: str) -> None:
    """However an operator knows it."""
    newsroom.write("a.txt")
    await newsroom.look()

    hidden, _ = await hide_article(newsroom.store, INSTANCE_SHELF, named)

    assert (hidden.stem, hidden.is_hidden) == ("a", True)
    assert await newsroom.store.find_article((INSTANCE_SHELF,), hidden.id) is None


async def test_a_hidden_article_is_shown_again_by_its_file(newsroom: Newsroom) -> None:
    """Refreshes in between don't bring it back."""
    newsroom.write("a.txt")
    await newsroom.look()
    await hide_article(newsroom.store, INSTANCE_SHELF, "a")
    newsroom.write("a.txt", title="Other")
    await newsroom.look()
    between = await newsroom.store.find_article((INSTANCE_SHELF,), article_id(INSTANCE_SHELF, "a"))

    shown, _ = await hide_article(newsroom.store, INSTANCE_SHELF, "a.txt", hidden=False)

    assert (between, shown.is_hidden) == (None, False)
    assert await newsroom.store.find_article((INSTANCE_SHELF,), shown.id) is not None


async def test_a_hidden_article_is_shown_again_by_its_id(newsroom: Newsroom) -> None:
    """As a list of titles names it."""
    newsroom.write("a.txt")
    await newsroom.look()
    hidden, _ = await hide_article(newsroom.store, INSTANCE_SHELF, "a")

    await hide_article(newsroom.store, INSTANCE_SHELF, hidden.id.upper(), hidden=False)

    assert await newsroom.store.find_article((INSTANCE_SHELF,), hidden.id) is not None


async def test_a_deleted_article_is_not_brought_back_by_its_file(newsroom: Newsroom) -> None:
    """It counts as kept out."""
    newsroom.write("a.txt")
    await newsroom.look()
    await delete_article(newsroom.store, INSTANCE_SHELF, "a")
    newsroom.write("a.txt", title="Again")

    report = await newsroom.look()

    assert (report.kept_out, report.added, await newsroom.title("a")) == (1, 0, None)


@pytest.mark.parametrize("named", ["", "nowhere", "https://example.com/other", "\x1b[2J", "../a/b"])
async def test_an_article_that_there_is_not_is_an_error_that_says_how_to_name_one(
    newsroom: Newsroom, named: str
) -> None:
    """Never a guess: deleting is permanent."""
    newsroom.write("a.txt")
    await newsroom.look()

    with pytest.raises(UnknownArticleError, match="its file name, its id or its URL"):
        await delete_article(newsroom.store, INSTANCE_SHELF, named)


async def test_nobody_hides_an_article_of_another_shelf(newsroom: Newsroom) -> None:
    """A server's admin doesn't decide on the instance's."""
    newsroom.write("a.txt")
    await newsroom.look()

    for named in ("a", "https://example.com/a", article_id(INSTANCE_SHELF, "a")):
        with pytest.raises(UnknownArticleError):
            await hide_article(newsroom.store, SERVER, named)


async def test_the_moment_of_each_batch_is_its_own(newsroom: Newsroom) -> None:
    """What is stored after an edition was planned must not look as if it had been there before."""
    newsroom.write("a.txt")
    await newsroom.look()
    for number in range(BATCH + 1):
        newsroom.write(f"b{number:04}.txt")

    await ingest_folder(
        newsroom.store,
        newsroom.folder,
        INSTANCE_SHELF,
        clock=newsroom.clock,
        progress=lambda done, _total: newsroom.clock.advance(60 if done > 1 else 0),
    )

    first, last = await _first_seen(newsroom, "b0000"), await _first_seen(newsroom, f"b{BATCH:04}")
    assert first is not None
    assert last == first + timedelta(seconds=60)
