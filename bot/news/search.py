"""What a reader asks for in a search, and what they get: the values, and the query language of `read_query`.

The language: words; `"quotes"`, `topic:`, `provider:`, `before:`, `after:`, `quality:>=80` must match; `-word` must
not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from bot.news.article import Article, ArticleId

Sort = Literal["relevance", "newest", "score"]

PAGE_SIZE: Final = 5
"""Articles on a page of a view: with pictures, buttons and absurd titles they still fit one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A query, read.

    Attributes:
        words: Folded words (NFKD without marks, lower case), at most 16; order as typed.
        phrases: Each a run of folded words that must stand together.
        excluded: Folded words that must not occur.
        topics: Folded; an article must have one of them.
        providers: Folded; the article's must be one of them, by domain or name.
        after, before: Half-open `[after, before)` on `published_at`, UTC.
        min_quality, max_quality: Inclusive.
        typed: What was typed, cut to 300 characters, for the answer's heading.
        ignored: What could not be understood ("before:yesterdy"), said in the answer.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None
    min_quality: int | None = None
    max_quality: int | None = None
    sort: Sort = "relevance"
    typed: str = ""
    ignored: tuple[str, ...] = ()

    @property
    def has_text(self) -> bool:
        """True where there is a word or a phrase to look for."""
        return bool(self.words or self.phrases)

    @property
    def is_empty(self) -> bool:
        """True where nothing at all is asked for."""
        return not (
            self.has_text
            or self.excluded
            or self.topics
            or self.providers
            or self.after
            or self.before
            or self.min_quality is not None
            or self.max_quality is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Articles for a query, best first.

    Attributes:
        ids: At most the limit asked for; every one is distinct.
        articles: The first of them, as many as were asked to be loaded.
        total: How many match in all, counted up to 1,000; `has_more_than_counted` where there are more.
        is_broadened: No article has all the words; these have most of them.
        suggestion: The nearest spelling of the query where nothing matched or a word is unknown; empty otherwise.
        is_cut_short: The deadline came first: this is what was found so far.
    """

    query: SearchQuery
    articles: tuple[Article, ...]
    total: int
    has_more_than_counted: bool = False
    is_broadened: bool = False
    suggestion: str = ""
    is_cut_short: bool = False
    ids: tuple[ArticleId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A search as it stood when it was asked: its pages do not overlap while articles are added.

    Attributes:
        id: 13 base32 characters, random.
        title: The heading of its pages, already cleaned.
        article_ids: At most 100, best first.
        note: A sentence under the heading (a suggestion, what was ignored); may be empty.
        expires_at: After it the pages' buttons say how to ask again.
    """

    id: str
    title: str
    article_ids: tuple[ArticleId, ...]
    total: int
    note: str = ""
    expires_at: datetime

    @property
    def pages(self) -> int:
        """How many pages it has; one, and that an empty one, where nothing was found."""
        return max(1, -(-len(self.article_ids) // PAGE_SIZE))

    def ids_on(self, number: int) -> tuple[ArticleId, ...]:
        """The articles of a page, from 1 on; none beyond the last."""
        return self.article_ids[(number - 1) * PAGE_SIZE : number * PAGE_SIZE] if number > 0 else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a view.

    Attributes:
        number: From 1 on.
        articles: Those of `view.ids_on(number)` that are still there, in its order.
    """

    view: View
    number: int
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One choice while a person types: `label` is shown, `value` is sent; both at most 100 UTF-16 units."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A topic or a provider with the number of its articles (stubs not counted)."""

    key: str
    """Folded topic label, or a provider's domain."""
    label: str
    count: int
    newest_at: datetime
