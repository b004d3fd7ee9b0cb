"""How alike many texts are at once: symmetric, near in time, and not fooled by lengths or by what stands alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.text.likeness import (
    ONE_STORY_AT,
    ONE_STORY_SLOPE,
    SHORTEST,
    SPAN_HOURS,
    Likeness,
    cosine_matrix,
    story_likeness,
)

HOUR = 3600.0

VECTORS = st.lists(
    st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.1, 1.0), max_size=5).map(
        lambda weights: {stem: weight / sum(w * w for w in weights.values()) ** 0.5 for stem, weight in weights.items()}
    ),
    max_size=150,
)


def ferry_twice(hours: float) -> float:
    """How alike two texts of the same words are that are so many hours apart."""
    return float(story_likeness([{"ferry": 1.0}] * 2, [0.0, hours * HOUR])[0, 1])


def test_no_texts_are_no_likeness() -> None:
    """Nothing in, nothing out."""
    assert story_likeness([], []).shape == (0, 0)


def test_a_text_alone_is_like_nothing_else() -> None:
    """And has no neighbours to ask."""
    assert story_likeness([{"ferry": 1.0}], [0.0]).shape == (1, 1)


def test_a_text_without_a_word_is_like_no_other() -> None:
    """Not even like another without one."""
    likeness = story_likeness([{}, {}, {"ferry": 1.0}], [0.0] * 3)

    assert [float(likeness[pair]) for pair in ((0, 1), (0, 2), (1, 2))] == [0.0] * 3


def test_what_two_texts_share_is_the_product_of_its_weights() -> None:
    """A cosine, as one reckons it by hand."""
    assert abs(float(cosine_matrix([{"a": 0.6, "b": 0.8}, {"b": 1.0}])[0, 1]) - 0.8) < 1e-6


def test_nearness_in_time_counts() -> None:
    """Days apart, the same words tell less."""
    assert ferry_twice(0) > ferry_twice(48) > ferry_twice(SPAN_HOURS) > 0


def test_texts_further_apart_than_a_story_reaches_are_not_alike() -> None:
    """By an hour, which is how finely time is counted."""
    assert ferry_twice(SPAN_HOURS + 1) == 0


def test_one_report_word_for_word_is_alike_enough_at_the_end_of_the_span() -> None:
    """Time alone keeps nobody apart within it."""
    assert ferry_twice(SPAN_HOURS) >= 1


def test_texts_are_compared_with_the_squared_mean_of_their_nearest() -> None:
    """Reckoned by hand: the first takes the second in, the second both others, the third the second."""
    vectors = [{"a": 1.0}, {"a": 0.6, "b": 0.8}, {"b": 1.0}]
    shares = np.array([0.36, 0.64])
    a, b, c = np.array([1.0, 0.0]), np.array([0.6, 0.8]), np.array([0.0, 1.0])
    first, middle, last = a + b, b + (shares[0] * a + shares[1] * c), c + b
    needed = ONE_STORY_AT + ONE_STORY_SLOPE * SHORTEST**2

    likeness = story_likeness(vectors, [0.0] * 3) * needed

    assert abs(float(likeness[0, 1]) - cosine_of(first, middle)) < 1e-5
    assert abs(float(likeness[0, 2]) - cosine_of(first, last)) < 1e-5


def cosine_of(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Of two vectors of any length."""
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


def test_more_squares_than_one_are_turned_alike() -> None:
    """Two hundred pairs of the same words find each other wherever they stand."""
    vectors = [{f"w{place % 200}": 1.0} for place in range(400)]

    likeness = story_likeness(vectors, [0.0] * 400)

    assert [int(place) for place in np.argwhere(likeness[7] >= 1).ravel()] == [7, 207]


@given(VECTORS, st.data())
def test_likeness_is_the_same_both_ways_to_the_last_bit(vectors: list[dict[str, float]], data: st.DataObject) -> None:
    """Linking rests on it."""
    hours = st.lists(st.floats(0, 200), min_size=len(vectors), max_size=len(vectors))
    likeness = story_likeness(vectors, sorted(data.draw(hours)))

    assert np.array_equal(likeness, likeness.T)


@given(VECTORS)
def test_likeness_is_a_number_and_never_below_none(vectors: list[dict[str, float]]) -> None:
    """Whatever the texts."""
    likeness: Likeness = story_likeness(vectors, [0.0] * len(vectors))

    assert np.isfinite(likeness).all()
    assert (likeness >= 0).all()
