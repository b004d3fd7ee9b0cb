"""Coverage: explicit edges, and candidates by text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.news.article import Article, ArticleId, ShelfId
from bot.news.stories.story import Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """What is alike.

    Attributes:
        articles: Best first.
        relevance: Of each of them, and of what was to be compared beside them: 0 to 1.
    """

    articles: tuple[Article, ...] = ()
    relevance: Mapping[ArticleId, float] = field(default_factory=dict)


class RelatedStore(Protocol):
    """What is tied to an article, or may be. Every read sees `shelves` alone and never a hidden article."""

    async def explicit_coverage(self, shelves: Sequence[ShelfId], article: ArticleId) -> tuple[Article, ...]:
        """What the article's seed names, stubs too, and those whose seeds name it; in the seed's order, then id."""
        ...

    async def edges_among(self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId]) -> tuple[Edge, ...]:
        """Explicit edges with at least one end in `ids`, each once, sorted by ends."""
        ...

    async def similar(
        self,
        shelves: Sequence[ShelfId],
        article: Article,
        *,
        beside: Sequence[ArticleId] = (),
        is_dated: bool = True,
        limit: int = 10,
    ) -> Similar:
        """Articles and stubs that tell what the article tells (`news/related_ranking`), best first; itself not.

        `beside` are compared as well, whatever their words are, and stand in `relevance` alone. The article needn't be
        of the archive. Where `is_dated` is False nearness in time doesn't count. The same store gives the same order.
        """
        ...

    async def word_counts(self, words: Sequence[str]) -> tuple[int, Mapping[str, int]]:
        """The number of indexed articles, and in how many each folded, stemmed word occurs (0 where unknown)."""
        ...
