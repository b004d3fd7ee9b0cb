"""Rank search results by BM25, coordination, proximity, feedback and time: the published formula, its constants.

    idf(group) = ln(1 + (N - df + 0.5) / (df + 0.5))                     rare words weigh more
    t = tf / (1 - B + B * length / average length)                       term frequency, normalised by length
    bm25 = sum over groups of the best alternative's weight * idf * t * (K + 1) / (K + t)
    lent = LENT * share of the idf of groups that the text lacks and its story has (`story_evidence`)
    match = bm25 + sum of idf * ((share matched + lent) ** 3 + lent + TYPED * share typed + PAIRS * share of bigrams)
    r = s + TO_THE_LETTER if the text contains every word as typed, stop words included,
            + AS_WRITTEN if it is one of the best of these and has each word in the exact form that was typed
        (1 - VOTES) * s + VOTES * pseudo-relevance feedback (`votes`) otherwise
    relevance = fit * (1.2 + r if all groups match, else r) / 2.5

The first three lines are BM25 (Robertson and Zaragoza, 2009) over a query's groups of alternatives. Of two equally old
articles, one that matches every group always ranks above one that misses a group; only `fit` can reverse that.
Every constant was tuned on judged queries (`tests/bench/bench_relevance.py`) and lies on a plateau of equally good
values. Relevances are rounded, so the order does not depend on a machine's floating-point addition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.text.occurrences import Occurrences
from bot.text.ranking.score_parts import Explanation
from bot.text.ranking.story_evidence import lent_by_story
from bot.text.ranking.timeliness import Matches, fit_in_time
from bot.text.ranking.votes import best_places, votes_for
from bot.text.term_frequencies import NO_WORD, Count, Group, Texts, Totals

K: Final = 1.2
B: Final = 0.75

TYPED: Final = 0.2
PAIRS: Final = 0.2
"""Weights of the share of words matched as typed (stop words included) and of bigrams, relative to the sum of IDFs."""

LENT: Final = 0.4
"""Weight of a word that a text lacks and its story has, relative to one of its own."""

VOTES: Final = 0.8
"""Weight of feedback in the relevance of a text that doesn't contain every word as typed."""

TO_THE_LETTER: Final = 0.2
"""Bonus for containing every word as typed, stop words included."""

AS_WRITTEN: Final = 0.1
WRITTEN: Final = 5
"""Bonus for the exact word forms ("banning" for "banning"); only this many of the best texts are checked."""

_DECIMALS: Final = 9
_WHOLE: Final = 2 + 2 * TO_THE_LETTER + AS_WRITTEN

Writes = Callable[[NDArray[np.int64]], NDArray[np.bool_]]
"""Returns for each of some texts, by key, whether it has every word in the exact form that was typed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """Scores of some texts, in their order.

    Attributes:
        relevance: 0 to 1, fit in time included.
        has_all: Whether each text matches every group.
        shares: Their share of the query's rarity, the sum of all groups' IDFs, 0 to 1.
        explanation: What each relevance consists of; None if there was nothing to rank.
    """

    relevance: NDArray[np.float64]
    has_all: NDArray[np.bool_]
    shares: NDArray[np.float64]
    explanation: Explanation | None = None


def rank_texts(
    texts: Texts,
    groups: Sequence[Group],
    *,
    typed: Sequence[int],
    totals: Totals,
    count: Count,
    writes: Writes,
    now_s: float,
    is_urgent: bool = False,
) -> Ranking:
    """Rank texts by relevance to a query.

    Args:
        texts: Candidates; scores are relative to the best of them.
        groups: The query's words with their alternatives.
        typed: The ids of all of the query's words as typed, stop words included; at least one.
        totals: Totals of the index.
        count: Document frequencies.
        writes: Checks the exact word forms of the best texts.
        now_s: The time of the search, in Unix seconds; articles dated later count as new.
        is_urgent: The query asks for the latest news (`timeliness.urgent_words`).
    """
    if not len(texts) or not groups:
        nothing = np.zeros(len(texts))
        return Ranking(relevance=nothing, has_all=np.zeros(len(texts), dtype=np.bool_), shares=nothing)
    occurrences = Occurrences(texts=texts)
    match = _match(occurrences, groups, typed, totals)
    idf = occurrences.rarities(totals, count)
    match = _with_story(match, _lent(occurrences, match.by_group > 0, groups, idf, totals))
    has_all = np.all(match.by_group > 0, axis=1)
    is_literal = has_all & (match.shares_typed == 1)
    matches = Matches(scores=match.scores, has_all=has_all, is_literal=is_literal, moments_s=texts.moments_s)
    fit = fit_in_time(matches, groups=len(groups), now_s=now_s, is_urgent=is_urgent)
    own = match.scores * fit
    own = np.round(own / (np.max(own) or 1.0), _DECIMALS)
    votes = votes_for(occurrences, own, idf)
    r = np.where(is_literal, own + TO_THE_LETTER, (1 - VOTES) * own + VOTES * votes)
    relevance = np.round(fit * (has_all * (1 + TO_THE_LETTER) + r) / _WHOLE, _DECIMALS)
    written = _as_written(texts, relevance, is_literal, writes)
    relevance += fit * written / _WHOLE
    explanation = Explanation(
        own=match.parts,
        own_relevance=np.where(is_literal, own, (1 - VOTES) * own) / _WHOLE,
        added={
            "complete": has_all * (1 + TO_THE_LETTER) / _WHOLE,
            "votes": np.where(is_literal, 0.0, VOTES * votes) / _WHOLE,
            "exact": (is_literal * TO_THE_LETTER + written) / _WHOLE,
        },
        time=fit,
    )
    relevance = np.round(relevance, _DECIMALS)
    return Ranking(relevance=relevance, has_all=has_all, shares=match.shares, explanation=explanation)


def _as_written(
    texts: Texts, relevance: NDArray[np.float64], is_literal: NDArray[np.bool_], writes: Writes
) -> NDArray[np.float64]:
    """Compute each text's bonus for exact word forms; none if there is only one text to choose from."""
    given = np.zeros(len(texts))
    literal = np.flatnonzero(is_literal)
    if len(literal) > 1:
        best = literal[best_places(texts.keys[literal], relevance[literal], WRITTEN)]
        given[best] = AS_WRITTEN * writes(texts.keys[best])
    return given


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Match:
    """How each text matches by its own words.

    Attributes:
        by_group: BM25: a row a text, a column a group.
        shares: Shares of the query's rarity.
        shares_typed: Shares of the words as typed.
        parts: What the score of each is the sum of.
        scores: The match scores.
    """

    by_group: NDArray[np.float64]
    shares: NDArray[np.float64]
    shares_typed: NDArray[np.float64]
    parts: Mapping[str, NDArray[np.float64]]
    scores: NDArray[np.float64]


