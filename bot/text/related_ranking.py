"""Rank related articles by TF-IDF similarity, smoothed over neighbours: the published formula and its constants.

    tf = occurrences in the excerpt + TITLE_WEIGHT * occurrences in the title
    v(word) = ln(1 + tf) * sqrt(idf), divided by the norm of the text's ln(1 + tf)
    similarity(a, b) = sum over shared words of v in a * v in b, scaled so that the query text has 1 with itself
    proximity = FLOOR + (1 - FLOOR) / 2 ** (days apart / 3), or 1 if the query text has no date
    c = similarity(query, text) * proximity
    s = mean c of the text and its ten nearest neighbours, weighted by the square of their similarity to it
    r = (1 - VOTES) * s + VOTES * similarity to the VOTERS best by s, weighted by s ** SHARPNESS
    relevance = r * proximity * similarity(query, the most similar text)

s and the votes are each scaled so that the best is 1. Neighbours and votes find the report of an event that shares few
words with the query text but many with the other reports; they are computed for the top `COMPARED` texts by c.
Every constant was tuned on judged articles (`tests/bench/bench_relevance.py`) and lies in the middle of a wide plateau
of equally good values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.text.occurrences import rarities
from bot.text.ranking.votes import best_places
from bot.text.term_frequencies import FIRST_CONTENT_WORD, Count, Texts, Totals

TITLE_WEIGHT: Final = 2
"""Term frequency of one occurrence in the title; one in the excerpt counts 1."""

HALF_LIFE_S: Final = 3 * 86_400.0
FLOOR: Final = 0.2

COMPARED: Final = 150
"""Texts that are compared pairwise: as many as the store finds (`store/sqlite/search/similar`) plus those that most
seeds name. A seed can name thousands, which would take a second."""

NEIGHBOURS: Final = 10
VOTES: Final = 0.8
"""Weight of feedback in a relevance."""

VOTERS: Final = 40
SHARPNESS: Final = 9
"""Twice as many texts vote as in a search, and the best count more beside the others: a story has many reports."""

_DECIMALS: Final = 9
_STEPS: Final = 2**11
"""Weights are multiples of 1 / 2048, so their products and sums are exact in any order."""


def proximity(apart_s: NDArray[np.float64], *, is_dated: bool = True) -> NDArray[np.float64]:
    """Compute the time decay of similarity for distances in seconds; 1 everywhere if `is_dated` is False."""
    return FLOOR + (1 - FLOOR) * np.exp2(-apart_s / HALF_LIFE_S) if is_dated else np.ones(len(apart_s))


def rank_related(asked: Texts, texts: Texts, *, totals: Totals, count: Count, is_dated: bool) -> NDArray[np.float64]:
    """Rank texts by relatedness to one text: 0 to 1, in the order of `texts`.

    Args:
        asked: The query text, exactly one.
        texts: Candidates; the top `COMPARED` by c are compared pairwise.
        totals: Totals of the index.
        count: Document frequencies.
        is_dated: False if proximity in time must not count.
    """
    own = _TermVectors.of(asked)
    if not len(texts) or not len(own.words):
        return np.zeros(len(texts))
    said = _TermVectors.of(texts)
    rarity = rarities(totals, count(own.words))
    whole = float(np.cumsum(own.weights**2 * rarity)[-1])
    like = np.minimum(1.0, said.sums(own.words, own.weights * rarity) / whole)
    near = proximity(np.abs(texts.moments_s - asked.moments_s[0]), is_dated=is_dated)
    c = np.round(like * near, _DECIMALS)
    best = best_places(texts.keys, c, COMPARED)
    others = _pairwise_similarity(said.select(best), totals, count, whole)
    blended = c / NEIGHBOURS
    blended[best] = _with_neighbours(others, c[best])
    blended = np.asarray(np.round(blended / (blended.max() or 1.0), _DECIMALS), dtype=np.float64)
    votes = np.zeros(len(texts))
    votes[best] = _votes(others, blended[best])
    relevance = ((1 - VOTES) * blended + VOTES * votes) * near * like.max()
    return np.asarray(np.round(relevance, _DECIMALS))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _TermVectors:
    """Term vectors of texts in coordinate form: each content word of each text once.

    Attributes:
        owners: The index of the text.
        words: The word's id.
        weights: The word's normalised weight in the text; the squares of a text's weights sum to 1.
        count: The number of texts.
    """

    owners: NDArray[np.int64]
    words: NDArray[np.int32]
    weights: NDArray[np.float64]
    count: int

    @classmethod
    def of(cls, texts: Texts) -> _TermVectors:
        """Compute the term vectors of `texts`."""
        owners = texts.owners
        is_content = texts.words >= FIRST_CONTENT_WORD
        is_title = np.arange(len(texts.words)) - texts.starts[owners] < texts.title_lengths[owners]
        times = np.where(is_title, TITLE_WEIGHT, 1)[is_content]
        keys = (owners[is_content] << 32) + texts.words[is_content]
        distinct, indices = np.unique(keys, return_inverse=True)
        weights = np.log1p(np.bincount(indices, times, len(distinct)))
        of_text = distinct >> 32
        norms = np.sqrt(np.bincount(of_text, weights**2, len(texts)))
        words = (distinct & 0xFFFFFFFF).astype(np.int32)
        return cls(owners=of_text, words=words, weights=weights / norms[of_text], count=len(texts))

    def select(self, indices: NDArray[np.intp]) -> _TermVectors:
        """Select the vectors of the texts at these indices, in this order."""
        places = np.full(self.count, -1)
        places[indices] = np.arange(len(indices))
        owners = places[self.owners]
        held = np.flatnonzero(owners >= 0)
        return _TermVectors(owners=owners[held], words=self.words[held], weights=self.weights[held], count=len(indices))

    def sums(self, words: NDArray[np.int32], worth: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum each text's weights of these words (ascending), each multiplied by the word's worth."""
        indices = np.minimum(np.searchsorted(words, self.words), len(words) - 1)
        given = np.where(words[indices] == self.words, self.weights * worth[indices], 0.0)
        return np.bincount(self.owners, given, self.count).astype(np.float64)


