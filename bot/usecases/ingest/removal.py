"""Hide or delete an article of a shelf by file name, id or URL; hide one by its title, too."""

from __future__ import annotations

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
from bot.text.words import words_of

_CURE: Final = "Give its file name, its id or its URL."
_UNDO_CURE: Final = (
    "Searches don't list hidden articles: give its file name, or its id from the answer when it was hidden."
)
_AGELESS: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""From so far away every article is equally old, and none is dated ahead."""

_TITLES_LOOKED_AT: Final = 20
_MOST_SHOWN: Final = 3
"""Paths in the error about a name that several articles have."""


async def hide_article(
    store: ArticleStore, shelf: ShelfId, named: str, *, titles: SearchStore | None = None, hidden: bool = True
) -> Article:
    """Hide an article of a shelf, or show it again; later imports don't change that.

    Args:
        store: The store of articles.
        shelf: Only its articles are searched.
        named: A seed file's name, an article's id or one of its URLs; hidden articles can't be found by URL.
        titles: Where an article is looked up by its title, if nothing else fits; None not to.
        hidden: False to show it again.

    Raises:
        UnknownArticleError: The shelf has no such article, or several with that title.
    """
    if not hidden:
        # The id comes from autocomplete; otherwise a hidden article is only found by its file name.
        await store.hide(shelf, ArticleId(named.strip().lower()), hidden=False)
    try:
        article = await _named(store, shelf, named)
    except UnknownArticleError as error:
        titled = titles and await _by_title(titles, shelf, named)
        if not titled:
            if not hidden:
                error.cure = _UNDO_CURE
            raise
        article = titled
    await store.hide(shelf, article.id, hidden=hidden)
    return replace(article, is_hidden=hidden)


async def delete_article(store: ArticleStore, shelf: ShelfId, named: str) -> Article:
    """Delete an article of a shelf permanently: importing its file again doesn't restore it.

    Raises:
        UnknownArticleError: The shelf has no such article.
    """
    article = await _named(store, shelf, named)
    await store.delete(shelf, article.id)
    return article


async def _named(store: ArticleStore, shelf: ShelfId, named: str) -> Article:
    named = named.strip()
    article = await _by_file(store, shelf, named)
    article = article or await store.find_article((shelf,), ArticleId(named.lower()))
    url = clean_url(named)
    if article is None and url is not None:
        article = next(iter(await store.find_by_url((shelf,), url)), None)
    if article is None:
        raise UnknownArticleError(f"No such article: {shown_path(named[:80])!r}.", cure=_CURE)
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
