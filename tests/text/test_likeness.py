"""The likeness of many texts at once: symmetric, near in time, and not confirmed by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.likeness.comparison import (
    DIRECT_CHANCE,
    DIRECT_NEED,
    LONGEST,
    SHORTEST,
    SINGLE_WITNESS,
    SPAN_HOURS,
    THIRD_CHANCE,
    THIRD_NEED,
    Likeness,
    direct_likeness,
    story_likeness,
)

HOUR = 3600.0

VECTORS = st.lists(
    st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.1, 1.0), max_size=5).map(
        lambda weights: {stem: weight / sum(w * w for w in weights.values()) ** 0.5 for stem, weight in weights.items()}
    ),
    max_size=150,
)


def likeness_of(vectors: Sequence[dict[str, float]], moments_s: Sequence[float] | None = None) -> Likeness:
    """The likeness of texts with these vectors, published at one moment unless given."""
    return story_likeness(direct_likeness(vectors), [len(each) for each in vectors], moments_s or [0.0] * len(vectors))


def ferry_twice(hours: float) -> float:
    """The likeness of two texts of the same word, published this many hours apart."""
    return float(likeness_of([{"ferry": 1.0}] * 2, [0.0, hours * HOUR])[0, 1])


def matrix(rows: Sequence[Sequence[float]]) -> Likeness:
    """A direct likeness."""
    return np.array(rows, dtype=np.float32)


def test_no_texts_are_no_likeness() -> None:
    """Nothing in, nothing out."""
    assert likeness_of([]).shape == (0, 0)


def test_a_text_alone_is_like_nothing_else() -> None:
    """And has no neighbours."""
    assert likeness_of([{"ferry": 1.0}]).tolist() == [[0.0]]


def test_a_text_without_a_word_is_like_no_other() -> None:
    """Not even like another without one."""
    likeness = likeness_of([{}, {}, {"ferry": 1.0}])

    assert [float(likeness[pair]) for pair in ((0, 1), (0, 2), (1, 2))] == [0.0] * 3


def test_one_shared_word_counts_half() -> None:
    """The cosine times s / (s + 1), computed by hand."""
    assert float(direct_likeness([{"a": 0.6, "b": 0.8}, {"b": 1.0}])[0, 1]) == pytest.approx(0.8 * 1 / 2)


def test_two_shared_words_count_two_thirds() -> None:
    """Of their cosine."""
    assert float(direct_likeness([{"a": 0.6, "b": 0.8}] * 2)[0, 1]) == pytest.approx(2 / 3)


def test_a_word_of_more_than_a_fifth_of_the_texts_ties_none() -> None:
    """From more than fifty texts on."""
    assert direct_likeness([{"ferry": 1.0}] * 51).max() == 0
    assert direct_likeness([{"ferry": 1.0}] * 50).max() > 0


def test_nearness_in_time_counts() -> None:
    """The same words say less days apart."""
    assert ferry_twice(0) > ferry_twice(48) > ferry_twice(SPAN_HOURS) > 0


def test_texts_further_apart_than_a_story_reaches_are_not_alike() -> None:
    """By an hour, which is how finely time is counted; not by a third between them either."""
    assert ferry_twice(SPAN_HOURS + 1) == 0
    assert likeness_of([{"ferry": 1.0}] * 3, [0.0, 60 * HOUR, 121 * HOUR])[0, 2] == 0


def test_a_lone_pair_is_judged_by_itself_alone() -> None:
    """It is the nearest of one another, and that is not a reason."""
    likeness = story_likeness(matrix([[0, 0.12], [0.12, 0]]), [60, 60], [0.0, 0.0])

    assert float(likeness[0, 1]) == pytest.approx(0.12 / (DIRECT_NEED + DIRECT_CHANCE * LONGEST**2))


def test_long_texts_need_more_than_short_ones() -> None:
    """They share more words by chance."""
    short, long = (
        float(story_likeness(matrix([[0, 0.15], [0.15, 0]]), [length] * 2, [0.0, 0.0])[0, 1])
        for length in (SHORTEST, LONGEST)
    )

    assert long < 1 < short


def _single(near: float) -> float:
    """What counts of a single third party's word on a text that shares no word with its own."""
    return near**2 / (near**2 + SINGLE_WITNESS**2)


def test_third_parties_speak_for_two_texts() -> None:
    """How similar the nearest of each are to the other, computed by hand for three short texts."""
    likeness = story_likeness(matrix([[0, 0.5, 0], [0.5, 0, 0.3], [0, 0.3, 0]]), [4, 4, 4], [0.0] * 3)

    needed = THIRD_NEED + THIRD_CHANCE * SHORTEST**2
    vouched = 0.3 * _single(0.5) + 0.5 * _single(0.3)
    assert float(likeness[0, 2]) == pytest.approx(vouched / needed)
    assert float(likeness[0, 1]) == pytest.approx(0.5 / (DIRECT_NEED + DIRECT_CHANCE * SHORTEST**2))


def test_a_single_weak_third_party_hardly_speaks_for_texts_without_a_word_in_common() -> None:
    """A strong one does, and so does a weak one where the texts have a word in common."""
    weak, strong, with_a_word = (
        float(story_likeness(matrix([[0, near, own], [near, 0, 0.3], [own, 0.3, 0]]), [4] * 3, [0.0] * 3)[0, 2])
        for near, own in ((0.12, 0.0), (0.5, 0.0), (0.12, 0.02))
    )

    needed = THIRD_NEED + THIRD_CHANCE * SHORTEST**2
    assert weak < 0.6 * (0.3 + 0.12) / needed
    assert strong > 0.8 * (0.3 + 0.5) / needed
    assert with_a_word > (0.3 + 0.12) / needed


def test_a_text_is_not_vouched_for_by_strangers() -> None:
    """A neighbour below the bar isn't a third party."""
    likeness = story_likeness(matrix([[0, 0.09, 0], [0.09, 0, 0.09], [0, 0.09, 0]]), [4, 4, 4], [0.0] * 3)

    assert likeness[0, 2] == 0


def test_long_texts_need_more_of_third_parties() -> None:
    """Long ones are similar to everybody's neighbours by chance; directly they need a sixth more."""
    direct = [[0, 0.5, 0], [0.5, 0, 0.3], [0, 0.3, 0]]
    short, long = (story_likeness(matrix(direct), [length] * 3, [0.0] * 3) for length in (4, 60))

    assert short[0, 2] > 10 * long[0, 2]
    assert short[0, 1] == pytest.approx(1.157 * long[0, 1], rel=0.01)


def test_more_squares_than_one_are_made_symmetric() -> None:
    """Two hundred pairs of the same words find each other wherever they are."""
    vectors = [{f"w{place % 200}": 1.0} for place in range(400)]

    likeness = likeness_of(vectors)

    assert [int(place) for place in np.argwhere(likeness[7] >= 1).ravel()] == [207]


@given(VECTORS, st.data())
def test_likeness_is_the_same_both_ways_to_the_last_bit(vectors: list[dict[str, float]], data: st.DataObject) -> None:
    """Linking depends on it."""
    hours = st.lists(st.floats(0, 200), min_size=len(vectors), max_size=len(vectors))
    likeness = likeness_of(vectors, sorted(hour * HOUR for hour in data.draw(hours)))

    assert np.array_equal(likeness, likeness.T)


@given(VECTORS)
def test_likeness_is_a_number_and_never_below_none(vectors: list[dict[str, float]]) -> None:
    """Whatever the texts."""
    likeness = likeness_of(vectors)

    assert np.isfinite(likeness).all()
    assert (likeness >= 0).all()
