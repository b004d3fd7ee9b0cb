"""Repair mojibake: UTF-8 text that was read as Windows-1252, as in `It\u00e2\u20ac\u2122s` for `It\u2019s`.

Only what is certain is repaired. Two shapes count as evidence, because no language writes them: a sequence such as
`\u00c3\u00a9` whose second character is a symbol that never follows that letter, and two sequences side by side. With
evidence, a text is repaired as a whole if all of it is UTF-8 when written back as Windows-1252. Otherwise it is a
mixture, and only its unmistakable sequences are repaired.
"""

from __future__ import annotations

import re
from typing import Final

_MOST_TIMES: Final = 3
"""Times that a text may have been misread: each later one was misread text that was misread again."""


def _char_of(byte: int) -> str:
    """Decode a byte as Windows-1252; its five undefined bytes become controls, as in browsers."""
    try:
        return bytes((byte,)).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_BYTES: Final = {_char_of(byte): byte for byte in range(256)}
_CHARS: Final = {byte: char for char, byte in _BYTES.items()}


def _any_of(first: int, last: int, *, without: str = "") -> str:
    """Write a character class of the characters that the bytes `first` to `last` were read as."""
    return (
        "[" + "".join(re.escape(_CHARS[byte]) for byte in range(first, last + 1) if _CHARS[byte] not in without) + "]"
    )


# Characters that may well follow a letter: closing quotes, dashes, an ellipsis, spaces, powers.
_AFTER_LETTERS: Final = (
    "\u201d\u2019\u2013\u2014\u2026\u00bb\u00ab\u203a\u201c\u2018\u00a0\u00b2\u00b3\u00b9\u2122\u00ae\u00b0\u00b7\u2022"
)
_NEXT: Final = _any_of(0x80, 0xBF)
_SYMBOL: Final = _any_of(0x80, 0xBF, without=_AFTER_LETTERS)
_SEQUENCE: Final = (
    f"(?:{_any_of(0xC2, 0xDF)}{_NEXT}|{_any_of(0xE0, 0xEF)}{_NEXT}{_NEXT}|{_any_of(0xF0, 0xF4)}{_NEXT}{_NEXT}{_NEXT})"
)
_LEAD: Final = re.compile("[\u00c2-\u00f4]")
"""A look for this alone is a tenth of the time."""

_PUNCTUATION: Final = f"\u00e2(?:\u20ac{_NEXT}|\u201a\u00ac|\u201e\u00a2)"
_EMOJI: Final = f"\u00f0\u0178{_NEXT}{_NEXT}"
_LETTER: Final = f"[\u00c2-\u00c5]{_SYMBOL}|[\u00c2-\u00c5]{_NEXT}(?=[a-z])"
_EVIDENCE: Final = re.compile(f"{_PUNCTUATION}|{_EMOJI}|{_LETTER}|{_SEQUENCE}{{2}}")
_UNMISTAKABLE: Final = re.compile(f"{_PUNCTUATION}|{_EMOJI}|(?<=[a-z])\u00c3{_SYMBOL}|\u00c3{_SYMBOL}(?=[a-z])")
_SAMARITAN: Final = re.compile("[\u0800-\u085f]")
"""What the French `\u00e0`, a non-breaking space and a quote would be as UTF-8: nobody writes news in it."""


def repair_mojibake(text: str) -> str:
    """Repair mojibake where it is certain; any other text is returned unchanged."""
    for _ in range(_MOST_TIMES):
        if text.isascii() or not _LEAD.search(text) or not _EVIDENCE.search(text):
            break
        text = _reread(text) or _UNMISTAKABLE.sub(lambda found: _reread(found[0]) or found[0], text)
    return text


def _reread(text: str) -> str | None:
    """Write the text back as Windows-1252 and read it as UTF-8; None if it isn't UTF-8."""
    try:
        reread = bytes(map(_BYTES.__getitem__, text)).decode()
    except (KeyError, UnicodeDecodeError):
        return None
    return None if _SAMARITAN.search(reread) else reread
