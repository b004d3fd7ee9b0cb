"""How well an article answers a search: the published formula, and every number in it.

    idf(group) = ln(1 + (N - df + 0.5) / (df + 0.5))                 rare words tell more
    t = tf / (1 - B + B * length / average length)                   said often, in a short text
    relevance = sum over groups of the best alternative's weight * idf * t * (K + 1) / (K + t)

which is BM25 (Robertson and Zaragoza, 2009) over a query's groups of alternatives. Then, for the best `RERANKED`: what
is there as it was typed counts more (`_as_typed`), the best ten vote on the others (`_vote`), and all is
multiplied by freshness. The numbers were chosen on judged queries (`tests/bench/bench_relevance.py`).
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.news.texts import FIRST_TELLING, STOP_STEMS, Count, Group, Texts, Totals

K: Final = 1.2
B: Final = 0.75

RERANKED: Final = 100
"""The best by BM25 that the later steps look at."""

COMPLETE_FROM, COMPLETE_TO = 2, 6
"""Of so many groups, holding all of them counts as much as their rarities together."""

TYPED: Final = 0.2
PAIRS: Final = 0.1
"""The share of the words as typed, stop words too, and of those that stand together, against the sum of rarities."""

ALL_TYPED: Final = 0.1
"""Where all of them are there."""

VOTERS: Final = 10
VOTES: Final = 0.5
"""The best ten's words count for half of a relevance in the end."""

FRESH: Final = 0.8
"""How much of the relevance an old article loses."""

HALF_LIFE: Final = timedelta(days=3)

SHORTEST: Final = 4
"""Words of a text from which on a longer text has less of each."""

CountStems = Callable[[Iterable[str]], Mapping[str, int]]
"""In how many articles each of some stems occurs."""

_STOP_STEMS: Final = frozenset(STOP_STEMS)


@dataclass(frozen=True, slots=True, kw_only=True)
class StemGroup:
    """One word of a query with what it may stand for.

    Attributes:
        stem: Its own.
        alternatives: Stems with their weights, 0 to 1; its own with 1.
        articles: The sum of the articles of each alternative.
    """

    stem: str
    alternatives: Mapping[str, float]
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An article that holds some of a query's words: its key, its stems parted by spaces, when it was published."""

    key: int
    stems: str
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """How well a match answers: how many of the groups it holds, and its relevance (0 to 1)."""

    key: int
    held: int
    relevance: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """How well each of some texts answers, in their order.

    Attributes:
        relevance: 0 to 1, freshness counted.
        held: How many of the groups it holds.
    """

    relevance: NDArray[np.float64]
    held: NDArray[np.int32]


@dataclass(slots=True, kw_only=True)
class _Scored:
    match: Match
    stems: list[str]
    distinct: set[str]
    length: int
    held: int
    relevance: float


def rank_texts(
    texts: Texts, groups: Sequence[Group], *, typed: Sequence[int], totals: Totals, count: Count, now_s: float
) -> Ranking:
    """How well each text answers.

    Args:
        texts: Compared with one another.
        groups: The query's words.
        typed: The ids of all of its words as typed, stop words included.
        totals: Of the index.
        count: In how many articles each of some words occurs.
        now_s: The moment of asking, in Unix seconds; articles of the future count as new.
    """

    def count_stems(stems: Iterable[str]) -> Mapping[str, int]:
        wanted = list(stems)
        counted = count(np.array(list(map(int, wanted)), dtype=np.int32))
        return {each: int(n) for each, n in zip(wanted, counted, strict=True)}

    matches = [
        Match(
            key=place,
            stems=" ".join(map(_name, texts.of(place).tolist())),
            published_at=datetime.fromtimestamp(float(texts.moments_s[place]), UTC),
        )
        for place in range(len(texts))
    ]
    asked = [
        StemGroup(
            stem=_name(group.word),
            alternatives={_name(word): weight for word, weight in group.alternatives.items()},
            articles=group.articles,
        )
        for group in groups
    ]
    ranked = rank_matches(
        matches,
        asked,
        typed=[_name(word) for word in typed],
        totals=totals,
        count=count_stems,
        now=datetime.fromtimestamp(now_s, UTC),
    )
    in_order = [ranked[place] for place in range(len(texts))]
    return Ranking(
        relevance=np.array([each.relevance for each in in_order]),
        held=np.array([each.held for each in in_order], dtype=np.int32),
    )


