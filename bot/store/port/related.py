"""Coverage: explicit edges, and articles with similar text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.news.article import Article, ArticleId, ShelfId
from bot.news.stories.story import Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """Similar articles.

    Attributes:
        articles: Best first.
        relevance: From 0 to 1, for each of them and for the articles compared besides.
    """

    articles: tuple[Article, ...] = ()
    relevance: Mapping[ArticleId, float] = field(default_factory=dict)


class RelatedStore(Protocol):
    """Articles related to an article. Reads see only `shelves` and never a hidden article."""

    async def explicit_coverage(self, shelves: Sequence[ShelfId], article: ArticleId) -> tuple[Article, ...]:
        """Read the articles and stubs that the seed names, in its order, then those that name it, by id."""
        ...

    async def edges_among(self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId]) -> tuple[Edge, ...]:
        """Read the explicit edges with at least one end in `ids`, each once, sorted by ends."""
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
        """Rank articles and stubs by similarity to the article (`bot/text/related_ranking`), best first; never itself.

        `beside` are compared too, whatever their words, and appear only in `relevance`. The article needn't be in the
        archive. If `is_dated` is False, nearness in time doesn't count. The same store gives the same order.
        """
        ...

    async def word_counts(self, shelves: Sequence[ShelfId], words: Sequence[str]) -> tuple[int, Mapping[str, int]]:
        """Count the indexed articles of these shelves, and those with each folded, stemmed word (0 if unknown)."""
        ...
