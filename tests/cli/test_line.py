"""Lines of plain text for a terminal."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.output.line import Kind, Line, write_lines
from tests.support.hostile_text import nasty_text

KINDS: tuple[Kind, ...] = ("heading", "body", "quiet", "trouble")
WORDS = " ".join(f"word{number}" for number in range(30))


@given(words=nasty_text, kind=st.sampled_from(KINDS), width=st.none() | st.integers(1, 120), in_color=st.booleans())
def test_foreign_text_never_controls_a_terminal(words: str, kind: Kind, width: int | None, *, in_color: bool) -> None:
    """Whatever a title holds, the only escape sequences are the four of our own colours."""
    written = write_lines([Line(text=words, kind=kind, level=1, hanging=2)], width=width, in_color=in_color)
    foreign = re.sub(r"\x1b\[(?:0|1|2|31)m", "", written) if in_color else written

    controls = {char for char in foreign if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert controls <= {"\n", "\u200c", "\u200d"}


@given(words=nasty_text, width=st.none() | st.integers(1, 120))
def test_every_line_ends_with_a_line_break(words: str, width: int | None) -> None:
    """A shell's prompt never follows the last word."""
    assert write_lines([Line(text=words)], width=width).endswith("\n")


def test_text_without_a_width_is_one_line() -> None:
    """Another program finds it whole."""
    assert write_lines([Line(text=WORDS)]) == WORDS + "\n"


@pytest.mark.parametrize("width", [20, 40, 100])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Indentation counts."""
    rows = write_lines([Line(text=WORDS, level=2, hanging=4)], width=width).splitlines()

    assert max(map(len, rows)) <= width
    assert " ".join(map(str.strip, rows)) == WORDS


def test_a_url_is_never_broken() -> None:
    """A broken URL can't be opened."""
    url = "https://a.example/" + "x-y" * 30

    assert write_lines([Line(text=url, level=1)], width=20) == f"  {url}\n"


def test_continuation_lines_hang() -> None:
    """The mark at the beginning of a finding is alone in its columns."""
    written = write_lines([Line(text="ok  one two three four five six", hanging=4)], width=20)

    assert written == "ok  one two three\n    four five six\n"


def test_each_row_is_coloured_by_itself() -> None:
    """A pager shows any part of the output in the right colour."""
    written = write_lines([Line(text="one two three four five", kind="trouble")], width=20, in_color=True)

    assert written == "\x1b[31mone two three four\x1b[0m\n\x1b[31mfive\x1b[0m\n"


def test_an_empty_line_is_empty() -> None:
    """It holds no colour and no indentation."""
    assert write_lines([Line(kind="heading", level=1)], width=40, in_color=True) == "\n"
