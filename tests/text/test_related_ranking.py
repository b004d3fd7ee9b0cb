"""How much texts say of what an article says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.text.related_ranking import COMPARED, FLOOR, HALF_LIFE_S, rank_related
from bot.text.term_frequencies import FIRST_CONTENT_WORD, NO_WORD, Texts, Totals
from tests.text.test_ranking import aged
from tests.text.test_term_frequencies import make_texts

THE = 0
POLICE, FACIAL, SCAN, BOSTON, OTHER, ANOTHER = range(FIRST_CONTENT_WORD, FIRST_CONTENT_WORD + 6)
TOTALS = Totals(articles=1000, words=3000)

a_text = st.lists(st.sampled_from([THE, POLICE, FACIAL, SCAN, BOSTON, OTHER, ANOTHER]), max_size=8)


def count(words: NDArray[np.int32]) -> NDArray[np.float64]:
    """Police is in many articles, every other word in five."""
    return np.where(words == POLICE, 200.0, 5.0)


def rank(asked: list[int], *words: list[int]) -> list[float]:
    """How much equally old texts say of an asked one."""
    return rank_those(asked, aged(make_texts(*words), [0.0] * len(words)))


def rank_those(asked: list[int], texts: Texts, *, is_dated: bool = True) -> list[float]:
    """How much texts say of an asked one that was published at the moment 0."""
    own = aged(make_texts(asked), [0.0])
    return list(map(float, rank_related(own, texts, totals=TOTALS, count=count, is_dated=is_dated)))


def test_the_same_text_tells_the_same() -> None:
    """As much as can be."""
    assert rank([POLICE, FACIAL], [POLICE, FACIAL]) == [1]


def test_the_best_are_compared_with_one_another_however_many_a_seed_names() -> None:
    """Of thousands each with each would take seconds: the others are ranked below them by themselves."""
    told = sorted(rank([POLICE, FACIAL], *[[POLICE, FACIAL]] * (3 * COMPARED)), reverse=True)

    assert told[:COMPARED] == [1] * COMPARED
    assert 0 < told[-1] == told[COMPARED] < 1


def test_a_text_without_a_shared_word_tells_nothing() -> None:
    """A stop word is none."""
    assert rank([THE, FACIAL], [THE, OTHER]) == [0]


def test_a_rare_shared_word_tells_more_than_a_common_one() -> None:
    """Police are everywhere."""
    rare, common = rank([POLICE, FACIAL], [FACIAL, OTHER], [POLICE, ANOTHER])

    assert rare > common


def test_more_shared_words_tell_more() -> None:
    """Of texts of the same length."""
    two, one = rank([FACIAL, SCAN, BOSTON], [FACIAL, SCAN, OTHER], [FACIAL, OTHER, ANOTHER])

    assert two > one


def test_a_word_of_a_title_tells_more_than_one_of_an_excerpt() -> None:
    """A title says what a text is about."""
    in_title, below = rank([FACIAL], [FACIAL, OTHER], [OTHER, FACIAL])

    assert in_title > below


def test_what_the_best_ones_tell_too_counts() -> None:
    """A report that shares one word with the asked one, and many with those that share all."""
    _, _, on_it, off_it = rank(
        [FACIAL, SCAN], [FACIAL, SCAN, BOSTON, OTHER], [FACIAL, SCAN, BOSTON], [BOSTON, FACIAL], [ANOTHER, FACIAL]
    )

    assert on_it > off_it


def test_a_report_three_days_away_has_lost_half_of_what_can_be_lost() -> None:
    """Events pass."""
    near = rank_those([FACIAL], aged(make_texts([FACIAL]), [HALF_LIFE_S]))

    assert near == [pytest.approx((1 + FLOOR) / 2)]


def test_a_later_report_is_as_near_as_an_earlier_one() -> None:
    """Coverage comes before and after."""
    earlier, later = rank_those([FACIAL], aged(make_texts([FACIAL, OTHER], [FACIAL, OTHER]), [9e5, -9e5]))

    assert earlier == later


def test_time_does_not_count_for_a_text_of_unknown_date() -> None:
    """Nothing is near or far."""
    texts = aged(make_texts([FACIAL], [FACIAL]), [0.0, 9e7])

    assert rank_those([FACIAL], texts, is_dated=False) == [1, 1]


@given(a_text, st.lists(a_text, max_size=6))
def test_relevance_is_a_number_from_0_to_1(asked: list[int], words: list[list[int]]) -> None:
    """Whatever there is to compare: never less, more, or no number."""
    found = np.array(rank(asked, *words))

    assert ((found >= 0) & (found <= 1)).all()


@given(a_text, st.lists(a_text, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_changes_nothing(asked: list[int], words: list[list[int]], random: object) -> None:
    """Each text has the same relevance, wherever it lies."""
    texts = aged(make_texts(*words), [float(place) for place in range(len(words))])
    places = np.array(range(len(words)))
    random.shuffle(places)  # type: ignore[attr-defined]

    assert np.array(rank_those(asked, texts))[places].tolist() == rank_those(asked, texts.select(places))


@pytest.mark.parametrize("asked", [[], [THE], [NO_WORD]])
def test_a_text_that_says_nothing_known_is_told_of_by_none(asked: list[int]) -> None:
    """No words, stop words, words of no article."""
    assert rank(asked, [FACIAL], []) == [0, 0]


def test_no_texts_rank_to_nothing() -> None:
    """Nothing to divide by."""
    assert rank([FACIAL]) == []
