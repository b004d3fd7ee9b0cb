"""Tokenisation, case folding and stemming: the only definition of a word, shared by search, ranking and similarity."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from bot.text.language.detection import ENGLISH, language_of
from bot.text.language.scripts import plain_letters, split_words
from bot.text.language.stemming import snowball

STOP_WORDS: Final = frozenset(
    """
    a about after again all also am an and any are as at be because been before being between both but by can could
    did do does doing down during each few for from further had has have having he her here hers him his how i if in
    into is it its itself just me more most my no nor not now of off on once only or other our out over own s same she
    should so some such than that the their them then there these they this those through to too under until up very
    was we were what when where which while who whom why will with would you your says said say new news amid
    """.split()  # noqa: SIM905 - a list of words reads best as words
)

_ASCII: Final = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128)).encode().ljust(256)
"""A translation table for ASCII bytes: letters in lower case, digits unchanged, anything else a space."""

# Typographic quotes, dashes, dots and signs: all of them separate words, except the one used as an apostrophe.
_PRINTED: Final = (
    ("\u2019", "'"), ("\u2018", " "), ("\u201c", " "), ("\u201d", " "), ("\u2013", " "), ("\u2014", " "),
    ("\u2026", " "), ("\u2022", " "), ("\u00a0", " "), ("\u2116", " no "), ("\u2122", " "), ("\u2120", " "),
)  # fmt: skip
# Letters that no decomposition folds, as they are written without them; and what is invisible within a word.
_FOLDED: Final = str.maketrans(
    dict(zip("\u0142\u00f8\u0111\u00f0\u0131\u0127\u0167", "loddiht", strict=True))
    | {"\u00e6": "ae", "\u0153": "oe", "\u00fe": "th"}
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff")
)

# Words with signs, which would be single letters or other words without them, and the commas of long numbers.
_SIGNED: Final = (
    (re.compile(r"\b([cf])#(?!\w)", re.IGNORECASE), r"\1sharp"),
    (re.compile(r"\bc\+\+(?!\w)", re.IGNORECASE), "cplusplus"),
    (re.compile(r"(?<!\w)\.net\b", re.IGNORECASE), "dotnet"),
    (re.compile(r"\b([a-z]{1,2}) ?& ?([a-z])\b", re.IGNORECASE), r"\1and\2"),
    (re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))"), ""),
)
_ABBREVIATED: Final = re.compile(r"(?<![\w.])[^\W\d_](?:\.[^\W\d_])+\.?(?![\w\u0300-\u036f])")
_MAY_BE_SIGNED: Final = re.compile(r"[#&]|\+\+|\.[Nn]|\.[^\W\d_]\b|[0-9],[0-9]")

_POSSESSIVE: Final = re.compile(r"['\u2019]s\b")
_ASCII_POSSESSIVE: Final = re.compile(r"'[sS]\b")


def _without_dots(abbreviation: re.Match[str]) -> str:
    """Write an abbreviation without its dots, but not as a stop word: "I.T." is not "it"."""
    word = abbreviation[0].replace(".", "")
    return abbreviation[0] if word.lower() in STOP_WORDS else f"{word} "


def fold(text: str) -> str:
    """Fold `text` to lower case without accents and other combining marks (NFKD), and strip possessive `'s`."""
    bare = text.lower() if text.isascii() else _without_marks(_decomposed(text))
    return _POSSESSIVE.sub("", bare) if "'" in bare or "\u2019" in bare else bare


def fold_words(text: str) -> str:
    """Fold text for search: as `fold`, but marks that are part of a script's spelling stay, and й is not и."""
    if text.isascii():
        return fold(text)
    return _POSSESSIVE.sub("", plain_letters(_decomposed(text)).translate(_FOLDED))


def _decomposed(text: str) -> str:
    """Decompose twice: some characters only reveal a capital letter after the first decomposition."""
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text.casefold())
    return text


def _without_marks(decomposed: str) -> str:
    marks = [char for char in set(decomposed) if unicodedata.combining(char)]
    bare = decomposed.translate(dict.fromkeys(map(ord, marks))) if marks else decomposed
    return bare.translate(_FOLDED)


def words_of(text: str) -> list[str]:
    """Split `text` into folded words, in order, stop words included; "C++" and "U.S." are words, 2,000 is 2000."""
    if _MAY_BE_SIGNED.search(text):
        text = _ABBREVIATED.sub(_without_dots, text)
        for signed, plain in _SIGNED:
            text = signed.sub(plain, text)
    if not text.isascii():
        for printed, plain in _PRINTED:
            text = text.replace(printed, plain)
        if not text.isascii():
            return split_words(fold_words(text))
    if "'" in text:
        text = _ASCII_POSSESSIVE.sub("", text)
    return text.encode().translate(_ASCII).decode().split()


@lru_cache(maxsize=65_536)  # a news archive repeats the same words
def stem(word: str, language: str = ENGLISH) -> str:
    """Strip the inflection from a folded word: enough to match "bans", "banned" and "banning".

    A stop word is a word, never a stem: "notes" is not "not", and "Downing" is not "down".

    Args:
        word: Folded.
        language: Of its text (`text_language`); scripts of one language decide by themselves.
    """
    if word in STOP_WORDS or word.isdecimal():
        return word
    bare = snowball(word, language)
    return word if bare in STOP_WORDS else bare


def text_language(text: str) -> str:
    """Recognise the language of a text, as its ISO 639-1 code."""
    return language_of(text, words_of(text))


def stems_of(text: str, language: str = "") -> list[str]:
    """Stem the content words of `text`; a text of stop words alone keeps them.

    Args:
        text: As written.
        language: Of the text or of that which it is a part of; recognised if it is empty.
    """
    words = words_of(text)
    language = language or language_of(text, words)
    return [stem(word, language) for word in words if word not in STOP_WORDS] or [
        stem(word, language) for word in words
    ]
