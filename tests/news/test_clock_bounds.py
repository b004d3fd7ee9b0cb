"""Another machine's clock, told from dates of whole seconds on answers that took their time."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from bot.news.checkup.clock_bounds import ClockBounds

AHEAD_S = 1_622_721_600.25
"""What the other clock really shows when our uptime is 0."""

spans = st.floats(0.0, 30.0)
requests = st.lists(st.tuples(st.floats(0.0, 600.0), spans, spans), min_size=1, max_size=30)


def answered(begun_s: float, there_s: float, back_s: float) -> ClockBounds:
    """What a request says that began at an uptime and took so long on its way there and back."""
    date_s = math.floor(AHEAD_S + begun_s + there_s)
    return ClockBounds.of_date(date_s, begun_s=begun_s, ended_s=begun_s + there_s + back_s)


def together(ways: list[tuple[float, float, float]]) -> ClockBounds:
    """What all of them say, in the order of their answers."""
    first, *others = sorted((answered(*way) for way in ways), key=lambda bounds: bounds.noted_s)
    for bounds in others:
        first = first.narrowed(bounds)
    return first


@given(requests)
def test_the_truth_lies_between_the_bounds_however_long_answers_take(ways: list[tuple[float, float, float]]) -> None:
    """Whatever the latencies are, there and back, and however few answers there were."""
    bounds = together(ways)
    assert bounds.least_s - 1e-6 <= AHEAD_S <= bounds.most_s + 1e-6


@given(requests, spans, spans)
def test_a_slow_answer_never_makes_the_guess_worse(
    ways: list[tuple[float, float, float]], there_s: float, back_s: float
) -> None:
    """One more answer can only narrow, but for the drift of the time between."""
    before = together(ways)
    after = before.narrowed(answered(before.noted_s, there_s, back_s))
    widened_s = 2 * 1e-4 * (after.noted_s - before.noted_s)
    assert after.most_s - after.least_s <= before.most_s - before.least_s + widened_s + 1e-6


def test_quick_answers_together_tell_more_than_the_header_can_say() -> None:
    """Ten of them at odd moments of a second pin it down to a tenth."""
    bounds = together([(number * 1.1, 0.02, 0.02) for number in range(10)])
    assert bounds.most_s - bounds.least_s < 0.2
    assert abs(bounds.middle_s - AHEAD_S) < 0.1


def test_a_clock_that_was_set_is_believed_at_the_next_answer() -> None:
    """What contradicts the past takes its place."""
    before = answered(0.0, 0.1, 0.1)
    date_s = math.floor(AHEAD_S + 3600 + 10.1)
    after = before.narrowed(ClockBounds.of_date(date_s, begun_s=10.0, ended_s=10.2))
    assert abs(after.middle_s - (AHEAD_S + 3600)) < 0.7
