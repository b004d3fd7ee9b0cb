"""Term occurrences in many texts, looked up for all of them at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.text.term_frequencies import FIRST_CONTENT_WORD, Count, Texts, Totals

LONE: Final = 0.65
"""IDF of a word that only one of the compared texts has, as a share of the logarithm of all texts: its root mean square
is .66 (47,000 articles; from one query to another by .04). Counting these words, 900 a query, takes .3 ms."""

_DENSE: Final = 2**20
"""Cells, texts times words, up to which marking each is faster than sorting those that are present."""


def rarities(totals: Totals, frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute `Totals.idf` for many document frequencies at once."""
    others = np.maximum(totals.texts, frequencies) - frequencies
    return np.asarray(np.log(1 + (others + 0.5) / (frequencies + 0.5)), dtype=np.float64)


def distinct(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort and deduplicate numbers: `np.unique`, for a few thousand of them in a third of its time."""
    numbers = np.sort(numbers)
    is_first = np.ones(len(numbers), dtype=np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=is_first[1:])
    return numbers[is_first]


@dataclass(frozen=True, kw_only=True, eq=False)
class Occurrences:
    """Word occurrences of some texts, by text and position.

    A few hundred texts contain a few thousand distinct words out of a vocabulary of hundreds of thousands. So words
    are renumbered by their index among the distinct words: every later lookup needs only small tables.

    Attributes:
        texts: Texts of articles: each word has an id, never `NO_WORD`.
    """

    texts: Texts

    @cached_property
    def words(self) -> NDArray[np.int32]:
        """The distinct word ids, ascending."""
        is_present = np.zeros(int(self.texts.words.max(initial=-1)) + 1, dtype=np.bool_)
        is_present[self.texts.words] = True
        return np.flatnonzero(is_present).astype(np.int32)

    @cached_property
    def distinct_words(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Each text's distinct words: the indices of the texts, ascending, and the words' indices in `words`."""
        cells = self._owners * len(self.words) + self._indices
        if (size := len(self.texts) * len(self.words)) <= _DENSE:
            is_present = np.zeros(size, dtype=np.bool_)
            is_present[cells] = True
            cells = np.flatnonzero(is_present)
        else:
            cells = distinct(cells)
        rows = cells // max(1, len(self.words))
        return rows, cells - rows * len(self.words)

    @cached_property
    def is_shared(self) -> NDArray[np.bool_]:
        """For each of `words` whether it is a content word that at least two texts have."""
        _, columns = self.distinct_words
        return (self.words >= FIRST_CONTENT_WORD) & (np.bincount(columns, minlength=len(self.words)) > 1)

    def rarities(self, totals: Totals, count: Count) -> NDArray[np.float64]:
        """Compute the IDF of each of `words`: 0 for stop words, and an average for words of only one text.

        Args:
            totals: Totals of the index.
            count: Document frequencies.
        """
        idf = np.where(self.words >= FIRST_CONTENT_WORD, LONE * math.log(totals.texts + 1), 0.0)
        shared = np.flatnonzero(self.is_shared)
        idf[shared] = rarities(totals, count(self.words[shared]))
        return idf

    def look_up(
        self, words: NDArray[np.int32], pairs: Sequence[tuple[int, int]]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Count term frequencies and find bigrams: a row a text, a column a word or a pair.

        Args:
            words: Distinct word ids, ascending.
            pairs: Distinct pairs of these words, in reading order.

        Returns:
            How often each text has each word, and whether it has the words of each pair side by side.
        """
        columns, owners, texts = self._columns(words), self._owners, len(self.texts)
        held = (columns >= 0).nonzero()[0]
        cells = owners[held] * len(words) + columns[held]
        counts = np.bincount(cells, minlength=texts * len(words)).reshape(texts, len(words))
        is_present = np.zeros(texts * len(pairs), dtype=np.bool_)
        if pairs and len(held) > 1:
            # Only neighbouring occurrences of the words can be a pair.
            firsts = held[:-1][(held[1:] - held[:-1] == 1) & (owners[held[1:]] == owners[held[:-1]])]
            numbers = np.zeros(len(words) ** 2, dtype=np.int64)
            wanted = np.searchsorted(words, np.array(pairs, dtype=np.int32))
            numbers[wanted[:, 0] * len(words) + wanted[:, 1]] = np.arange(1, len(pairs) + 1)
            found = numbers[columns[firsts] * len(words) + columns[firsts + 1]]
            here = found.nonzero()[0]
            is_present[owners[firsts[here]] * len(pairs) + found[here] - 1] = True
        return counts, is_present.reshape(texts, len(pairs))

    def _columns(self, words: NDArray[np.int32]) -> NDArray[np.int64]:
        """Map each word of the texts to its index in `words` (ascending); -1 for any other word."""
        table = np.full(len(self.words), -1, dtype=np.int64)
        if len(table):
            indices = np.searchsorted(self.words[:-1], words)
            is_known = self.words[indices] == words
            table[indices[is_known]] = np.flatnonzero(is_known)
        return table[self._indices]

    @cached_property
    def _indices(self) -> NDArray[np.int64]:
        table = np.empty(int(self.words.max(initial=-1)) + 1, dtype=np.int64)
        table[self.words] = np.arange(len(self.words))
        return table[self.texts.words]

    @cached_property
    def _owners(self) -> NDArray[np.int64]:
        return self.texts.owners
