"""Spelling correction: words of titles near a misspelled word, by symmetric deletion.

Two words are one edit apart only if they are equal after deleting at most one letter of each. So every word in two or
more titles is stored under the hashes of itself and of itself without each of its letters, and a misspelled word of
nine letters takes ten look-ups. A small archive has few words in two titles: there one is enough. A server's file has
the words of single titles too, whatever its size: the second title may be in the instance's.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.store.sqlite.file.kinds import SHELF
from bot.store.sqlite.file.sql import as_list
from bot.store.sqlite.index.view import View
from bot.store.sqlite.index.vocabulary import read_totals
from bot.text.language.scripts import is_sign
from bot.text.spelling import distance

SPELLED_FROM, SPELLED_TO = 4, 19
"""Lengths in letters: shorter words are near too many others, longer ones are rarely words."""

TITLES: Final = 2
"""Titles a word must be in; in fewer it may be a misspelling itself."""

SMALL: Final = 2_000
"""Articles up to which one title is enough."""

LONG: Final = 8
"""Letters from which a word may be two edits away, if its first `SURE` letters are as typed."""

SURE: Final = 4

_KNOWN: Final = """
    SELECT s.written, s.spelling_id FROM json_each(?) AS wanted CROSS JOIN spelling AS s ON s.written = wanted.value
"""
_IS_IN_TITLES: Final = "SELECT 1 FROM title_text WHERE title_text MATCH ? LIMIT 1 OFFSET ?"
_COUNT_TITLES: Final = "SELECT count(*) FROM (SELECT 1 FROM title_text WHERE title_text MATCH ? LIMIT ?)"
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
_ALL: Final = "SELECT written FROM spelling"
_ADD: Final = "INSERT INTO spelling (spelling_id, written) VALUES (?, ?)"
_DROP: Final = "DELETE FROM spelling WHERE spelling_id = ?"
_ADD_DELETION: Final = "INSERT INTO deletion (hash, spelling_id) VALUES (?, ?)"
_DROP_DELETION: Final = "DELETE FROM deletion WHERE hash = ? AND spelling_id = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """A word as written, and its edit distance from what was typed."""

    written: str
    edits: int


def near_spellings(view: View, word: str) -> list[Spelling]:
    """Find the known words one edit from a folded word; two edits if there is none and the word is long."""
    if not _is_spelled(word):
        return []
    near = _within(word, _spelled(view, _NEAR, str(_hashes(word))), 1)
    near = _in_enough_titles(view, near)
    if not near and len(word) >= LONG:
        span = (word[:SURE], word[:SURE] + _LAST, len(word) - 2, len(word) + 2)
        near = _in_enough_titles(view, _within(word, _spelled(view, _BEGUN, *span), 2))
    return near


def _spelled(view: View, sql: str, *asked: object) -> dict[str, None]:
    """Read words of all files, each once."""
    return dict.fromkeys(row[0] for part in view.parts for row in part.connection.execute(sql, asked))


def _in_enough_titles(view: View, near: list[Spelling]) -> list[Spelling]:
    """Leave out words that are in too few titles of both files together; the instance's alone has no others."""
    if view.own is None or view.totals().articles <= SMALL:
        return near
    return [each for each in near if sum(_count_titles(part.connection, each.written) for part in view.parts) >= TITLES]


def _count_titles(connection: sqlite3.Connection, word: str) -> int:
    return int(connection.execute(_COUNT_TITLES, (f'"{word}"', TITLES)).fetchone()[0])


def add_spellings(
    connection: sqlite3.Connection, titles: Mapping[str, int], *, is_first: Callable[[str], bool]
) -> None:
    """Add those of these words that are in enough titles by now.

    Args:
        connection: Within a transaction; `title_text` and the totals have the new titles already.
        titles: The number of new titles with each word, in the order of the titles.
        is_first: True if a word can't be in an older title; only the others are looked up, which costs more than all
            the rest.
    """
    enough = _enough_titles(connection)
    asked = [word for word in titles if _is_spelled(word)]
    known = _known(connection, asked)
    new = [
        word
        for word in asked
        if word not in known
        and (titles[word] >= enough or (not is_first(word) and _is_in_titles(connection, word, enough)))
    ]
    _add(connection, new)


