"""Search, lists and completion. Reads see only `shelves` and never a hidden article."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.news.article import Article, ShelfId
from bot.news.search import Completion, SearchQuery, SearchResult, Tally, View


class SearchStore(Protocol):
    """Search, newest articles, topics, providers and completion."""

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
        """Search articles, best first (docs/search.md).

        The best article with all the words comes first, however old. The others are ranked by which words they have,
        how rare these are and how new the article is. Required parts always hold. An empty query returns the newest
        articles. Nothing that a person types raises. The same store and query give the same order. Only the first
        `loaded` articles are read (all for None); of the others only the ids. The search ends `deadline_s` after its
        turn came, with the results so far, and sets `is_cut_short`. `explains` also returns the parts of each score.
        """
        ...

    async def latest(
        self, shelves: Sequence[ShelfId], *, topic: str = "", provider: str = "", limit: int = 25
    ) -> tuple[Article, ...]:
        """Read the newest full articles (listed or not, heat -1 too), newest first, then id.

        `topic` is folded, `provider` a domain.
        """
        ...

    async def topics(self, shelves: Sequence[ShelfId], *, contains: str = "", limit: int = 100) -> tuple[Tally, ...]:
        """Count articles by topic, most first; `contains` filters by folded substring. Dated ahead, none counts yet."""
        ...

    async def providers(self, shelves: Sequence[ShelfId], *, contains: str = "", limit: int = 100) -> tuple[Tally, ...]:
        """Count articles by provider, most first; `contains` matches name or domain. Dated ahead, none counts yet."""
        ...

    async def complete_articles(
        self, shelves: Sequence[ShelfId], typed: str, *, limit: int = 25
    ) -> tuple[Completion, ...]:
        """Find titles with the typed words, the last one as a prefix; an empty text gives the newest.

        Titles with all words as typed come first, then the others, each newest first; none is dated ahead. A
        completion's `value` is the article's id.
        """
        ...

    async def save_view(self, view: View) -> None:
        """Keep a view until it expires, and delete expired ones.

        `find_view` finds it at once; it is written to disk soon after, so that no answer waits for the disk.
        """
        ...

    async def find_view(self, view_id: str, *, now: datetime) -> View | None:
        """Find a view; None if it is unknown or has expired."""
        ...
