"""Search and its pages, latest articles, lists of topics and providers, and autocomplete."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.errors import BadInputError
from bot.news.article import INSTANCE_SHELF, Article, ShelfId
from bot.news.parsing.names import KnownNames
from bot.news.parsing.nearest_names import nearest_query
from bot.news.parsing.query import MOST_WORDS
from bot.news.search import Completion, Page, SearchQuery, SearchResult, Tally, View
from bot.render.format.clip import clip, units
from bot.render.search import note_of, title_of_search
from bot.store.port import Store
from bot.store.port.search import SearchStore
from bot.text.clean import clean
from bot.text.links import domain_of
from bot.text.words import fold, words_of

VIEW_LASTS: Final = timedelta(hours=24)
LONGEST_VIEW: Final = 100
"""Articles in a view, over all pages."""

MOST_CHOICES: Final = 25
LONGEST_CHOICE: Final = 100
"""Discord's limits for autocomplete; lengths in UTF-16 units."""

WARMED: Final = 3
"""Searches at start-up: one for each connection that reads (`store/sqlite/file/database`)."""

FILTER_FORMS: Final = "topic:ai, provider:wbur.org, after:2024-05-17, before:31.12.2023, after:7d or quality:>=80"
"""Filters that are understood, as examples."""

_ID_LENGTH: Final = 13

_MOST_TALLIES: Final = 10_000
"""Topics, and providers, of a list: more than it shows, so that it can count those that it doesn't."""


async def warm_up(store: SearchStore, *, now: datetime) -> None:
    """Run typical searches, so that the first member's search need not wait for the disk.

    Args:
        store: The store to search, `WARMED` times at once.
        now: The time of the search.
    """
    newest = await store.latest([INSTANCE_SHELF], limit=WARMED)
    queries = [SearchQuery(words=tuple(words_of(article.title)[:MOST_WORDS])) for article in newest]
    await asyncio.gather(*(store.search([INSTANCE_SHELF], query, now=now) for query in queries))
    await store.complete_articles([INSTANCE_SHELF], "")


async def search_news(
    store: SearchStore,
    shelves: Sequence[ShelfId],
    query: SearchQuery,
    *,
    now: datetime,
    limit: int = 100,
    loaded: int | None = None,
    explains: bool = False,
) -> SearchResult:
    """Find articles for a query (`news/parsing/query` parses typed text).

    Args:
        store: The store to search.
        shelves: The shelves that the member can see.
        query: The parsed query; an empty one finds the newest articles.
        now: The time of the search.
        limit: The maximum number of results.
        loaded: Only this many of the results are loaded from the store; None for all.
        explains: Return the parts of each score as well.

    Returns:
        The results. If there are none, those of the query without its quotes, then without its filters
        (`SearchResult.left_out`), and the topic or provider that may have been meant as the suggestion. Symbols
        without a word find nothing.

    Raises:
        BadInputError: The query has a filter that could not be parsed.
    """
    if query.unusable:
        unusable = clip(clean(", ".join(query.unusable)), LONGEST_CHOICE)
        raise BadInputError(f"Unknown filter: {unusable}.", cure=f"Use {FILTER_FORMS}.")
    if query.is_empty and query.ignored:
        return SearchResult(query=query, articles=(), total=0)
    result = await store.search(shelves, query, now=now, limit=limit, loaded=loaded, explains=explains)
    for left_out, wider in query.wider() if query.has_text else ():
        if result.ids or result.is_cut_short:
            break
        found = await store.search(shelves, wider, now=now, limit=limit, loaded=loaded, explains=explains)
        result = replace(found, query=query, left_out=left_out) if found.ids else result
    is_domain = result.is_broadened and "." in query.typed and " " not in query.typed
    if (result.ids and not result.left_out and not is_domain) or result.is_cut_short:
        return result
    known = KnownNames(
        topics={tally.key: tally.label for tally in await list_topics(store, shelves)},
        providers={tally.key: tally.label for tally in await list_providers(store, shelves)},
    )
    return replace(result, suggestion=nearest_query(query, known, now=now) or result.suggestion)


async def open_view(store: SearchStore, result: SearchResult, *, title: str = "", now: datetime) -> View:
    """Save the results of a search, so that its pages don't overlap while articles are added.

    Args:
        store: The store that keeps the view for 24 hours.
        result: The results.
        title: The heading of the pages; empty for one built from the query.
        now: The time of the search.
    """
    view = View(
        id=base64.b32encode(secrets.token_bytes(10)).decode().lower()[:_ID_LENGTH],
        title=clean(title) or title_of_search(result.query),
        article_ids=result.ids[:LONGEST_VIEW],
        more=result.more[:LONGEST_VIEW],
        total=result.total,
        note=note_of(result),
        as_typed=replace(result.query, corrects=False) if result.corrected else None,
        expires_at=now + VIEW_LASTS,
    )
    await store.save_view(view)
    return view


