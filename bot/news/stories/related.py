"""Related coverage of an article: the values and the rules that order it.

Explicit and computed coverage stand together, each with its source. All is ordered by how alike the texts are and how
near in time (docs/search.md, Related coverage); what a seed names and is off topic sinks by that order and does not
vanish.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from bot.news.article import Article, ArticleId
from bot.news.stories.similarity import Frequencies, Vector, cosine, text_vector
from bot.text.words import fold, stem, words_of

Source = Literal["explicit", "computed", "same"]
"""`explicit` a seed's `related:` list names it; `computed` found by its text; `same` shares a URL with the article."""

COMPUTED_BAR: Final = 0.06
"""A computed one needs so much relevance: this leaves out a third of what is off topic and nothing of the story; .1
leaves out two thirds, and costs .01 of nDCG@10 (`tests/bench/bench_relevance.py`)."""

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


Found = tuple[Source, Article]
"""A report and how it was found."""


def choose_coverage(
    asked: Article,
    *,
    same: Iterable[Article] = (),
    explicit: Iterable[Article] = (),
    similar: Iterable[Article] = (),
    relevance: Mapping[ArticleId, float],
    limit: int = 10,
) -> tuple[Found, ...]:
    """What belongs to an article's coverage, best first.

    Each outlet's text stands once. The same text of two outlets is an agency's report in both: two of them report it.

    Args:
        asked: What was asked about.
        same: Others that share a URL with it.
        explicit: What its seed names, and whose seeds name it.
        similar: What shares words with it; an article that is in several of the three counts for the first.
        relevance: How much each of them tells of the same, 0 to 1 (`news/related_ranking`); 0 where it isn't said.
        limit: Computed ones at most, from 0 on. All explicit ones stay.
    """
    found: dict[ArticleId, Found] = {}
    for source, articles in _by_source(same, explicit, similar):
        for article in articles:
            if article.id != asked.id:
                found.setdefault(article.id, (source, article))
    fitting = [
        (source, article)
        for source, article in found.values()
        if source != "computed" or relevance.get(article.id, 0.0) >= COMPUTED_BAR
    ]
    fitting.sort(key=lambda found: _best_first(found[0], found[1], relevance.get(found[1].id, 0.0)))
    return _at_most(limit, _each_text_once(asked, fitting))


def order_coverage(asked: Article, chosen: Sequence[Found], *, frequencies: Frequencies) -> Coverage:
    """Put an article's coverage together.

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


def _measured(
    asked: Article, vector: Vector, source: Source, other: Article, frequencies: Frequencies
) -> RelatedArticle:
    others = text_vector(other, frequencies)
    why = {"same": "the same link", "explicit": _named(asked, other)}.get(source)
    if why is None and _text(other) == _text(asked):
        why = "the same text"
    return RelatedArticle(
        article=other,
        source=source,
        similarity=cosine(vector, others),
        why=why or _shared(vector, others, other),
    )


def _best_first(source: Source, article: Article, relevance: float) -> tuple[bool, float, bool, timedelta, ArticleId]:
    """The same report first, then by relevance; of equals the full article before the stub, then the newer one."""
    return (source != "same", -relevance, article.is_stub, _LATEST - article.published_at, article.id)


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


def _each_text_once(asked: Article, found: Sequence[Found]) -> list[Found]:
    """Without those in which an outlet says word for word what a better one of it says, or the asked article."""
    outlets = Counter([asked.provider.domain, *(article.provider.domain for _, article in found)])
    said = {(asked.provider.domain, _text(asked))}
    kept: list[Found] = []
    for source, article in found:
        domain = article.provider.domain
        # Most outlets report once: then there is nothing to compare.
        text = (domain, _text(article)) if outlets[domain] > 1 and source != "same" else None
        if text is None or text not in said:
            kept.append((source, article))
        if text is not None:
            said.add(text)
    return kept


def _at_most(limit: int, found: Sequence[Found]) -> tuple[Found, ...]:
    """Without the computed ones that are too many."""
    too_many = [article.id for source, article in found if source == "computed"][limit:]
    return tuple((source, article) for source, article in found if article.id not in too_many)


def _text(article: Article) -> tuple[str, str]:
    return (" ".join(words_of(article.title)), " ".join(words_of(article.excerpt)))