def _pairwise_similarity(said: _TermVectors, totals: Totals, count: Count, whole: float) -> NDArray[np.float32]:
    """Compute the pairwise similarity matrix; the diagonal is 1."""
    distinct, indices, holders = np.unique(said.words, return_inverse=True, return_counts=True)
    is_shared = holders > 1
    columns = np.cumsum(is_shared) - 1
    roots = np.zeros(len(distinct))
    roots[is_shared] = np.sqrt(rarities(totals, count(distinct[is_shared])) / whole)
    held = is_shared[indices]
    weights = np.zeros((said.count, int(is_shared.sum())), dtype=np.float32)
    steps = np.rint(said.weights[held] * roots[indices[held]] * _STEPS)
    weights[said.owners[held], columns[indices[held]]] = steps / _STEPS
    similarity: NDArray[np.float32] = np.minimum(np.float32(1), weights @ weights.T)
    np.fill_diagonal(similarity, 1)
    return similarity


def _with_neighbours(similarity: NDArray[np.float32], c: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average each text's c with its nearest neighbours', weighted by the square of their similarity to it."""
    nearest = np.argsort(-similarity, axis=1, kind="stable")[:, : NEIGHBOURS + 1]
    weights = np.take_along_axis(similarity, nearest, axis=1).astype(np.float64) ** 2
    return np.asarray(np.cumsum(weights * c[nearest], axis=1)[:, -1] / np.cumsum(weights, axis=1)[:, -1])


def _votes(similarity: NDArray[np.float32], relevance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute each text's weighted similarity to the top texts, scaled so that the highest is 1."""
    voters = np.argsort(-relevance, kind="stable")[:VOTERS]
    votes = np.cumsum(similarity[:, voters] * relevance[voters] ** SHARPNESS, axis=1)[:, -1]
    return np.asarray(votes / (votes.max() or 1.0))