def _match(occurrences: Occurrences, groups: Sequence[Group], typed: Sequence[int], totals: Totals) -> _Match:
    """Score each text by its own words."""
    wanted = {word for group in groups for word in group.alternatives} | {NO_WORD} | set(typed)
    words = np.array(sorted(wanted), dtype=np.int32)
    pairs = sorted(set(pairwise(typed)))
    counts, has_pairs = occurrences.look_up(words, pairs)
    idf = np.array([totals.idf(group.frequency) for group in groups])
    lengths = np.asarray(occurrences.texts.content_lengths / totals.average, dtype=np.float64)
    by_group = _by_group(words, counts, lengths, groups) * idf
    share = _sum((by_group > 0) * idf) / idf.sum()
    share_typed = (counts[:, np.searchsorted(words, sorted(set(typed)))] > 0).mean(axis=1)
    share_of_pairs = has_pairs.mean(axis=1) if pairs else np.zeros(len(counts))
    parts = {
        "words": _sum(by_group),
        "share": idf.sum() * share**3,
        "adjacent": idf.sum() * PAIRS * share_of_pairs,
        "typed": idf.sum() * TYPED * share_typed,
    }
    scores = np.sum([*parts.values()], axis=0)
    return _Match(by_group=by_group, shares=share, shares_typed=share_typed, parts=parts, scores=scores)


def _with_story(match: _Match, lent: NDArray[np.float64]) -> _Match:
    """Add what each text's story lends to it."""
    return replace(match, parts={**match.parts, "story": lent}, scores=match.scores + lent)


def _lent(
    occurrences: Occurrences,
    is_held: NDArray[np.bool_],
    groups: Sequence[Group],
    idf: NDArray[np.float64],
    totals: Totals,
) -> NDArray[np.float64]:
    """Compute what each text gains by the words that it lacks and its story has."""
    lent = LENT * lent_by_story(occurrences, is_held, groups, idf)
    weights = np.array([totals.idf(group.frequency) for group in groups])
    whole = weights.sum()
    before, gain = _sum(is_held * weights) / whole, _sum(lent * weights) / whole
    return np.asarray(whole * (gain + (before + gain) ** 3 - before**3))


def _by_group(
    words: NDArray[np.int32], counts: NDArray[np.int64], lengths: NDArray[np.float64], groups: Sequence[Group]
) -> NDArray[np.float64]:
    """Compute BM25 term weights: a row a text, a column a group, each by the group's best alternative."""
    alternatives = [dict(group.alternatives) or {NO_WORD: 0.0} for group in groups]
    columns = np.searchsorted(words, [word for each in alternatives for word in each])
    weights = np.array([weight for each in alternatives for weight in each.values()])
    starts = np.cumsum([0, *(len(each) for each in alternatives[:-1])])
    t = counts[:, columns] / (1 - B + B * lengths)[:, None]
    return np.maximum.reduceat(weights * t * (K + 1) / (K + t), starts, axis=1)


def _sum(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum each row from left to right, in the same order on every machine."""
    return np.cumsum(rows, axis=1)[:, -1]
