"""Where some words stand in many texts, all looked up at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bot.news.texts import Texts, Totals


def rarities(totals: Totals, articles: NDArray[np.int64]) -> NDArray[np.float64]:
    """`Totals.idf` of many words at once."""
    idf: NDArray[np.float64] = np.log(1 + (np.maximum(totals.articles, articles) - articles + 0.5) / (articles + 0.5))
    return idf


@dataclass(frozen=True, kw_only=True, eq=False)
class Occurrences:
    """The places at which texts say some words.

    Attributes:
        texts: Where they are looked for.
        words: What is looked for: distinct word ids, rising. `NO_WORD` may be among them and occurs nowhere.
    """

    texts: Texts
    words: NDArray[np.int32]

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How often each text (a row) says each word (a column)."""
        said = np.bincount(self._cells, minlength=len(self.texts) * len(self.words))
        return said.reshape(len(self.texts), len(self.words))

    @cached_property
    def said(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Each word that each text says, once: the texts' places, rising, and the words' columns."""
        is_said = np.zeros(len(self.texts) * len(self.words), dtype=np.bool_)
        is_said[self._cells] = True
        # Of a flat array, where NumPy finds them in a tenth of the time.
        cells = np.flatnonzero(is_said)
        rows = cells // max(1, len(self.words))
        return rows, cells - rows * len(self.words)

    def columns(self, words: NDArray[np.int32]) -> NDArray[np.intp]:
        """The columns of some of `words`."""
        return np.searchsorted(self.words, words)

    def share_of_pairs(self, words: NDArray[np.int32]) -> NDArray[np.float64]:
        """For each text how many of the pairs of neighbours in `words` are neighbours there, too; 0 to 1."""
        wide = len(self.words) + 1
        asked = self.columns(words) + 1
        pairs = np.unique(asked[:-1] * wide + asked[1:])
        if not len(pairs):
            return np.zeros(len(self.texts))
        numbers = np.zeros(wide * wide, dtype=np.int64)
        numbers[pairs] = np.arange(1, len(pairs) + 1)
        here, there = self._held[:-1], self._held[1:]
        near = (there - here == 1) & (self._owners[:-1] == self._owners[1:])
        found = numbers[self._columns[:-1][near] * wide + self._columns[1:][near]]
        is_said = np.zeros(len(self.texts) * len(pairs), dtype=np.bool_)
        is_said[(self._owners[:-1][near] * len(pairs) + found - 1)[found > 0]] = True
        return np.asarray(is_said.reshape(len(self.texts), len(pairs)).mean(axis=1))

    @cached_property
    def _table(self) -> NDArray[np.int32]:
        """For each word id its column, counted from 1; 0 for all others, and in the last place for `NO_WORD`."""
        highest = max(self.texts.words.max(initial=0), self.words.max(initial=0))
        table = np.zeros(highest + 2, dtype=np.int32)
        table[self.words] = np.arange(1, len(self.words) + 1)
        table[-1] = 0
        return table

    @cached_property
    def _held(self) -> NDArray[np.intp]:
        return np.flatnonzero(self._table[self.texts.words])

    @cached_property
    def _columns(self) -> NDArray[np.int64]:
        return self._table[self.texts.words[self._held]].astype(np.int64)

    @cached_property
    def _owners(self) -> NDArray[np.int64]:
        return self.texts.owners[self._held]

    @property
    def _cells(self) -> NDArray[np.int64]:
        return self._owners * len(self.words) + self._columns - 1
