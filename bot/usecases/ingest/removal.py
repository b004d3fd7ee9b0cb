"""Hide or delete an article of a shelf by file name, id or URL."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from bot.errors import UnknownArticleError
from bot.news.article import Article, ArticleId, ShelfId
from bot.seedfile.seed import is_named_like_a_seed, shown_path
from bot.store.port.article import ArticleStore
from bot.text.links import clean_url


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
    stem = PurePath(named).stem if is_named_like_a_seed(named) else named
    article = await store.find_by_stem(shelf, stem) if stem else None
    article = article or await store.find_article((shelf,), ArticleId(named.lower()))
    url = clean_url(named)
    if article is None and url is not None:
        article = next(iter(await store.find_by_url((shelf,), url)), None)
    if article is None:
        raise UnknownArticleError(
            f"No such article: {shown_path(named[:80])!r}.", cure="Give its file name, its id or its URL."
        )
    return article
