"""Temporal relevance feedback: score how well an article's date fits a query, by the dates of the best answers.

Reports of one event are published within days of each other. So the best answers show *when* the event happened, and an
article loses relevance by its distance from the days on which they were published, and hardly by its own age.

    f       = 2 ** -(age / HALF_LIFE)
    g       = 2 ** -(time behind the newest text that has all of the words / HALF_LIFE)
    promise = match * (1 - FRESH * (1 - f)), scaled so that the best is 1
    day(x)  = sum over the LEADERS most promising v of promise(v) ** SHARPNESS * 2 ** -(distance in time / DAY)
    off     = max(0, 1 - day / min(FULL_DAY, fullest day))
    core(x) = as day(x), with promise ** CORE_SHARPNESS: the number of excellent matches around its date
    sure    = 1 - max(1, highest core at a leader / SURE_FROM) ** -2     near 1 if a story is meant, 0 if one article is
    recent  = g * (core - SEVERAL, from 0 to 1) if the text has all that was typed, else 0
    fit     = (1 - OFF * off) * (1 - LACKING_FRESH * (1 - f))                               if the text lacks a word
            = (1 - OFF * sure * off * (1 - recent)) * (1 - WHOLE_FRESH * sure * (1 - g))    if it has all of them
            = 1 - WHOLE_FRESH * (1 - g)                                                     for a query of one word
            = 1 - URGENT_FRESH * (1 - f)                                                    for "today" or "latest"
            = 1 - URGENT_FRESH * REMEMBERED * (1 - f)    if it has all of a longer query, "today" included

The constants were tuned on judged stories that are 0, 7, 30 and 365 days old at the time of the search, and on an
archive in which each story has its own age (`tests/bench/relevance_ages.py`). Each lies on a plateau of equally good
values. `recent` costs .0005 there: without it two reports of today come behind six of last month with the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.text.words import STOP_WORDS

HALF_LIFE: Final = timedelta(days=3)
DAY: Final = timedelta(days=1.5)

FRESH: Final = 0.2
"""Share of its promise that an old text loses."""

LEADERS: Final = 30
SHARPNESS: Final = 3
CORE_SHARPNESS: Final = 10

FULL_DAY: Final = 5.0
"""Five excellent matches make a day as full as any."""

OFF: Final = 0.9
"""Share of its relevance that a text loses far from every full day."""

SURE_FROM: Final = 1.5
SEVERAL: Final = 1.7
LACKING_FRESH: Final = 0.1
WHOLE_FRESH: Final = 0.5

URGENT_FRESH: Final = 0.85
"""Share of its relevance that an old text loses if the query asks for the latest."""

REMEMBERED: Final = 0.5
REMEMBERED_FROM: Final = 3
"""Part of that loss for a text that has everything as typed, "today" included, and the words beside it from which on:
who types so much may remember this very text."""

CROWD: Final = 0.4
CROWD_SHARPNESS: Final = 2.5
"""Share of its promise that a candidate loses on an empty day, and the power of rarities in the sum of a day."""

URGENT_UP_TO: Final = 4
"""Words beside "today" or "latest"; more are a headline, in which these words are like any other."""

_URGENT: Final = frozenset({"today", "tonight", "latest", "newest"})
_URGENT_PAIRS: Final = frozenset(
    (which, span) for which in ("this", "past", "last") for span in ("hour", "hours", "day", "days", "week")
) | {("this", "morning"), ("this", "afternoon"), ("this", "evening"), ("right", "now"), ("breaking", "news")}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matches:
    """Lexical matches of texts with a query.

    Attributes:
        scores: At least 0.
        has_all: Whether each has all of the query's words.
        is_literal: Whether it has them all as typed, stop words included.
        moments_s: When each was published, in Unix seconds.
    """

    scores: NDArray[np.float64]
    has_all: NDArray[np.bool_]
    is_literal: NDArray[np.bool_]
    moments_s: NDArray[np.float64]


def urgent_words(words: Sequence[str]) -> frozenset[str]:
    """Find the words of a query that ask for the latest news: "today", "latest", "this week", first or last in it.

    Args:
        words: Folded, in the order typed.
    """
    content = [word for word in words if word not in STOP_WORDS]
    ends = {*content[:1], *content[-1:]} & _URGENT
    pairs = {tuple(words[:2]), tuple(words[-2:])} & _URGENT_PAIRS
    urgent = frozenset(ends.union(*pairs))
    return urgent if sum(word not in urgent for word in content) <= URGENT_UP_TO else frozenset()


def freshness(ages_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the decay that halves every `HALF_LIFE`: 1 for new and future dates, near 0 for old ones."""
    return np.asarray(np.exp2(-np.maximum(0.0, ages_s) / HALF_LIFE.total_seconds()))


