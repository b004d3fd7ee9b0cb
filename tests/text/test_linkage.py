"""Average link over numbers: what becomes a group, and what a span or an average keeps apart."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.text.likeness.comparison import Likeness
from bot.text.likeness.linkage import Pair, average_link

DAY = 86_400.0


def link(
    count: int, pairs: dict[Pair, float], *, ties: tuple[Pair, ...] = (), moments: tuple[float, ...] = ()
) -> object:
    """Groups of `count` things, at one moment where none are given, at most a day apart."""
    return average_link(moments or (0.0,) * count, matrix(count, pairs), ties=ties, span_s=DAY, cut=1.0)


def matrix(count: int, pairs: dict[Pair, float]) -> Likeness:
    """The similarity of these pairs of `count` things are; 0 where missing."""
    likeness = np.zeros((count, count), dtype=np.float32)
    for (a, b), value in pairs.items():
        likeness[a, b] = likeness[b, a] = value
    return likeness


def test_things_that_are_alike_enough_become_a_group() -> None:
    """From the cut on."""
    assert link(3, {(0, 1): 1.0}) == ((0, 1), (2,))


def test_things_that_are_not_quite_alike_enough_stay_apart() -> None:
    """Just below the cut."""
    assert link(2, {(0, 1): 0.999}) == ((0,), (1,))


def test_a_chain_is_no_group_where_its_ends_have_nothing_in_common() -> None:
    """The average over all pairs counts, so one bridge ties no two crowds."""
    assert link(3, {(0, 1): 1.5, (1, 2): 1.4}) == ((0, 1), (2,))


def test_a_thing_joins_a_group_that_it_is_like_on_average() -> None:
    """Not every pair must be alike enough."""
    assert link(3, {(0, 1): 2.0, (1, 2): 1.8, (0, 2): 0.4}) == ((0, 1, 2),)


def test_a_group_spans_at_most_the_span() -> None:
    """Counted over the whole group, not from one to the next."""
    pairs = {(0, 1): 3.0, (1, 2): 2.0, (0, 2): 2.0}

    assert link(3, pairs, moments=(0.0, DAY, DAY + 1)) == ((0, 1), (2,))


def test_things_exactly_the_span_apart_may_be_a_group() -> None:
    """The span is inclusive."""
    assert link(2, {(0, 1): 1.0}, moments=(0.0, DAY)) == ((0, 1),)


def test_ties_hold_whatever_the_likeness() -> None:
    """Of three that are tied in a row all are one group."""
    assert link(4, {}, ties=((0, 1), (1, 2))) == ((0, 1, 2), (3,))


def test_a_tie_across_the_span_does_not_hold() -> None:
    """Two things too far apart are never one group."""
    assert link(2, {(0, 1): 5.0}, ties=((0, 1),), moments=(0.0, DAY + 1)) == ((0,), (1,))


def test_the_first_tie_wins_where_the_span_has_room_for_one() -> None:
    """The middle one belongs to whom it was tied first."""
    assert link(3, {}, ties=((1, 2), (0, 1)), moments=(0.0, DAY, 2 * DAY)) == ((0,), (1, 2))


def test_no_things_are_no_groups() -> None:
    """Nothing in, nothing out."""
    assert link(0, {}) == ()


def test_equal_averages_are_taken_in_order() -> None:
    """Nothing is left to chance: the first pair is taken first."""
    pairs = {(0, 1): 1.2, (1, 2): 1.2, (2, 3): 1.2}

    assert link(4, pairs) == ((0, 1), (2, 3))


SPARSE = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1]),
    st.floats(0.1, 3.0, allow_nan=False),
)


@given(SPARSE, st.lists(st.floats(0.0, 3 * DAY, allow_nan=False), min_size=8, max_size=8))
def test_everything_is_in_exactly_one_group_within_the_span(pairs: dict[Pair, float], moments: list[float]) -> None:
    """Whatever the likeness, no thing is lost or doubled and no group is too long."""
    moments.sort()

    groups = average_link(moments, matrix(8, pairs), ties=(), span_s=DAY, cut=1.0)

    assert sorted(thing for group in groups for thing in group) == list(range(8))
    assert all(moments[max(group)] - moments[min(group)] <= DAY for group in groups)


@given(SPARSE)
def test_no_two_groups_are_alike_enough_to_be_one(pairs: dict[Pair, float]) -> None:
    """It ends only when nothing more can be joined."""
    groups = average_link((0.0,) * 8, matrix(8, pairs), ties=(), span_s=DAY, cut=1.0)

    for number, group in enumerate(groups):
        for other in groups[number + 1 :]:
            total = sum(pairs.get((min(a, b), max(a, b)), 0.0) for a in group for b in other)
            assert total / (len(group) * len(other)) < 1.0 + 1e-6
