"""Find compounds by their parts, and parts by their compound: "Klimaschutzgesetz", "Gesetz zum Klimaschutz".

Both parts must be words of the archive, and an article in a language that writes compounds as one word must have them:
the compound itself, or both parts. So no English word is taken apart. An archive without such a language isn't asked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from bot.store.sqlite.index.forms import Forms, find_forms, newest_texts
from bot.store.sqlite.index.text_index import token_of
from bot.text.language.compounds import COMPOUNDING, compounds_of, parts_of
from bot.text.term_frequencies import FIRST_CONTENT_WORD
from bot.text.words import text_language


def compounding_of(languages: Sequence[str]) -> tuple[str, ...]:
    """Select the languages that write compounds as one word."""
    return tuple(each for each in languages if each in COMPOUNDING)


def taken_apart(
    connection: sqlite3.Connection, words: Sequence[str], languages: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """Find the two parts of the compounds among a query's words, where articles have both parts.

    Args:
        connection: Of the store.
        words: Folded, each in few articles.
        languages: Those of the archive that write compounds as one word.
    """
    pairs = {word: list(parts_of(word)) for word in words} if languages else {}
    parts = {part for of in pairs.values() for pair in of for part in pair}
    forms = find_forms(connection, parts, languages, is_wide=False) if parts else {}
    found: dict[str, tuple[str, str]] = {}
    for word, of in pairs.items():
        known = [pair for pair in of if all(_is_content(forms.get(part, {})) for part in pair)]
        together = {pair: _written_in(connection, [forms[part] for part in pair], languages) for pair in known}
        best = max(together, key=together.__getitem__, default=None)
        if best and together[best]:
            found[word] = best
    return found


def put_together(
    connection: sqlite3.Connection, words: Sequence[str], languages: Sequence[str]
) -> dict[tuple[str, ...], Forms]:
    """Find the compounds that articles have of a query's words: the stems of each compound, by its parts."""
    compounds = compounds_of(words) if languages else {}
    forms = find_forms(connection, compounds, languages, is_wide=False) if compounds else {}
    written: dict[tuple[str, ...], Forms] = {}
    for compound, of in forms.items():
        if _is_content(of) and _written_in(connection, [of], languages):
            parts = compounds[compound]
            written[parts] = {**written.get(parts, {}), **of}
    return written


def _is_content(forms: Forms) -> bool:
    return any(each.id >= FIRST_CONTENT_WORD for each in forms.values())


def _written_in(connection: sqlite3.Connection, words: Sequence[Forms], languages: Sequence[str]) -> int:
    """Count, of the newest few articles with all of these words, those in one of the languages."""
    match = " AND ".join("(" + " OR ".join(f'"{token_of(each.id)}"' for each in of.values()) + ")" for of in words)
    return sum(text_language(text) in languages for text in newest_texts(connection, match))