def first_page(view: View, result: SearchResult) -> Page:
    """Build the first page of a view from the result that it was opened for."""
    return Page(view=view, number=1, articles=result.articles[: len(view.ids_on(1))])


async def page_of_view(store: Store, shelves: Sequence[ShelfId], view_id: str, number: int, *, now: datetime) -> Page:
    """Load a page of an earlier search, without articles hidden since.

    Args:
        store: The store that keeps the view and its articles.
        shelves: The shelves that the member can see.
        view_id: As `View.id`.
        number: From 1; numbers beyond the last page give the last.
        now: The current time.

    Raises:
        BadInputError: The view has expired.
    """
    view = await store.search.find_view(view_id, now=now)
    if view is None:
        raise _expired()
    number = min(max(1, number), view.pages)
    articles = await store.articles.find_articles(shelves, view.ids_on(number))
    return Page(view=view, number=number, articles=articles)


async def query_as_typed(store: SearchStore, view_id: str, *, now: datetime) -> SearchQuery:
    """Find the query of an earlier search, without corrections.

    Raises:
        BadInputError: The view has expired.
    """
    view = await store.find_view(view_id, now=now)
    if view is None or view.as_typed is None:
        raise _expired()
    return view.as_typed


def _expired() -> BadInputError:
    return BadInputError("These results have expired (kept for 24 hours).", cure="Search again with /news search.")


async def latest_news(
    store: SearchStore, shelves: Sequence[ShelfId], *, topic: str = "", provider: str = "", limit: int = 5
) -> tuple[Article, ...]:
    """List the newest articles, newest first.

    Args:
        store: The store to search.
        shelves: The shelves that the member can see.
        topic: A topic in upper or lower case; empty for all.
        provider: A domain, a URL or a name; empty for all.
        limit: The maximum number of articles.
    """
    domain = await _domain_of(store, shelves, provider)
    return await store.latest(shelves, topic=_folded(topic), provider=domain, limit=limit)


async def list_topics(store: SearchStore, shelves: Sequence[ShelfId], *, contains: str = "") -> tuple[Tally, ...]:
    """List topics by their number of articles; `contains` is part of a name, empty for all."""
    return await store.topics(shelves, contains=_folded(contains), limit=_MOST_TALLIES)


async def list_providers(store: SearchStore, shelves: Sequence[ShelfId], *, contains: str = "") -> tuple[Tally, ...]:
    """List providers by their number of articles; `contains` is part of a name or a domain, empty for all."""
    return await store.providers(shelves, contains=_folded(contains), limit=_MOST_TALLIES)


async def complete_articles(store: SearchStore, shelves: Sequence[ShelfId], typed: str) -> tuple[Completion, ...]:
    """Autocomplete articles whose titles contain the typed text; each value is an article's id."""
    found = await store.complete_articles(shelves, typed, limit=MOST_CHOICES)
    return _fitting((each.label, each.value) for each in found)


async def complete_topics(store: SearchStore, shelves: Sequence[ShelfId], typed: str) -> tuple[Completion, ...]:
    """Autocomplete topics whose names contain the typed text."""
    tallies = await store.topics(shelves, contains=_folded(typed), limit=MOST_CHOICES)
    return _fitting((tally.label, tally.key) for tally in tallies)


async def complete_providers(store: SearchStore, shelves: Sequence[ShelfId], typed: str) -> tuple[Completion, ...]:
    """Autocomplete providers whose names or domains contain the typed text; each value is a domain."""
    tallies = await store.providers(shelves, contains=_folded(typed), limit=MOST_CHOICES)
    return _fitting((f"{tally.label} ({tally.key})", tally.key) for tally in tallies)


def _fitting(choices: Iterable[tuple[str, str]]) -> tuple[Completion, ...]:
    """Clean and truncate labels; skip a choice whose value is too long, because a value can't be truncated."""
    return tuple(_completions(choices))[:MOST_CHOICES]


def _completions(choices: Iterable[tuple[str, str]]) -> Iterator[Completion]:
    for label, value in choices:
        shown = clip(clean(label) or value, LONGEST_CHOICE)
        if 0 < units(value) <= LONGEST_CHOICE:
            yield Completion(label=shown, value=value)


async def _domain_of(store: SearchStore, shelves: Sequence[ShelfId], typed: str) -> str:
    """Resolve typed text to a domain: a domain itself, that of a URL, or that of the provider with this name."""
    wanted = _folded(domain_of(typed) if "://" in typed else typed)
    if not wanted or "." in wanted:
        return wanted.removeprefix("www.")
    named = await store.providers(shelves, contains=wanted)
    exact = [tally for tally in named if _folded(tally.label) == wanted]
    return next((tally.key for tally in (*exact, *named)), wanted)


def _folded(text: str) -> str:
    return " ".join(fold(text).split())
