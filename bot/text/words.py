"""Words: how text becomes the folded words that are searched, compared and counted. One place for every floor."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

STOP_WORDS: Final = frozenset(
    """
    a about after again all also am an and any are as at be because been before being between both but by can could
    did do does doing down during each few for from further had has have having he her here hers him his how i if in
    into is it its itself just me more most my no nor not now of off on once only or other our out over own s same she
    should so some such than that the their them then there these they this those through to too under until up very
    was we were what when where which while who whom why will with would you your says said say new amid
    """.split()  # noqa: SIM905 - a list of words reads best as words
)

_WORD: Final = re.compile(r"\w+")
_ASCII: Final = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128)).encode().ljust(256)
"""For each byte of a text in ASCII the small letter or the digit that it is, or a gap."""

# Quotes, dashes and dots of printed text: all of them gaps, but for the one that is written as an apostrophe.
_PRINTED: Final = (
    ("\u2019", "'"), ("\u2018", " "), ("\u201c", " "), ("\u201d", " "), ("\u2013", " "), ("\u2014", " "),
    ("\u2026", " "), ("\u2022", " "), ("\u00a0", " "),
)  # fmt: skip
_POSSESSIVE: Final = re.compile(r"['\u2019]s\b")
_ASCII_POSSESSIVE: Final = re.compile(r"'[sS]\b")
_SUFFIXES: Final = ("ingly", "edly", "ing", "ies", "ied", "ed", "es", "s")
_SHORTEST_STEM: Final = 3


def fold(text: str) -> str:
    """`text` in lower case without accents and other combining marks (NFKD), possessive `'s` off."""
    bare = text.lower() if text.isascii() else _without_marks(_decomposed(text))
    return _POSSESSIVE.sub("", bare) if "'" in bare or "\u2019" in bare else bare


def _decomposed(text: str) -> str:
    """Twice, for some characters only show their capital letter once they are taken apart."""
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text.casefold())
    return text


def _without_marks(decomposed: str) -> str:
    marks = [char for char in set(decomposed) if unicodedata.combining(char)]
    return decomposed.translate(dict.fromkeys(map(ord, marks))) if marks else decomposed


def words_of(text: str) -> list[str]:
    """The folded words of `text`, in order, stop words included."""
    if not text.isascii():
        for printed, plain in _PRINTED:
            text = text.replace(printed, plain)
        if not text.isascii():
            return _WORD.findall(fold(text).replace("_", " "))
    if "'" in text:
        text = _ASCII_POSSESSIVE.sub("", text)
    return text.encode().translate(_ASCII).decode().split()


@lru_cache(maxsize=65_536)  # a news archive says the same words again and again
def stem(word: str) -> str:
    """A folded word without its English inflection: enough to tie "bans", "banned" and "banning"."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and not word.endswith("ss") and len(word) - len(suffix) >= _SHORTEST_STEM:
            bare = word[: -len(suffix)]
            if suffix in {"ies", "ied"}:
                return bare + "y"
            return bare[:-1] if _is_doubled(bare) else bare
    return word.removesuffix("e") if len(word) > _SHORTEST_STEM + 1 else word


def _is_doubled(word: str) -> bool:
    return len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "lsz"


def stems_of(text: str) -> list[str]:
    """The stems of the words that carry meaning: stop words are left out unless there is nothing else."""
    words = words_of(text)
    return [stem(word) for word in words if word not in STOP_WORDS] or [stem(word) for word in words]
