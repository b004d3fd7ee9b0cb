"""Forms of a query's word whose stems differ from its own although a reader takes them for the same word.

Arabic with and without its article; Arabic and Hebrew with and without a letter that is a word of its own in other
languages ("in", "to", "the"); Russian surnames, whose nominative looks like a plural ("Иванов", "Иванова").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.text.language.stemming import snowball

_ARABIC: Final = ("\u0620", "\u06d3")
_HEBREW: Final = ("\u05d0", "\u05ea")
_RUSSIAN: Final = ("\u0430", "\u044f")

_THE: Final = "\u0627\u0644"
_ARABIC_WORDS: Final = "\u0648\u0644\u0628\u0641\u0643"
"""Letters before an Arabic word: and, to, in, so, as."""

_HEBREW_WORDS: Final = "\u05d4\u05d1\u05dc\u05de\u05e9\u05db\u05d5"
"""Letters before a Hebrew word: the, in, to, from, that, as, and."""

_SURNAME: Final = ("\u043e\u0432", "\u0435\u0432")
_OF_SURNAME: Final = "\u0430"

_SHORTEST: Final = 3
"""Letters that remain of a word without its article or letter."""


def kindred_of(word: str) -> Iterator[tuple[str, bool]]:
    """Yield other forms of a folded word, each with whether an article must have that very form.

    The stem of such a form may be that of other words as well: "Иванов" has that of "Иван".
    """
    if word.isascii():
        return
    if _is_in(word, _ARABIC):
        bare = word.removeprefix(_THE)
        if bare == word:
            yield from ((letter + word, False) for letter in (_THE, *_ARABIC_WORDS))
        elif len(bare) >= _SHORTEST:
            yield bare, False
    elif _is_in(word, _HEBREW):
        yield from ((letter + word, False) for letter in _HEBREW_WORDS if len(word) >= _SHORTEST)
        if word[0] in _HEBREW_WORDS and len(word) > _SHORTEST:
            yield word[1:], False
    elif _is_in(word, _RUSSIAN):
        if word.endswith(_SURNAME):
            yield word + _OF_SURNAME, False
        elif (surname := snowball(word, "ru")).endswith(_SURNAME):
            yield surname, True


def _is_in(word: str, letters: tuple[str, str]) -> bool:
    return letters[0] <= word[0] <= letters[1]
