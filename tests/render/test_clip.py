"""Text cut to a length as Discord counts it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.format.clip import clip, clip_written, units
from bot.render.format.markdown import escape
from bot.text.clean import clean
from tests.support.hostile_text import nasty_text

most = st.integers(min_value=0, max_value=120)


@given(st.text())
def test_units_are_those_of_utf_16(text: str) -> None:
    """Discord counts as JavaScript does: an emoji is two."""
    assert units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(nasty_text | st.text(), most)
def test_a_clipped_text_is_never_longer_than_asked(text: str, most: int) -> None:
    """Whatever it holds."""
    assert units(clip(text, most)) <= most


@given(nasty_text | st.text(), most)
def test_a_clipped_text_is_never_longer_than_asked_when_it_is_written(text: str, most: int) -> None:
    """The written form counts, and escapes make it up to three times as long."""
    assert units(escape(clip_written(text, most))) <= most


@given(nasty_text | st.text())
def test_a_text_that_fits_stays_as_it_is(text: str) -> None:
    """Nothing is lost without need."""
    assert clip(text, units(text)) == text
    assert clip_written(text, units(escape(text))) == text


@given(nasty_text.map(clean), most)
def test_no_character_is_torn_apart(text: str, most: int) -> None:
    """What is left begins like the text, and the rest begins with a character of its own."""
    head = clip(text, most).removesuffix("\u2026")
    rest = text[len(head) :]

    assert text.startswith(head)
    assert not rest or not unicodedata.category(rest[0]).startswith("M")
    assert not head.endswith("\u200d")


@pytest.mark.parametrize(
    ("text", "most", "clipped"),
    [
        ("Massachusetts lawmakers vote", 24, "Massachusetts lawmakers…"),
        ("Massachusetts lawmakers vote", 22, "Massachusetts…"),
        ("Massachusetts", 5, "Mass…"),
        ("one, two", 5, "one…"),
        ("ab", 1, "…"),
        ("ab", 0, ""),
        ("👨‍👩‍👧 family", 7, "…"),
        ("🇩🇪🇫🇷🇮🇹", 8, "🇩🇪…"),
        ("👍🏽👍🏽", 5, "👍🏽…"),
        ("e\u0323\u0302e\u0323\u0302", 3, "…"),
        ("😀😀", 3, "😀…"),
    ],
)
def test_a_text_is_cut_where_a_reader_would_cut_it(text: str, most: int, clipped: str) -> None:
    """At a word's end where one is near, never inside of an emoji, a flag or a letter with its marks."""
    assert clip(text, most) == clipped


def test_clipping_to_a_written_length_does_not_cut_far_too_much() -> None:
    """A title full of stars keeps nearly half of its room as stars."""
    assert units(escape(clip_written("*" * 1000, 200))) >= 180
