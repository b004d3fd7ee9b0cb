"""Letters that are also written as two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.transliteration import contracted, is_written_so, spelled_out
from bot.text.words import fold_words

LETTERS = "abdehjmnorstuäöøüåđ"


@pytest.mark.parametrize(
    ("typed", "folded", "spelled"),
    [("Müller", "muller", "mueller"), ("Århus", "arhus", "aarhus"), ("ĐOKOVIĆ", "dokovic", "djokovic")],
)
def test_a_typed_letter_is_spelled_out(typed: str, folded: str, spelled: str) -> None:
    """In upper or lower case."""
    assert spelled_out(f"where is {typed}") == {folded: spelled}


@given(st.text(LETTERS, min_size=1, max_size=8))
def test_any_word_that_is_spelled_out_is_known_by_its_text(word: str) -> None:
    """What is spelled out of a text is what the text is recognised by."""
    for spelled in spelled_out(word).values():
        assert is_written_so(f"1999 {word}!", spelled)


@given(st.text("bdhmnrstü", min_size=1, max_size=8).filter(lambda word: "ü" in word))
def test_any_word_spelled_out_is_contracted_again(word: str) -> None:
    """To the word as it is indexed."""
    assert fold_words(word) in contracted(spelled_out(word)[fold_words(word)])


@pytest.mark.parametrize(("text", "word"), [("A poet speaks", "poet"), ("Ein Pott", "poet"), ("Köln", "koelner")])
def test_a_text_without_the_letter_is_not_taken_for_one_with_it(text: str, word: str) -> None:
    """Neither a word that really has both letters, nor another word."""
    assert not is_written_so(text, word)
