"""How alike each two of many texts are, as a matrix: for grouping, where every pair counts.

Each text is compared together with its nearest ones, so that two reports of one event find each other through a third.
All of it is numpy: pairs by the million are what pure Python took 4 s over for a thousand articles, and this 0.1 s
(`tests/bench/bench_grouping.py`). Sums run element by element in sorted order: nothing here depends on threads, on
processes or on how a set of words happens to be ordered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement
from typing import Final

import numpy as np
from numpy.typing import NDArray

Likeness = NDArray[np.float32]
"""A symmetric matrix over places: how alike two texts are, 0 where not at all."""

SPAN_HOURS: Final = 120
"""Reports further apart than five days are no reports of one story (docs/search.md, Stories)."""

HALF_LIFE_HOURS: Final = 72.0
FLOOR: Final = 0.2
"""Likeness counts by `FLOOR + (1 - FLOOR) / 2 ** (age / HALF_LIFE)`, as in related coverage."""

NEIGHBOURS: Final = 10
NEIGHBOUR_BAR: Final = 0.1
"""A text is blended with so many of its nearest ones, from this likeness on, each by the square of its likeness: five
by likeness itself lose .02 of B-cubed F1 in stories of a hundred reports, and gain .01 in stories of six."""

EVERYBODYS: Final = 0.2
EVERYBODYS_LEAST: Final = 50
"""A stem in more than a fifth of the texts at hand, and in more than 50, tells none of them apart."""

ONE_STORY_AT: Final = 0.0945
ONE_STORY_SLOPE: Final = 0.000126
SHORTEST, LONGEST = 4, 60
"""Two texts tell one story from the likeness `ONE_STORY_AT + ONE_STORY_SLOPE * length * length` on (lengths in distinct
stems, clipped): long texts share more words by chance. docs/search.md, Stories: .09 and .00012, cut at 1.05."""

_SQUARE: Final = 128
_HOUR_S: Final = 3600.0
_NEARNESS: Final = np.array(
    [*(FLOOR + (1 - FLOOR) * 0.5 ** (hours / HALF_LIFE_HOURS) for hours in range(SPAN_HOURS + 1)), 0.0],
    dtype=np.float32,
)


def story_likeness(vectors: Sequence[Mapping[str, float]], moments_s: Sequence[float]) -> Likeness:
    """Compare each two texts, each together with its nearest ones.

    Args:
        vectors: For each text its stems with weights whose squares add up to 1, or nothing.
        moments_s: When each was published, in seconds, never falling.

    Returns:
        For each pair how alike they are, nearness in time counted, as a multiple of what two texts of their lengths
        need to tell one story; 0 for those further apart than a story reaches.
    """
    likeness = cosine_matrix(vectors)
    _count_time(likeness, moments_s)
    np.fill_diagonal(likeness, 1.0)
    places, weights = _nearest(likeness)
    half = _with_nearest(likeness, places, weights)
    del likeness  # as much memory as all the rest
    _turn(half)
    blended = _with_nearest(half, places, weights)
    del half
    _make_symmetric(blended)
    _count_time(blended, moments_s)
    _measure(blended, np.array([len(vector) for vector in vectors]))
    return blended


def cosine_matrix(vectors: Sequence[Mapping[str, float]]) -> Likeness:
    """The cosine of each two texts, words that everybody uses left out; the diagonal says nothing."""
    likeness: Likeness = np.zeros((len(vectors), len(vectors)), dtype=np.float32)
    flat = likeness.reshape(-1)
    most = max(EVERYBODYS_LEAST, EVERYBODYS * len(vectors))
    for places, weights in _holders(vectors):
        if 1 < len(places) <= most:
            holders = np.array(places)
            shares = np.array(weights, dtype=np.float32)
            flat[(holders[:, None] * len(vectors) + holders).reshape(-1)] += np.outer(shares, shares).reshape(-1)
    return likeness


def _holders(vectors: Sequence[Mapping[str, float]]) -> Iterator[tuple[list[int], list[float]]]:
    """For each stem, in order, the places of the texts that have it, and its weights there."""
    holders: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
    for place, vector in enumerate(vectors):
        for stem, weight in vector.items():
            places, weights = holders[stem]
            places.append(place)
            weights.append(weight)
    return (holders[stem] for stem in sorted(holders))


def _count_time(likeness: Likeness, moments_s: Sequence[float]) -> None:
    """Let each pair count by how near in time it is, in whole hours."""
    moments = np.array(moments_s)
    if not len(moments) or moments[-1] - moments[0] < _HOUR_S:
        return
    for place, moment in enumerate(moments):
        hours = (np.abs(moments - moment) / _HOUR_S).astype(np.intp)
        likeness[place] *= _NEARNESS[np.minimum(hours, SPAN_HOURS + 1)]


def _measure(blended: Likeness, lengths: NDArray[np.intp]) -> None:
    """Make cosines of products, and multiples of what is needed of cosines; symmetric to the last bit."""
    scale = 1 / np.sqrt(np.maximum(np.diag(blended), 1e-9))
    lengths = np.clip(lengths, SHORTEST, LONGEST)
    for place, length in enumerate(lengths):
        needed = ONE_STORY_AT + ONE_STORY_SLOPE * (lengths * length)
        blended[place] *= (scale * scale[place] / needed).astype(np.float32)


def _turn(matrix: Likeness) -> None:
    """Exchange rows and columns, in squares that fit a processor's cache: four times as quick as all at once."""
    for own, mirrored in _squares(matrix):
        own[:], mirrored[:] = mirrored.T.copy(), own.T.copy()


