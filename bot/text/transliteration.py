"""Letters that are also written as two: "Müller" and "Mueller", "Århus" and "Aarhus", "Đoković" and "Djokovic".

Folded, both letters and words lose what they were written with: "muller". So a word typed with such a letter is looked
for spelled out, too; and a word with two such letters is looked for in articles that write it with one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bot.text.words import fold_words

_AS_TWO: Final = {
    "\u00e4": "ae",
    "\u00f6": "oe",
    "\u00f8": "oe",
    "\u00fc": "ue",
    "\u00e5": "aa",
    "\u0111": "dj",
}
_SPELLED_OUT: Final = str.maketrans(_AS_TWO)
_WORD: Final = re.compile(r"[^\W\d_]+")


def spelled_out(typed: str) -> dict[str, str]:
    """Spell out the letters of typed words: by folded word, "mueller" for "muller" if "Müller" was typed."""
    words = {} if typed.isascii() else {word: word.translate(_SPELLED_OUT) for word in _WORD.findall(_lower(typed))}
    return {fold_words(word): fold_words(spelled) for word, spelled in words.items() if spelled != word}


def contracted(word: str) -> set[str]:
    """Fold a word with pairs of letters written as one: {"muller"} for "mueller".

    Each letter is tried alone, wherever it may be, and all of them together. That an article writes it so,
    `is_written_so` finds out.
    """
    pairs = {pair: fold_words(letter) for letter, pair in _AS_TWO.items() if pair in word} if word.isascii() else {}
    every = word
    for pair, letter in pairs.items():
        every = every.replace(pair, letter)
    return {every, *(word.replace(pair, letter) for pair, letter in pairs.items())} - {word}


def is_written_so(text: str, word: str) -> bool:
    """Return True if a text has a folded word written with one letter for a pair of them."""
    return word in spelled_out(text).values()


def _lower(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
