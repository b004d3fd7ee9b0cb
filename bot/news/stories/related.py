"""Related coverage of an article: the values and the rules that select and order it.

Explicit and computed coverage are listed together, each with its source, ordered by similarity of text and nearness in
time (docs/stories.md, Related coverage). That order only ranks: its best may be a stranger. So a computed article is
shown only if its text is
similar enough by itself; an explicit one is always shown, off-topic ones last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from bot.news.article import Article, ArticleId
from bot.news.stories.shared_words import distinguishing_words
from bot.news.stories.similarity import Frequencies, TextSimilarity, Vector, cosine, text_vector
from bot.text.words import words_of

Source = Literal["explicit", "computed", "same"]
"""`explicit` a seed's `related:` list names it; `computed` found by its text; `same` shares a URL with the article."""

COMPUTED_BAR: Final = 0.06
"""The relevance that a computed article needs: this leaves out a third of what is off topic and nothing of the story;
.1 leaves out two thirds, and costs .01 of nDCG@10 (`tests/bench/bench_relevance.py`)."""

SIMILAR_AT: Final = 0.09
"""The direct likeness to the asked article from which on a computed one reports the same."""

CONNECTED_AT: Final = 0.07
"""The direct likeness to such an article from which on a computed one reports the same, too, and so on.

Of articles that nobody else reports, 3% show a stranger among 15 to 40 reports of one day; without both bars 40 to 60%.
They cost .002 of nDCG@10 among 47,000 (`tests/bench/bench_relevance.py`)."""

