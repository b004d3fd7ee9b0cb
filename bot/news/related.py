"""Related coverage of an article: the values and the rules that order it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.news.article import Article

Source = Literal["explicit", "computed", "same"]
"""`explicit` a seed's `related:` list names it; `computed` found by its text; `same` shares a URL with the article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedArticle:
    """One other report.

    Attributes:
        similarity: 0 to 1, of the texts.
        why: A few words for the reader ("named by Boston Herald", "shares: facial, recognition, Massachusetts").
    """

    article: Article
    source: Source
    similarity: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """All that is known on an article's story.

    Attributes:
        article: What was asked about.
        related: Best first: explicit and computed together; off-topic explicit ones sink, they don't vanish.
        timeline: `article` and `related`, by `published_at`, then id: the first to report stands first.
    """

    article: Article
    related: tuple[RelatedArticle, ...]
    timeline: tuple[Article, ...]

    @property
    def outlets(self) -> int:
        """The number of different providers."""
        return len({article.provider.domain for article in self.timeline})
