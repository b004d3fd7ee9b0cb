"""Word ids and document frequencies, kept beside the text index in its transactions."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.store.sqlite.file.sql import as_list, as_numbers
from bot.text.background import background_texts
from bot.text.term_frequencies import FIRST_CONTENT_WORD, STOP_STEMS, Totals

LAST: Final = "\U0010ffff"
"""Sorts after every letter: the end of the range of words with a prefix."""

PREFIX_FROM: Final = 3
"""Fewest letters of a prefix; as in the index `word_by_beginning`."""

ENDING_FROM: Final = 4
"""Fewest letters of an ending; as in the index `word_by_ending`."""

_WORDS: Final = """
    SELECT word.stem, word.word_id, word.articles FROM json_each(?) AS wanted
    CROSS JOIN word ON word.stem = wanted.value
"""
_IDS: Final = "SELECT stem, word_id FROM word WHERE stem IN (SELECT value FROM json_each(?))"
# In the order of the list, which SQLite reads from its start.
_COUNTS: Final = """
    SELECT group_concat(articles) FROM (
        SELECT ifnull(word.articles, 0) AS articles
        FROM json_each(?) AS wanted LEFT JOIN word ON word.word_id = wanted.value
    )
"""
_STEMS: Final = """
    SELECT group_concat(stem, ' ') FROM (
        SELECT ifnull(word.stem, '-') AS stem
        FROM json_each(?) AS wanted LEFT JOIN word ON word.word_id = wanted.value
    )
"""
_FREQUENT_BEGUN: Final = """
    SELECT stem, word_id, articles FROM word INDEXED BY word_by_beginning
    WHERE substr(stem, 1, 3) = substr(?1, 1, 3) AND articles >= 16 AND stem >= ?1 AND stem < ?2
    ORDER BY articles DESC, stem LIMIT ?3
"""
_BEGUN: Final = """
    SELECT stem, word_id, articles FROM word WHERE stem >= ?1 AND stem < ?2 ORDER BY articles DESC, stem LIMIT ?3
"""
_ENDING: Final = """
    SELECT stem, word_id, articles FROM word INDEXED BY word_by_ending
    WHERE substr(stem, -4) = substr(?1, -4) AND length(stem) >= 8 AND length(stem) > length(?1)
    AND substr(stem, -length(?1)) = ?1 ORDER BY articles DESC, stem LIMIT ?2
"""
_IS_BEGUN: Final = "SELECT 1 FROM word WHERE stem >= ?1 AND stem < ?2 LIMIT 1"
# No number is used again, also if its word is gone: a lexicon of another file (`lexicon`) may know it.
_NEXT: Final = "SELECT max(next_word, ifnull((SELECT max(word_id) FROM word), 0) + 1) FROM text_total"
_SAVE_NEXT: Final = "UPDATE text_total SET next_word = ? WHERE total_id = 1"
_ADD: Final = "INSERT INTO word (word_id, stem, articles) VALUES (?, ?, ?)"
_COUNT: Final = "UPDATE word SET articles = articles + ?2 WHERE word_id = ?1"
_FORGET: Final = "DELETE FROM word WHERE word_id = ? AND articles <= 0"
_COUNT_ALL: Final = "UPDATE text_total SET articles = articles + ?, words = words + ? WHERE total_id = 1"

STOP_IDS: Final = {stem: word_id for word_id, stem in enumerate(STOP_STEMS)}
"""The word ids of stop words' stems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A stem: its word id, and the number of articles and stubs it is in."""

    id: int
    articles: int


def read_totals(connection: sqlite3.Connection) -> Totals:
    """Read the number of indexed articles, stubs included, and of their words."""
    row = connection.execute("SELECT articles, words FROM text_total WHERE total_id = 1").fetchone()
    articles = row["articles"]
    return Totals(articles=articles, words=row["words"], background=background_texts(articles))


def find_words(connection: sqlite3.Connection, stems: Iterable[str]) -> dict[str, Word]:
    """Find those of these stems that are in some article."""
    return _by_stem(connection.execute(_WORDS, (as_list(dict.fromkeys(stems)),)))


