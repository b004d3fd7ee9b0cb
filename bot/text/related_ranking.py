"""How much texts tell of what an article tells: the published formula, and every number in it.

    said = times in the excerpt + TITLE_WEIGHT * times in the title
    v(word) = ln(1 + said) * sqrt(rarity), divided by the root of the sum of the text's ln(1 + said) ** 2
    like(a, b) = sum over shared words of v in a * v in b; measured so that the asked text is like itself by 1
    nearness = FLOOR + (1 - FLOOR) / 2 ** (days apart / 3), or 1 where nobody knows when the asked one was written
    c = like(asked, text) * nearness
    s = mean c of the text and of its ten nearest ones, each by the square of how like the text it is
    r = (1 - VOTES) * s + VOTES * how like it is to the twenty best by s, each by s ** SHARPNESS
    relevance = r * nearness * like(asked, the most alike)

s is divided by the best one's, and so is what the votes give. Neighbours and votes find the report of an event that
shares few words with the asked one and many with the others on it; they are reckoned for the best `COMPARED` by c.
Every number was chosen on judged articles (`tests/bench/bench_relevance.py`) and lies in the middle of a wide range
that does equally well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.text.occurrences import rarities
from bot.text.term_frequencies import FIRST_TELLING, Count, Texts, Totals
from bot.text.votes import SHARPNESS, VOTERS, best_places

TITLE_WEIGHT: Final = 2
"""How often a title's word counts for one in the excerpt."""

HALF_LIFE_S: Final = 3 * 86_400.0
FLOOR: Final = 0.2

COMPARED: Final = 150
"""So many are compared with one another: what the store finds (`store/sqlite/similar`), and as much again as most seeds
name. A seed can name thousands, which would take a second."""

NEIGHBOURS: Final = 10
VOTES: Final = 0.8
"""How much of a relevance the best ones decide."""

_DECIMALS: Final = 9
_STEPS: Final = 2**11
"""Weights are whole multiples of 1 / 2048: so every product and sum of them is exact, in whatever order it is taken."""


def nearness(apart_s: NDArray[np.float64], *, is_dated: bool = True) -> NDArray[np.float64]:
    """What time leaves of a likeness, for some distances in seconds: all of it where `is_dated` is False."""
    return FLOOR + (1 - FLOOR) * np.exp2(-apart_s / HALF_LIFE_S) if is_dated else np.ones(len(apart_s))


def rank_related(asked: Texts, texts: Texts, *, totals: Totals, count: Count, is_dated: bool) -> NDArray[np.float64]:
    """How much each text tells of what the asked one tells, 0 to 1, in the order of `texts`.

    Args:
        asked: One text.
        texts: Others; the best `COMPARED` by c are compared with one another.
        totals: Of the index.
        count: In how many articles each of some words occurs.
        is_dated: False where nearness in time isn't to count.
    """
    own = _Said.of(asked)
    if not len(texts) or not len(own.words):
        return np.zeros(len(texts))
    said = _Said.of(texts)
    rarity = rarities(totals, count(own.words))
    whole = float(np.cumsum(own.weights**2 * rarity)[-1])
    like = np.minimum(1.0, said.sums(own.words, own.weights * rarity) / whole)
    near = nearness(np.abs(texts.moments_s - asked.moments_s[0]), is_dated=is_dated)
    c = np.round(like * near, _DECIMALS)
    best = best_places(texts.keys, c, COMPARED)
    others = _likeness(_Said.of(texts.select(best)), totals, count, whole)
    blended = c / NEIGHBOURS
    blended[best] = _with_neighbours(others, c[best])
    blended = np.asarray(np.round(blended / (blended.max() or 1.0), _DECIMALS), dtype=np.float64)
    votes = np.zeros(len(texts))
    votes[best] = _votes(others, blended[best])
    relevance = ((1 - VOTES) * blended + VOTES * votes) * near * like.max()
    return np.asarray(np.round(relevance, _DECIMALS))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Said:
    """What texts say: each telling word of each text once.

    Attributes:
        owners: The place of the text.
        words: The word's id.
        weights: How much it is said there; the squares of each text's add up to 1.
        count: How many texts there are.
    """

    owners: NDArray[np.int64]
    words: NDArray[np.int32]
    weights: NDArray[np.float64]
    count: int

    @classmethod
    def of(cls, texts: Texts) -> _Said:
        """What these texts say."""
        owners = texts.owners
        is_telling = texts.words >= FIRST_TELLING
        is_title = np.arange(len(texts.words)) - texts.starts[owners] < texts.title_lengths[owners]
        times = np.where(is_title, TITLE_WEIGHT, 1)[is_telling]
        keys = (owners[is_telling] << 32) + texts.words[is_telling]
        distinct, places = np.unique(keys, return_inverse=True)
        weights = np.log1p(np.bincount(places, times, len(distinct)))
        of_text = distinct >> 32
        norms = np.sqrt(np.bincount(of_text, weights**2, len(texts)))
        words = (distinct & 0xFFFFFFFF).astype(np.int32)
        return cls(owners=of_text, words=words, weights=weights / norms[of_text], count=len(texts))

    def sums(self, words: NDArray[np.int32], worth: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each text the sum of its weights of these words (rising), each times what the word is worth."""
        places = np.minimum(np.searchsorted(words, self.words), len(words) - 1)
        given = np.where(words[places] == self.words, self.weights * worth[places], 0.0)
        return np.bincount(self.owners, given, self.count).astype(np.float64)


def _likeness(said: _Said, totals: Totals, count: Count, whole: float) -> NDArray[np.float32]:
    """How like each two texts are; the diagonal is 1."""
    distinct, places, holders = np.unique(said.words, return_inverse=True, return_counts=True)
    is_shared = holders > 1
    columns = np.cumsum(is_shared) - 1
    roots = np.zeros(len(distinct))
    roots[is_shared] = np.sqrt(rarities(totals, count(distinct[is_shared])) / whole)
    held = is_shared[places]
    weights = np.zeros((said.count, int(is_shared.sum())), dtype=np.float32)
    steps = np.rint(said.weights[held] * roots[places[held]] * _STEPS)
    weights[said.owners[held], columns[places[held]]] = steps / _STEPS
    likeness: NDArray[np.float32] = np.minimum(np.float32(1), weights @ weights.T)
    np.fill_diagonal(likeness, 1)
    return likeness


def _with_neighbours(likeness: NDArray[np.float32], c: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of a text's own c and those of its nearest ones, each by the square of how like it is; its own by 1."""
    nearest = np.argsort(-likeness, axis=1, kind="stable")[:, : NEIGHBOURS + 1]
    weights = np.take_along_axis(likeness, nearest, axis=1).astype(np.float64) ** 2
    return np.asarray(np.cumsum(weights * c[nearest], axis=1)[:, -1] / np.cumsum(weights, axis=1)[:, -1])


def _votes(likeness: NDArray[np.float32], relevance: NDArray[np.float64]) -> NDArray[np.float64]:
    """How like each text is to the best ones, the likest 1."""
    voters = np.argsort(-relevance, kind="stable")[:VOTERS]
    votes = np.cumsum(likeness[:, voters] * relevance[voters] ** SHARPNESS, axis=1)[:, -1]
    return np.asarray(votes / (votes.max() or 1.0))
