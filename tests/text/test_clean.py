"""Foreign text made harmless: what goes, what stays, and that it is done once and for all."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.clean import _MAX_CACHED, MAX_MARKS_PER_BASE, _pass, _Table, clean, is_visible

JOINERS = "\u200c\u200d"

# Anything at all, unpaired surrogates included, with much of what the rules are about.
TROUBLE = st.sampled_from([*"aק😀क 1", *JOINERS, "\u0301", "\u0308", "\u094d", "\ufe0f", "\u202e", "\x1b", "\ud800"])
ANYTHING = st.text(TROUBLE, max_size=12) | st.text(
    st.characters() | TROUBLE | st.characters(categories=["Cs", "Cf", "Mn", "Mc"])
)


@given(ANYTHING)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """Cleaning again, to be sure, changes nothing."""
    assert clean(clean(text)) == clean(text)


@given(ANYTHING)
def test_clean_text_is_at_most_three_times_as_long(text: str) -> None:
    """Composition takes some characters apart, into three at most."""
    assert len(clean(text)) <= 3 * len(text)


@given(ANYTHING)
def test_clean_text_is_in_nfc(text: str) -> None:
    """The same word is the same text, however it was typed."""
    assert unicodedata.is_normalized("NFC", clean(text))


@given(ANYTHING)
def test_clean_text_has_no_character_that_steers(text: str) -> None:
    """No controls, no format characters but joiners, nothing unpaired, private or forbidden."""
    categories = {unicodedata.category(char) for char in clean(text) if char not in JOINERS}

    assert not categories & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert not any(ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF for char in clean(text))


@given(ANYTHING)
def test_clean_text_folds_its_spaces(text: str) -> None:
    """One plain space between words and none around them."""
    assert clean(text) == " ".join(clean(text).split())


@given(ANYTHING)
def test_no_base_character_carries_more_than_three_marks(text: str) -> None:
    """Towers of marks climb over other people's lines; a joiner among them isn't a new ground floor."""
    marks = MAX_MARKS_PER_BASE + 1  # at the start of a line there is no base
    for char in clean(text):
        if unicodedata.category(char).startswith("M"):
            marks += 1
        elif char not in JOINERS:
            marks = MAX_MARKS_PER_BASE + 1 if char == " " else 0
        assert marks <= MAX_MARKS_PER_BASE or not unicodedata.category(char).startswith("M")


@given(ANYTHING)
def test_a_joiner_never_stands_at_the_edge_of_a_word(text: str) -> None:
    """Invisible characters that join nothing only tell texts apart that look the same."""
    for word in clean(text).split(" "):
        assert word == word.strip(JOINERS)


@given(st.text(st.sampled_from("aZ09 .,-'\u2019\u201c\u2014\u00e9\u00df\u017d\u20ac\u2122*_<@")))
def test_the_short_way_for_plain_text_answers_as_the_long_one(text: str) -> None:
    """Nearly every headline takes it, so it must not be another rule."""
    tidy = " ".join(text.split())

    assert clean(tidy) == tidy == _pass(tidy)


def test_memory_for_characters_is_limited() -> None:
    """Texts in every script don't make the process grow; characters beyond the limit are still translated."""
    table = _Table(str.upper)
    every = "".join(map(chr, range(_MAX_CACHED + 100)))

    assert every.translate(table) == "".join(map(str.upper, every))
    assert len(table) == _MAX_CACHED


@pytest.mark.parametrize(
    "text",
    [
        "Massachusetts OKs “curbs” on police – it’s final…",
        "می‌خواهم",  # Persian: a non-joiner inside a word
        "क्‍ष and क्‌ष",  # Hindi: joiner and non-joiner after a virama
        "র‍্যাব",  # Bengali: a joiner before a virama
        "👨‍👩‍👧‍👦 and 👩🏽‍⚕️",
        "🏳️‍🌈 ❤️‍🔥 🙂‍↔️ 🇩🇪",
        "1️⃣ #️⃣",
        "Tiếng Việt, שָׁלוֹם, ไทย, 日本語, 한국어",
        "100 %, <b> & *stars*",
    ],
)
def test_what_readers_would_miss_stays(text: str) -> None:
    """Scripts, marks, joiners and emoji sequences survive as they are."""
    assert clean(unicodedata.normalize("NFC", text)) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("@\u200beveryone", "@everyone"),
        ("so\u00adft", "soft"),
        ("\x1b[31mred\x07", "[31mred"),
        ("a\r\nb\tc\u2028d\u00a0e", "a b c d e"),
        ("\ufeffTitle", "Title"),
        ("\ud83d alone", "alone"),
        ("\ue000private\uffff", "private"),
        ("\u0301starts with a mark", "starts with a mark"),
        ("\u2800 \u3164 braille and filler", "braille and filler"),
        ("a\u200d b", "a b"),
        ("Z" + "a\u0301" * 2 + "o\u0300\u0301\u0302\u0303\u0304\u0305", "Záá\u00f2\u0301\u0302\u0303"),
        ("e\u200d\u0301", "\u00e9"),
        ("क" + "\u094d" * 3 + "\u200d" + "\u094d" * 3 + "ष", "क\u094d\u094d\u094d\u200dष"),
        ("flag of \U0001f3f4\U000e0067\U000e0062", "flag of \U0001f3f4"),
        ("", ""),
        (" \u200b ", ""),
    ],
)
def test_what_bends_the_text_around_it_goes(text: str, cleaned: str) -> None:
    """Overrides, controls, invisible and unpaired characters leave nothing behind."""
    assert clean(text) == cleaned


@pytest.mark.parametrize("text", ["", " ", "   ", "\U0001342f", "\u200d", " \ue000 "])
def test_text_without_a_glyph_is_not_visible(text: str) -> None:
    """Spaces, joiners, private and unassigned characters show nothing."""
    assert not is_visible(text)


@pytest.mark.parametrize("text", ["a", "\U0001342f a", "\u2019", "😀"])
def test_text_with_one_glyph_is_visible(text: str) -> None:
    """Whatever else it has."""
    assert is_visible(text)
