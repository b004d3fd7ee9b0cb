"""`newsdesk search`: find articles by words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime

from bot.app.config import Config
from bot.cli.article import article_lines
from bot.cli.output.line import Line
from bot.cli.session import Session
from bot.cli.store import SHELVES, configure, reading
from bot.clock import SystemClock
from bot.news.parsing.query import read_query
from bot.news.search import SearchQuery, SearchResult, Sort
from bot.render.format.json_records import search_record
from bot.render.format.number import count_of
from bot.render.search import note_of
from bot.usecases.search import search_news


def run_search(session: Session, text: str, *, limit: int, sort: Sort, as_json: bool) -> None:
    """Search the archive and print what was found, best first.

    Args:
        session: The invocation.
        text: The query as it was typed.
        limit: Articles at most.
        sort: What comes first.
        as_json: Print `search_record` instead of text.
    """
    config = configure(session)
    now = SystemClock().now()
    query = read_query(text, sort=sort, now=now, zone=config.default_timezone)
    result = asyncio.run(_find(config, query, now, limit))
    if as_json:
        session.out.show_json(search_record(result))
    else:
        session.out.show(*result_lines(result))


async def _find(config: Config, query: SearchQuery, now: datetime, limit: int) -> SearchResult:
    async with reading(config) as store:
        return await search_news(store.search, SHELVES, query, now=now, limit=limit)


def result_lines(result: SearchResult) -> Iterator[Line]:
    """Describe what a search found."""
    yield Line(text=_count(result), kind="heading")
    note = note_of(result) or ("" if result.articles else "Try fewer or other words.")
    if note:
        yield Line(text=note)
    for article in result.articles:
        yield Line()
        yield from article_lines(article, with_excerpt=True)


def _count(result: SearchResult) -> str:
    if not result.articles:
        return "No articles found."
    found = ("more than " if result.has_more_than_counted else "") + count_of(result.total, "article")
    shown = len(result.articles)
    return found[:1].upper() + found[1:] + (f", the first {shown:,}:" if shown < result.total else ":")
