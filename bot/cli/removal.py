"""`newsdesk hide` and `newsdesk delete`: take an article out of the archive's answers, or out of the archive."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from bot.app.config import Config
from bot.cli.article import name_of
from bot.cli.output.line import Line
from bot.cli.session import Session
from bot.cli.store import configure, writing
from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF, Article
from bot.news.delivery import Delivery
from bot.render.article import provider_of, title_of
from bot.render.content import places_of
from bot.store.port import Store
from bot.usecases.delivery import settled
from bot.usecases.ingest.removal import delete_article, hide_article

_MOST_PARTS: Final = 1000


def run_hide(session: Session, named: str, *, hidden: bool) -> None:
    """Hide an article, or show it again with `hidden=False`.

    Raises:
        UnknownArticleError: No article has that name.
    """
    article, has_changed, parts = asyncio.run(_hide(configure(session), named, hidden=hidden))
    did = (
        ("Hidden" if hidden else "No longer hidden") if has_changed else ("Already hidden" if hidden else "Not hidden")
    )
    session.out.show(Line(text=f"{did}: {_shown(article)}"))
    if hidden:
        _show_places(session, parts)
        session.out.show(Line(text=f"Undo with: newsdesk hide --undo {name_of(article)}", kind="quiet"))


def run_delete(session: Session, named: str) -> None:
    """Delete an article permanently.

    Raises:
        UnknownArticleError: No article has that name.
    """
    article, parts = asyncio.run(_delete(configure(session), named))
    session.out.show(Line(text=f"Deleted: {_shown(article)}"))
    _show_places(session, parts)


async def _hide(config: Config, named: str, *, hidden: bool) -> tuple[Article, bool, Sequence[Delivery]]:
    async with writing(config) as store:
        article, has_changed = await hide_article(store.articles, INSTANCE_SHELF, named, hidden=hidden)
        return article, has_changed, await _parts_with(store, article) if hidden else ()


async def _delete(config: Config, named: str) -> tuple[Article, Sequence[Delivery]]:
    async with writing(config) as store:
        article = await delete_article(store.articles, INSTANCE_SHELF, named)
        return article, await _parts_with(store, article)


async def _parts_with(store: Store, article: Article) -> Sequence[Delivery]:
    """Read the messages that have an article, once no request of a running bot can still post it."""
    return await settled(lambda: store.deliveries.showing(article.id, article.url, limit=_MOST_PARTS), SystemClock())


def _show_places(session: Session, parts: Sequence[Delivery]) -> None:
    for said in places_of(parts):
        session.out.show(Line(text=said))


def _shown(article: Article) -> str:
    return f"{title_of(article)}, {provider_of(article)}"
