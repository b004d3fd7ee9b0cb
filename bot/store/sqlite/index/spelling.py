"""Words near a misspelled one: how the words of titles are written, found by what is left of both without one letter.

Two words are one edit apart only where they are alike once each lost a letter at most. So every word that stands in two
titles or more is kept under the hashes of itself and of itself without each of its letters, and a misspelled word of
nine letters takes ten look-ups, whatever its letters are.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.store.sqlite.file.sql import as_list
from bot.text.spelling import distance

SPELLED_FROM, SPELLED_TO = 4, 19
"""Letters: shorter words are near too many others, longer ones are hardly words."""

TITLES: Final = 2
"""Titles from which on a word is no misspelling itself."""

LONG: Final = 8
"""Letters from which a word may be two edits away, its first `SURE` ones as typed."""

SURE: Final = 4

_KNOWN: Final = """
    SELECT s.written, s.spelling_id FROM json_each(?) AS wanted CROSS JOIN spelling AS s ON s.written = wanted.value
"""
_HAS_SEVERAL: Final = "SELECT 1 FROM title_text WHERE title_text MATCH ? LIMIT 1 OFFSET ?"
_MAKE_TITLE_WORDS: Final = """
    CREATE VIRTUAL TABLE IF NOT EXISTS temp.title_words USING fts5vocab (main, title_text, row)
"""
_MISSING: Final = """
    SELECT term FROM temp.title_words
    WHERE term > ?1 AND doc >= ?2 AND length(term) BETWEEN ?3 AND ?4
    AND NOT EXISTS (SELECT 1 FROM spelling WHERE written = term)
    ORDER BY term LIMIT ?5
"""
_NEAR: Final = """
    SELECT DISTINCT s.written FROM json_each(?) AS wanted
    CROSS JOIN deletion AS d ON d.hash = wanted.value CROSS JOIN spelling AS s ON s.spelling_id = d.spelling_id
"""
_BEGUN: Final = """
    SELECT written FROM spelling WHERE written >= ?1 AND written < ?2 AND length(written) BETWEEN ?3 AND ?4
"""
_LAST: Final = "\U0010ffff"
_NEXT: Final = "SELECT ifnull(max(spelling_id), 0) + 1 FROM spelling"
_ADD: Final = "INSERT INTO spelling (spelling_id, written) VALUES (?, ?)"
_DROP: Final = "DELETE FROM spelling WHERE spelling_id = ?"
_ADD_DELETION: Final = "INSERT INTO deletion (hash, spelling_id) VALUES (?, ?)"
_DROP_DELETION: Final = "DELETE FROM deletion WHERE hash = ? AND spelling_id = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """A word as it is written, and how many edits it is from what was typed."""

    written: str
    edits: int


def near_spellings(connection: sqlite3.Connection, word: str) -> list[Spelling]:
    """The words that a folded word may be meant to be, one edit away; two where there is none and the word is long."""
    if not _is_spelled(word):
        return []
    near = _within(word, connection.execute(_NEAR, (str(_hashes(word)),)), 1)
    if not near and len(word) >= LONG:
        span = (word[:SURE], word[:SURE] + _LAST, len(word) - 2, len(word) + 2)
        near = _within(word, connection.execute(_BEGUN, span), 2)
    return near


def add_spellings(
    connection: sqlite3.Connection, titles: Mapping[str, int], *, is_first: Callable[[str], bool]
) -> None:
    """Keep those of these words that stand in several titles by now.

    Args:
        connection: Within a transaction, `title_text` with the new titles in it.
        titles: In how many of the new titles each word stands, the words in the order of the titles.
        is_first: True where a word can't stand in an older title; only others are asked for, which costs more than all
            the rest.
    """
    asked = [word for word in titles if _is_spelled(word)]
    known = _known(connection, asked)
    new = [
        word
        for word in asked
        if word not in known
        and (titles[word] >= TITLES or (not is_first(word) and _has_several_titles(connection, word)))
    ]
    _add(connection, new)


def add_missing_spellings(connection: sqlite3.Connection, after: str, *, at_most: int) -> str | None:
    """Keep the next words that stand in several titles and aren't kept yet: for an index that was made anew.

    Args:
        connection: Within a transaction.
        after: The word after which to go on, in the order of words; empty for the first.
        at_most: How many words to look at.

    Returns:
        The last of them; None where there were no more.
    """
    connection.execute(_MAKE_TITLE_WORDS)
    words = [row[0] for row in connection.execute(_MISSING, (after, TITLES, SPELLED_FROM, SPELLED_TO, at_most))]
    _add(connection, filter(_is_spelled, words))
    return words[-1] if words else None


def drop_spellings(connection: sqlite3.Connection, words: Iterable[str]) -> None:
    """Forget those of these words that don't stand in several titles of `title_text` any more."""
    gone = [(word, key) for word, key in _known(connection, words).items() if not _has_several_titles(connection, word)]
    connection.executemany(_DROP_DELETION, [(each, key) for word, key in gone for each in _hashes(word)])
    connection.executemany(_DROP, [(key,) for _, key in gone])


def forget_spellings(connection: sqlite3.Connection) -> None:
    """Begin with nothing counted."""
    connection.execute("DELETE FROM deletion")
    connection.execute("DELETE FROM spelling")


def _add(connection: sqlite3.Connection, words: Iterable[str]) -> None:
    numbered = list(enumerate(words, connection.execute(_NEXT).fetchone()[0]))
    connection.executemany(_ADD, numbered)
    connection.executemany(_ADD_DELETION, sorted((each, key) for key, word in numbered for each in _hashes(word)))


def _within(word: str, rows: Iterable[sqlite3.Row], most: int) -> list[Spelling]:
    measured = (Spelling(written=row[0], edits=distance(word, row[0], most)) for row in rows)
    return [each for each in measured if 0 < each.edits <= most]


def _known(connection: sqlite3.Connection, words: Iterable[str]) -> dict[str, int]:
    return dict(connection.execute(_KNOWN, (as_list(dict.fromkeys(words)),)).fetchall())


def _has_several_titles(connection: sqlite3.Connection, word: str) -> bool:
    return connection.execute(_HAS_SEVERAL, (f'"{word}"', TITLES - 1)).fetchone() is not None


def _is_spelled(word: str) -> bool:
    return SPELLED_FROM <= len(word) <= SPELLED_TO and not word.isdecimal()


def _hashes(word: str) -> list[int]:
    """A word and what is left of it without each of its letters, as hashes of 23 bits: three bytes each."""
    left = {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}
    return sorted({zlib.crc32(each.encode()) >> 9 for each in left})
