"""The similarity of each two of many texts, as a matrix: for grouping, where every pair counts.

Two texts are compared directly, by the words that they share, and by third parties: how similar the nearest texts of
one are to the other. The two texts themselves are never among those third parties, so that a weak likeness of two
texts doesn't confirm itself.
All of it is numpy: pure Python took 4 s for the million pairs of a thousand articles
(`tests/bench/bench_grouping.py`). Sums run element by element in sorted order: no result depends on threads, on
processes or on the order of a set of words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations_with_replacement
from typing import Final

import numpy as np
from numpy.typing import NDArray

Likeness = NDArray[np.float32]
"""A symmetric matrix over places: the similarity of two texts, 0 where they have nothing in common."""

SPAN_HOURS: Final = 120
"""Reports further apart than five days do not report one event (docs/stories.md, Stories)."""

HALF_LIFE_HOURS: Final = 72.0
FLOOR: Final = 0.2
"""Likeness is multiplied by `FLOOR + (1 - FLOOR) / 2 ** (age / HALF_LIFE)`, as in related coverage."""

NEIGHBOURS: Final = 10
NEIGHBOUR_BAR: Final = 0.1
"""The third parties of a text are at most this many nearest texts, from this direct likeness on, each weighted by the
square of its likeness."""

SINGLE_WITNESS: Final = 0.15
"""The direct likeness from which on more than half of what a text's only third party says of texts without a word in
common with it counts: one weak neighbour must not lend a text the whole of its own story."""

EVERYBODYS: Final = 0.2
EVERYBODYS_LEAST: Final = 50
"""A stem in more than a fifth of the texts at hand, and in more than 50, distinguishes none of them."""

DIRECT_NEED: Final = 0.137
DIRECT_CHANCE: Final = 6e-6
THIRD_NEED: Final = 0.11
THIRD_CHANCE: Final = 0.0006
SHORTEST, LONGEST = 4, 60
"""Likeness = direct / (`DIRECT_NEED` + `DIRECT_CHANCE` * length * length) + third parties / (`THIRD_NEED` +
`THIRD_CHANCE` * length * length), lengths in distinct stems, clipped: long texts share more words by chance, and are
similar to everybody's neighbours. Two texts report one event from 1.0 on. The direct need is as high as it is because
Snowball's stems give two short reports of one template ("raises 20 million") .137."""

CONFIRMED: Final = 0.2
"""What third parties must say, as a multiple of the need of a whole story, to confirm a pair in full."""

_SQUARE: Final = 128
_BATCH: Final = 250_000
"""Pairs of texts that are added up at once, in 5 MB."""

_HOUR_S: Final = 3600.0
_NEARNESS: Final = np.array(
    [*(FLOOR + (1 - FLOOR) * 0.5 ** (hours / HALF_LIFE_HOURS) for hours in range(SPAN_HOURS + 1)), 0.0],
    dtype=np.float32,
)


def direct_likeness(
    vectors: Sequence[Mapping[str, float]], *, runs: Sequence[Mapping[str, float]] = (), repeated: float = 1.0
) -> Likeness:
    """Compare each two texts by the words that they share.

    Args:
        vectors: For each text its stems with weights above 0 whose squares add up to 1 at most.
        runs: For each text its pairs of neighbouring stems, with the lesser of their two weights.
        repeated: What a further stem of a shared run counts, if `runs` are given; 0 to 1.

    Returns:
        For each pair the cosine times s / (s + 1) for s shared stems: one shared word counts half. Stems that
        everybody uses are left out. The diagonal is 0.
    """
    likeness: Likeness = np.zeros((len(vectors), len(vectors)), dtype=np.float32)
    shared = np.zeros((len(vectors), len(vectors)), dtype=np.float32 if runs else np.uint16)
    most = max(EVERYBODYS_LEAST, EVERYBODYS * len(vectors))
    for features, counted in ((vectors, 1.0), (runs, repeated - 1)):
        for places, weights in _alike(_holders(features), most):
            cells = (places[:, :, None] * len(vectors) + places[:, None, :]).reshape(-1)
            products = (weights[:, :, None] * weights[:, None, :]).reshape(-1)
            np.add.at(likeness.reshape(-1), cells, np.float32(counted) * products)
            np.add.at(shared.reshape(-1), cells, shared.dtype.type(counted))
    if runs:
        np.maximum(likeness, 0.0, out=likeness)
    for place, counts in enumerate(shared):
        likeness[place] *= counts / (counts + np.float32(1))
    np.fill_diagonal(likeness, 0.0)
    return likeness


def pairs_of(places: Sequence[int], size: int) -> NDArray[np.intp]:
    """The flat indexes of all pairs of places in a matrix of `size` rows."""
    holders = np.array(places, dtype=np.intp)
    cells: NDArray[np.intp] = holders[:, None] * size + holders
    return cells.reshape(-1)


def story_likeness(
    direct: Likeness, lengths: Sequence[int], moments_s: Sequence[float], *, lone: Likeness | None = None
) -> Likeness:
    """Add what third parties say to the direct likeness of each two texts.

    Args:
        direct: The direct likeness, diagonal 0; its contents are used up.
        lengths: The number of distinct stems of each text.
        moments_s: When each text was published, in seconds, never falling.
        lone: The direct likeness of pairs that no third party confirms, if it is another; used up, too.

    Returns:
        For each pair a multiple of the likeness that two reports of one event need, nearness in time included; 0 for
        pairs further apart than a story reaches.
    """
    _count_time([direct] if lone is None else [direct, lone], moments_s)
    likeness = _by_neighbours(direct, *_nearest(direct))
    _make_symmetric(likeness)
    clipped = np.clip(np.array(lengths), SHORTEST, LONGEST)
    for place, length in enumerate(clipped):
        chance = clipped * length
        likeness[place] /= (THIRD_NEED + THIRD_CHANCE * chance).astype(np.float32)
        own = direct[place] if lone is None else _confirmed(direct[place], lone[place], likeness[place])
        likeness[place] += own / (DIRECT_NEED + DIRECT_CHANCE * chance).astype(np.float32)
    np.fill_diagonal(likeness, 0.0)
    _part_distant(likeness, moments_s)
    return likeness


