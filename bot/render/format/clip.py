"""Truncate text to a length in UTF-16 units, at word and character boundaries."""

from __future__ import annotations

import unicodedata
from typing import Final

from bot.render.format.markdown import escape

_ELLIPSIS: Final = "\u2026"
_TRAILING: Final = " ,;:.-\u2013\u2014\u2026"
_JOINER: Final = "\u200d"


def units(text: str) -> int:
    """Count the UTF-16 units of `text`, as Discord does: an emoji beyond the basic plane is two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, most: int) -> str:
    """Truncate `text` to at most `most` units with an ellipsis, at the end of a word if one is near.

    Characters with marks, joined emoji and flags are never split.
    """
    if len(text) <= most and units(text) <= most:
        return text
    if most < 1:
        return ""
    head = text[: _last_boundary(text, most - 1)]
    word_end = head.rfind(" ")
    if word_end > len(head) * 3 // 5 and text[len(head)] != " ":
        head = head[:word_end]
    return head.rstrip(_TRAILING) + _ELLIPSIS


def clip_written(text: str, most: int) -> str:
    """Truncate `text` so that its escaped form has at most `most` units."""
    clipped = text = clip(text, most)
    while (over := units(escape(clipped)) - most) > 0:
        # Escaping turns one unit into up to three, so removing a quarter of the excess never removes far too much.
        clipped = clip(text, units(clipped) - max(1, over // 4))
    return clipped


def _last_boundary(text: str, most: int) -> int:
    """Find the last index at or before `most` units that doesn't split a character."""
    if text.isascii():
        return min(most, len(text))
    at = len(text.encode("utf-16-le", "surrogatepass")[: 2 * most].decode("utf-16-le", "surrogatepass"))
    if at and units(text[:at]) > most:  # the last character had only its first half in the room
        at -= 1
    while 0 < at < len(text) and _splits(text, at):
        at -= 1
    return at


def _splits(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if _JOINER in (before, after) or unicodedata.category(after).startswith("M") or _is_skin_tone(after):
        return True
    if not (_is_flag_letter(before) and _is_flag_letter(after)):
        return False
    letters = 0
    while letters < at and _is_flag_letter(text[at - 1 - letters]):
        letters += 1
    return letters % 2 == 1


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_skin_tone(char: str) -> bool:
    return "\U0001f3fb" <= char <= "\U0001f3ff"
