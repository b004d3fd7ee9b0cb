"""What many texts say, looked up for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bot.text.term_frequencies import Texts, Totals


def rarities(totals: Totals, articles: NDArray[np.int64]) -> NDArray[np.float64]:
    """`Totals.idf` of many words at once."""
    idf: NDArray[np.float64] = np.log(1 + (np.maximum(totals.articles, articles) - articles + 0.5) / (articles + 0.5))
    return idf


def distinct(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each of some numbers once, rising: what `np.unique` gives, for some thousand of them in a third of the time."""
    numbers = np.sort(numbers)
    is_first = np.ones(len(numbers), dtype=np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=is_first[1:])
    return numbers[is_first]


@dataclass(frozen=True, kw_only=True, eq=False)
class Occurrences:
    """Which words some texts say, and where.

    The words of some hundred texts are some thousand numbers out of a vocabulary of hundreds of thousands. So they are
    numbered anew, by their places among the words said: whatever is asked after that needs small tables only.

    Attributes:
        texts: Of articles: each of their words has an id, `NO_WORD` is none of them.
    """

    texts: Texts

    @cached_property
    def words(self) -> NDArray[np.int32]:
        """Every word id that is said, rising."""
        is_said = np.zeros(int(self.texts.words.max(initial=-1)) + 1, dtype=np.bool_)
        is_said[self.texts.words] = True
        return np.flatnonzero(is_said).astype(np.int32)

    @cached_property
    def said(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Each word that each text says, once: the texts' places, rising, and the words' places in `words`."""
        cells = distinct(self._owners * len(self.words) + self._places)
        rows = cells // max(1, len(self.words))
        return rows, cells - rows * len(self.words)

    def counts(self, words: NDArray[np.int32]) -> NDArray[np.int64]:
        """How often each text (a row) says each of some words (a column), distinct and rising."""
        columns = self._columns(words)
        held = np.flatnonzero(columns >= 0)
        cells = self._owners[held] * len(words) + columns[held]
        return np.bincount(cells, minlength=len(self.texts) * len(words)).reshape(len(self.texts), len(words))

    def says_pairs(self, pairs: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
        """For each text (a row) whether each pair of words (a column) stands in it, the second next to the first.

        Args:
            pairs: Word ids, no pair twice.
        """
        words = np.array(sorted({word for pair in pairs for word in pair}), dtype=np.int32)
        wide = len(words) + 1
        numbers = np.zeros(wide * wide, dtype=np.int64)
        wanted = np.searchsorted(words, np.array(pairs, dtype=np.int32).reshape(-1, 2)) + 1
        numbers[wanted[:, 0] * wide + wanted[:, 1]] = np.arange(1, len(pairs) + 1)
        columns = self._columns(words) + 1
        found = numbers[columns[:-1] * wide + columns[1:]]
        here = np.flatnonzero(found)
        here = here[self._owners[here] == self._owners[here + 1]]
        is_said = np.zeros(len(self.texts) * len(pairs), dtype=np.bool_)
        is_said[self._owners[here] * len(pairs) + found[here] - 1] = True
        return is_said.reshape(len(self.texts), len(pairs))

    def _columns(self, words: NDArray[np.int32]) -> NDArray[np.int64]:
        """For each word as it is read its place among some rising ones; -1 where it is none of them."""
        table = np.full(len(self.words), -1, dtype=np.int64)
        if len(table):
            places = np.searchsorted(self.words[:-1], words)
            is_known = self.words[places] == words
            table[places[is_known]] = np.flatnonzero(is_known)
        return table[self._places]

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        table = np.empty(int(self.words.max(initial=-1)) + 1, dtype=np.int64)
        table[self.words] = np.arange(len(self.words))
        return table[self.texts.words]

    @cached_property
    def _owners(self) -> NDArray[np.int64]:
        return self.texts.owners
