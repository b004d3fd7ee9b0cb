"""Compounds are put together and taken apart alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.language.compounds import COMPOUNDING, LONGER_PART, compounds_of, parts_of
from bot.text.language.detection import LANGUAGES_OF_WORD

PART = st.text("abcdefghijklmnopqrstuvwxyz", min_size=LONGER_PART, max_size=10).filter(
    lambda word: COMPOUNDING.isdisjoint(LANGUAGES_OF_WORD.get(word, ()))
)


@given(first=PART, second=PART)
def test_any_compound_of_two_words_has_these_as_its_parts(first: str, second: str) -> None:
    """Whatever links them."""
    for compound, parts in compounds_of([first, second]).items():
        assert parts in list(parts_of(compound))


@pytest.mark.parametrize("words", [["bus", "hof"], ["2024", "wahl"], ["東京東京", "wahl"], ["vor", "trag"]])
def test_short_parts_numbers_signs_and_function_words_are_in_no_compound(words: list[str]) -> None:
    """They are endings and prefixes of ordinary words."""
    assert compounds_of(words) == {}