def fit_in_time(matches: Matches, *, groups: int, now_s: float, is_urgent: bool) -> NDArray[np.float64]:
    """Compute how well the date of each text fits the query: factors, above 0 and at most 1.

    Args:
        matches: Of the texts that are compared with one another.
        groups: The number of the query's words.
        now_s: The time of the search, in Unix seconds.
        is_urgent: The query asks for the latest news.
    """
    moments_s = matches.moments_s
    fresh = freshness(now_s - moments_s)
    if is_urgent:
        is_remembered = matches.is_literal & (groups >= REMEMBERED_FROM)
        return 1 - URGENT_FRESH * np.where(is_remembered, REMEMBERED, 1.0) * (1 - fresh)
    newest = np.max(moments_s[matches.has_all], initial=-np.inf)
    behind = freshness(newest - moments_s) if np.isfinite(newest) else np.ones(len(moments_s))
    if groups == 1:
        return np.asarray(1 - WHOLE_FRESH * (1 - behind))
    off, core, sure = _days(matches, fresh)
    recent = behind * np.clip(core - SEVERAL, 0, 1) * matches.is_literal
    lacking = (1 - OFF * off) * (1 - LACKING_FRESH * (1 - fresh))
    whole = (1 - OFF * sure * off * (1 - recent)) * (1 - WHOLE_FRESH * sure * (1 - behind))
    return np.where(matches.has_all, whole, lacking)


def _days(matches: Matches, fresh: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Compute how far each text is from the full days, its excellent neighbours, and whether a story is meant."""
    promise = matches.scores * (1 - FRESH * (1 - fresh))
    promise /= promise.max(initial=0.0) or 1.0
    leaders = np.lexsort((-matches.moments_s, -promise))[:LEADERS]
    near = np.exp2(-np.abs(matches.moments_s[:, None] - matches.moments_s[leaders]) / DAY.total_seconds())
    day = near @ promise[leaders] ** SHARPNESS
    off = np.maximum(0.0, 1 - day / (min(FULL_DAY, day.max(initial=0.0)) or 1.0))
    core = near @ promise[leaders] ** CORE_SHARPNESS
    peak = float(core[leaders].max(initial=0.0))
    return off, core, 1 - max(1.0, peak / SURE_FROM) ** -2


def promise_in_time(
    rarities: NDArray[np.float64], moments_s: NDArray[np.float64], *, now_s: float, is_urgent: bool
) -> NDArray[np.float64]:
    """Estimate the relevance of candidates whose texts are not read yet, by their rarities and dates.

    Args:
        rarities: The sum of the IDFs of the query's words that each has.
        moments_s: When each was published, in Unix seconds, ascending.
        now_s: The time of the search, in Unix seconds.
        is_urgent: The query asks for the latest news.
    """
    if not len(rarities):
        return rarities
    fresh = freshness(now_s - moments_s)
    if is_urgent:
        return rarities * (1 - URGENT_FRESH * (1 - fresh))
    sums = np.concatenate(([0.0], np.cumsum((rarities / (rarities.max() or 1.0)) ** CROWD_SHARPNESS)))
    span_s = DAY.total_seconds()
    crowd = sums[np.searchsorted(moments_s, moments_s + span_s, side="right")]
    crowd -= sums[np.searchsorted(moments_s, moments_s - span_s)]
    crowd /= crowd.max() or 1.0
    return np.asarray(rarities * (1 - FRESH * (1 - fresh)) * (1 - CROWD * (1 - crowd)))
