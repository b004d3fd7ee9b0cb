"""What the relevance of a text consists of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.ranking.relevance import Ranking
from bot.text.ranking.score_parts import ScoreParts
from tests.text.test_ranking import DAY_S, FACIAL, OTHER, POLICE, SCAN, THE, aged, rank, rank_at_zero, some_texts
from tests.text.test_term_frequencies import make_texts


def parts(ranking: Ranking, place: int) -> ScoreParts:
    """Those of one text."""
    assert ranking.explanation is not None
    return ranking.explanation.of(place)


@given(some_texts, st.sampled_from([0.0, DAY_S, 40 * DAY_S]))
def test_the_parts_of_any_score_make_up_the_relevance_by_which_it_was_ranked(
    words: list[list[int]], step_s: float
) -> None:
    """The explanation is the formula itself, not a second one."""
    texts = aged(make_texts(*words), [step_s * place for place in range(len(words))])
    ranking = rank_at_zero(texts, typed=[THE, POLICE, FACIAL], written=[0])

    explained = [parts(ranking, place).relevance for place in range(len(words))]

    assert explained == pytest.approx(ranking.relevance.tolist(), abs=1e-8)


@pytest.mark.parametrize(
    ("more", "less", "name"),
    [
        ([POLICE, FACIAL], [POLICE], "complete"),
        ([FACIAL, FACIAL, OTHER], [FACIAL, OTHER, OTHER], "words"),
        ([FACIAL, OTHER], [POLICE, OTHER], "share"),
        ([POLICE, FACIAL, OTHER], [POLICE, OTHER, FACIAL], "adjacent"),
        ([POLICE, FACIAL], [POLICE, SCAN], "typed"),
        ([POLICE, FACIAL], [POLICE], "exact"),
    ],
)
def test_each_part_counts_what_it_says(more: list[int], less: list[int], name: str) -> None:
    """Of two equally old texts."""
    ranking = rank(more, less)

    assert parts(ranking, 0).addends[name] > parts(ranking, 1).addends[name]


def test_the_votes_of_the_best_are_a_part_of_their_own() -> None:
    """Of two texts with the same one word, that which shares another with the best."""
    ranking = rank([POLICE, FACIAL, SCAN], [POLICE, SCAN], [POLICE, OTHER])

    assert parts(ranking, 1).votes > parts(ranking, 2).votes > parts(ranking, 0).votes == 0


def test_a_text_without_any_of_the_words_has_no_part() -> None:
    """And nothing is divided by zero."""
    ranking = rank([OTHER], [SCAN])

    assert set(parts(ranking, 0).addends.values()) == {0.0}
