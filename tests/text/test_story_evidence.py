"""The words that a text lacks and its story has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from bot.text.occurrences import Occurrences
from bot.text.ranking.story_evidence import first_reports, lent_by_story
from bot.text.term_frequencies import Texts
from tests.text.test_ranking import (
    ASKED,
    DAY_S,
    FACIAL,
    OTHER,
    POLICE,
    SCAN,
    TOTALS,
    aged,
    count,
    rank_at_zero,
    some_texts,
)
from tests.text.test_term_frequencies import make_texts

OF_ONE_EVENT = ([POLICE, SCAN], [FACIAL, SCAN])
"""Each has one of the words asked for, and both have a word that nobody asked for."""


def lent(texts: Texts) -> NDArray[np.float64]:
    """How far each text's story has the police (first column) and the facial (second) that it lacks."""
    occurrences = Occurrences(texts=texts)
    is_held = np.array([[word in texts.of(index) for word in (POLICE, FACIAL)] for index in range(len(texts))])
    return lent_by_story(occurrences, is_held, ASKED, occurrences.rarities(TOTALS, count))


def test_a_story_lends_its_words_to_a_report_that_lacks_them() -> None:
    """Each report borrows the word of the other, and none that it has itself."""
    assert lent(aged(make_texts(*OF_ONE_EVENT), [0.0, 0.0])).tolist() == [[0, 1], [1, 0]]


def test_a_report_of_another_month_lends_nothing() -> None:
    """The same words a month apart are another event."""
    assert not lent(aged(make_texts(*OF_ONE_EVENT), [0.0, 30 * DAY_S])).any()


def test_a_word_of_the_query_ties_no_two_texts() -> None:
    """Two texts that have only the word asked for in common need not report one event."""
    assert not lent(aged(make_texts([POLICE, OTHER], [POLICE, FACIAL]), [0.0, 0.0])).any()


def test_a_word_of_one_text_alone_is_not_counted() -> None:
    """Of four words only the one that both texts have is looked up."""
    asked_for: list[int] = []

    def spying(words: NDArray[np.int32]) -> NDArray[np.float64]:
        asked_for.extend(words.tolist())
        return count(words)

    occurrences = Occurrences(texts=aged(make_texts([POLICE, SCAN, OTHER], [FACIAL, SCAN]), [0.0, 0.0]))
    occurrences.rarities(TOTALS, spying)

    assert asked_for == [SCAN]


def test_a_story_is_found_by_words_that_none_of_its_reports_has_together() -> None:
    """Both reports of one event come before a text of another that has as many of the words."""
    texts = aged(make_texts(*OF_ONE_EVENT, [FACIAL, OTHER]), [0.0, 0.0, 0.0])

    first, second, alone = rank_at_zero(texts, typed=[POLICE, FACIAL]).relevance

    assert second > alone
    assert first > 0


def firsts(*words: list[int], ages_s: Sequence[float] = (), total: int = 10**9) -> list[int]:
    """The first report of each text's event, in an archive in which every word is rare."""
    texts = aged(make_texts(*words), ages_s or [0.0] * len(words))
    return list(map(int, first_reports(texts, totals=replace(TOTALS, articles=total), count=count)))


def test_a_report_of_an_event_comes_behind_the_first_one_of_it() -> None:
    """And a text of another event is the first of its own."""
    assert firsts([POLICE, FACIAL, SCAN], [OTHER], [POLICE, FACIAL, SCAN]) == [0, 1, 0]


def test_the_same_words_a_week_later_are_another_event() -> None:
    """A story lasts five days."""
    assert firsts([POLICE, FACIAL], [POLICE, FACIAL], ages_s=[0.0, 7 * DAY_S]) == [0, 1]


def test_texts_that_share_only_words_of_many_articles_are_several_events() -> None:
    """The "Morning briefing" of two days."""
    assert firsts([POLICE, FACIAL], [POLICE, FACIAL], total=1_000) == [0, 1]


def test_a_chain_of_likenesses_joins_no_two_events() -> None:
    """The last is like the second and not like the first, of which the second is a report."""
    five, six = OTHER + 1, OTHER + 2
    chain = firsts([POLICE, FACIAL, SCAN], [POLICE, FACIAL, SCAN, five, six, OTHER], [five, six, OTHER])

    assert chain == [0, 0, 2]


@given(some_texts)
def test_the_first_report_of_an_event_is_never_behind_another(words: list[list[int]]) -> None:
    """Each text has an earlier first report, or is one."""
    found = firsts(*words)

    assert all(first <= place and found[first] == first for place, first in enumerate(found))


@given(some_texts)
def test_what_is_lent_is_a_share_and_never_what_a_text_has(words: list[list[int]]) -> None:
    """Whatever the texts say."""
    texts = aged(make_texts(*words), [0.0] * len(words))
    given_words = lent(texts)

    assert ((given_words >= 0) & (given_words <= 1)).all()
    for index in range(len(texts)):
        held = [word in texts.of(index) for word in (POLICE, FACIAL)]
        assert not given_words[index][held].any()


def test_words_of_many_texts_are_the_same_however_they_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Marked in a table, or sorted where the table would be large."""
    texts = make_texts([POLICE, SCAN, SCAN], [FACIAL], [], [SCAN, OTHER, POLICE])
    marked = Occurrences(texts=texts).distinct_words
    monkeypatch.setattr("bot.text.occurrences._DENSE", 0)
    found = Occurrences(texts=texts).distinct_words

    assert [each.tolist() for each in found] == [each.tolist() for each in marked]
    assert marked[0].tolist() == [0, 0, 1, 3, 3, 3]
