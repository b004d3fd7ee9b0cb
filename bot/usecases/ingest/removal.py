"""Taking an article of a shelf down, by whatever name a person knows it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from bot.errors import UnknownArticleError
from bot.news.article import Article, ArticleId, ShelfId
from bot.seedfile.seed import is_named_like_a_seed, shown_path
from bot.store.port.article import ArticleStore
from bot.text.links import clean_url


async def hide_article(store: ArticleStore, shelf: ShelfId, named: str, *, hidden: bool = True) -> Article:
    """Take an article of a shelf down, or show it again; it stays so through every refresh.

    Args:
        store: Where it is.
        shelf: Only its articles can be named.
        named: A seed file's name, an article's id or a URL of it; what is hidden doesn't answer to its URLs.
        hidden: False shows it again.

    Raises:
        UnknownArticleError: The shelf has no such article.
    """
    if not hidden:
        # Its id comes from a list of titles; what is hidden is found by nothing else but its file's name.
        await store.hide(shelf, ArticleId(named.strip().lower()), hidden=False)
    article = await _named(store, shelf, named)
    await store.hide(shelf, article.id, hidden=hidden)
    return replace(article, is_hidden=hidden)


async def delete_article(store: ArticleStore, shelf: ShelfId, named: str) -> Article:
    """Delete an article of a shelf for good: its file doesn't bring it back. See `hide_article`.

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
            f"No article here answers to {shown_path(named[:80])!r}.", cure="Name it by its file, its id or its URL."
        )
    return article
