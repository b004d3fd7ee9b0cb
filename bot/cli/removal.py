"""`newsdesk hide` and `newsdesk delete`: take an article out of the archive's answers, or out of the archive."""

from __future__ import annotations

import asyncio

from bot.app.config import Config
from bot.cli.article import name_of
from bot.cli.output.line import Line
from bot.cli.session import Session
from bot.cli.store import configure, writing
from bot.news.article import INSTANCE_SHELF, Article
from bot.render.article import provider_of, title_of
from bot.usecases.ingest.removal import delete_article, hide_article


def run_hide(session: Session, named: str, *, hidden: bool) -> None:
    """Hide an article, or show it again with `hidden=False`.

    Raises:
        UnknownArticleError: No article has that name.
    """
    article = asyncio.run(_hide(configure(session), named, hidden=hidden))
    session.out.show(Line(text=f"{'Hidden' if hidden else 'No longer hidden'}: {_shown(article)}"))
    if hidden:
        session.out.show(Line(text=f"Undo with: newsdesk hide --undo {name_of(article)}", kind="quiet"))


def run_delete(session: Session, named: str) -> None:
    """Delete an article permanently.

    Raises:
        UnknownArticleError: No article has that name.
    """
    article = asyncio.run(_delete(configure(session), named))
    session.out.show(Line(text=f"Deleted: {_shown(article)}"))


async def _hide(config: Config, named: str, *, hidden: bool) -> Article:
    async with writing(config) as store:
        return await hide_article(store.articles, INSTANCE_SHELF, named, hidden=hidden)


async def _delete(config: Config, named: str) -> Article:
    async with writing(config) as store:
        return await delete_article(store.articles, INSTANCE_SHELF, named)


def _shown(article: Article) -> str:
    return f"{title_of(article)}, {provider_of(article)}"