def rank_matches(
    matches: Sequence[Match],
    groups: Sequence[StemGroup],
    *,
    typed: Sequence[str],
    totals: Totals,
    count: CountStems,
    now: datetime,
) -> Mapping[int, Ranked]:
    """How well each match answers, by its key.

    Args:
        matches: Compared with one another.
        groups: The query's words.
        typed: The stems of all of its words as typed, stop words included.
        totals: Of the index.
        count: In how many articles each of some stems occurs.
        now: The moment of asking; articles of the future count as new.
    """
    scored = _by_words(matches, groups, totals)
    scored.sort(key=lambda each: (-each.relevance, -each.match.key))
    best = scored[:RERANKED]
    _as_typed(best, groups, typed, totals)
    _vote(best, scored[RERANKED:], totals, count)
    return {
        each.match.key: Ranked(
            key=each.match.key, held=each.held, relevance=each.relevance * freshness(each.match.published_at, now)
        )
        for each in scored
    }


def freshness(published_at: datetime, now: datetime) -> float:
    """What time leaves of a relevance: 1 for the newest, near `1 - FRESH` for the old."""
    return 1 - FRESH + FRESH * 2 ** (-max(timedelta(0), now - published_at) / HALF_LIFE)


def _name(word: int) -> str:
    return STOP_STEMS[word] if 0 <= word < FIRST_TELLING else str(word)


def telling_length(stems: Iterable[str]) -> int:
    """The length of a text without stop words."""
    return len([each for each in stems if each not in _STOP_STEMS])


def _by_words(matches: Sequence[Match], groups: Sequence[StemGroup], totals: Totals) -> list[_Scored]:
    """BM25, the best alternative of each group."""
    places: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, group in enumerate(groups):
        idf = totals.idf(group.articles)
        for alternative, weight in group.alternatives.items():
            places[alternative].append((place, weight * idf))
    sought, average = set(places), totals.average
    scored = []
    for match in matches:
        stems = match.stems.split()
        length = telling_length(stems)
        norm = 1 - B + B * length / average
        held = set(stems)
        best: dict[int, float] = {}
        for each in held & sought:
            t = stems.count(each) / norm
            said = t * (K + 1) / (K + t)
            for place, weight in places[each]:
                best[place] = max(best.get(place, 0.0), weight * said)
        relevance = math.fsum(best.values())
        scored.append(
            _Scored(match=match, stems=stems, distinct=held, length=length, held=len(best), relevance=relevance)
        )
    return scored


def _as_typed(best: Sequence[_Scored], groups: Sequence[StemGroup], typed: Sequence[str], totals: Totals) -> None:
    """Lift what holds all of the groups, and what holds the words that were typed, and that next to each other."""
    whole = sum(totals.idf(group.articles) for group in groups)
    wanted = set(typed)
    pairs = [f" {a} {b} " for a, b in pairwise(typed)]
    for each in best:
        if COMPLETE_FROM <= len(groups) <= COMPLETE_TO and each.held == len(groups):
            each.relevance += whole
        share = len(wanted & each.distinct) / max(1, len(wanted))
        each.relevance += whole * (TYPED * share + (ALL_TYPED if share == 1 else 0))
        if pairs:
            text = f" {each.match.stems} "
            each.relevance += PAIRS * whole * sum(pair in text for pair in pairs) / len(pairs)


def _vote(best: Sequence[_Scored], others: Sequence[_Scored], totals: Totals, count: CountStems) -> None:
    """Lift what speaks of the same as the best ten; afterwards no relevance is above 1."""
    top = max((each.relevance for each in best), default=0.0)
    if not top:
        return
    wanted = _wanted(heapq.nlargest(VOTERS, best, key=lambda each: each.relevance), top, totals, count)
    likeness = [_likeness(each, wanted) for each in best]
    most = max(likeness) or 1.0
    for each, alike in zip(best, likeness, strict=True):
        each.relevance = (1 - VOTES) * each.relevance / top + VOTES * alike / most
    for each in others:
        each.relevance = (1 - VOTES) * each.relevance / top


def _wanted(voters: Sequence[_Scored], top: float, totals: Totals, count: CountStems) -> dict[str, float]:
    """What a stem gives to a text that holds it: the sum of the voters' TF-IDF vectors, times its rarity."""
    counts = count(sorted({each for voter in voters for each in voter.distinct} - _STOP_STEMS))
    idf = {each: totals.idf(articles) for each, articles in counts.items()}
    wanted: dict[str, float] = defaultdict(float)
    for voter in voters:
        held = sorted(voter.distinct & idf.keys())
        weights = [(1 + math.log(voter.stems.count(each))) * idf[each] for each in held]
        norm = math.sqrt(math.fsum(weight * weight for weight in weights)) or 1.0
        vote = (voter.relevance / top) ** 2 / norm
        for each, weight in zip(held, weights, strict=True):
            wanted[each] += vote * weight * idf[each]
    return wanted


def _likeness(text: _Scored, wanted: Mapping[str, float]) -> float:
    """The root of the number of words stands for the length of the text's own vector: as good, and quicker."""
    return math.fsum(wanted[each] for each in text.distinct & wanted.keys()) / math.sqrt(max(SHORTEST, text.length))
