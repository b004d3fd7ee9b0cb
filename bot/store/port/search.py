"""Finding articles by words, and lists of them. Every read sees `shelves` alone and never a hidden article."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.news.article import Article, ShelfId
from bot.news.search import Completion, SearchQuery, SearchResult, Tally, View


class SearchStore(Protocol):
    """Search, the newest, topics, providers and completion."""

    async def search(
        self,
        shelves: Sequence[ShelfId],
        query: SearchQuery,
        *,
        now: datetime,
        limit: int = 100,
        loaded: int | None = None,
        deadline_s: float = 0.25,
    ) -> SearchResult:
        """Articles for a query, best first; see docs/search.md.

        The best article with all the words comes first, however old; behind it, which words an article has, how rare
        they are and how new it is are weighed together. Required parts always hold. An empty query answers with the
        newest. Never raises for what a person typed. The same store and query give the same order. Of the answer's
        articles the first `loaded` are read (None: all), of the others only their ids. It ends `deadline_s` after its
        turn came, with what was found so far, and says so.
        """
        ...

    async def latest(
        self, shelves: Sequence[ShelfId], *, topic: str = "", provider: str = "", limit: int = 25
    ) -> tuple[Article, ...]:
        """The newest full articles (listed or not, heat -1 too), newest first, then id.

        `topic` is folded, `provider` a domain.
        """
        ...

    async def topics(self, shelves: Sequence[ShelfId], *, contains: str = "", limit: int = 100) -> tuple[Tally, ...]:
        """Topics by number of articles, most first; `contains` filters by folded substring."""
        ...

    async def providers(self, shelves: Sequence[ShelfId], *, contains: str = "", limit: int = 100) -> tuple[Tally, ...]:
        """Providers by number of articles, most first; `contains` matches name or domain."""
        ...

    async def complete_articles(
        self, shelves: Sequence[ShelfId], typed: str, *, limit: int = 25
    ) -> tuple[Completion, ...]:
        """Titles that hold the typed words, the last one as a prefix; newest first; with nothing typed the newest.

        A completion's `value` is the article's id.
        """
        ...

    async def save_view(self, view: View) -> None:
        """Keep a view until it expires; expired ones are dropped on the way.

        `find_view` knows it at once; it is written soon after, so that no answer waits for a disk.
        """
        ...

    async def find_view(self, view_id: str, *, now: datetime) -> View | None:
        """The view, or None where it is unknown or has expired."""
        ...
