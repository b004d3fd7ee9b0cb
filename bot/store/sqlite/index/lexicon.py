"""The word numbers of one file as those of a view over two files.

Each file numbers its words itself, and nothing of one file is stored in another. So a shelf that is searched together
with the instance's archive gets a table in memory: a word that both have has the instance's number, any other word of
the shelf one that the instance doesn't use. A number is never used for another word (`vocabulary`), so after a write
only the new words of either file are looked up in the other.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.store.sqlite.file.sql import as_list, as_numbers, plain
from bot.store.sqlite.index.vocabulary import next_number
from bot.text.term_frequencies import FIRST_CONTENT_WORD, NO_WORD

MARGIN: Final = 1 << 16
"""Numbers left free above the instance's highest for its next words. Far more would lengthen every table by number."""

_COUNTS: Final = "SELECT group_concat(word_id), group_concat(articles) FROM word"
_STEMS: Final = """
    SELECT word.word_id, word.stem FROM json_each(?) AS wanted CROSS JOIN word ON word.word_id = wanted.value
"""
_IDS: Final = "SELECT word.stem, word.word_id FROM json_each(?) AS wanted CROSS JOIN word ON word.stem = wanted.value"
_NEWER: Final = "SELECT stem, word_id FROM word WHERE word_id > ?"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lexicon:
    """The words of a shelf's file.

    Attributes:
        version: `PRAGMA data_version` of the shelf's connection when it was made.
        highest: The instance's highest number then.
        offset: Added to the number of a word that the instance doesn't have.
        numbers: By the file's own number, the view's.
        articles: By the file's own number, in how many of its articles and stubs the word is.
        ordered: The view's numbers, ascending.
        own: The file's own number of each in `ordered`.
    """

    version: int
    highest: int
    offset: int
    numbers: NDArray[np.int32]
    articles: NDArray[np.int64]
    ordered: NDArray[np.int32]
    own: NDArray[np.int64]

    @property
    def nowhere(self) -> int:
        """A number that no word of the file has."""
        return len(self.numbers)

    def own_number(self, number: int) -> int:
        """Return the file's own number of a word of the view; `nowhere` if the file doesn't have it."""
        place = int(np.searchsorted(self.ordered, number))
        return int(self.own[place]) if place < len(self.ordered) and self.ordered[place] == number else self.nowhere

    def count(self, numbers: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return for each of these words of the view in how many of the file's articles and stubs it is."""
        places = np.minimum(np.searchsorted(self.ordered, numbers), max(0, len(self.ordered) - 1))
        if not len(self.ordered):
            return np.zeros(len(numbers), dtype=np.int64)
        return np.where(self.ordered[places] == numbers, self.articles[self.own[places]], 0)


def read_lexicon(own: sqlite3.Connection, instance: sqlite3.Connection, known: Lexicon | None) -> Lexicon:
    """Make the table of a shelf's words, or bring one up to date; both connections are within a transaction."""
    highest = next_number(instance) - 1
    next_number(own)  # begins the snapshot that the next statement is about
    version = int(own.execute("PRAGMA data_version").fetchone()[0])
    if known is None or not known.highest <= highest < known.offset:
        nothing = np.empty(0, dtype=np.int32)
        known = _ordered(
            version=version,
            highest=highest,
            offset=highest + MARGIN,
            numbers=nothing,
            articles=nothing.astype(np.int64),
        )
        return _renewed(own, instance, known, version)
    if known.version != version:
        known = _renewed(own, instance, known, version)
    return known if known.highest == highest else _extended(own, instance, known, highest)


def _renewed(own: sqlite3.Connection, instance: sqlite3.Connection, known: Lexicon, version: int) -> Lexicon:
    """Take in what was written to the file: count all of its words again, and look up those that are new."""
    ids, counts = map(as_numbers, plain(own).execute(_COUNTS).fetchone())
    size = int(ids.max(initial=-1)) + 1
    before = np.full(size, NO_WORD, dtype=np.int32)
    shared = min(size, len(known.numbers))
    before[:shared] = known.numbers[:shared]
    numbers, articles = np.full(size, NO_WORD, dtype=np.int32), np.zeros(size, dtype=np.int64)
    numbers[ids], articles[ids] = before[ids], counts
    new = dict(plain(own).execute(_STEMS, (str(ids[before[ids] == NO_WORD].tolist()),)))
    theirs = dict(plain(instance).execute(_IDS, (as_list(new.values()),)))
    for number, stem in new.items():
        is_stop_word = number < FIRST_CONTENT_WORD  # the same number in every file
        numbers[number] = number if is_stop_word else theirs.get(stem, known.offset + number)
    return _ordered(version=version, highest=known.highest, offset=known.offset, numbers=numbers, articles=articles)


def _extended(own: sqlite3.Connection, instance: sqlite3.Connection, known: Lexicon, highest: int) -> Lexicon:
    newer = dict(plain(instance).execute(_NEWER, (known.highest,)))
    numbers = known.numbers.copy()
    for stem, number in plain(own).execute(_IDS, (as_list(newer),)):
        numbers[number] = newer[stem]
    return _ordered(
        version=known.version, highest=highest, offset=known.offset, numbers=numbers, articles=known.articles
    )


def _ordered(
    *, version: int, highest: int, offset: int, numbers: NDArray[np.int32], articles: NDArray[np.int64]
) -> Lexicon:
    used = np.flatnonzero(numbers != NO_WORD)
    own = used[np.argsort(numbers[used])].astype(np.int64)
    return Lexicon(
        version=version,
        highest=highest,
        offset=offset,
        numbers=numbers,
        articles=articles,
        ordered=numbers[own],
        own=own,
    )
