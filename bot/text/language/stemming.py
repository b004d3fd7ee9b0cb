"""Stem words by the Snowball algorithms of PyStemmer."""

from __future__ import annotations

import threading
from typing import Final

import Stemmer

ALGORITHMS: Final = {
    "en": "english",
    "de": "german",
    "nl": "dutch",
    "sv": "swedish",
    "da": "danish",
    "no": "norwegian",
    "fi": "finnish",
    "fr": "french",
    "es": "spanish",
    "pt": "portuguese",
    "it": "italian",
    "ro": "romanian",
    "pl": "polish",
    "cs": "czech",
    "hu": "hungarian",
    "tr": "turkish",
    "ru": "russian",
    "el": "greek",
    "ar": "arabic",
    "hi": "hindi",
    "hy": "armenian",
    "ta": "tamil",
}
"""Snowball's name of the algorithm of each language."""

_BY_SCRIPT: Final = (
    ("\u0370", "\u03ff", "el"),
    ("\u0400", "\u04ff", "ru"),
    ("\u0530", "\u058f", "hy"),
    ("\u0600", "\u06ff", "ar"),
    ("\u0900", "\u097f", "hi"),
    ("\u0b80", "\u0bff", "ta"),
)
"""Scripts that one language stands for, from their first letter to their last."""

_OTHER_CYRILLIC: Final = frozenset(
    "\u0456\u0457\u0454\u0491\u045e\u0458\u0459\u045a\u045b\u0452\u045f\u0455\u0453\u045c"
)
"""Letters of Ukrainian, Belarusian, Serbian and Macedonian, whose words Russian endings don't fit."""

_PLURAL: Final = "oes"
"""The plural of Portuguese -ão: without accents Snowball takes "eleição" and "eleições" for different words."""

_AND_THE: Final = ("\u0648\u0627\u0644", "\u0641\u0627\u0644", "\u0648\u0644\u0644")
"""Arabic "and the", "so the", "and for the": Snowball strips the article only at the beginning of a word."""

_PLAIN: Final = "\u0647"
_FEMININE: Final = "\u0629"
"""The feminine ending, and the letter that is as often written for it."""

_SHORT: Final = 3
"""Letters of an Arabic word that keeps its last."""

_stemmers = threading.local()  # a stemmer may be used by one thread only


def snowball(word: str, language: str) -> str:
    """Stem a folded word; its script decides if it has one language.

    Args:
        word: In lower case without accents.
        language: One of `ALGORITHMS`, that of the text.
    """
    if not word.isascii():
        script = _language_of_script(word)
        if script == "":
            return word
        language = script or language
        if language == "ar":
            word = _arabic(word)
    if language == "pt" and word.endswith(_PLURAL):
        word = word.removesuffix(_PLURAL) + "ao"
    stemmer = getattr(_stemmers, language, None)
    if stemmer is None:
        stemmer = Stemmer.Stemmer(ALGORITHMS[language], 0)
        setattr(_stemmers, language, stemmer)
    stem: str = stemmer.stemWord(word)
    return stem or word


def _arabic(word: str) -> str:
    """Prepare an Arabic word for Snowball, which knows neither an article behind "and" nor a plain final letter."""
    word = word[1:] if word.startswith(_AND_THE) else word
    return word[:-1] + _FEMININE if word.endswith(_PLAIN) and len(word) > _SHORT else word


def _language_of_script(word: str) -> str | None:
    """The language of a word's script; empty for a script without stemmer, None for Latin."""
    if word[0] < "\u0250":
        return None
    if not _OTHER_CYRILLIC.isdisjoint(word):
        return ""
    return next((language for first, last, language in _BY_SCRIPT if first <= word[0] <= last), "")
