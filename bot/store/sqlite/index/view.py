"""What one reader sees of the archive: the instance's file, a server's, or both as if they were one.

A row of a view has a key: its row id, and in the lowest bit the file that it is in. So keys are in the order of
publication as row ids are, and those of two files never meet. Word numbers are the view's (`lexicon`). Whatever an
answer depends on (frequencies, totals, spellings) is added up over the files of the view and nothing else, so a server
is answered as if there were no others.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.news.article import INSTANCE_SHELF, ShelfId
from bot.store.sqlite.file.sql import plain
from bot.store.sqlite.index import vocabulary
from bot.store.sqlite.index.known import Known
from bot.store.sqlite.index.lexicon import Lexicon
from bot.store.sqlite.index.row_ids import PER_SECOND
from bot.store.sqlite.index.vocabulary import Word
from bot.text.background import background_share, background_texts
from bot.text.term_frequencies import NO_WORD, Totals

KEY_BITS: Final = 1
_PART: Final = (1 << KEY_BITS) - 1

KEYS_PER_SECOND: Final = PER_SECOND << KEY_BITS
"""As `PER_SECOND` for keys."""

NOWHERE: Final = "\uffff"
"""A token that no text has: it is not a letter."""

Match = Callable[[Callable[[int], str]], str]
"""Builds an FTS5 expression, given what builds the token of a word number."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One file of a view, within a read transaction.

    Attributes:
        connection: To the file.
        number: The lowest bit of its keys.
        shelf: The shelf that is seen of it.
        shelf_id: That shelf's inner id; None if nothing was ever put on it.
        file: Identifies the file among all that this process opens.
        known: What the connection has read of the file as it is.
        lexicon: None if the file's word numbers are the view's.
    """

    connection: sqlite3.Connection
    number: int
    shelf: ShelfId
    shelf_id: int | None
    file: str
    known: Known
    lexicon: Lexicon | None = None

    @property
    def shelf_ids(self) -> list[int]:
        """The inner ids of the visible shelves: one or none."""
        return [] if self.shelf_id is None else [self.shelf_id]

    def key(self, row_id: int) -> int:
        """Return the key of a row."""
        return row_id << KEY_BITS | self.number

    def keys(self, row_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the keys of rows."""
        return row_ids << KEY_BITS | self.number

    def rows(self, keys: Iterable[int]) -> list[int]:
        """Select the row ids of those keys that are in this file, in their order."""
        number = self.number
        return [key >> KEY_BITS for key in keys if key & _PART == number]

    def word(self, word: Word) -> Word:
        """Translate a word of the file to the view's number."""
        return word if self.lexicon is None else Word(id=int(self.lexicon.numbers[word.id]), articles=word.articles)

    def own_number(self, word: int) -> int:
        """Return the file's own number of a word of the view."""
        return word if self.lexicon is None or word == NO_WORD else self.lexicon.own_number(word)

    def token(self, word: int) -> str:
        """Return the token of a word of the view in `article_text`; `NOWHERE` for a word in no article."""
        return NOWHERE if word == NO_WORD else f"{self.own_number(word):x}"

    def count(self, words: NDArray[np.int32]) -> NDArray[np.int64]:
        """Read the document frequency of each of these words of the view."""
        return self.known.count(self.connection, words) if self.lexicon is None else self.lexicon.count(words)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """The files that a reader sees, the instance's first."""

    parts: Sequence[Part]

    @property
    def instance(self) -> Part | None:
        """The instance's file; None if it isn't seen."""
        return next((part for part in self.parts if part.shelf == INSTANCE_SHELF), None)

    @property
    def own(self) -> Part | None:
        """The server's file; None if there is none."""
        return next((part for part in self.parts if part.shelf != INSTANCE_SHELF), None)

    @property
    def connections(self) -> list[sqlite3.Connection]:
        """The connection to each file."""
        return [part.connection for part in self.parts]

    def totals(self) -> Totals:
        """Read the number of indexed articles, stubs included, and of their words."""
        counted = [part.known.totals(part.connection) for part in self.parts]
        if len(counted) == 1:
            return counted[0]
        articles = sum(each.articles for each in counted)
        words = sum(each.words for each in counted)
        return Totals(articles=articles, words=words, background=background_texts(articles))

    def find_words(self, stems: Iterable[str]) -> dict[str, Word]:
        """Find those of these stems that are in some article."""
        asked = list(dict.fromkeys(stems))
        return self._added_up([vocabulary.find_words(part.connection, asked) for part in self.parts])

    def find_listed(self, stems: tuple[str, ...]) -> dict[str, Word]:
        """Find words as `find_words`, for one of the few lists that the program has: read once until a file changes."""
        return self._added_up([part.known.find_words(part.connection, stems) for part in self.parts])

    def _added_up(self, found_in: Sequence[Mapping[str, Word]]) -> dict[str, Word]:
        if len(self.parts) == 1 and self.parts[0].lexicon is None:
            return dict(found_in[0])
        found: dict[str, Word] = {}
        for part, words in zip(self.parts, found_in, strict=True):
            for stem, word in words.items():
                _add(found, stem, part.word(word))
        return found

    def count_words(self, words: NDArray[np.int32]) -> NDArray[np.int64]:
        """Read the document frequency of each of these words."""
        counts = np.zeros(len(words), dtype=np.int64)
        for part in self.parts:
            counts = counts + part.count(words)
        return counts

    def count_frequencies(self, words: NDArray[np.int32], totals: Totals) -> NDArray[np.float64]:
        """Compute document frequencies for ranking: the view's, and those of general news while it is small."""
        counts = self.count_words(words).astype(np.float64)
        if totals.background and len(words):
            counts += totals.background * np.array([*map(background_share, self._stems(words))])
        return counts

    def _stems(self, words: NDArray[np.int32]) -> list[str]:
        stems = ["-"] * len(words)
        for part in self.parts:
            own = [part.own_number(word) for word in words.tolist()]
            known = vocabulary.read_stems(part.connection, own)
            stems = [there if stem == "-" else stem for stem, there in zip(stems, known, strict=True)]
        return stems

    def begun_words(self, prefix: str, most: int) -> dict[str, Word]:
        """Find the most frequent stems with a prefix of at least `PREFIX_FROM` letters."""
        return self._most_frequent(vocabulary.begun_words, prefix, most)

    def ending_words(self, ending: str, most: int) -> dict[str, Word]:
        """Find the most frequent longer stems with an ending of at least `ENDING_FROM` letters."""
        return self._most_frequent(vocabulary.ending_words, ending, most)

    def _most_frequent(
        self, read: Callable[[sqlite3.Connection, str, int], dict[str, Word]], letters: str, most: int
    ) -> dict[str, Word]:
        if len(self.parts) == 1:
            part = self.parts[0]
            return {stem: part.word(word) for stem, word in read(part.connection, letters, most).items()}
        # The instance's most frequent ones and all of the shelf's: no other can be among the most frequent of both.
        stems = dict.fromkeys(read(self.parts[-1].connection, letters, -1))
        for part in self.parts[:-1]:
            stems |= dict.fromkeys(read(part.connection, letters, most))
        ordered = sorted(self.find_words(stems).items(), key=lambda each: (-each[1].articles, each[0]))
        return dict(ordered[:most])

    def is_begun(self, prefix: str) -> bool:
        """Return True if some stem has this prefix."""
        return any(vocabulary.is_begun(part.connection, prefix) for part in self.parts)

    def count_matches(self, match: Match, most: int) -> int:
        """Count the articles and stubs that match an expression, `most` of them at most."""
        found = 0
        for part in self.parts:
            sql = "SELECT count(*) FROM (SELECT 1 FROM article_text WHERE article_text MATCH ? LIMIT ?)"
            found += int(part.connection.execute(sql, (match(part.token), most)).fetchone()[0])
        return min(found, most)

    def newest(self, sql: str, match: Match, most: int, *values: object) -> list[tuple[int, object]]:
        """Read one value of each of the newest articles that match an expression.

        Args:
            sql: Takes the expression, the number of rows and `values`; gives row id and value, newest first.
            match: The expression.
            most: The number of rows at most, over all files.
            *values: Further parameters.
        """
        found: list[tuple[int, object]] = []
        for part in self.parts:
            rows = plain(part.connection).execute(sql, (match(part.token), most, *values))
            found += [(part.key(row_id), value) for row_id, value in rows]
        return sorted(found, key=lambda each: each[0], reverse=True)[:most]


