"""Related coverage of an article: the values and the rules that order it.

Explicit and computed coverage stand together, each with its source. All is ordered by how alike the texts are and how
near in time (SEARCH, 4); what a seed names and is off topic sinks by that order and does not vanish.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from bot.news.article import Article, ArticleId
from bot.news.similarity import Frequencies, Vector, cosine, text_vector
from bot.news.words import fold, stem, words_of

Source = Literal["explicit", "computed", "same"]
"""`explicit` a seed's `related:` list names it; `computed` found by its text; `same` shares a URL with the article."""

COMPUTED_BAR: Final = 0.1
"""A computed one needs so much relevance: of bars from 0 to .3 this one leaves out half of what is off topic, and costs
.01 of nDCG@10."""

SHARED_WORDS: Final = 3
"""So many words say why a computed one is there."""

_WORD: Final = re.compile(r"\w+")
_LATEST: Final = datetime.max.replace(tzinfo=UTC)


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
        article: What was asked about; for a text that isn't in the archive one that stands for it, with an empty id.
        related: Best first: explicit and computed together; off-topic explicit ones sink, they don't vanish.
        timeline: `article`, where it is of the archive, and `related`, by `published_at`, then id: the first to report
            stands first.
    """

    article: Article
    related: tuple[RelatedArticle, ...]
    timeline: tuple[Article, ...]

    @property
    def outlets(self) -> int:
        """The number of different providers."""
        return len({article.provider.domain for article in self.timeline})


def order_coverage(
    asked: Article,
    *,
    same: Iterable[Article] = (),
    explicit: Iterable[Article] = (),
    similar: Iterable[Article] = (),
    relevance: Mapping[ArticleId, float],
    frequencies: Frequencies,
    limit: int = 10,
) -> Coverage:
    """Put an article's coverage together.

    Args:
        asked: What was asked about.
        same: Others that share a URL with it.
        explicit: What its seed names, and whose seeds name it.
        similar: What shares words with it; an article that is in several of the three counts for the first.
        relevance: How much each of them tells of the same, 0 to 1 (`news/related_ranking`); 0 where it isn't said.
        frequencies: How common their words are.
        limit: Computed ones at most, from 0 on. All explicit ones stay.
    """
    yardstick = _Yardstick(
        asked=asked, vector=text_vector(asked, frequencies), frequencies=frequencies, relevance=relevance
    )
    seen: set[ArticleId] = {asked.id}
    found: list[_Measured] = []
    for source, articles in _by_source(same, explicit, similar):
        measured = [yardstick.measure(article, source) for article in articles if article.id not in seen]
        seen.update(each.article.id for _, each in measured)
        found += [each for each in measured if source != "computed" or each[0] >= COMPUTED_BAR]
    related = _at_most(limit, _each_text_once(asked, [each for _, each in sorted(found, key=_best_first)]))
    members = [*(each.article for each in related), *([asked] if asked.id else [])]
    timeline = sorted(members, key=lambda article: (article.published_at, article.id))
    return Coverage(article=asked, related=related, timeline=tuple(timeline))


def _by_source(
    same: Iterable[Article], explicit: Iterable[Article], similar: Iterable[Article]
) -> tuple[tuple[Source, Iterable[Article]], ...]:
    return (("same", same), ("explicit", explicit), ("computed", similar))


_Measured = tuple[float, RelatedArticle]
"""An article with its relevance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Yardstick:
    asked: Article
    vector: Vector
    frequencies: Frequencies
    relevance: Mapping[ArticleId, float]

    def measure(self, other: Article, source: Source) -> _Measured:
        others = text_vector(other, self.frequencies)
        why = {"same": "the same link", "explicit": _named(self.asked, other)}.get(source)
        related = RelatedArticle(
            article=other,
            source=source,
            similarity=cosine(self.vector, others),
            why=why or _shared(self.vector, others, other),
        )
        return self.relevance.get(other.id, 0.0), related


def _best_first(measured: _Measured) -> tuple[bool, float, bool, timedelta, ArticleId]:
    """The same report first, then by relevance; of equals the full article before the stub, then the newer one."""
    score, related = measured
    age = _LATEST - related.article.published_at
    return (related.source != "same", -score, related.article.is_stub, age, related.article.id)


def _named(asked: Article, other: Article) -> str:
    """Who names it: the one of the two that has a seed; where both have one, the list doesn't say whose it was."""
    if asked.is_stub or other.is_stub:
        return f"named by {(other if asked.is_stub else asked).provider.name}"
    return "named as related"


def _shared(vector: Vector, others: Vector, other: Article) -> str:
    """The heaviest words in common, as the other article writes them."""
    shared = sorted((each for each in others if each in vector), key=lambda each: (-vector[each] * others[each], each))
    written: dict[str, str] = {}
    for word in _WORD.findall(f"{other.title} {other.excerpt}"):
        written.setdefault(stem(fold(word)), word)
    return "shares: " + ", ".join(written.get(each, each) for each in shared[:SHARED_WORDS])


def _each_text_once(asked: Article, related: Sequence[RelatedArticle]) -> tuple[RelatedArticle, ...]:
    """Without those that say word for word what a better one says, or what the asked provider says again."""
    kept: dict[tuple[str, str], RelatedArticle] = {}
    for each in related:
        is_repeat = each.article.provider.domain == asked.provider.domain and _text(each.article) == _text(asked)
        if each.source == "same" or not is_repeat:
            kept.setdefault((each.article.id, "") if each.source == "same" else _text(each.article), each)
    return tuple(kept.values())


def _at_most(limit: int, related: Sequence[RelatedArticle]) -> tuple[RelatedArticle, ...]:
    """Without the computed ones that are too many."""
    computed = [each.article.id for each in related if each.source == "computed"][limit:]
    return tuple(each for each in related if each.source != "computed" or each.article.id not in computed)


def _text(article: Article) -> tuple[str, str]:
    return (" ".join(words_of(article.title)), " ".join(words_of(article.excerpt)))
