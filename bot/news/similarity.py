"""How alike articles' texts are: cosines of TF-IDF vectors over title and excerpt.

A plain measure that a reader can check by hand: title words weigh more, words that everybody uses weigh little. For
stories each text is first blended with its nearest ones, so that two reports of one event find each other through a
third (`tests/bench/bench_grouping.py` measures what that gives, and what it takes).
Every sum runs in sorted order: the same texts give the same numbers, to the last bit, in any process.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.news.article import Article
from bot.news.words import stems_of

Vector = Mapping[str, float]
"""A text's stems, sorted, with weights whose squares add up to 1; empty for a text without a word."""

Pair = tuple[int, int]
"""Two places in a sequence, the smaller first."""

TITLE_WEIGHT: Final = 2
"""How often a title's word counts for one in the excerpt."""

UNSEEN_TEXTS: Final = 20
"""So many texts are added to every count, so that a word which both of two texts share isn't "common" yet."""

NEIGHBOURS: Final = 5
NEIGHBOUR_BAR: Final = 0.15
"""A text is blended with so many of its nearest ones, from this cosine on."""

HEAVIEST: Final = 40
"""So many stems of a blended text are compared: three times as quick as all, and as good."""

ONE_STORY_AT: Final = 0.14
ONE_STORY_SLOPE: Final = 0.00005
SHORTEST, LONGEST = 4, 60
"""Two texts tell one story from the cosine `ONE_STORY_AT + ONE_STORY_SLOPE * length * length` on (lengths in distinct
stems, clipped): long texts share more words by chance. SEARCH's form; values from a sweep over its judged set."""

EVERYBODYS: Final = 0.2
EVERYBODYS_LEAST: Final = 50
"""A stem in more than a fifth of the texts at hand, and in more than 50, tells none of them apart."""


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

    def __call__(self, articles: Sequence[Article], reach: Sequence[int]) -> Mapping[Pair, float]:
        """How alike each two articles are, by their places; 1.0 is just alike enough, 0 where missing.

        Args:
            articles: First to report first.
            reach: For each place the first later place out of its reach, never falling; pairs across don't matter.
        """
        frequencies = self.frequencies or count_frequencies(articles)
        vectors = [text_vector(article, frequencies) for article in articles]
        lengths = [min(LONGEST, max(SHORTEST, len(vector))) for vector in vectors]
        return {
            (a, b): closeness / (ONE_STORY_AT + ONE_STORY_SLOPE * lengths[a] * lengths[b])
            for (a, b), closeness in cosines(_blended(vectors, reach), reach).items()
        }


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
    return _unit({stem: math.log1p(counts[stem]) * frequencies.idf(stem) for stem in sorted(counts)})


def cosine(a: Vector, b: Vector) -> float:
    """How alike two texts are: 0 (no word in common) to 1 (the same words)."""
    shorter, longer = sorted((a, b), key=len)
    return min(1.0, sum(weight * longer[stem] for stem, weight in shorter.items() if stem in longer))


def cosines(vectors: Sequence[Vector], reach: Sequence[int]) -> dict[Pair, float]:
    """The cosine of each two texts that share a word and reach each other; words that everybody uses left out."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, vector in enumerate(vectors):
        for stem in vector:
            places[stem].append(place)
    most = max(EVERYBODYS_LEAST, EVERYBODYS * len(vectors))
    sums: dict[Pair, float] = defaultdict(float)
    for stem in sorted(places):
        if len(places[stem]) <= most:
            _add_products(sums, places[stem], [vectors[place][stem] for place in places[stem]], reach)
    return sums


def _add_products(
    sums: dict[Pair, float], places: Sequence[int], weights: Sequence[float], reach: Sequence[int]
) -> None:
    """Add what one stem, which the texts at `places` have with these weights, gives to their cosines."""
    for n, (a, weight) in enumerate(zip(places, weights, strict=True)):
        stop = bisect_left(places, reach[a], n + 1)
        for b, other in zip(places[n + 1 : stop], weights[n + 1 : stop], strict=True):
            sums[a, b] += weight * other


def _blended(vectors: Sequence[Vector], reach: Sequence[int]) -> list[Vector]:
    """Each text with the mean of its nearest ones, the nearer the heavier."""
    near: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for (a, b), closeness in cosines(vectors, reach).items():
        if closeness >= NEIGHBOUR_BAR:
            near[a].append((closeness, b))
            near[b].append((closeness, a))
    return [_blend(vector, heapq.nlargest(NEIGHBOURS, near[n]), vectors) for n, vector in enumerate(vectors)]


def _blend(vector: Vector, near: Sequence[tuple[float, int]], vectors: Sequence[Vector]) -> Vector:
    blended = dict(vector)
    whole = sum(closeness for closeness, _ in near)
    for closeness, place in near:
        for stem, weight in vectors[place].items():
            blended[stem] = blended.get(stem, 0.0) + weight * closeness / whole
    heaviest = heapq.nsmallest(HEAVIEST, blended, key=lambda stem: (-blended[stem], stem))
    return _unit({stem: blended[stem] for stem in sorted(heaviest)})


def _unit(weights: Vector) -> Vector:
    norm = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {stem: weight / norm for stem, weight in weights.items()} if norm else {}