def count_words(connection: sqlite3.Connection, words: NDArray[np.int32]) -> NDArray[np.int64]:
    """Read the document frequency of each of these word ids."""
    found = connection.execute(_COUNTS, (str(words.tolist()),)).fetchone()[0]
    return as_numbers(found)


def read_stems(connection: sqlite3.Connection, words: Iterable[int]) -> list[str]:
    """Read the stem of each of these word ids; a hyphen for one that no word has."""
    asked = list(words)
    joined = connection.execute(_STEMS, (str(asked),)).fetchone()[0]
    return joined.split(" ") if asked else []


def begun_words(connection: sqlite3.Connection, prefix: str, most: int) -> dict[str, Word]:
    """Find the most frequent stems with a prefix of at least `PREFIX_FROM` letters; all of them for negative `most`."""
    asked = (prefix, prefix + LAST, most)
    frequent = _by_stem(connection.execute(_FREQUENT_BEGUN, asked))
    return frequent if len(frequent) == most else _by_stem(connection.execute(_BEGUN, asked))


def ending_words(connection: sqlite3.Connection, ending: str, most: int) -> dict[str, Word]:
    """Find the most frequent longer stems with an ending of at least `ENDING_FROM` letters."""
    return _by_stem(connection.execute(_ENDING, (ending, most)))


def is_begun(connection: sqlite3.Connection, prefix: str) -> bool:
    """Return True if some stem has this prefix."""
    return connection.execute(_IS_BEGUN, (prefix, prefix + LAST)).fetchone() is not None


def count_in(
    connection: sqlite3.Connection, counts: Mapping[str, int], *, articles: int, words: int
) -> tuple[dict[str, int], frozenset[str]]:
    """Add the stems of new texts to the document frequencies.

    New stems get the next ids, those in most of these texts the lowest: frequent words have short ids.

    Args:
        connection: Within a transaction.
        counts: The number of these texts that each stem is in.
        articles: The number of texts.
        words: Their total length in words without stop words.

    Returns:
        The word ids of all of these stems; and those stems that were in no text before.
    """
    ids = _known_ids(connection, counts)
    connection.executemany(_COUNT, [(word, counts[stem]) for stem, word in ids.items()])
    following = max(FIRST_CONTENT_WORD, next_number(connection))
    new = sorted(counts.keys() - ids.keys())
    new.sort(key=counts.__getitem__, reverse=True)
    for stem in new:
        ids[stem] = STOP_IDS.get(stem, following)
        following += ids[stem] == following
    connection.executemany(_ADD, [(ids[stem], stem, counts[stem]) for stem in new])
    connection.execute(_SAVE_NEXT, (following,))
    connection.execute(_COUNT_ALL, (articles, words))
    return ids, frozenset(new)


def next_number(connection: sqlite3.Connection) -> int:
    """Return the number of the next new word, higher than that of any word so far."""
    return int(connection.execute(_NEXT).fetchone()[0])


def count_out(connection: sqlite3.Connection, texts: Sequence[Sequence[int]]) -> None:
    """Subtract the words, by id, of removed texts from the document frequencies."""
    counts = Counter(word for text in texts for word in set(text))
    connection.executemany(_COUNT, [(word, -count) for word, count in counts.items()])
    connection.executemany(_FORGET, [(word,) for word in counts])
    content_words = sum(word >= FIRST_CONTENT_WORD for text in texts for word in text)
    connection.execute(_COUNT_ALL, (-len(texts), -content_words))


def drop_all_words(connection: sqlite3.Connection) -> None:
    """Delete all words and totals."""
    connection.execute("DELETE FROM word")
    connection.execute("UPDATE text_total SET articles = 0, words = 0, next_word = 0 WHERE total_id = 1")


def _by_stem(rows: Iterable[sqlite3.Row]) -> dict[str, Word]:
    return {row[0]: Word(id=row[1], articles=row[2]) for row in rows}


def _known_ids(connection: sqlite3.Connection, stems: Iterable[str]) -> dict[str, int]:
    """Find the ids of these stems; there are thousands, so no `Word` is created for each."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return dict(cursor.execute(_IDS, (as_list(stems),)))
