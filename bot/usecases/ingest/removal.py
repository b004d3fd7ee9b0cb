"""Hide or delete an article of a shelf by file name, id or URL; hide one and show it again by its title, too."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from bot.errors import UnknownArticleError
from bot.news.article import Article, ArticleId, ShelfId, normal_name, stem_of
from bot.news.parsing.query import MOST_WORDS
from bot.news.search import SearchQuery
from bot.seedfile.seed import is_named_like_a_seed, shown_path
from bot.store.port.article import ArticleStore
from bot.store.port.search import SearchStore
from bot.text.links import clean_url
from bot.text.pages import page_key
from bot.text.words import words_of

_CURE: Final = "Give its file name, its id or its URL."
_AGELESS: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""From so far away every article is equally old, and none is dated ahead."""

_TITLES_LOOKED_AT: Final = 20
_MOST_SHOWN: Final = 3
"""Paths in the error about a name that several articles have."""


async def hide_article(
    store: ArticleStore,
    shelf: ShelfId,
    named: str,
    *,
    titles: SearchStore | None = None,
    hidden: bool = True,
    deed_id: int | None = None,
    reason: str = "",
) -> tuple[Article, bool]:
    """Hide an article of a shelf, or show it again; later imports don't change that.

    Args:
        store: The store of articles.
        shelf: Only its articles are searched.
        named: A seed file's name, an article's id or one of its URLs.
        titles: Where an article is looked up by its title, if nothing else fits; None not to.
        hidden: False to show it again.
        deed_id: The interaction of the member who does it: it is then recorded, for the log.
        reason: Why, for the log.

    Returns:
        The article, and False if it was hidden, or shown, already.

    Raises:
        UnknownArticleError: The shelf has no such article, or several with that title.
    """

    def hide(article: ArticleId) -> Awaitable[bool]:
        return store.hide(shelf, article, hidden=hidden, deed_id=deed_id, reason=reason)

    if not hidden and await hide(ArticleId(named.strip().lower())):  # a stub's former id, too
        return await _named(store, shelf, named), True
    # If one title is a shown and a hidden article's, the one is meant to which something is to be done.
    for look in (_shown, _hidden) if hidden else (_hidden, _shown):
        if (article := await look(store, shelf, named, titles)) is not None:
            return replace(article, is_hidden=hidden), await hide(article.id)
    raise _unknown(named)


async def _shown(store: ArticleStore, shelf: ShelfId, named: str, titles: SearchStore | None) -> Article | None:
    """Find an article by what searches know; by its file name also a hidden one."""
    article = await _find_named(store, shelf, named)
    return article or (await _by_title(titles, shelf, named) if titles else None)


async def _hidden(store: ArticleStore, shelf: ShelfId, named: str, titles: SearchStore | None) -> Article | None:
    """Find a hidden article, which no search knows, by its id, one of its links or its title.

    Raises:
        UnknownArticleError: Several hidden articles have that title.
    """
    typed, page = named.strip(), page_key(clean_url(named) or "")
    words = words_of(named) if titles else []
    found = [
        article
        for article in await store.find_hidden(shelf)
        if article.id == typed.lower()
        or (page and page in {page_key(url) for url in (article.url, *article.aliases)})
        or (words and words_of(article.title) == words)
    ]
    if len({article.url for article in found}) > 1:
        raise UnknownArticleError(f"{len(found)} hidden articles have that title.", cure=_CURE)
    return next(iter(found), None)


async def delete_article(store: ArticleStore, shelf: ShelfId, named: str) -> Article:
    """Delete an article of a shelf permanently: importing its file again doesn't restore it.

    Raises:
        UnknownArticleError: The shelf has no such article.
    """
    article = await _named(store, shelf, named)
    await store.delete(shelf, article.id)
    return article


async def _named(store: ArticleStore, shelf: ShelfId, named: str) -> Article:
    article = await _find_named(store, shelf, named)
    if article is None:
        raise _unknown(named)
    return article


def _unknown(named: str) -> UnknownArticleError:
    return UnknownArticleError(f"No such article: {shown_path(named.strip()[:80])!r}.", cure=_CURE)


async def _find_named(store: ArticleStore, shelf: ShelfId, named: str) -> Article | None:
    named = named.strip()
    article = await _by_file(store, shelf, named)
    article = article or await store.find_article((shelf,), ArticleId(named.lower()))
    url = clean_url(named)
    if article is None and url is not None:
        article = next(iter(await store.find_by_url((shelf,), url)), None)
    return article


async def _by_title(store: SearchStore, shelf: ShelfId, named: str) -> Article | None:
    """Find the article with exactly the words of this title, in their order.

    Raises:
        UnknownArticleError: Several articles have that title.
    """
    words = words_of(named)
    if not words:
        return None
    query = SearchQuery(words=tuple(words[:MOST_WORDS]), corrects=False)
    result = await store.search((shelf,), query, now=_AGELESS, limit=_TITLES_LOOKED_AT)
    found = [article for article in result.articles if words_of(article.title) == words]
    if len(found) > 1:
        raise UnknownArticleError(f"{len(found)} articles have that title.", cure="Choose one from the list.")
    return next(iter(found), None)


async def _by_file(store: ArticleStore, shelf: ShelfId, named: str) -> Article | None:
    """Find an article by its file's name, with as much of the path as tells it apart.

    Raises:
        UnknownArticleError: Several articles have that name.
    """
    name = normal_name(named)
    stem = stem_of(name) if is_named_like_a_seed(name) else name
    found = await store.find_named(shelf, stem) if stem else ()
    if len(found) > 1 and "/" in name:
        found = tuple(each for each in found if f"/{normal_name(each[1])}".endswith(f"/{name.lstrip('/')}"))
    if len(found) > 1:
        paths = ", ".join(shown_path(path or article.id) for article, path in found[:_MOST_SHOWN])
        raise UnknownArticleError(
            f"{len(found)} articles have that name: {paths}.", cure="Give its path, its id or its URL."
        )
    return next((article for article, _ in found), None)
