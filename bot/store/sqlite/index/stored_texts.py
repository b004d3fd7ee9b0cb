"""Read the texts of many articles in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.store.sqlite.file.sql import as_list, as_numbers
from bot.store.sqlite.index.view import KEY_BITS, Part, View
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
    SELECT a.row_id, a.title || ' ' || a.excerpt FROM json_each(?) AS wanted
    CROSS JOIN article AS a ON a.row_id = wanted.value
"""


_Words = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]
"""All word numbers one after the other, where each text begins and the last ends, and titles' lengths."""


def read_texts(view: View, keys: NDArray[np.int64], published: NDArray[np.int64]) -> Texts:
    """Read the texts of these rows, in their order; a row that isn't indexed has no words.

    Args:
        view: What is searched.
        keys: Of the rows.
        published: When each was published, in microseconds.
    """
    if len(view.parts) == 1:
        words, starts, title_lengths = _read_part(view.parts[0], keys)
    else:
        words, starts, title_lengths = _together(view, keys)
    return Texts(keys=keys, words=words, starts=starts, title_lengths=title_lengths, moments_s=published / _PER_SECOND)


def _read_part(part: Part, keys: NDArray[np.int64]) -> _Words:
    joined, lengths = part.connection.execute(_WORDS, (as_list(part.rows(keys.tolist())),)).fetchone()
    words, starts, title_lengths = decode_joined(bytes.fromhex(joined or ""), as_numbers(lengths))
    return words if part.lexicon is None else part.lexicon.numbers[words], starts, title_lengths


def _together(view: View, keys: NDArray[np.int64]) -> _Words:
    """Read the texts of several files and put them into the order of the keys."""
    read = [_read_part(part, keys) for part in view.parts]
    numbers = keys & (1 << KEY_BITS) - 1
    places = np.concatenate([np.flatnonzero(numbers == part.number) for part in view.parts])
    words = np.concatenate([each[0] for each in read])
    lengths = np.concatenate([np.diff(each[1]) for each in read])
    title_lengths = np.concatenate([each[2] for each in read])
    firsts = np.cumsum(lengths) - lengths
    order = np.argsort(places)
    lengths, firsts = lengths[order], firsts[order]
    starts = np.concatenate(([0], np.cumsum(lengths)))
    taken = np.arange(starts[-1]) + np.repeat(firsts - starts[:-1], lengths)
    return words[taken], starts, title_lengths[order]


def writes(view: View, written: Iterable[str], keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return for each row, in their order, whether its text has all of these folded words unstemmed."""
    wanted = set(written)
    has_all: dict[int, bool] = {}
    for part in view.parts:
        for row_id, text in part.connection.execute(_WRITTEN, (as_list(part.rows(keys.tolist())),)):
            has_all[part.key(row_id)] = wanted <= set(words_of(text))
    return np.array([has_all[key] for key in keys.tolist()], dtype=np.bool_)


def text_of(view: View, title: str, excerpt: str, published_at: datetime) -> Texts:
    """Encode a text that needn't be in the store; words that are in no article have the id `NO_WORD`."""
    language = text_language(f"{title} {excerpt}")
    in_title, in_excerpt = ([stem(word, language) for word in words_of(text)] for text in (title, excerpt))
    known = view.find_words(in_title + in_excerpt)
    ids = [known[each].id if each in known else NO_WORD for each in in_title + in_excerpt]
    return Texts(
        keys=np.zeros(1, np.int64),
        words=np.array(ids, dtype=np.int32),
        starts=np.array([0, len(ids)], dtype=np.int64),
        title_lengths=np.array([len(in_title)], dtype=np.int32),
        moments_s=np.array([published_at.timestamp()]),
    )
