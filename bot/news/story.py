"""A story: the articles tied by coverage, and how articles are grouped into stories.

The values stand here; `group_stories` follows EDITORIAL's rule: average link by similarity of text, members at most
five days apart; an explicit edge adds to the similarity and never ties alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.news.article import Article, ArticleId

STORY_SPAN_DAYS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """"B reports what A reports", from a seed's `related:` list. Direction does not matter for grouping."""

    a: ArticleId
    b: ArticleId
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles on one event.

    Attributes:
        lead: The best of them: highest score, then newest, then id.
        articles: All of them, the lead included, by `published_at`, then id: the first to report stands first.
    """

    lead: Article
    articles: tuple[Article, ...]

    @property
    def providers(self) -> tuple[str, ...]:
        """The domains that report it, in order of their first report."""
        return tuple(dict.fromkeys(article.provider.domain for article in self.articles))
