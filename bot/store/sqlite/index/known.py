"""What a connection has read of a file's words, kept until the file changes.

Every search asks for the same totals, for the same few words that show the archive's languages, and for the document
frequencies of mostly the same words. `PRAGMA data_version` says whether another connection has committed a change to
the file since: then all of it is read again. A connection's own writes don't count, so only a reading connection has
one of these.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.store.sqlite.index import vocabulary
from bot.store.sqlite.index.vocabulary import Word
from bot.text.term_frequencies import Totals

_NOT_READ: Final = -1
_ROOM: Final = 1.25
"""Room for words with higher numbers, so that not every search lengthens the table."""

NO_COUNTS: Final = np.empty(0, dtype=np.int32)


@dataclass(slots=True, kw_only=True, eq=False)
class Known:
    """The words of one file as one connection has read them, within read transactions."""

    _version: int = field(default=_NOT_READ, init=False)
    _totals: Totals | None = field(default=None, init=False)
    _words: dict[Sequence[str], dict[str, Word]] = field(default_factory=dict, init=False)
    _counts: NDArray[np.int32] = field(default_factory=lambda: NO_COUNTS, init=False)

    def renew(self, connection: sqlite3.Connection) -> None:
        """Forget everything if the file has changed; the connection's snapshot has begun, by some statement."""
        version = int(connection.execute("PRAGMA data_version").fetchone()[0])
        if version != self._version:
            self._version, self._totals, self._words, self._counts = version, None, {}, NO_COUNTS

    def totals(self, connection: sqlite3.Connection) -> Totals:
        """Read the totals of the index, as `vocabulary.read_totals`."""
        if self._totals is None:
            self._totals = vocabulary.read_totals(connection)
        return self._totals

    def find_words(self, connection: sqlite3.Connection, stems: tuple[str, ...]) -> dict[str, Word]:
        """Find words as `vocabulary.find_words`, for one of the few lists of stems that the program has."""
        if stems not in self._words:
            self._words[stems] = vocabulary.find_words(connection, stems)
        return self._words[stems]

    def count(self, connection: sqlite3.Connection, words: NDArray[np.int32]) -> NDArray[np.int64]:
        """Read document frequencies, as `vocabulary.count_words`, of word numbers from 0 on."""
        self._make_room(int(words.max(initial=0)) + 1)
        counts = self._counts[words]
        missing = words[counts == _NOT_READ]
        if len(missing):
            self._counts[missing] = vocabulary.count_words(connection, missing)
            counts = self._counts[words]
        return counts.astype(np.int64)

    def _make_room(self, size: int) -> None:
        if size > len(self._counts):
            longer = np.full(int(size * _ROOM), _NOT_READ, dtype=np.int32)
            longer[: len(self._counts)] = self._counts
            self._counts = longer
