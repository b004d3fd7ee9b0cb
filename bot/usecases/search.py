"""Searching, turning pages, the newest and the best, lists to filter by, and completion while a person types."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.errors import BadInputError
from bot.news.article import INSTANCE_SHELF, Article, ShelfId
from bot.news.parsing.query import MOST_WORDS
from bot.news.search import Completion, Page, SearchQuery, SearchResult, Tally, View
from bot.render.format.clip import clip, units
from bot.render.search import note_of, title_of_search
from bot.store.port.article import ArticleStore
from bot.store.port.search import SearchStore
from bot.text.clean import clean
from bot.text.links import domain_of
from bot.text.words import fold, words_of

VIEW_LASTS: Final = timedelta(hours=24)
LONGEST_VIEW: Final = 100
"""Articles that can be paged through."""

MOST_CHOICES: Final = 25
LONGEST_CHOICE: Final = 100
"""Discord's limits while a person types; lengths in UTF-16 units."""

WARMED: Final = 3
"""Searches at the start: one for each connection that reads (`store/sqlite/database`)."""

_ID_LENGTH: Final = 13


async def warm_up(store: SearchStore, *, now: datetime) -> None:
    """Ask what members may ask, so that the first of them needn't wait for the disk.

    Args:
        store: Where it is asked, as often at once as there are `WARMED`.
        now: The moment of asking.
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
) -> SearchResult:
    """Find articles for a query (`news/query` reads what a person typed).

    Args:
        store: Where to look.
        shelves: Those that the person sees.
        query: What is asked for; an empty one answers with the newest.
        now: The moment of asking.
        limit: Articles at most.
        loaded: So many of them are shown at once, and only these are read; None for all.
    """
    return await store.search(shelves, query, now=now, limit=limit, loaded=loaded)


async def open_view(search_store: SearchStore, result: SearchResult, *, title: str = "", now: datetime) -> View:
    """Keep a search as it stands now, so that its pages don't overlap while articles are added.

    Args:
        search_store: Where it is kept, for 24 hours.
        result: What was found.
        title: The heading of its pages; empty for what was asked.
        now: When it was asked.
    """
    view = View(
        id=base64.b32encode(secrets.token_bytes(10)).decode().lower()[:_ID_LENGTH],
        title=clean(title) or title_of_search(result.query),
        article_ids=result.ids[:LONGEST_VIEW],
        total=result.total,
        note=note_of(result),
        expires_at=now + VIEW_LASTS,
    )
    await search_store.save_view(view)
    return view


def first_page(view: View, result: SearchResult) -> Page:
    """The first page of the view that `open_view` made of a result, whose articles are loaded for it."""
    return Page(view=view, number=1, articles=result.articles[: len(view.ids_on(1))])


async def page_of_view(
    search_store: SearchStore,
    article_store: ArticleStore,
    shelves: Sequence[ShelfId],
    view_id: str,
    number: int,
    *,
    now: datetime,
) -> Page:
    """A page of a search that was asked before, without what was taken down since.

    Args:
        search_store: Where the view is kept.
        article_store: Where its articles are.
        shelves: Those that the person sees.
        view_id: As `View.id`.
        number: From 1 on; beyond the last it is the last.
        now: The moment of asking.

    Raises:
        BadInputError: the view is not kept any more.
    """
    view = await search_store.find_view(view_id, now=now)
    if view is None:
        raise BadInputError("This search is over: it was kept for a day.", cure="Ask again with /news search.")
    number = min(max(1, number), view.pages)
    articles = await article_store.find_articles(shelves, view.ids_on(number))
    return Page(view=view, number=number, articles=articles)


async def latest_news(
    search_store: SearchStore, shelves: Sequence[ShelfId], *, topic: str = "", provider: str = "", limit: int = 5
) -> tuple[Article, ...]:
    """The newest articles, newest first.

    Args:
        search_store: Where they are.
        shelves: Those that the person sees.
        topic: In any case; empty for all.
        provider: A domain, a link or a name; empty for all.
        limit: How many at most.
    """
    domain = await _domain_of(search_store, shelves, provider)
    return await search_store.latest(shelves, topic=_folded(topic), provider=domain, limit=limit)


async def list_topics(
    search_store: SearchStore, shelves: Sequence[ShelfId], *, contains: str = ""
) -> tuple[Tally, ...]:
    """Topics by their number of articles; `contains` is part of a name, empty for all."""
    return await search_store.topics(shelves, contains=_folded(contains))


async def list_providers(
    search_store: SearchStore, shelves: Sequence[ShelfId], *, contains: str = ""
) -> tuple[Tally, ...]:
    """Providers by their number of articles; `contains` is part of a name or a domain, empty for all."""
    return await search_store.providers(shelves, contains=_folded(contains))


async def complete_articles(
    search_store: SearchStore, shelves: Sequence[ShelfId], typed: str
) -> tuple[Completion, ...]:
    """Articles whose titles hold what was typed so far; each value is an article's id."""
    found = await search_store.complete_articles(shelves, typed, limit=MOST_CHOICES)
    return _fitting((each.label, each.value) for each in found)


async def complete_topics(search_store: SearchStore, shelves: Sequence[ShelfId], typed: str) -> tuple[Completion, ...]:
    """Topics whose names hold what was typed so far."""
    tallies = await search_store.topics(shelves, contains=_folded(typed), limit=MOST_CHOICES)
    return _fitting((tally.label, tally.key) for tally in tallies)


async def complete_providers(
    search_store: SearchStore, shelves: Sequence[ShelfId], typed: str
) -> tuple[Completion, ...]:
    """Providers whose names or domains hold what was typed so far; each value is a domain."""
    tallies = await search_store.providers(shelves, contains=_folded(typed), limit=MOST_CHOICES)
    return _fitting((f"{tally.label} ({tally.key})", tally.key) for tally in tallies)


def _fitting(choices: Iterable[tuple[str, str]]) -> tuple[Completion, ...]:
    """Labels cleaned and cut; a value can't be cut, so a choice whose value is too long is left out."""
    return tuple(_completions(choices))[:MOST_CHOICES]


def _completions(choices: Iterable[tuple[str, str]]) -> Iterator[Completion]:
    for label, value in choices:
        shown = clip(clean(label) or value, LONGEST_CHOICE)
        if 0 < units(value) <= LONGEST_CHOICE:
            yield Completion(label=shown, value=value)


async def _domain_of(search_store: SearchStore, shelves: Sequence[ShelfId], typed: str) -> str:
    """The domain that a person means: as typed, of a link, or of the provider with that name."""
    wanted = _folded(domain_of(typed) if "://" in typed else typed)
    if not wanted or "." in wanted:
        return wanted.removeprefix("www.")
    named = await search_store.providers(shelves, contains=wanted)
    exact = [tally for tally in named if _folded(tally.label) == wanted]
    return next((tally.key for tally in (*exact, *named)), wanted)


def _folded(text: str) -> str:
    return " ".join(fold(text).split())
