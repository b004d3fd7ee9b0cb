"""How alike articles' texts are: cosines of TF-IDF vectors over title and excerpt.

A plain measure that a reader can check by hand: title words weigh more, words that everybody uses weigh little. How
many texts are compared at once, for stories, stands in `news/likeness`.
Every sum runs in sorted order: the same texts give the same numbers, to the last bit, in any process.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.news.article import Article
from bot.text.likeness import Likeness, story_likeness
from bot.text.words import stems_of

Vector = Mapping[str, float]
"""A text's stems, sorted, with weights whose squares add up to 1; empty for a text without a word."""

TITLE_WEIGHT: Final = 2
"""How often a title's word counts for one in the excerpt."""

UNSEEN_TEXTS: Final = 20
"""So many texts are added to every count, so that a word which both of two texts share isn't "common" yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequencies:
    """How common words are: what tells "facial" from "week".

    Attributes:
        total: The number of texts counted, at least 0.
        counts: In how many of them each stem occurs; a stem that is missing occurs in none.
    """

    total: int
    counts: Mapping[str, int]

    def idf(self, stem: str) -> float:
        """The weight of a stem, above 0: higher the fewer texts have it."""
        count = self.counts.get(stem, 0)
        total = max(self.total, count) + UNSEEN_TEXTS
        return math.log(1 + (total - count + 0.5) / (count + 0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSimilarity:
    """Which articles' texts are alike enough to be one story.

    Attributes:
        frequencies: Of a larger collection; None counts the articles at hand.
    """

    frequencies: Frequencies | None = None

    def __call__(self, articles: Sequence[Article]) -> Likeness:
        """How alike each two articles are, by their places; 1.0 is just alike enough, 0 not at all.

        Args:
            articles: First to report first.
        """
        frequencies = self.frequencies or count_frequencies(articles)
        counted = [article_stems(article) for article in articles]
        idf = {stem: frequencies.idf(stem) for stem in set().union(*counted)}
        vectors = [_weighed(counts, idf) for counts in counted]
        return story_likeness(vectors, [article.published_at.timestamp() for article in articles])


def article_stems(article: Article) -> Counter[str]:
    """The stems of title and excerpt with their counts, a title's counted `TITLE_WEIGHT` times."""
    counts = Counter(stems_of(article.excerpt))
    for stem in stems_of(article.title):
        counts[stem] += TITLE_WEIGHT
    return counts


def count_frequencies(articles: Iterable[Article]) -> Frequencies:
    """The frequencies of the articles' own stems, for when no larger collection is known."""
    counts: Counter[str] = Counter()
    total = 0
    for article in articles:
        counts.update(article_stems(article).keys())
        total += 1
    return Frequencies(total=total, counts=counts)


def text_vector(article: Article, frequencies: Frequencies) -> Vector:
    """The vector of an article's text."""
    counts = article_stems(article)
    return _weighed(counts, {stem: frequencies.idf(stem) for stem in counts})


def cosine(a: Vector, b: Vector) -> float:
    """How alike two texts are: 0 (no word in common) to 1 (the same words)."""
    shorter, longer = sorted((a, b), key=len)
    return min(1.0, sum(weight * longer[stem] for stem, weight in shorter.items() if stem in longer))


def _weighed(counts: Mapping[str, int], idf: Mapping[str, float]) -> Vector:
    return _unit({stem: math.log1p(counts[stem]) * idf[stem] for stem in sorted(counts)})


def _unit(weights: Vector) -> Vector:
    norm = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {stem: weight / norm for stem, weight in weights.items()} if norm else {}
