"""How well an article answers a search: the published formula, and every number in it.

    rarity(group) = ln(1 + (N - df + 0.5) / (df + 0.5))                  a word of few articles tells more
    t = tf / (1 - B + B * length / average length)                       said often, in a short text
    words = sum over groups of the best alternative's weight * rarity * t * (K + 1) / (K + t)
    found = words + all rarities * (share held ** 3 + TYPED * share typed + PAIRS * share of neighbours)
    s = found * freshness, the best 1
    r = s + TO_THE_LETTER where it says all that was typed, stop words too,
            + AS_WRITTEN where it is one of the best of these and has each word in the form that was typed
        (1 - VOTES) * s + VOTES * what the best ones say, too (`votes`), elsewhere
    relevance = freshness * (1.2 + r where it holds all of the words, r where it doesn't) / 2.5

The first two lines are BM25 (Robertson and Zaragoza, 2009) over a query's groups of alternatives. So of two equally old
articles one with all of the words always stands before one that lacks a word; freshness alone can turn that round.
Every number was chosen on judged queries (`tests/bench/bench_relevance.py`) and lies in a range that does equally
well. Relevances are rounded: no machine's way of adding up decides an order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.text.occurrences import Occurrences
from bot.text.term_frequencies import NO_WORD, Count, Group, Texts, Totals
from bot.text.votes import best_places, votes_for

K: Final = 1.2
B: Final = 0.75

TYPED: Final = 0.2
PAIRS: Final = 0.2
"""The share of the words as typed, stop words too, and of those that stand together, against the sum of rarities."""

VOTES: Final = 0.8
"""How much of a relevance the best ones decide where somebody's words aren't all there."""

TO_THE_LETTER: Final = 0.2
"""What it counts to say each word that was typed, small ones too."""

AS_WRITTEN: Final = 0.1
WRITTEN: Final = 5
"""What it counts to have them in the very forms, "banning" for "banning"; the best so many are looked at."""

FRESH: Final = 0.85
"""How much of the relevance an old article loses."""

HALF_LIFE: Final = timedelta(days=3)

_DECIMALS: Final = 9
_WHOLE: Final = 2 + 2 * TO_THE_LETTER + AS_WRITTEN

Writes = Callable[[NDArray[np.int64]], NDArray[np.bool_]]
"""For some texts, by key: whether each has every word in the form in which it was typed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """How well each of some texts answers, in their order.

    Attributes:
        relevance: 0 to 1, freshness counted.
        held: How many of the groups it holds.
    """

    relevance: NDArray[np.float64]
    held: NDArray[np.int32]


def rank_texts(
    texts: Texts,
    groups: Sequence[Group],
    *,
    typed: Sequence[int],
    totals: Totals,
    count: Count,
    writes: Writes,
    now_s: float,
) -> Ranking:
    """How well each text answers.

    Args:
        texts: Compared with one another.
        groups: The query's words.
        typed: The ids of all of its words as typed, stop words included.
        totals: Of the index.
        count: In how many articles each of some words occurs.
        writes: Which of the best texts write the words as they were typed.
        now_s: The moment of asking, in Unix seconds; articles of the future count as new.
    """
    if not len(texts) or not groups:
        return Ranking(relevance=np.zeros(len(texts)), held=np.zeros(len(texts), dtype=np.int32))
    fresh = freshness(now_s - texts.moments_s)
    occurrences = Occurrences(texts=texts)
    by_group, share_typed, found = _found(occurrences, groups, typed, totals)
    held = np.count_nonzero(by_group, axis=1)
    has_all = held == len(groups)
    own = np.round(found * fresh / (np.max(found * fresh) or 1.0), _DECIMALS)
    votes = votes_for(occurrences, own, totals=totals, count=count)
    is_literal = has_all & (share_typed == 1)
    r = np.where(is_literal, own + TO_THE_LETTER, (1 - VOTES) * own + VOTES * votes)
    relevance = np.round(fresh * (has_all * (1 + TO_THE_LETTER) + r) / _WHOLE, _DECIMALS)
    relevance += fresh * _as_written(texts, relevance, is_literal, writes) / _WHOLE
    return Ranking(relevance=np.round(relevance, _DECIMALS), held=held.astype(np.int32))


def _as_written(
    texts: Texts, relevance: NDArray[np.float64], is_literal: NDArray[np.bool_], writes: Writes
) -> NDArray[np.float64]:
    """What each text is given for the forms of its words; nothing where there is no choice."""
    given = np.zeros(len(texts))
    literal = np.flatnonzero(is_literal)
    if len(literal) > 1:
        best = literal[best_places(texts.keys[literal], relevance[literal], WRITTEN)]
        given[best] = AS_WRITTEN * writes(texts.keys[best])
    return given


def freshness(ages_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """What time leaves of a relevance: 1 for the newest, near `1 - FRESH` for the old."""
    return 1 - FRESH + FRESH * np.exp2(-np.maximum(0.0, ages_s) / HALF_LIFE.total_seconds())


def _found(
    occurrences: Occurrences, groups: Sequence[Group], typed: Sequence[int], totals: Totals
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """What each text has of each group and of the words as typed, and how well it answers by its own words alone."""
    wanted = {word for group in groups for word in group.alternatives} | {NO_WORD} | set(typed)
    words = np.array(sorted(wanted), dtype=np.int32)
    counts = occurrences.counts(words)
    idf = np.array([totals.idf(group.articles) for group in groups])
    lengths = np.asarray(occurrences.texts.telling_lengths / totals.average, dtype=np.float64)
    by_group = _by_group(words, counts, lengths, groups) * idf
    share = _sum((by_group > 0) * idf) / idf.sum()
    share_typed = np.zeros(len(counts))
    if len(typed):
        share_typed = (counts[:, np.searchsorted(words, sorted(set(typed)))] > 0).mean(axis=1)
    pairs = sorted(set(pairwise(typed)))
    share_of_pairs = occurrences.says_pairs(pairs).mean(axis=1) if pairs else np.zeros(len(counts))
    beside = share**3 + PAIRS * share_of_pairs + TYPED * share_typed
    return by_group, share_typed, _sum(by_group) + idf.sum() * beside


def _by_group(
    words: NDArray[np.int32], counts: NDArray[np.int64], lengths: NDArray[np.float64], groups: Sequence[Group]
) -> NDArray[np.float64]:
    """How much each text (a row) says of each group (a column), its best alternative's weight counted."""
    alternatives = [dict(group.alternatives) or {NO_WORD: 0.0} for group in groups]
    columns = np.searchsorted(words, [word for each in alternatives for word in each])
    weights = np.array([weight for each in alternatives for weight in each.values()])
    starts = np.cumsum([0, *(len(each) for each in alternatives[:-1])])
    t = counts[:, columns] / (1 - B + B * lengths)[:, None]
    return np.maximum.reduceat(weights * t * (K + 1) / (K + t), starts, axis=1)


def _sum(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum of each row, added up from left to right on every machine."""
    return np.cumsum(rows, axis=1)[:, -1]
