"""Sanitise foreign text for display: every headline, excerpt and name passes through `clean` before it becomes a run.

Kept: letters of every script with their combining marks, emoji sequences, the joiners of Persian and Hindi. Removed:
invisible characters and those that distort the text around them (controls, bidi overrides, tags, soft hyphens,
private-use and unpaired characters, stacks of combining marks).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

MAX_MARKS_PER_BASE: Final = 3
"""Combining marks allowed on one base character: enough for Vietnamese, Hindi, Hebrew points and keycap emoji."""

_JOINERS: Final = "\u200c\u200d"
_JOINER: Final = re.compile(f"[{_JOINERS}]")
_BLANKS: Final = "\u2800\u3164\uffa0"
"""Blank when rendered, though not spaces by category: the empty braille pattern and two Hangul fillers."""
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
_MARK_TROUBLE: Final = re.compile(rf"(?:^| )j*m|m(?:j*m){{{MAX_MARKS_PER_BASE}}}")
"""In a text's character classes (`_class_of`): a mark without a base, or one mark too many."""
_MAX_CACHED: Final = 10_000
_ARROWS: Final = "\u2194\u2195"
"""Mathematical symbols by category, but parts of emoji sequences (a shaking head)."""

# Fast path for nearly every headline: Latin letters and punctuation that no rule below changes.
_HARMLESS_CHARS: Final = "!-~\u00a1-\u00ac\u00ae-\u024f\u2010-\u2015\u2018-\u2026\u2030\u2039\u203a\u20ac\u2122"
_HARMLESS: Final = re.compile(f"[{_HARMLESS_CHARS}]+(?: [{_HARMLESS_CHARS}]+)*")


def clean(text: str) -> str:
    """Sanitise `text` to one line: NFC, whitespace collapsed, invisibles removed (docs/security.md, Text and links).

    Idempotent. The result may be empty, and is at most three times as long as `text` (NFC decomposes some
    characters). Flags of regions (England, Texas) become plain black flags, because they are spelled with tags.

    Args:
        text: Anything, unpaired surrogates included.
    """
    if _HARMLESS.fullmatch(text):
        return text
    while (once := _pass(text)) != text:
        text = once
    return text


def is_visible(text: str) -> bool:
    """Whether anything of a text is seen: it has more than spaces and characters without a glyph."""
    return any(char.isprintable() and char != " " for char in text)


def _pass(text: str) -> str:
    text = unicodedata.normalize("NFC", text.translate(_VISIBLE))
    if _MARK_TROUBLE.search(text.translate(_CLASSES)):
        text = _limit_marks(text)
    return " ".join(_JOINER.sub(_keep_if_joining, text).split())


def _visible(char: str) -> str:
    if char.isspace() or char in _BLANKS:
        return " "
    if char in _JOINERS:
        return char
    return "" if unicodedata.category(char) in _DROPPED or _is_noncharacter(ord(char)) else char


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004 - Unicode, section 23.7


def _class_of(char: str) -> str:
    if _is_mark(char):
        return "m"
    return "j" if char in _JOINERS else " " if char == " " else "x"


class _Table(dict[int, str]):
    """A translation table for `str.translate` that computes entries on demand and caches the first `_MAX_CACHED`."""

    def __init__(self, of: Callable[[str], str]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, code: int) -> str:
        answer = self._of(chr(code))
        if len(self) < _MAX_CACHED:
            self[code] = answer
        return answer


_VISIBLE: Final = _Table(_visible)
_CLASSES: Final = _Table(_class_of)


def _limit_marks(text: str) -> str:
    """Drop marks beyond the limit and marks without a base; a joiner between marks does not start a new base."""
    kept: list[str] = []
    left = 0
    for char in text:
        if _is_mark(char):
            left -= 1
            if left < 0:
                continue
        elif char not in _JOINERS:
            left = 0 if char == " " else MAX_MARKS_PER_BASE
        kept.append(char)
    return "".join(kept)


def _keep_if_joining(found: re.Match[str]) -> str:
    """Keep a joiner between two letters or two emoji, whatever marks these carry; drop it anywhere else."""
    before = _kind_of_base(found.string, found.start(), -1)
    return found[0] if before and before == _kind_of_base(found.string, found.start(), 1) else ""


def _kind_of_base(text: str, at: int, step: int) -> str:
    """Classify the neighbour of `at`, skipping marks: `letter`, `emoji` or empty (cannot be joined)."""
    at += step
    while 0 <= at < len(text) and _is_mark(text[at]):
        at += step
    char = text[at] if 0 <= at < len(text) else " "
    category = unicodedata.category(char)
    if category.startswith("L"):
        return "letter"
    return "emoji" if category == "So" or char in _ARROWS or _is_skin_tone(char) else ""


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M")


def _is_skin_tone(char: str) -> bool:
    return "\U0001f3fb" <= char <= "\U0001f3ff"
