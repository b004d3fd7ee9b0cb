"""How well the date of an article fits a query, by the dates of the best answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.text.ranking.timeliness import HALF_LIFE, Matches, fit_in_time, freshness, promise_in_time, urgent_words

DAY_S = 86_400.0
ages = st.floats(-400, 8000 * 365)
matches = st.lists(st.tuples(st.floats(0, 50), ages, st.booleans()), min_size=1, max_size=40)


def fit(
    matched: Sequence[float],
    ages_days: Sequence[float],
    *,
    whole: Sequence[int] = (),
    groups: int = 3,
    is_urgent: bool = False,
) -> list[float]:
    """How well dates fit at the moment 0; the texts at `whole` have all the words as typed."""
    has_all = np.isin(np.arange(len(matched)), whole)
    matches = Matches(
        scores=np.array(matched, dtype=np.float64),
        has_all=has_all,
        is_literal=has_all,
        moments_s=-np.array(ages_days, dtype=np.float64) * DAY_S,
    )
    return list(map(float, fit_in_time(matches, groups=groups, now_s=0.0, is_urgent=is_urgent)))


def promise(rarities: Sequence[float], ages_days: Sequence[float], *, is_urgent: bool = False) -> NDArray[np.float64]:
    """How promising candidates are at the moment 0."""
    moments_s = -np.array(ages_days, dtype=np.float64) * DAY_S
    return promise_in_time(np.array(rarities, dtype=np.float64), moments_s, now_s=0.0, is_urgent=is_urgent)


def test_freshness_halves_with_its_half_life() -> None:
    """From 1 for a new article."""
    assert freshness(np.array([0.0, HALF_LIFE.total_seconds()])).tolist() == pytest.approx([1, 0.5])


def test_an_article_of_the_future_is_as_fresh_as_one_of_now() -> None:
    """A wrong date lifts nothing above all others."""
    assert freshness(np.array([-400 * DAY_S])) == 1


def test_a_weak_match_on_the_day_of_the_best_fits_better_than_one_of_today() -> None:
    """The best answers show when the event happened."""
    *_, same_day, today = fit([9, 9, 9, 2, 2], [30, 30, 30.5, 30, 0])

    assert same_day > 2 * today


def test_a_story_of_a_year_ago_fits_nearly_as_well_as_one_of_today() -> None:
    """An article's own age hardly counts."""
    today = fit([9, 9, 9], [0, 0, 0.5])
    last_year = fit([9, 9, 9], [365, 365, 365.5])

    assert min(last_year) >= 0.9 * min(today)


def test_a_lone_text_with_all_the_words_loses_nothing_to_the_days_of_others() -> None:
    """One article was meant, and no story."""
    lone, *_ = fit([9, 3, 3, 3], [60, 0, 0, 0], whole=[0])

    assert lone == 1


def test_among_texts_with_all_the_words_the_fullest_day_fits_best() -> None:
    """A story was meant, and others of its words are another one."""
    *on_it, off_it = fit([9, 9, 9, 9, 9], [30, 30, 30, 30, 400], whole=range(5))

    assert min(on_it) > off_it


def test_newest_first_for_a_query_of_one_word() -> None:
    """All that match have all of it, so only their age tells them apart."""
    factors = fit([9, 9, 9], [0, 3, 300], whole=range(3), groups=1)

    assert factors == sorted(factors, reverse=True)
    assert len(set(factors)) == 3


def test_age_takes_at_most_half_from_a_query_of_one_word() -> None:
    """A better match of last year can still come first."""
    assert fit([9, 9], [0, 3650], whole=range(2), groups=1)[1] == pytest.approx(0.5)


@given(matches, st.integers(1, 16))
def test_a_fit_is_always_above_0_and_at_most_1(texts: list[tuple[float, float, bool]], groups: int) -> None:
    """Whatever the dates: it is a factor of the relevance."""
    matched, ages_days, has_all = zip(*texts, strict=True)

    factors = fit(matched, ages_days, whole=np.flatnonzero(has_all).tolist(), groups=groups)

    assert all(0 < factor <= 1 for factor in factors)


def test_no_texts_have_no_fit() -> None:
    """Nothing to divide by."""
    assert fit([], []) == []


def test_the_rarest_words_of_last_year_promise_more_than_a_common_one_of_today() -> None:
    """Among candidates that are not read yet."""
    last_year, today = promise([8, 2], [365, 0])

    assert last_year > today


def test_of_candidates_with_equal_words_those_of_a_full_day_promise_more() -> None:
    """There the story may be."""
    crowd = promise([5, 5, 5, 5], [200, 100, 100, 100])

    assert crowd[0] < crowd[1:].min()


def test_no_candidates_promise_nothing() -> None:
    """Nothing to divide by."""
    assert promise([], []).tolist() == []


@pytest.mark.parametrize(
    ("typed", "urgent"),
    [
        ("boston news today", {"today"}),
        ("the latest on robots", {"latest"}),
        ("robots this week", {"this", "week"}),
        ("this is the week of robots", set()),
        ("apple's latest robots disappoint", set()),
        ("police in boston ban robots from streets today", set()),
        ("robots", set()),
        ("", set()),
    ],
)
def test_words_that_ask_for_the_latest_are_known(typed: str, urgent: set[str]) -> None:
    """Alone or as a pair, at either end of a few words; in a headline they are words like any other."""
    assert urgent_words(typed.split()) == urgent


def test_the_old_lose_most_of_their_relevance_if_the_query_asks_for_the_latest() -> None:
    """Also what has all the words, on the day of all the others."""
    *old, new = fit([9, 9, 9, 5], [30, 30, 30, 0], whole=range(3), groups=2, is_urgent=True)

    assert new == 1
    assert max(old) < 0.2


def test_an_old_article_with_today_and_three_more_words_as_typed_loses_half_as_much() -> None:
    """Somebody remembers the very text; an article of today that has as much still comes first."""
    literal, lacking, new = fit([9, 9, 9], [30, 30, 0], whole=[0, 2], groups=3, is_urgent=True)

    assert lacking < 0.2 < literal < new


def test_candidates_of_today_promise_more_if_the_query_asks_for_the_latest() -> None:
    """Whatever day is full."""
    *old, new = promise([8, 8, 8, 2], [30, 30, 30, 0], is_urgent=True)

    assert new > max(old)