_LATEST: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedArticle:
    """One other report.

    Attributes:
        similarity: 0 to 1, of the texts.
        why: A reason for the reader ("named by Boston Herald", "shares: facial, recognition, Massachusetts").
    """

    article: Article
    source: Source
    similarity: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Everything known about an article's story.

    Attributes:
        article: What was asked about; for a text outside the archive an article made from it, with an empty id.
        related: Best first, explicit and computed together; off-topic explicit ones are last.
        timeline: `article`, if it is in the archive, and `related`, by `published_at`, then id: first to report first.
    """

    article: Article
    related: tuple[RelatedArticle, ...]
    timeline: tuple[Article, ...]

    @property
    def outlets(self) -> int:
        """The number of different providers."""
        return len({article.provider.domain for article in self.timeline})


Found = tuple[Source, Article]
"""A report and how it was found."""


def choose_coverage(
    asked: Article,
    *,
    same: Iterable[Article] = (),
    explicit: Iterable[Article] = (),
    similar: Iterable[Article] = (),
    relevance: Mapping[ArticleId, float],
    frequencies: Frequencies,
    limit: int = 10,
) -> tuple[Found, ...]:
    """Choose an article's coverage, best first.

    Each outlet's text is listed once. The same text of two outlets is an agency's report in both: two outlets report
    it.

    Args:
        asked: What was asked about.
        same: Others that share a URL with it.
        explicit: What its seed names, and whose seeds name it.
        similar: What shares words with it; an article that is in several of the three counts for the first.
        relevance: The rank of each of them, 0 to 1 (`bot.text.related_ranking`); 0 for a missing one.
        frequencies: How common the words of all of them are.
        limit: The maximum of computed ones, at least 0. All explicit ones stay.
    """
    found: dict[ArticleId, Found] = {}
    for source, articles in _by_source(same, explicit, similar):
        for article in articles:
            if article.id != asked.id:
                found.setdefault(article.id, (source, article))
    similar_enough = _similar_enough(asked, [article for _, article in found.values()], frequencies)
    fitting = [
        (source, article)
        for source, article in found.values()
        if source != "computed" or (relevance.get(article.id, 0.0) >= COMPUTED_BAR and article.id in similar_enough)
    ]
    fitting.sort(key=lambda found: _best_first(found[0], found[1], relevance.get(found[1].id, 0.0)))
    return _at_most(limit, _each_text_once(asked, fitting))


def order_coverage(asked: Article, chosen: Sequence[Found], *, frequencies: Frequencies) -> Coverage:
    """Put an article's coverage together, with the reason for each report.

    Args:
        asked: What was asked about.
        chosen: Its coverage, as `choose_coverage` gave it.
        frequencies: How common the words of all of them are.
    """
    vector = text_vector(asked, frequencies)
    related = tuple(_measured(asked, vector, source, article, frequencies) for source, article in chosen)
    members = [*(each.article for each in related), *([asked] if asked.id else [])]
    timeline = sorted(members, key=lambda article: (article.published_at, article.id))
    return Coverage(article=asked, related=related, timeline=tuple(timeline))


def _by_source(
    same: Iterable[Article], explicit: Iterable[Article], similar: Iterable[Article]
) -> tuple[tuple[Source, Iterable[Article]], ...]:
    return (("same", same), ("explicit", explicit), ("computed", similar))


def _similar_enough(asked: Article, others: Sequence[Article], frequencies: Frequencies) -> frozenset[ArticleId]:
    """Select articles that report the same by their texts, regardless of provider and date."""
    likeness = TextSimilarity(frequencies=frequencies).direct([asked, *others])
    unlike = set(range(1, len(others) + 1))
    waiting = [place for place in unlike if likeness(0, place) >= SIMILAR_AT]
    while waiting:
        unlike.difference_update(waiting)
        near = waiting.pop()
        waiting += [place for place in unlike if likeness(near, place) >= CONNECTED_AT]
    return frozenset(other.id for place, other in enumerate(others, 1) if place not in unlike)


def _measured(
    asked: Article, vector: Vector, source: Source, other: Article, frequencies: Frequencies
) -> RelatedArticle:
    others = text_vector(other, frequencies)
    words = distinguishing_words(vector, others, frequencies, written_in=other)
    return RelatedArticle(
        article=other,
        source=source,
        similarity=cosine(vector, others),
        why=_why(asked, source, other, words),
    )


def _why(asked: Article, source: Source, other: Article, words: Sequence[str]) -> str:
    if source == "same":
        return "the same link"
    if source == "explicit":
        return _named(asked, other)
    if _text(other) == _text(asked):
        return "the same text"
    return f"shares: {', '.join(words)}" if words else "by what others report"


def _best_first(source: Source, article: Article, relevance: float) -> tuple[bool, float, bool, timedelta, ArticleId]:
    """Sort the same report first, then by relevance; of equal ones full articles before stubs, then the newest."""
    return (source != "same", -relevance, article.is_stub, _LATEST - article.published_at, article.id)


def _named(asked: Article, other: Article) -> str:
    """Name the one of the two that has a seed; of two seeds the list doesn't say whose it was."""
    if asked.is_stub or other.is_stub:
        return f"named by {(other if asked.is_stub else asked).provider.name}"
    return "named as related"


def _each_text_once(asked: Article, found: Sequence[Found]) -> list[Found]:
    """Drop reports that repeat, word for word, a better one of the same outlet or the asked article."""
    outlets = Counter([asked.provider.domain, *(article.provider.domain for _, article in found)])
    said = {(asked.provider.domain, _text(asked))}
    kept: list[Found] = []
    for source, article in found:
        domain = article.provider.domain
        # Most outlets report once, which leaves nothing to compare.
        text = (domain, _text(article)) if outlets[domain] > 1 and source != "same" else None
        if text is None or text not in said:
            kept.append((source, article))
        if text is not None:
            said.add(text)
    return kept


def _at_most(limit: int, found: Sequence[Found]) -> tuple[Found, ...]:
    """Drop the computed ones over the limit."""
    too_many = [article.id for source, article in found if source == "computed"][limit:]
    return tuple((source, article) for source, article in found if article.id not in too_many)


def _text(article: Article) -> tuple[str, str]:
    return (" ".join(words_of(article.title)), " ".join(words_of(article.excerpt)))
