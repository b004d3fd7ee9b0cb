"""Spelling correction: words of titles near a misspelled word, by symmetric deletion.

Two words are one edit apart only if they are equal after deleting at most one letter of each. So every word in two or
more titles is stored under the hashes of itself and of itself without each of its letters, and a misspelled word of
nine letters takes ten look-ups.
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
"""Lengths in letters: shorter words are near too many others, longer ones are rarely words."""

TITLES: Final = 2
"""Titles a word must be in; in fewer it may be a misspelling itself."""

LONG: Final = 8
"""Letters from which a word may be two edits away, if its first `SURE` letters are as typed."""

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
    """A word as written, and its edit distance from what was typed."""

    written: str
    edits: int


def near_spellings(connection: sqlite3.Connection, word: str) -> list[Spelling]:
    """Find the known words one edit from a folded word; two edits if there is none and the word is long."""
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
    """Add those of these words that are in several titles by now.

    Args:
        connection: Within a transaction; `title_text` has the new titles already.
        titles: The number of new titles with each word, in the order of the titles.
        is_first: True if a word can't be in an older title; only the others are looked up, which costs more than all
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
    """Add the next words that are in several titles and missing: for an index that was rebuilt.

    Args:
        connection: Within a transaction.
        after: The word after which to continue, in alphabetical order; empty for the start.
        at_most: The number of words to look at.

    Returns:
        The last of them; None if there were no more.
    """
    connection.execute(_MAKE_TITLE_WORDS)
    words = [row[0] for row in connection.execute(_MISSING, (after, TITLES, SPELLED_FROM, SPELLED_TO, at_most))]
    _add(connection, filter(_is_spelled, words))
    return words[-1] if words else None


def drop_spellings(connection: sqlite3.Connection, words: Iterable[str]) -> None:
    """Delete those of these words that are no longer in several titles of `title_text`."""
    gone = [(word, key) for word, key in _known(connection, words).items() if not _has_several_titles(connection, word)]
    connection.executemany(_DROP_DELETION, [(each, key) for word, key in gone for each in _hashes(word)])
    connection.executemany(_DROP, [(key,) for _, key in gone])


def drop_all_spellings(connection: sqlite3.Connection) -> None:
    """Delete all spellings."""
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
    """Hash a word, and the word without each of its letters, to 23 bits: three bytes each."""
    left = {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}
    return sorted({zlib.crc32(each.encode()) >> 9 for each in left})
