"""Read the texts of many articles in one statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.store.sqlite.file.sql import as_list, as_numbers
from bot.store.sqlite.index.vocabulary import find_words
from bot.store.sqlite.index.word_code import decode_joined
from bot.text.term_frequencies import NO_WORD, Texts
from bot.text.words import stem, text_language, words_of

_PER_SECOND: Final = 1e6
# In the order of the list, which SQLite reads from its start; as one row (`sql.as_numbers`).
_WORDS: Final = """
    SELECT group_concat(hex(words), ''), group_concat(length(words)) FROM (
        SELECT ifnull(w.words, x'00') AS words FROM json_each(?) AS wanted
        LEFT JOIN article_words AS w ON w.row_id = wanted.value
    )
"""

_WRITTEN: Final = """
    SELECT a.title || ' ' || a.excerpt FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value
"""


def read_texts(connection: sqlite3.Connection, rows: NDArray[np.int64], published: NDArray[np.int64]) -> Texts:
    """Read the texts of these rows, in their order; a row that isn't indexed has no words.

    Args:
        connection: Of the store.
        rows: Row ids.
        published: When each was published, in microseconds.
    """
    joined, lengths = connection.execute(_WORDS, (as_list(rows.tolist()),)).fetchone()
    words, starts, title_lengths = decode_joined(bytes.fromhex(joined or ""), as_numbers(lengths))
    return Texts(keys=rows, words=words, starts=starts, title_lengths=title_lengths, moments_s=published / _PER_SECOND)


def writes(connection: sqlite3.Connection, written: Iterable[str], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return for each row, in their order, whether its text has all of these folded words unstemmed."""
    wanted = set(written)
    texts = connection.execute(_WRITTEN, (as_list(rows.tolist()),))
    return np.array([wanted <= set(words_of(text)) for (text,) in texts], dtype=np.bool_)


def text_of(connection: sqlite3.Connection, title: str, excerpt: str, published_at: datetime) -> Texts:
    """Encode a text that needn't be in the store; words that are in no article have the id `NO_WORD`."""
    language = text_language(f"{title} {excerpt}")
    in_title, in_excerpt = ([stem(word, language) for word in words_of(text)] for text in (title, excerpt))
    known = find_words(connection, in_title + in_excerpt)
    ids = [known[each].id if each in known else NO_WORD for each in in_title + in_excerpt]
    return Texts(
        keys=np.zeros(1, np.int64),
        words=np.array(ids, dtype=np.int32),
        starts=np.array([0, len(ids)], dtype=np.int64),
        title_lengths=np.array([len(in_title)], dtype=np.int32),
        moments_s=np.array([published_at.timestamp()]),
    )
