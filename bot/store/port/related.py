"""Coverage: explicit edges, and candidates by text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.news.article import Article, ArticleId, ShelfId
from bot.news.story import Edge


class RelatedStore(Protocol):
    """What is tied to an article, or may be. Every read sees `shelves` alone and never a hidden article."""

    async def explicit_coverage(self, shelves: Sequence[ShelfId], article: ArticleId) -> tuple[Article, ...]:
        """What the article's seed names, stubs too, and those whose seeds name it; in the seed's order, then id."""
        ...

    async def edges_among(self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId]) -> tuple[Edge, ...]:
        """Explicit edges with at least one end in `ids`, each once, sorted by ends."""
        ...

    async def similar_candidates(
        self, shelves: Sequence[ShelfId], article: Article, *, limit: int = 100
    ) -> tuple[Article, ...]:
        """Articles and stubs that share the article's rarest words, those that share most first; itself not."""
        ...

    async def word_counts(self, words: Sequence[str]) -> tuple[int, Mapping[str, int]]:
        """The number of indexed articles, and in how many each folded, stemmed word occurs (0 where unknown)."""
        ...
