"""Story evidence: the query's words that a text lacks and other reports of its story have.

A reader remembers an event, not one report of it, so the words of a query may be scattered over a story's reports.

    likeness(a, b) = cosine of the IDF vectors of words that are not in the query * 2 ** -(time apart / HALF_LIFE)
    tie(a, b)      = (likeness - LIKE_FROM) / (LIKE_TO - LIKE_FROM), from 0 to 1
    lent(a, group) = min(1, sum over the texts b that match the group of tie(a, b)) if a doesn't match it, else 0

The query's own words are left out of the likeness: two texts that have one of them in common need not report one event.
The constants lie on a plateau of equally good values (`tests/bench/bench_relevance.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.text.occurrences import Occurrences
from bot.text.ranking.timeliness import HALF_LIFE
from bot.text.term_frequencies import Count, Group, Texts, Totals

LIKE_FROM: Final = 0.05
LIKE_TO: Final = 0.3
"""Texts less alike than `LIKE_FROM` have no tie, and from `LIKE_TO` on they lend their words in full."""

SAME_FROM: Final = 0.3
SAME_NATS: Final = 20.0
SAME_WITHIN: Final = timedelta(days=5)
"""A text reports the event of a better one if they are this much alike, the words that they share weigh this much, and
they were published within this time: the "Morning briefing" of two days is two texts. On the judged set 98% of the
texts that come behind a better one belong to its story."""

_STEPS: Final = 2**11


def lent_by_story(
    occurrences: Occurrences,
    is_held: NDArray[np.bool_],
    groups: Sequence[Group],
    idf: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Compute how far the other reports of each text's story have the groups that it lacks: 0 to 1.

    Args:
        occurrences: Of the texts that are compared with one another.
        is_held: Whether each text (a row) matches each group (a column).
        groups: The query's words with their alternatives.
        idf: The IDF of each word of the texts (`Occurrences.rarities`).
    """
    if len(groups) == 1 or not len(occurrences.words) or is_held.all():  # nothing is lacking
        return np.zeros(is_held.shape)
    moments_s = occurrences.texts.moments_s
    moments = ((moments_s - moments_s[0]) / HALF_LIFE.total_seconds()).astype(np.float32)
    asked = np.array([word for group in groups for word in group.alternatives], dtype=np.int32)
    places = np.minimum(np.searchsorted(occurrences.words, asked), len(occurrences.words) - 1)
    others = idf.copy()
    others[places[occurrences.words[places] == asked]] = 0.0
    vectors, _ = _vectors(occurrences, others)
    tie = vectors @ vectors.T
    tie *= np.exp2(-np.abs(moments[:, None] - moments))
    tie -= LIKE_FROM
    tie *= 1 / (LIKE_TO - LIKE_FROM)
    np.clip(tie, 0, 1, out=tie)
    return np.asarray(np.where(is_held, 0.0, np.minimum(1.0, tie @ is_held.astype(np.float32))), dtype=np.float64)


def first_reports(texts: Texts, *, totals: Totals, count: Count) -> NDArray[np.intp]:
    """Find for each text the first one that reports the same event: its index, the text's own for a new event.

    The likeness is the cosine times s / (s + 1) for s shared words, so that one shared word counts half. A text is
    compared only with texts that report a new event: a chain of likenesses joins nothing.

    Args:
        texts: Best first.
        totals: Totals of the index.
        count: Document frequencies.
    """
    firsts = np.arange(len(texts))
    occurrences = Occurrences(texts=texts)
    if not len(occurrences.words):
        return firsts
    vectors, idf = _vectors(occurrences, occurrences.rarities(totals, count))
    is_held = (vectors > 0).astype(np.float32)
    shared = is_held @ is_held.T
    apart_s = np.abs(texts.moments_s[:, None] - texts.moments_s)
    is_same = vectors @ vectors.T * shared / (shared + 1) >= SAME_FROM
    is_same &= (is_held * idf) @ is_held.T >= SAME_NATS
    is_same &= apart_s <= SAME_WITHIN.total_seconds()
    # In the order of the texts, and for each of them the earlier ones from the first on.
    for place, earlier in zip(*(each.tolist() for each in np.tril(is_same, -1).nonzero()), strict=True):
        if firsts[place] == place and firsts[earlier] == earlier:
            firsts[place] = earlier
    return firsts


def _vectors(occurrences: Occurrences, idf: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Compute unit IDF vectors of the texts, and the IDF of each column.

    A word that only one text has counts for its length and has no column.
    """
    rows, columns = occurrences.distinct_words
    norms = np.sqrt(np.bincount(rows, (idf**2)[columns], len(occurrences.texts)))
    is_shared = occurrences.is_shared & (idf > 0)
    held = np.flatnonzero(is_shared[columns])
    rows, columns = rows[held], columns[held]
    vectors = np.zeros((len(occurrences.texts), int(np.count_nonzero(is_shared))), dtype=np.float32)
    # Multiples of a power of two: their products and sums are the same on every machine.
    vectors[rows, (np.cumsum(is_shared) - 1)[columns]] = np.rint(idf[columns] / norms[rows] * _STEPS) / _STEPS
    return vectors, idf[is_shared].astype(np.float32)
