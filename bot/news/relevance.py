"""How well an article answers a search: the published formula, and every number in it.

For each group of a query (a word's stem, for the last word also the words that it begins):

    weight(word) = ln(1 + (N - df + 0.5) / (df + 0.5))               rare words tell more
    t = tf / (1 - B + B * length / average length)                   B = 0.75
    relevance = (sum of weight * t * (K + 1) / (K + t)) * (1 - FRESH + FRESH * 2 ** (-age / HALF_LIFE))

with K = 1.2, the age from the moment of asking, lengths without stop words and the average that of the articles which
are compared. It is BM25 (Robertson and Zaragoza, 2009) times freshness, whose numbers were chosen on judged queries.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.news.words import STOP_WORDS, stem

K: Final = 1.2
B: Final = 0.75
FRESH: Final = 0.8
"""How much of the relevance an old article loses."""

HALF_LIFE: Final = timedelta(days=3)
PREFIX_WEIGHT: Final = 0.5
"""A word that merely begins as the query's last one does, against the word itself."""

_STOP_STEMS: Final = frozenset(map(stem, STOP_WORDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One word of a query.

    Attributes:
        stem: Its stem.
        prefix: For the last word: what other words may begin with; empty otherwise.
        articles: In how many articles the group occurs.
    """

    stem: str
    prefix: str = ""
    articles: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An article that holds some of a query's words: its key, its stems in order, and when it was published."""

    key: int
    stems: Sequence[str]
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """How well a match answers: how many of the groups it holds, and its relevance (at least 0)."""

    key: int
    held: int
    relevance: float


def rank_matches(
    matches: Sequence[Match], groups: Sequence[Group], *, articles: int, now: datetime
) -> Mapping[int, Ranked]:
    """How well each match answers, by its key.

    Args:
        matches: Compared with one another: the average length is theirs.
        groups: The query's words.
        articles: The number of indexed articles, at least the number of matches.
        now: The moment of asking; articles of the future count as new.
    """
    counted = [(match, Counter(match.stems)) for match in matches]
    lengths = {match.key: _length(counts) for match, counts in counted}
    average = sum(lengths.values()) / len(lengths) if lengths else 1.0
    ranked = {}
    for match, counts in counted:
        norm = 1 - B + B * lengths[match.key] / max(average, 1.0)
        parts = [_part(group, counts, norm, articles) for group in groups]
        relevance = sum(parts) * freshness(match.published_at, now)
        ranked[match.key] = Ranked(key=match.key, held=sum(part > 0 for part in parts), relevance=relevance)
    return ranked


def freshness(published_at: datetime, now: datetime) -> float:
    """What time leaves of a relevance: 1 for the newest, near `1 - FRESH` for the old."""
    return 1 - FRESH + FRESH * 2 ** (-max(timedelta(0), now - published_at) / HALF_LIFE)


def _length(counts: Counter[str]) -> int:
    return sum(count for word, count in counts.items() if word not in _STOP_STEMS)


def _part(group: Group, counts: Counter[str], norm: float, articles: int) -> float:
    exact = counts[group.stem]
    begun = 0
    if group.prefix:
        begun = sum(count for word, count in counts.items() if word != group.stem and word.startswith(group.prefix))
    t = max(exact, PREFIX_WEIGHT * begun) / norm
    rarity = math.log(1 + (max(articles, group.articles) - group.articles + 0.5) / (group.articles + 0.5))
    return rarity * t * (K + 1) / (K + t)