def _make_symmetric(matrix: Likeness) -> None:
    """Add to each pair what stands for it the other way round."""
    for own, mirrored in _squares(matrix):
        own[:] = own + mirrored.T
        mirrored[:] = own.T


def _squares(matrix: Likeness) -> Iterator[tuple[Likeness, Likeness]]:
    """Each square on or above the diagonal, and its mirror image."""
    starts = range(0, len(matrix), _SQUARE)
    for a, b in combinations_with_replacement(starts, 2):
        yield matrix[a : a + _SQUARE, b : b + _SQUARE], matrix[b : b + _SQUARE, a : a + _SQUARE]


def _nearest(likeness: Likeness) -> tuple[NDArray[np.intp], Likeness]:
    """The places of each text's nearest ones, and how heavily each counts; the diagonal is 1 before and after."""
    count = min(NEIGHBOURS, max(0, len(likeness) - 1))
    rows = np.arange(len(likeness))
    places = np.zeros((len(likeness), count), dtype=np.intp)
    found = np.zeros((len(likeness), count), dtype=np.float32)
    np.fill_diagonal(likeness, -1.0)
    for rank in range(count):  # the first of equals each time: how partial sorting breaks ties differs by machine
        places[:, rank] = likeness.argmax(axis=1)
        found[:, rank] = likeness[rows, places[:, rank]]
        likeness[rows, places[:, rank]] = -1.0
    for rank in range(count):
        likeness[rows, places[:, rank]] = found[:, rank]
    np.fill_diagonal(likeness, 1.0)
    weights = np.where(found >= NEIGHBOUR_BAR, found * found, np.float32(0.0))
    whole = np.zeros(len(likeness), dtype=np.float32)
    for rank in range(count):
        whole += weights[:, rank]
    whole[whole == 0] = 1.0
    return places, (weights / whole[:, None]).astype(np.float32, copy=False)


def _with_nearest(likeness: Likeness, places: NDArray[np.intp], weights: Likeness) -> Likeness:
    """Each row with the mean of its nearest ones' rows."""
    blended = likeness.copy()
    for place, counted in enumerate(weights > 0):
        if counted.any():
            near = likeness[places[place][counted]]
            near *= weights[place][counted][:, None]
            blended[place] += near.sum(axis=0)
    return blended
