"""SQLite implementation of `SearchStore`: words go to `find`, lists to `listing`, completion to `autocomplete`.

While many search at once, every other search goes to a second process (`second`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from typing_extensions import override

from bot.clock import Clock
from bot.news.article import Article, ShelfId
from bot.news.search import Completion, SearchQuery, SearchResult, Tally
from bot.news.search import View as SearchPages
from bot.store.port.search import SearchStore
from bot.store.sqlite.archive.seen import articles_of, ids_of, one_of_each_page
from bot.store.sqlite.file.deadline import Deadline
from bot.store.sqlite.file.kinds import READERS
from bot.store.sqlite.index.view import View
from bot.store.sqlite.search.autocomplete import complete_titles
from bot.store.sqlite.search.filters import Filters, read_filters
from bot.store.sqlite.search.find import MOST, Found, find_articles, one_of_each_story
from bot.store.sqlite.search.listing import linked_rows, list_rows
from bot.store.sqlite.search.query_words import Words, read_words
from bot.store.sqlite.search.second.message import Asked
from bot.store.sqlite.search.second.process import AHEAD, CROWD, SecondProcess
from bot.store.sqlite.search.suggest import suggest
from bot.store.sqlite.search.tally import holding, provider_tallies, topic_tallies
from bot.store.sqlite.search.views import Views
from bot.store.sqlite.shelves.files import StoreFiles
from bot.store.sqlite.shelves.names import server_among

AT_ONCE: Final = READERS - 1
"""Concurrent searches: one connection stays free for completions, and more searches would only wait for the GIL."""


class SqliteSearchStore(SearchStore):
    """SQLite implementation of `SearchStore`.

    Args:
        files: What is searched.
        clock: Decides when a search ends.
        second: Answers searches too while many are under way; None for nobody.
    """

    def __init__(self, files: StoreFiles, clock: Clock, *, second: SecondProcess | None = None) -> None:
        self._shelves = files.shelves
        self._second = second
        self._under_way = 0
        self._clock = clock
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._turn_anywhere = asyncio.Semaphore(AT_ONCE if second is None else AHEAD + 1)
        self._topics = topic_tallies()
        self._providers = provider_tallies()
        self._views = Views(files, clock)

    @override
    async def search(
        self,
        shelves: Sequence[ShelfId],
        query: SearchQuery,
        *,
        now: datetime,
        limit: int = 100,
        loaded: int | None = None,
        deadline_s: float = 0.25,
        explains: bool = False,
    ) -> SearchResult:
        server = server_among(shelves)
        asked = Asked(
            shelves=tuple(shelves),
            query=query,
            now=now,
            limit=limit,
            loaded=loaded,
            deadline_s=deadline_s,
            server=server,
            file=None if server is None else self._shelves.find_file(server),
        )
        self._under_way += 1
        try:
            # All of them count as reading while they wait: an import lets them go first.
            with self._shelves.reading():
                async with self._turn_anywhere:
                    found = None if explains else await self._search_beside(asked)
                    if found is None:
                        async with self._turn:
                            found = await self._search_here(asked, explains=explains)
                    return found
        finally:
            self._under_way -= 1

    async def _search_beside(self, asked: Asked) -> SearchResult | None:
        """Search in the second process if there is a crowd; a lone search is answered sooner here."""
        if self._second is None or self._under_way < CROWD:
            return None
        self._second.want()
        return await self._second.search(asked) if self._second.is_free else None

    async def _search_here(self, asked: Asked, *, explains: bool) -> SearchResult:
        query, now, limit, loaded = asked.query, asked.now, asked.limit, asked.loaded

        def read(view: View) -> SearchResult:
            # From its own start: otherwise the last of many concurrent searches would find nothing.
            deadline = Deadline(clock=self._clock, at=self._clock.uptime() + asked.deadline_s)
            filters = read_filters(view, query, now=now)
            if query.link and (linked := linked_rows(view, filters, query.link)):
                return _of_link(view, query, linked, loaded=loaded, explains=explains)
            words = read_words(view, query)
            found = _find(view, query, words, filters, now, limit, deadline, explains=explains)
            first = found.row_ids[:limit]
            shown = one_of_each_page(view, first)
            total = min(len(found.row_ids), MOST) - len(first) + len(shown)
            more: Sequence[int] = ()
            if query.by_story and query.has_text:
                shown, more = one_of_each_story(view, shown, found.texts)
            return SearchResult(
                query=query,
                ids=ids_of(view, shown),
                more=tuple(more),
                articles=articles_of(view, shown[:loaded]),
                total=total,
                has_more_than_counted=found.has_more,
                is_broadened=found.is_broadened and bool(found.row_ids),
                corrected=tuple(words.corrected.items()),
                suggestion=suggest(view, query, words, deadline),
                is_cut_short=deadline.has_passed,
                parts=tuple(found.parts.get(row) for row in shown[:loaded]) if explains else (),
            )

        return await self._shelves.read(asked.shelves, read)

    @override
    async def latest(
        self, shelves: Sequence[ShelfId], *, topic: str = "", provider: str = "", limit: int = 25
    ) -> tuple[Article, ...]:
        query = SearchQuery(topics=(topic,) if topic else (), providers=(provider,) if provider else ())

        def read(view: View) -> tuple[Article, ...]:
            filters = read_filters(view, query, now=self._clock.now())
            rows = list_rows(filters, sort="newest", limit=limit)
            return articles_of(view, one_of_each_page(view, [row[0] for row in rows]))

        return await self._shelves.read(shelves, read)

    @override
    async def topics(self, shelves: Sequence[ShelfId], *, contains: str = "", limit: int = 100) -> tuple[Tally, ...]:
        now = self._clock.now()
        # A label written in several ways is shown as the newest of the instance's shelf.
        tallies = await self._shelves.read(shelves, lambda view: self._topics.read(view, now=now))
        return tuple(holding(tallies, contains)[:limit])

    @override
    async def providers(self, shelves: Sequence[ShelfId], *, contains: str = "", limit: int = 100) -> tuple[Tally, ...]:
        now = self._clock.now()
        # A provider named in several ways is shown with the newest name of the instance's shelf.
        tallies = await self._shelves.read(shelves, lambda view: self._providers.read(view, now=now))
        return tuple(holding(tallies, contains)[:limit])

    @override
    async def complete_articles(
        self, shelves: Sequence[ShelfId], typed: str, *, limit: int = 25
    ) -> tuple[Completion, ...]:
        now = self._clock.now()
        return await self._shelves.read(shelves, lambda view: complete_titles(view, typed, limit, now=now))

    @override
    async def save_view(self, view: SearchPages) -> None:
        self._views.save(view)

    @override
    async def find_view(self, view_id: str, *, now: datetime) -> SearchPages | None:
        return await self._views.find(view_id, now=now)


def _of_link(
    view: View, query: SearchQuery, rows: Sequence[int], *, loaded: int | None, explains: bool
) -> SearchResult:
    shown = one_of_each_page(view, rows)
    articles = articles_of(view, shown[:loaded])
    return SearchResult(
        query=query,
        ids=ids_of(view, shown),
        articles=articles,
        total=len(shown),
        parts=(None,) * len(articles) if explains else (),
    )


def _find(
    view: View,
    query: SearchQuery,
    words: Words,
    filters: Filters,
    now: datetime,
    limit: int,
    deadline: Deadline,
    *,
    explains: bool,
) -> Found:
    if query.has_text:
        return find_articles(view, query, words, filters, now=now, limit=limit, deadline=deadline, explains=explains)
    rows = list_rows(filters, sort=query.sort, limit=max(limit, MOST + 1), deadline=deadline, words=words)
    return Found(row_ids=[row[0] for row in rows], has_more=len(rows) > MOST, is_broadened=False)