def add_missing_spellings(connection: sqlite3.Connection, after: str, *, at_most: int) -> str | None:
    """Add the next words that are in enough titles and missing: for an index that was rebuilt.

    Args:
        connection: Within a transaction.
        after: The word after which to continue, in alphabetical order; empty for the start.
        at_most: The number of words to look at.

    Returns:
        The last of them; None if there were no more.
    """
    connection.execute(_MAKE_TITLE_WORDS)
    span = (after, _enough_titles(connection), SPELLED_FROM, SPELLED_TO, at_most)
    words = [row[0] for row in connection.execute(_MISSING, span)]
    _add(connection, filter(_is_spelled, words))
    return words[-1] if words else None


def drop_spellings(connection: sqlite3.Connection, words: Iterable[str]) -> None:
    """Delete those of these words that are no longer in enough titles of `title_text`."""
    enough = _enough_titles(connection)
    known = _known(connection, words)
    gone = [(word, key) for word, key in known.items() if not _is_in_titles(connection, word, enough)]
    connection.executemany(_DROP_DELETION, [(each, key) for word, key in gone for each in _hashes(word)])
    connection.executemany(_DROP, [(key,) for _, key in gone])


def resize_spellings(connection: sqlite3.Connection, *, before: int) -> None:
    """Drop the words of single titles if the archive is no longer small, and add them if it is small again.

    Args:
        connection: Within a transaction; the indexes and totals are complete.
        before: The number of articles before this transaction.
    """
    if keeps_all_spellings(connection):
        return
    is_small, was_small = read_totals(connection).articles <= SMALL, before <= SMALL
    if was_small and not is_small:
        drop_spellings(connection, [row[0] for row in connection.execute(_ALL)])
    elif is_small and not was_small:
        word: str | None = ""
        while word is not None:
            word = add_missing_spellings(connection, word, at_most=SMALL)


def drop_all_spellings(connection: sqlite3.Connection) -> None:
    """Delete all spellings."""
    connection.execute("DELETE FROM deletion")
    connection.execute("DELETE FROM spelling")


def _add(connection: sqlite3.Connection, words: Iterable[str]) -> None:
    numbered = list(enumerate(words, connection.execute(_NEXT).fetchone()[0]))
    connection.executemany(_ADD, numbered)
    connection.executemany(_ADD_DELETION, sorted((each, key) for key, word in numbered for each in _hashes(word)))


def _within(word: str, spelled: Iterable[str], most: int) -> list[Spelling]:
    measured = (Spelling(written=each, edits=distance(word, each, most)) for each in spelled)
    return [each for each in measured if 0 < each.edits <= most]


def _known(connection: sqlite3.Connection, words: Iterable[str]) -> dict[str, int]:
    return dict(connection.execute(_KNOWN, (as_list(dict.fromkeys(words)),)).fetchall())


def keeps_all_spellings(connection: sqlite3.Connection) -> bool:
    """Return True if a file has the words of single titles, whatever its size: a server's."""
    return bool(connection.execute("PRAGMA application_id").fetchone()[0] == SHELF.application_id)


def _enough_titles(connection: sqlite3.Connection) -> int:
    is_one_enough = keeps_all_spellings(connection) or read_totals(connection).articles <= SMALL
    return 1 if is_one_enough else TITLES


def _is_in_titles(connection: sqlite3.Connection, word: str, titles: int) -> bool:
    return connection.execute(_IS_IN_TITLES, (f'"{word}"', titles - 1)).fetchone() is not None


def _is_spelled(word: str) -> bool:
    return SPELLED_FROM <= len(word) <= SPELLED_TO and not word.isdecimal() and not is_sign(word)


def _hashes(word: str) -> list[int]:
    """Hash a word, and the word without each of its letters, to 23 bits: three bytes each."""
    left = {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}
    return sorted({zlib.crc32(each.encode()) >> 9 for each in left})
