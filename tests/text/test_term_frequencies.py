"""Texts in flat arrays: which words are whose."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.text.term_frequencies import FIRST_CONTENT_WORD, NO_TEXTS, STOP_STEMS, Texts

lists_of_words = st.lists(st.lists(st.integers(0, 2 * FIRST_CONTENT_WORD), max_size=6), max_size=6)


def make_texts(*words: list[int]) -> Texts:
    """A text of each list, its key ten times its place, all but its first word an excerpt's."""
    lengths = [len(each) for each in words]
    return Texts(
        keys=np.arange(len(words), dtype=np.int64) * 10,
        words=np.array([word for each in words for word in each], dtype=np.int32),
        starts=np.concatenate(([0], np.cumsum(lengths, dtype=np.int64))),
        title_lengths=np.minimum(1, np.array(lengths, dtype=np.int32)),
        moments_s=np.arange(len(words), dtype=np.float64),
    )


@given(lists_of_words)
def test_each_text_is_its_own_words(words: list[list[int]]) -> None:
    """One after the other, empty ones too."""
    texts = make_texts(*words)

    assert [texts.of(place).tolist() for place in range(len(texts))] == words


@given(lists_of_words)
def test_owners_tell_whose_each_word_is(words: list[list[int]]) -> None:
    """By place."""
    owners = make_texts(*words).owners.tolist()

    assert owners == [place for place, each in enumerate(words) for _ in each]


@given(lists_of_words)
def test_telling_lengths_leave_out_stop_words(words: list[list[int]]) -> None:
    """Their ids are the low ones."""
    lengths = make_texts(*words).content_lengths.tolist()

    assert lengths == [sum(word >= FIRST_CONTENT_WORD for word in each) for each in words]


@given(lists_of_words)
def test_selected_texts_stand_in_the_order_asked_for(words: list[list[int]]) -> None:
    """Each with its own words and key; one that is asked for twice is there twice."""
    places = [place for place in range(len(words)) for _ in range(place % 3)][::-1]

    selected = make_texts(*words).select(np.array(places, dtype=np.int64))

    assert [selected.of(place).tolist() for place in range(len(selected))] == [words[place] for place in places]
    assert selected.keys.tolist() == [place * 10 for place in places]


def test_no_texts_have_no_words() -> None:
    """Nothing to divide or to join."""
    assert (len(NO_TEXTS), NO_TEXTS.owners.tolist(), NO_TEXTS.content_lengths.tolist()) == (0, [], [])


def test_stop_words_have_room_below_the_first_telling_word() -> None:
    """Every stem of one has an id of its own there."""
    assert len(STOP_STEMS) <= FIRST_CONTENT_WORD
