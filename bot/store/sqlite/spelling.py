"""Words near a misspelled one: how the words of titles are written, found by what is left of both without one letter.

Two words are one edit apart only where they are alike once each lost a letter at most. So every word that stands in two
titles or more is kept under the hashes of itself and of itself without each of its letters, and a misspelled word of
nine letters takes ten look-ups, whatever its letters are.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.news.spelling import distance
from bot.store.sqlite.rows import as_list

SPELLED_FROM, SPELLED_TO = 4, 19
"""Letters: shorter words are near too many others, longer ones are hardly words."""

TITLES: Final = 2
"""Titles from which on a word is no misspelling itself."""

LONG: Final = 8
"""Letters from which a word may be two edits away, its first `SURE` ones as typed."""

SURE: Final = 4

_KNOWN: Final = """
    SELECT s.written, s.spelling_id, s.articles FROM json_each(?) AS wanted
    CROSS JOIN spelling AS s ON s.written = wanted.value
"""
_NEAR: Final = """
    SELECT DISTINCT s.written, s.articles FROM json_each(?) AS wanted
    CROSS JOIN deletion AS d ON d.hash = wanted.value CROSS JOIN spelling AS s ON s.spelling_id = d.spelling_id
"""
_BEGUN: Final = """
    SELECT written, articles FROM spelling
    WHERE written >= ?1 AND written < ?2 AND articles >= ?3 AND length(written) BETWEEN ?4 AND ?5
"""
_LAST: Final = "\U0010ffff"
_NEXT: Final = "SELECT ifnull(max(spelling_id), 0) + 1 FROM spelling"
_ADD: Final = "INSERT INTO spelling (spelling_id, written, articles) VALUES (?, ?, ?)"
_COUNT: Final = "UPDATE spelling SET articles = articles + ?2 WHERE spelling_id = ?1"
_FORGET: Final = "DELETE FROM spelling WHERE spelling_id = ? AND articles <= 0"
_ADD_DELETION: Final = "INSERT OR IGNORE INTO deletion (hash, spelling_id) VALUES (?, ?)"
_DROP_DELETION: Final = "DELETE FROM deletion WHERE hash = ? AND spelling_id = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """A word as it is written, in how many titles, and how many edits from what was typed."""

    written: str
    titles: int
    edits: int


def near_spellings(connection: sqlite3.Connection, word: str) -> list[Spelling]:
    """The words that a folded word may be meant to be: the nearest first, then those in most titles, then by letters.

    One edit away; two where that is nothing and the word is long.
    """
    if not _is_spelled(word):
        return []
    rows = connection.execute(_NEAR, (str(_hashes(word)),)).fetchall()
    near = _within(word, rows, 1)
    if not near and len(word) >= LONG:
        span = (word[:SURE], word[:SURE] + _LAST, TITLES, len(word) - 2, len(word) + 2)
        near = _within(word, connection.execute(_BEGUN, span).fetchall(), 2)
    return sorted(near, key=lambda each: (each.edits, -each.titles, each.written))


def count_spellings_in(connection: sqlite3.Connection, titles: Sequence[Sequence[str]]) -> None:
    """Count the words of titles that enter the index."""
    _count(connection, titles, 1)


def count_spellings_out(connection: sqlite3.Connection, titles: Sequence[Sequence[str]]) -> None:
    """Count the words of titles that leave the index."""
    _count(connection, titles, -1)


def forget_spellings(connection: sqlite3.Connection) -> None:
    """Begin with nothing counted."""
    connection.execute("DELETE FROM deletion")
    connection.execute("DELETE FROM spelling")


def _within(word: str, rows: Iterable[sqlite3.Row], most: int) -> list[Spelling]:
    measured = ((row[0], row[1], distance(word, row[0], most)) for row in rows)
    return [
        Spelling(written=written, titles=titles, edits=edits)
        for written, titles, edits in measured
        if 0 < edits <= most
    ]


def _count(connection: sqlite3.Connection, titles: Sequence[Sequence[str]], sign: int) -> None:
    counts = Counter(word for title in titles for word in dict.fromkeys(title))
    known = {row[0]: (row[1], row[2]) for row in connection.execute(_KNOWN, (as_list(counts),))}
    following = connection.execute(_NEXT).fetchone()[0]
    new = {word: following + place for place, word in enumerate(counts.keys() - known.keys())} if sign > 0 else {}
    connection.executemany(_ADD, [(key, word, counts[word]) for word, key in new.items()])
    connection.executemany(_COUNT, [(key, sign * counts[word]) for word, (key, _) in known.items()])
    if sign < 0:
        connection.executemany(_FORGET, [(key,) for key, _ in known.values()])
    entering: list[tuple[int, int]] = []
    leaving: list[tuple[int, int]] = []
    for word, (key, before) in (known | {word: (key, 0) for word, key in new.items()}).items():
        after = before + sign * counts[word]
        if (before < TITLES) != (after < TITLES) and _is_spelled(word):
            (entering if after >= TITLES else leaving).extend((each, key) for each in _hashes(word))
    connection.executemany(_ADD_DELETION, sorted(entering))
    connection.executemany(_DROP_DELETION, leaving)


def _is_spelled(word: str) -> bool:
    return SPELLED_FROM <= len(word) <= SPELLED_TO and not word.isdecimal()


def _hashes(word: str) -> list[int]:
    """A word and what is left of it without each of its letters, as hashes of 23 bits: three bytes each."""
    left = {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}
    return sorted({zlib.crc32(each.encode()) >> 9 for each in left})
