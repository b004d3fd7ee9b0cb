"""Find compounds by their parts, and parts by their compound: "Klimaschutzgesetz", "Gesetz zum Klimaschutz".

Both parts must be words of the archive, and an article in a language that writes compounds as one word must have them:
the compound itself, or both parts. So no English word is taken apart. An archive without such a language isn't asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from bot.store.sqlite.index.forms import Forms, find_forms, newest_texts
from bot.store.sqlite.index.view import View
from bot.store.sqlite.index.vocabulary import ENDING_FROM, Word
from bot.text.language.compounds import COMPOUNDING, compounds_of, first_parts, parts_of
from bot.text.term_frequencies import FIRST_CONTENT_WORD
from bot.text.words import stem, text_language

SHORTEST_LAST: Final = 5
"""Letters of a word by which compounds that end in it are found: "Land" does not find every country."""

MOST_TRIED: Final = 20
MOST_ENDING: Final = 8
"""Compounds that end in a word: the most frequent ones with that ending, and those of them that are compounds."""


def compounding_of(languages: Sequence[str]) -> tuple[str, ...]:
    """Select the languages that write compounds as one word."""
    return tuple(each for each in languages if each in COMPOUNDING)


def taken_apart(view: View, words: Sequence[str], languages: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Find the two parts of the compounds among a query's words, where articles have both parts.

    Args:
        view: What is searched.
        words: Folded, each in few articles.
        languages: Those of the archive that write compounds as one word.
    """
    pairs = {word: list(parts_of(word)) for word in words} if languages else {}
    parts = {part for of in pairs.values() for pair in of for part in pair}
    forms = find_forms(view, parts, languages, is_wide=False) if parts else {}
    found: dict[str, tuple[str, str]] = {}
    for word, of in pairs.items():
        known = [pair for pair in of if all(_is_content(forms.get(part, {})) for part in pair)]
        together = {pair: _written_in(view, [forms[part] for part in pair], languages) for pair in known}
        best = max(together, key=together.__getitem__, default=None)
        if best and together[best]:
            found[word] = best
    return found


def put_together(view: View, words: Sequence[str], languages: Sequence[str]) -> dict[tuple[str, ...], Forms]:
    """Find the compounds that articles have of a query's words: the stems of each compound, by its parts."""
    compounds = compounds_of(words) if languages else {}
    forms = find_forms(view, compounds, languages, is_wide=False) if compounds else {}
    written: dict[tuple[str, ...], Forms] = {}
    for compound, of in forms.items():
        if _is_content(of) and _written_in(view, [of], languages):
            parts = compounds[compound]
            written[parts] = {**written.get(parts, {}), **of}
    return written


def ending_in(view: View, words: Sequence[str], languages: Sequence[str]) -> dict[str, dict[str, Word]]:
    """Find the compounds that end in words: "Hauptbahnhof" for "Bahnhof", by word and stem.

    Args:
        view: What is searched.
        words: Folded, each in few articles.
        languages: Those of the archive that write compounds as one word.
    """
    long = [word for word in words if len(word) >= SHORTEST_LAST and word.isalpha()] if languages else []
    compounds: dict[str, dict[str, Word]] = {}
    for word in long:
        for last in {stem(word, language) for language in languages}:
            if len(last) >= ENDING_FROM:
                compounds.setdefault(word, {}).update(view.ending_words(last, MOST_TRIED))
    firsts = {
        (word, each): {first for last in _endings(word, each, languages) for first in first_parts(each, last)}
        for word, of in compounds.items()
        for each in of
    }
    known = find_forms(view, {first for of in firsts.values() for first in of}, languages, is_wide=False)
    found: dict[str, dict[str, Word]] = {}
    for (word, each), of in firsts.items():
        compound = compounds[word][each]
        has_first = any(_is_content(known.get(first, {})) for first in of)
        if has_first and len(found.get(word, {})) < MOST_ENDING and _written_in(view, [{each: compound}], languages):
            found.setdefault(word, {})[each] = compound
    return found


def _endings(word: str, compound: str, languages: Sequence[str]) -> set[str]:
    lasts = {stem(word, language) for language in languages}
    return {last for last in lasts if last != compound and compound.endswith(last)}


def _is_content(forms: Forms) -> bool:
    return any(each.id >= FIRST_CONTENT_WORD for each in forms.values())


def _written_in(view: View, words: Sequence[Forms], languages: Sequence[str]) -> int:
    """Count, of the newest few articles with all of these words, those in one of the languages."""

    def match(token: Callable[[int], str]) -> str:
        return " AND ".join("(" + " OR ".join(f'"{token(each.id)}"' for each in of.values()) + ")" for of in words)

    return sum(text_language(text) in languages for text in newest_texts(view, match))
