"""`newsdesk search`: find articles by words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest

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
from bot.text.ranking.score_parts import ScoreParts
from bot.usecases.search import search_news


def run_search(
    session: Session, text: str, *, limit: int, sort: Sort, corrects: bool = True, explains: bool = False, as_json: bool
) -> None:
    """Search the archive and print what was found, best first.

    Args:
        session: The invocation.
        text: The query as it was typed.
        limit: Articles at most.
        sort: What comes first.
        corrects: Nearly unknown words are searched in other spellings, too.
        explains: Also print the parts of each score.
        as_json: Print `search_record` instead of text.
    """
    config = configure(session)
    now = SystemClock().now()
    query = read_query(text, sort=sort, now=now, zone=config.default_timezone)
    query = replace(query, corrects=corrects, by_story=not as_json)
    result = asyncio.run(_find(config, query, now, limit, explains=explains))
    if as_json:
        session.out.show_json(search_record(result))
    else:
        session.out.show(*result_lines(result))


async def _find(config: Config, query: SearchQuery, now: datetime, limit: int, *, explains: bool) -> SearchResult:
    async with reading(config) as store:
        return await search_news(store.search, SHELVES, query, now=now, limit=limit, explains=explains)


def result_lines(result: SearchResult) -> Iterator[Line]:
    """Describe what a search found."""
    yield Line(text=_count(result), kind="heading")
    note = note_of(result) or ("" if result.articles else "Try fewer or other words.")
    if note:
        yield Line(text=note)
    if result.corrected:
        yield Line(text="For the words as typed, add --as-typed.")
    for article, parts, more in zip_longest(result.articles, result.parts, result.more):
        yield Line()
        reports = f"And {count_of(more, 'more report')}." if more else ""
        explained = _explained(parts) if result.parts else ""
        yield from article_lines(article, note=" ".join(filter(None, (reports, explained))), with_excerpt=True)


def _explained(parts: ScoreParts | None) -> str:
    """Write a score as the sum that it is: "0.731 = time 0.95 x (complete 0.480 + words 0.290)"."""
    if parts is None:
        return "Not ranked by relevance."
    added = " + ".join(f"{name} {value:.3f}" for name, value in parts.addends.items() if value)
    return f"Relevance {parts.relevance:.3f} = time {parts.time:.2f} x ({added})"


def _count(result: SearchResult) -> str:
    if not result.articles:
        return "No articles found."
    found = ("more than " if result.has_more_than_counted else "") + count_of(result.total, "article")
    shown = len(result.articles) + sum(result.more)
    stories = f" of {count_of(len(result.ids), 'story')}" if any(result.more) else ""
    return (
        found[:1].upper() + found[1:] + (f", the first {shown:,}{stories}:" if shown < result.total else f"{stories}:")
    )