def _confirmed(direct: Likeness, lone: Likeness, third: Likeness) -> Likeness:
    """The direct likeness as far as third parties confirm it, otherwise that of lone pairs."""
    confirmed = third * np.float32(1 / CONFIRMED)
    np.minimum(confirmed, np.float32(1), out=confirmed)
    confirmed *= direct - lone
    confirmed += lone
    return confirmed


def _holders(vectors: Sequence[Mapping[str, float]]) -> Iterator[tuple[list[int], list[float]]]:
    """For each stem, in order, the places of the texts that contain it, and its weights there."""
    holders: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
    for place, vector in enumerate(vectors):
        for stem, weight in vector.items():
            places, weights = holders[stem]
            places.append(place)
            weights.append(weight)
    return (holders[stem] for stem in sorted(holders))


def _alike(
    holders: Iterable[tuple[list[int], list[float]]], most: float
) -> Iterator[tuple[NDArray[np.intp], Likeness]]:
    """Put stems in as many texts into one array: most are in few, and a call of numpy costs more than their pairs.

    Args:
        holders: Places and weights of each stem.
        most: The number of texts from which on a stem is left out.

    Yields:
        Places and weights, a row for each stem, by the number of their texts.
    """
    by_size: dict[int, tuple[list[list[int]], list[list[float]]]] = defaultdict(lambda: ([], []))
    for places, weights in holders:
        if 1 < len(places) <= most:
            all_places, all_weights = by_size[len(places)]
            all_places.append(places)
            all_weights.append(weights)
    for size in sorted(by_size):
        all_places, all_weights = by_size[size]
        rows = max(1, _BATCH // (size * size))
        for start in range(0, len(all_places), rows):
            part = slice(start, start + rows)
            yield np.array(all_places[part], dtype=np.intp), np.array(all_weights[part], dtype=np.float32)


def _count_time(likenesses: Sequence[Likeness], moments_s: Sequence[float]) -> None:
    """Multiply each pair by its nearness in time, counted in whole hours."""
    for place, hours in _hours_apart(moments_s):
        nearness = _NEARNESS[np.minimum(hours, SPAN_HOURS + 1)]
        for likeness in likenesses:
            likeness[place] *= nearness


def _part_distant(likeness: Likeness, moments_s: Sequence[float]) -> None:
    for place, hours in _hours_apart(moments_s):
        likeness[place, hours > SPAN_HOURS] = 0.0


def _hours_apart(moments_s: Sequence[float]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """For each text the whole hours to every other; nothing where all lie within an hour."""
    moments = np.array(moments_s)
    if not len(moments) or moments[-1] - moments[0] < _HOUR_S:
        return
    for place, moment in enumerate(moments):
        yield place, (np.abs(moments - moment) / _HOUR_S).astype(np.intp)


def _make_symmetric(matrix: Likeness) -> None:
    """Add its mirror image to a matrix, in squares that fit a processor's cache: four times as fast as all at once."""
    for own, mirrored in _squares(matrix):
        own[:] = own + mirrored.T
        mirrored[:] = own.T


def _squares(matrix: Likeness) -> Iterator[tuple[Likeness, Likeness]]:
    """Each square on or above the diagonal, and its mirror image."""
    starts = range(0, len(matrix), _SQUARE)
    for a, b in combinations_with_replacement(starts, 2):
        yield matrix[a : a + _SQUARE, b : b + _SQUARE], matrix[b : b + _SQUARE, a : a + _SQUARE]


def _nearest(likeness: Likeness) -> tuple[NDArray[np.intp], Likeness]:
    """The places of each text's nearest texts and their weights, which add up to 1; the diagonal is 0 afterwards."""
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
    np.fill_diagonal(likeness, 0.0)
    weights = np.where(found >= NEIGHBOUR_BAR, found * found, np.float32(0.0))
    whole = np.zeros(len(likeness), dtype=np.float32)
    for rank in range(count):
        whole += weights[:, rank]
    whole[whole == 0] = 1.0
    return places, (weights / whole[:, None]).astype(np.float32, copy=False)


def _by_neighbours(likeness: Likeness, places: NDArray[np.intp], weights: Likeness) -> Likeness:
    """For each row the weighted mean of its neighbours' rows: how similar they are to each text."""
    blended = np.zeros_like(likeness)
    for place, counted in enumerate(weights > 0):
        if counted.any():
            near = likeness[places[place][counted]]
            near *= weights[place][counted][:, None]
            near.sum(axis=0, out=blended[place])
            if len(near) == 1:
                _doubt_single(blended[place], likeness[place], float(likeness[place, places[place][counted][0]]))
    return blended


def _doubt_single(vouched: Likeness, direct: Likeness, nearest: float) -> None:
    """Lower what a text's only third party says of texts that share no word with it.

    Args:
        vouched: How similar the third party is to each text; changed in place.
        direct: How similar the text itself is to each.
        nearest: How similar it is to its third party.
    """
    vouched[direct == 0] *= np.float32(nearest**2 / (nearest**2 + SINGLE_WITNESS**2))