def part_number(key: int) -> int:
    """Return the number of the part that a key's row is in."""
    return key & _PART


def view_of(connection: sqlite3.Connection, shelf: ShelfId, *, file: str, known: Known) -> View:
    """Build the view of one shelf of one file, within a read transaction; `known` is the connection's."""
    return View(parts=[part_of(connection, shelf, file=file, known=known)])


def part_of(
    connection: sqlite3.Connection, shelf: ShelfId, *, file: str, known: Known, lexicon: Lexicon | None = None
) -> Part:
    """Build one part of a view; see `Part` for the arguments."""
    shelf_id = shelf_key(connection, shelf)
    known.renew(connection)
    return Part(
        connection=connection,
        number=0 if shelf == INSTANCE_SHELF else 1,
        shelf=shelf,
        shelf_id=shelf_id,
        file=file,
        known=known,
        lexicon=lexicon,
    )


def shelf_key(connection: sqlite3.Connection, shelf: ShelfId) -> int | None:
    """Find the inner id of a shelf in a file; None if nothing was ever put on it."""
    row = connection.execute("SELECT shelf_id FROM shelf WHERE name = ?", (shelf,)).fetchone()
    return None if row is None else int(row[0])


def _add(found: dict[str, Word], stem: str, word: Word) -> None:
    known = found.get(stem)
    found[stem] = word if known is None else Word(id=known.id, articles=known.articles + word.articles)
