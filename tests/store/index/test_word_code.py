"""Texts as bytes: they come back as they were, and phrases are found in the bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.sqlite.index.word_code import decode_texts, encode_number, encode_texts, encode_words, says

numbers = st.one_of(st.integers(0, 300), st.sampled_from([127, 128, 16_383, 16_384]), st.integers(0, 2**31 - 1))
texts = st.lists(st.tuples(st.lists(numbers, max_size=5), st.lists(numbers, max_size=5)), max_size=5)


def encode(title: list[int], excerpt: list[int]) -> bytes:
    """A text as it is stored."""
    return encode_number(len(title)) + encode_words([*title, *excerpt])


@given(texts)
def test_texts_come_back_as_they_were(texts: list[tuple[list[int], list[int]]]) -> None:
    """All of them at once, empty ones too."""
    words, starts, title_lengths = decode_texts([encode(*text) for text in texts])

    pairs = zip(starts[:-1], starts[1:], title_lengths, strict=True)
    decoded = [(words[a : a + length].tolist(), words[a + length : b].tolist()) for a, b, length in pairs]
    assert decoded == texts
    assert words.dtype == np.int32


@given(texts)
def test_many_texts_are_encoded_at_once_as_each_alone(texts: list[tuple[list[int], list[int]]]) -> None:
    """One rule for both."""
    words = [number for title, excerpt in texts for number in (*title, *excerpt)]
    starts = np.cumsum([0, *(len(title) + len(excerpt) for title, excerpt in texts)])
    title_lengths = np.array([len(title) for title, _ in texts], np.int64)

    encoded = encode_texts(np.array(words, np.int64), starts, title_lengths)

    assert encoded == [encode(*text) for text in texts]


@pytest.mark.parametrize(("number", "size"), [(0, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (2**21 - 1, 3)])
def test_small_numbers_are_short(number: int, size: int) -> None:
    """Seven bits a byte."""
    assert len(encode_number(number)) == size


@given(st.lists(numbers, max_size=8), st.lists(numbers, max_size=8), st.integers(0, 8), st.integers(1, 4))
def test_a_phrase_is_said_where_its_words_stand_together(
    title: list[int], excerpt: list[int], start: int, length: int
) -> None:
    """Across the end of a title as well: a text is read in one go."""
    phrase = [*title, *excerpt][start : start + length]

    assert says(encode(title, excerpt), encode_words(phrase))


@given(st.lists(numbers, max_size=8), st.lists(numbers, min_size=1, max_size=3))
def test_a_phrase_is_not_said_where_they_do_not(text: list[int], phrase: list[int]) -> None:
    """Whatever the bytes look like: no number is part of another."""
    is_there = any(text[start : start + len(phrase)] == phrase for start in range(len(text)))

    assert says(encode(text, []), encode_words(phrase)) == is_there


def test_the_length_of_a_title_is_no_word() -> None:
    """It comes before them."""
    assert not says(encode([5, 6], []), encode_words([2]))


def test_a_number_is_not_said_by_a_longer_one_that_begins_with_it() -> None:
    """Its bytes are there, and continue."""
    assert encode_words([5 * 128 + 3]).startswith(encode_words([5]))
    assert not says(encode([5 * 128 + 3], []), encode_words([5]))
