"""Searching, the pages of a search, lists, and completion while a person types."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from bot.errors import BadInputError
from bot.news.article import Article, ShelfId
from bot.news.query import read_query
from bot.news.search import PAGE_SIZE, Completion, Page, SearchResult, Sort, Tally, View
from bot.news.words import fold
from bot.store.port.article import ArticleStore
from bot.store.port.search import SearchStore

VIEW_LIFE: Final = timedelta(hours=24)
MOST_CHOICES: Final = 25
_ID_BYTES: Final = 8
_LONGEST_CHOICE: Final = 100


async def search_news(
    store: SearchStore,
    shelves: Sequence[ShelfId],
    text: str,
    *,
    topic: str = "",
    provider: str = "",
    after: str = "",
    before: str = "",
    sort: Sort = "relevance",
    now: datetime,
    zone: tzinfo = UTC,
    limit: int = 100,
) -> SearchResult:
    """Find articles for what a person typed; see `news/query` for the language.

    Args:
        store: Where to look.
        shelves: Those that the person sees.
        text: The query; may be empty.
        topic, provider, after, before: Options beside it, as typed; empty where not given.
        sort: What comes first.
        now: The moment of asking.
        zone: In which dates are read.
        limit: Articles at most.
    """
    query = read_query(text, sort=sort, topic=topic, provider=provider, after=after, before=before, now=now, zone=zone)
    return await store.search(shelves, query, now=now, limit=limit)


async def open_view(store: SearchStore, result: SearchResult, *, title: str, note: str, now: datetime) -> View:
    """Keep a result for 24 hours, so that its pages don't overlap while articles are added.

    Args:
        store: Where it is kept.
        result: What was found.
        title, note: The heading of its pages and the line below it, cleaned.
        now: The moment of asking.
    """
    view = View(
        id=base64.b32encode(secrets.token_bytes(_ID_BYTES)).decode().lower().rstrip("="),
        title=title,
        note=note,
        article_ids=tuple(article.id for article in result.articles),
        total=result.total,
        expires_at=now + VIEW_LIFE,
    )
    await store.save_view(view)
    return view


async def page_of_view(
    store: SearchStore, articles: ArticleStore, shelves: Sequence[ShelfId], view_id: str, number: int, *, now: datetime
) -> Page:
    """One page of a kept search; articles that were taken down since are left out.

    Raises:
        BadInputError: the search isn't kept any more, or has no such page.
    """
    view = await store.find_view(view_id, now=now)
    if view is None:
        raise BadInputError("That search is not kept any more.", cure="Ask again with /news search.")
    if not 1 <= number <= view.pages:
        raise BadInputError(f"That search has no page {number}.", cure="Ask again with /news search.")
    return Page(view=view, number=number, articles=await articles.find_articles(shelves, view.ids_on(number)))


async def latest_news(
    store: SearchStore, shelves: Sequence[ShelfId], *, topic: str = "", provider: str = "", limit: int = PAGE_SIZE
) -> tuple[Article, ...]:
    """The newest articles, held to a topic or a provider (a name or a domain) where one is given."""
    domain = await _domain_of(store, shelves, provider) if provider else ""
    return await store.latest(shelves, topic=fold(topic), provider=domain, limit=limit)


async def _domain_of(store: SearchStore, shelves: Sequence[ShelfId], provider: str) -> str:
    """A provider as readers name it ("WBUR") by its domain; as typed where nobody has that name."""
    wanted = fold(provider).strip()
    tallies = await store.providers(shelves, contains=wanted, limit=MOST_CHOICES)
    exact = [tally.key for tally in tallies if wanted in {tally.key, fold(tally.label)}]
    return exact[0] if exact else wanted.removeprefix("www.")


async def list_topics(store: SearchStore, shelves: Sequence[ShelfId], *, contains: str = "") -> tuple[Tally, ...]:
    """Topics by number of articles, most first; `contains` is a part of the name as typed."""
    return await store.topics(shelves, contains=fold(contains).strip())


async def list_providers(store: SearchStore, shelves: Sequence[ShelfId], *, contains: str = "") -> tuple[Tally, ...]:
    """Providers by number of articles, most first; `contains` is a part of the name or domain as typed."""
    return await store.providers(shelves, contains=fold(contains).strip())


async def complete_articles(store: SearchStore, shelves: Sequence[ShelfId], typed: str) -> tuple[Completion, ...]:
    """Up to 25 titles that hold the typed words, the last one begun; their values are ids."""
    return await store.complete_articles(shelves, typed, limit=MOST_CHOICES)


async def complete_topics(store: SearchStore, shelves: Sequence[ShelfId], typed: str) -> tuple[Completion, ...]:
    """Up to 25 topics that hold what was typed; their values are the labels."""
    tallies = await list_topics(store, shelves, contains=typed)
    return _completions([(tally.label, tally.label) for tally in tallies])


async def complete_providers(store: SearchStore, shelves: Sequence[ShelfId], typed: str) -> tuple[Completion, ...]:
    """Up to 25 providers that hold what was typed; their values are domains."""
    tallies = await list_providers(store, shelves, contains=typed)
    return _completions([(f"{tally.label} ({tally.key})", tally.key) for tally in tallies])


def _completions(choices: Sequence[tuple[str, str]]) -> tuple[Completion, ...]:
    """A choice whose value Discord wouldn't take is left out: cut, it would mean another thing."""
    fitting = [(label, value) for label, value in choices if 0 < utf16_units(value) <= _LONGEST_CHOICE]
    return tuple(Completion(label=clip(label, _LONGEST_CHOICE), value=value) for label, value in fitting[:MOST_CHOICES])
