"""Search queries, results, views and pages.

The query language (`parsing/query`): words; `"quotes"`, `topic:`, `provider:`, `before:`, `after:` and `quality:>=80`
must match; `-word` must not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

from bot.news.article import Article, ArticleId
from bot.text.ranking.score_parts import ScoreParts

Sort = Literal["relevance", "newest", "score"]

PAGE_SIZE: Final = 5
"""Articles per page of a view: with pictures, buttons and very long titles they still fit one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A parsed query.

    Attributes:
        words: Folded words (NFKD without marks, lower case), at most 16, in the order typed.
        phrases: Sequences of folded words that must occur side by side.
        excluded: Folded words that must not occur.
        topics: Folded; an article must have one of them.
        providers: Folded domains or names; the article's provider must be one of them.
        after, before: Half-open range `[after, before)` of `published_at`, UTC.
        min_quality, max_quality: Inclusive bounds.
        link: The link that the typed text consists of; its article is the result if the archive has it.
        typed: The typed text, truncated to 300 characters, for the heading.
        ignored: Parts beyond a limit, and symbols without a word; reported with the results.
        unusable: Filters that could not be parsed ("before:yesterdy"); they stop the search.
        corrects: Nearly unknown words are searched in other spellings, too.
        by_story: Each story is found once, by the report that ranks best.
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
    link: str = ""
    typed: str = ""
    ignored: tuple[str, ...] = ()
    unusable: tuple[str, ...] = ()
    corrects: bool = True
    by_story: bool = False

    @property
    def has_text(self) -> bool:
        """True if the query has a word or a phrase."""
        return bool(self.words or self.phrases)

    @property
    def has_filters(self) -> bool:
        """True if something besides the text decides which articles may be found."""
        return bool(
            self.excluded
            or self.topics
            or self.providers
            or self.after
            or self.before
            or self.min_quality is not None
            or self.max_quality is not None
        )

    @property
    def is_empty(self) -> bool:
        """True if the query has neither text nor filters."""
        return not (self.has_text or self.has_filters)

    def wider(self) -> Iterator[tuple[str, SearchQuery]]:
        """Yield ever wider queries, each with the names of what it leaves out, until only the words are left."""
        query, left_out = self, ""
        steps: tuple[tuple[str, bool, dict[str, Any]], ...] = (
            ("the quotes", bool(self.phrases), {"words": self._spoken(), "phrases": ()}),
            (
                "the quality",
                self.min_quality is not None or self.max_quality is not None,
                {"min_quality": None, "max_quality": None},
            ),
            ("the dates", bool(self.after or self.before), {"after": None, "before": None}),
            ("the topic", bool(self.topics), {"topics": ()}),
            ("the provider", bool(self.providers), {"providers": ()}),
        )
        for name, is_set, changes in steps:
            if is_set:
                query, left_out = replace(query, **changes), f"{left_out}, {name}" if left_out else name
                yield left_out, query

    def _spoken(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.words, *(word for phrase in self.phrases for word in phrase)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Results of a query, best first.

    Attributes:
        ids: Distinct, at most the requested limit; by story, only the best report of each.
        more: For each of `ids` the number of further reports of its story that were found; empty if not by story.
        articles: The first of them, as many as were requested to be loaded.
        total: The number of matches, counted up to 1,000; `has_more_than_counted` if there are more.
        is_broadened: No article has all of the words; these have some of them.
        left_out: Parts of the query without which these were found, because nothing has all of it; empty for none.
        corrected: Words of the query that were searched in another spelling too, each with that spelling.
        suggestion: The nearest spelling of the query if nothing matched or a word is unknown; empty otherwise.
        is_cut_short: The search timed out; these are the results found by then.
        parts: What the relevance of each of `articles` consists of, None if it was not compared; empty if not asked
            for.
    """

    query: SearchQuery
    articles: tuple[Article, ...]
    total: int
    has_more_than_counted: bool = False
    is_broadened: bool = False
    left_out: str = ""
    corrected: tuple[tuple[str, str], ...] = ()
    suggestion: str = ""
    is_cut_short: bool = False
    ids: tuple[ArticleId, ...] = ()
    more: tuple[int, ...] = ()
    parts: tuple[ScoreParts | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Saved results of a search: its pages do not overlap while articles are added.

    Attributes:
        id: 13 random base32 characters.
        title: The heading of its pages, already cleaned.
        article_ids: At most 100, best first.
        more: For each of them the number of further reports of its story that were found; may be empty.
        note: A sentence under the heading (a suggestion, ignored parts of the query); may be empty.
        as_typed: The query without corrections, if its words were searched in other spellings.
        expires_at: From then on its buttons say how to search again.
    """

    id: str
    title: str
    article_ids: tuple[ArticleId, ...]
    more: tuple[int, ...] = ()
    total: int
    note: str = ""
    as_typed: SearchQuery | None = None
    expires_at: datetime

    @property
    def more_reports(self) -> Mapping[ArticleId, int]:
        """For each article shown the number of further reports of its story that were found."""
        return dict(zip(self.article_ids, self.more, strict=False))

    @property
    def pages(self) -> int:
        """The number of pages; one empty page if nothing was found."""
        return max(1, -(-len(self.article_ids) // PAGE_SIZE))

    def ids_on(self, number: int) -> tuple[ArticleId, ...]:
        """Return the ids of the articles on a page, counted from 1; none beyond the last."""
        return self.article_ids[(number - 1) * PAGE_SIZE : number * PAGE_SIZE] if number > 0 else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a view.

    Attributes:
        number: From 1.
        articles: Those of `view.ids_on(number)` that still exist, in its order.
    """

    view: View
    number: int
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """An autocomplete choice: `label` is shown, `value` is sent; both at most 100 UTF-16 units."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A topic or a provider with the number of its articles (without stubs)."""

    key: str
    """Folded topic label, or a provider's domain."""
    label: str
    count: int
    newest_at: datetime
