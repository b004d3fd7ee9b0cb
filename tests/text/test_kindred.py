"""Forms of a word that stemming doesn't bring together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.language.kindred import kindred_of


@pytest.mark.parametrize(
    ("word", "other", "is_exact"),
    [
        ("انتخابات", "الانتخابات", False),
        ("الانتخابات", "انتخابات", False),
        ("مصر", "لمصر", False),
        ("ירושלים", "בירושלים", False),
        ("בירושלים", "ירושלים", False),
        ("иванов", "иванова", False),
        ("ивановым", "иванов", True),
    ],
)
def test_a_word_has_its_other_form(word: str, other: str, *, is_exact: bool) -> None:
    """With and without an article or a letter, and a surname in another case."""
    assert (other, is_exact) in list(kindred_of(word))


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1))
def test_no_latin_word_has_another_form(word: str) -> None:
    """Snowball knows their endings."""
    assert list(kindred_of(word)) == []


@pytest.mark.parametrize("word", ["шапка", "ال", "אב", "東京", "είναι"])
def test_other_words_have_none(word: str) -> None:
    """Neither short ones nor those of other scripts."""
    assert all(len(other) > len(word) for other, _ in kindred_of(word))
