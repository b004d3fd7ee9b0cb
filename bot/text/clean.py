"""Foreign text made harmless to show: what every headline, excerpt and name goes through when it becomes a run.

What stays is what a reader would miss: letters of every script with their marks, emoji sequences, the joiners of
Persian and Hindi. What goes is what nobody sees and what bends the text around it: controls, direction overrides,
tags, soft hyphens, private and unpaired characters, towers of marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

MARKS_A_BASE: Final = 3
"""Marks that one base character may carry; Vietnamese, Hindi, Hebrew points and keycap emoji need no more."""

_JOINERS: Final = "\u200c\u200d"
_JOINER: Final = re.compile(f"[{_JOINERS}]")
_BLANKS: Final = "\u2800\u3164\uffa0"
"""Shown as nothing, though no spaces by category: the empty braille pattern and two Hangul fillers."""
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
_MARK_TROUBLE: Final = re.compile(rf"(?:^| )j*m|m(?:j*m){{{MARKS_A_BASE}}}")
"""In a text's classes (`_class_of`): a mark without a base, or one too many."""
_MOST_REMEMBERED: Final = 10_000
_ARROWS: Final = "\u2194\u2195"
"""Mathematical symbols by category, but parts of emoji sequences (a head that shakes)."""

# Nearly every headline: Latin letters and typographic marks that no rule below touches. Only for speed.
_HARMLESS_CHARS: Final = "!-~\u00a1-\u00ac\u00ae-\u024f\u2010-\u2015\u2018-\u2026\u2030\u2039\u203a\u20ac\u2122"
_HARMLESS: Final = re.compile(f"[{_HARMLESS_CHARS}]+(?: [{_HARMLESS_CHARS}]+)*")


def clean(text: str) -> str:
    """`text` as one line that is safe to show: NFC, spaces folded, no controls (docs/security.md, Text and links).

    Cleaning twice is cleaning once. The answer may be empty, and is at most three times as long as `text` (NFC takes
    some characters apart). Flags of regions (England, Texas) become plain black flags: they are spelled with tags.

    Args:
        text: Anything, unpaired surrogates included.
    """
    if _HARMLESS.fullmatch(text):
        return text
    while (once := _pass(text)) != text:
        text = once
    return text


def _pass(text: str) -> str:
    text = unicodedata.normalize("NFC", text.translate(_VISIBLE))
    if _MARK_TROUBLE.search(text.translate(_CLASSES)):
        text = _marked_sparingly(text)
    return " ".join(_JOINER.sub(_where_it_joins, text).split())


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
    """What a function says of each character, for `str.translate`; it remembers the first few thousand."""

    def __init__(self, of: Callable[[str], str]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, code: int) -> str:
        answer = self._of(chr(code))
        if len(self) < _MOST_REMEMBERED:
            self[code] = answer
        return answer


_VISIBLE: Final = _Table(_visible)
_CLASSES: Final = _Table(_class_of)


def _marked_sparingly(text: str) -> str:
    """At most three marks a base character, none without one; a joiner between marks is no new base."""
    kept: list[str] = []
    left = 0
    for char in text:
        if _is_mark(char):
            left -= 1
            if left < 0:
                continue
        elif char not in _JOINERS:
            left = 0 if char == " " else MARKS_A_BASE
        kept.append(char)
    return "".join(kept)


def _where_it_joins(found: re.Match[str]) -> str:
    """The joiner, where it joins two letters or two emoji, whatever marks these carry; else nothing."""
    before = _kind_of_base(found.string, found.start(), -1)
    return found[0] if before and before == _kind_of_base(found.string, found.start(), 1) else ""


def _kind_of_base(text: str, at: int, step: int) -> str:
    """What stands beside `at`, marks passed over: `letter`, `emoji` or nothing that can be joined."""
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
