"""UTF-8 that was read as Windows-1252 is repaired where that is certain, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seedfile.foreign.mojibake import repair_mojibake

_WESTERN = "abc \u00e4\u00f6\u00fc\u00df\u00e9\u00e8\u00e0\u00e7\u00f1\u2019\u201c\u201d\u2013\u20ac"


def _misread(text: str) -> str:
    """Read UTF-8 as Windows-1252, as browsers do: undefined bytes are controls."""
    return "".join(
        bytes((byte,)).decode("cp1252") if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else chr(byte)
        for byte in text.encode()
    )


@pytest.mark.parametrize(
    "text",
    [
        "It\u2019s here",
        "caf\u00e9",
        "\u201cHello\u201d \u2013 world\u2026",
        "\u041f\u0440\u0438\u0432\u0435\u0442",
        "\u65e5\u672c\u8a9e\u306e\u30cb\u30e5\u30fc\u30b9",
        "\U0001f600 ok",
        "na\u00efve \u00e0 la carte",
        "5 \u20ac",
        "\u0395\u03bb\u03bb\u03ac\u03b4\u03b1",
        "\u05e2\u05d1\u05e8\u05d9\u05ea",
        "\u0141\u00f3d\u017a",
        "Stra\u00dfe f\u00fcr M\u00fcller",
        "Acme\u2122 Pro",
    ],
)
def test_misread_text_is_repaired(text: str) -> None:
    """Misread once or twice."""
    assert repair_mojibake(_misread(text)) == text
    assert repair_mojibake(_misread(_misread(text))) == text


@pytest.mark.parametrize(
    "text",
    [
        "voil\u00e0\u00a0\u00bb",
        "10 \u00c5\u00b2",
        "IRM\u00c3\u201d",
        "\u00c5\u2026",
        "Se\u00f1or\u2026 \u00bfqu\u00e9?",
        "\u201cN\u00c3O\u201d",
        "\u00bb\u00c5\u00ab",
        "\u00c2ge d\u2019or",
        "\u00e2\u20ac",
        "2 \u00d7 4 \u2013 8",
        "CAF\u00c9\u2122",
    ],
)
def test_text_that_may_be_right_stays(text: str) -> None:
    """A letter with an accent before a quote, a dash or a power isn't evidence."""
    assert repair_mojibake(text) == text


def test_a_mixture_is_repaired_in_its_unmistakable_parts() -> None:
    """A right apostrophe means that the text as a whole was not misread."""
    assert repair_mojibake("It\u2019s caf\u00c3\u00a9, it\u00e2\u20ac\u2122s") == "It\u2019s caf\u00e9, it\u2019s"


@given(st.text())
def test_repairing_twice_changes_nothing_more(text: str) -> None:
    """Of any text, and of any misread one."""
    for each in (text, _misread(text)):
        once = repair_mojibake(each)
        assert repair_mojibake(once) == once


@given(st.text(st.sampled_from(_WESTERN), max_size=40))
def test_right_text_is_never_changed(text: str) -> None:
    """Letters and marks of western languages, in any order."""
    assert repair_mojibake(text) == text


@given(st.text(st.sampled_from("abc \u00e4\u00f6\u00fc\u00e9\u00e8\u00e7"), max_size=40))
def test_a_misread_apostrophe_repairs_all_of_its_text(text: str) -> None:
    """It is evidence for the letters that alone would be none."""
    text = f"it\u2019s {text}"

    assert repair_mojibake(_misread(text)) == text
