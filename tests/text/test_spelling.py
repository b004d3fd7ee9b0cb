"""How far apart spellings are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.spelling import distance

WORDS = st.text(alphabet="abc", max_size=6)


@pytest.mark.parametrize(
    ("left", "right", "edits"),
    [
        ("police", "police", 0),
        ("polce", "police", 1),
        ("policce", "police", 1),
        ("palice", "police", 1),
        ("poilce", "police", 1),
        ("recogntoin", "recognition", 2),
        ("", "ab", 2),
    ],
)
def test_distance_counts_edits_and_swaps_of_neighbours(left: str, right: str, edits: int) -> None:
    """A letter left out, doubled, mistaken or swapped is one edit each."""
    assert distance(left, right, 3) == edits


def test_a_distance_beyond_the_limit_is_one_more_than_it() -> None:
    """Nobody needs to know how far exactly."""
    assert distance("police", "weather", 2) == 3


@given(WORDS, WORDS)
def test_distance_is_the_same_in_both_directions(left: str, right: str) -> None:
    """What is a letter too many one way is one too few the other."""
    assert distance(left, right, 9) == distance(right, left, 9)


@given(WORDS, WORDS, st.integers(min_value=0, max_value=4))
def test_a_limit_changes_no_distance_within_it(left: str, right: str, most: int) -> None:
    """Giving up early is only for what is far."""
    assert distance(left, right, most) == min(distance(left, right, 9), most + 1)
