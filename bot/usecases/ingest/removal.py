"""Hide or delete an article of a shelf by file name, id or URL."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.errors import UnknownArticleError
from bot.news.article import Article, ArticleId, ShelfId, normal_name, stem_of
from bot.seedfile.seed import is_named_like_a_seed, shown_path
from bot.store.port.article import ArticleStore
from bot.text.links import clean_url

_CURE: Final = "Give its file name, its id or its URL."
_MOST_SHOWN: Final = 3
"""Paths in the error about a name that several articles have."""


async def hide_article(store: ArticleStore, shelf: ShelfId, named: str, *, hidden: bool = True) -> Article:
    """Hide an article of a shelf, or show it again; later imports don't change that.

    Args:
        store: The store of articles.
        shelf: Only its articles are searched.
        named: A seed file's name, an article's id or one of its URLs; hidden articles can't be found by URL.
        hidden: False to show it again.

    Raises:
        UnknownArticleError: The shelf has no such article.
    """
    if not hidden:
        # The id comes from autocomplete; otherwise a hidden article is only found by its file name.
        await store.hide(shelf, ArticleId(named.strip().lower()), hidden=False)
    article = await _named(store, shelf, named)
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
