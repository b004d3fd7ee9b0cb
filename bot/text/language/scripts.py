"""Split text of any script into words.

Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese don't separate words as Latin does. Their runs of signs become
overlapping pairs of signs, so that any part of two signs or more is found; a run of one sign is a word. A sign is a
letter with the marks above, below and after it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from typing import Final

_SIGNS: Final = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46"  # Thai: letters; the marks are below
    "\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"  # Lao
    "\u1000-\u102a\u103f\u1050-\u1055\u1780-\u17b3\u17d7\u17dc"  # Burmese and Khmer
    "\u3005-\u3007\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ebe0\U00030000-\U000323af"  # Han
    "\uac00-\ud7a3"  # Hangul
)
"""Letters of the scripts whose words are not separated, as ranges of a regular expression."""

_ENGRAVED: Final = ((0x0300, 0x0370), (0x0483, 0x0488), (0x0591, 0x05C8), (0x0610, 0x061B), (0x064B, 0x0660))
"""Marks that a word is also written without: accents, Hebrew points, Arabic vowels."""

_OTHERS: Final = ((0x0670, 0x0671), (0x06D6, 0x06EE), (0x1AB0, 0x1B00), (0x1DC0, 0x1E00), (0x20D0, 0x2100))
_KEPT: Final = ((0x0900, 0x1AB0), (0x1B00, 0x1DC0), (0x3099, 0x309B), (0xA800, 0xAC00))
"""Blocks with marks that are part of the spelling: vowels and tones from Devanagari to Khmer, kana's voiced sounds."""

_PICTURES: Final = (
    "\u231a\u231b\u23e9-\u23f3\u2600-\u2604\u2607-\u27bf\u2b1b\u2b1c\u2b50\u2b55\U0001f004\U0001f0cf\U0001f300-\U0001f3fa"
    "\U0001f400-\U0001faff"
)
"""Emoji, without the skin tones."""

_JOINING_DOTS: Final = str.maketrans(dict.fromkeys("\u00b7\u30fb\uff65"))
"""Dots between the parts of a foreign name, as often left out."""

# Cyrillic й is a letter and not an accented и; Persian and Urdu write letters of Arabic in their own way.
_LETTERS: Final = (("\u0438\u0306", "\u0439"),)
_NASALS: Final = re.compile(
    "\u0919\u094d(?=[\u0915-\u0918])|\u091e\u094d(?=[\u091a-\u091d])|\u0923\u094d(?=[\u091f-\u0922])"
    "|\u0928\u094d(?=[\u0924-\u0927])|\u092e\u094d(?=[\u092a-\u092d])"
)
"""Nasal consonants of Devanagari before one of their kind, for which a dot is as often written."""

_ONE_LETTER: Final = str.maketrans(
    {"\u06cc": "\u064a", "\u06a9": "\u0643", "\u06c1": "\u0647", "\u06be": "\u0647", "\u0640": None}
    | {"\u0901": "\u0902", "\u093c": None}  # Devanagari: the nasal vowel's sign, and the dot of borrowed sounds
    | {
        chr(zero + digit): str(digit)
        for zero in (0x0660, 0x06F0, 0x0966, 0x09E6, 0x0BE6, 0x0E50, 0x0ED0, 0x1040, 0x17E0)
        for digit in range(10)
    }
)


@cache
def _marks() -> str:
    """Marks that are part of the spelling, for a character class."""
    spans = (range(*span) for span in _KEPT)
    return "".join(chr(code) for span in spans for code in span if unicodedata.category(chr(code)) in {"Mn", "Mc"})


@cache
def _dropped() -> dict[int, None]:
    """Marks that a word is also written without, as a table for `str.translate`."""
    spans = (range(*span) for span in _ENGRAVED + _OTHERS)
    return {code: None for span in spans for code in span if unicodedata.category(chr(code)) in {"Mn", "Me"}}


@cache
def _pattern() -> re.Pattern[str]:
    sign = rf"[{_SIGNS}][{_marks()}]*"
    other = rf"[^\W_{_SIGNS}]+(?:[{_marks()}]+[^\W_{_SIGNS}]*)*"
    picture = rf"[\U0001f1e6-\U0001f1ff]{{2}}|[{_PICTURES}]"
    return re.compile(rf"(?P<run>(?:{sign})+)|{other}|{picture}")


@cache
def _sign() -> re.Pattern[str]:
    return re.compile(rf"[{_SIGNS}][{_marks()}]*")


def plain_letters(decomposed: str) -> str:
    """Strip the marks that a word is also written without, and put the other letters together again.

    Args:
        decomposed: Case-folded text in NFKD.
    """
    for apart, letter in _LETTERS:
        decomposed = decomposed.replace(apart, letter)
    bare = decomposed.translate(_dropped()).translate(_ONE_LETTER).translate(_JOINING_DOTS)
    if "\u094d" in bare:
        bare = _NASALS.sub("\u0902", bare)
    return unicodedata.normalize("NFC", bare)


def split_words(folded: str) -> list[str]:
    """Split folded text into words, pairs of signs, and emoji."""
    words: list[str] = []
    for found in _pattern().finditer(folded):
        if found["run"] is None:
            words.append(found[0])
        else:
            signs = _sign().findall(found[0])
            words += ["".join(pair) for pair in pairwise(signs)] or signs
    return words


def is_sign(word: str) -> bool:
    """Return True if a word is a sign, or a pair of signs, of a script whose words are not separated."""
    return not word.isascii() and _sign().match(word) is not None


def is_single_sign(word: str) -> bool:
    """Return True if a word is one sign of such a script."""
    return not word.isascii() and _sign().fullmatch(word) is not None


def is_picture(word: str) -> bool:
    """Return True if a word is an emoji."""
    return not word.isascii() and not word[0].isalnum() and not is_sign(word)
