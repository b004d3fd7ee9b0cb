"""Tokenised texts in flat arrays: the input of ranking and similarity, hundreds of texts at once.

Each stem has a word id. Ids below `FIRST_CONTENT_WORD` are stems of stop words, so one comparison excludes them.
The texts of many articles are concatenated in flat arrays: numpy computes over all of them in a few passes, where
pure Python would loop over every word (`tests/bench/bench_relevance.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.text.words import STOP_WORDS, stem

FIRST_CONTENT_WORD: Final = 256
"""The lowest word id of a content word (not a stop word)."""

NO_WORD: Final = -1
"""The word id of a stem that no article contains."""

STOP_STEMS: Final = tuple(sorted(set(map(stem, STOP_WORDS))))
"""The stems of stop words: the index of each is its word id."""

Count = Callable[[NDArray[np.int32]], NDArray[np.float64]]
"""Returns the document frequency of each word id: the number of texts that contain it, at least 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Totals of the index, all at least 0.

    Attributes:
        articles: The number of articles.
        words: Their words without stop words.
        background: Texts of general news that are counted beside them (`bot.text.background.background_texts`).
    """

    articles: int
    words: int
    background: float = 0.0

    @property
    def texts(self) -> float:
        """The number of texts that document frequencies refer to."""
        return self.articles + self.background

    @property
    def average(self) -> float:
        """The average number of words per article, at least 1."""
        return max(1.0, self.words / self.articles) if self.articles else 1.0

    def idf(self, frequency: float) -> float:
        """Compute the inverse document frequency of a word that occurs in this many texts; above 0."""
        return math.log(1 + (max(self.texts, frequency) - frequency + 0.5) / (frequency + 0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One word of a query with its alternatives.

    Attributes:
        word: Its own id; `NO_WORD` if no article contains it.
        alternatives: Word ids with their weights, 0 to 1; its own id, if it has one, with 1.
        frequency: The sum of the alternatives' document frequencies.
    """

    word: int
    alternatives: Mapping[int, float]
    frequency: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texts:
    """Tokenised texts in flat arrays; a text is referred to by its index, from 0.

    Attributes:
        keys: The caller's key of each text.
        words: The word ids of all texts, concatenated, each text in reading order: title, then excerpt; stop words
            included.
        starts: The offset of each text in `words`, and a final one: the length of `words`.
        title_lengths: The number of each text's words that belong to its title.
        moments_s: When each was published, in Unix seconds.
    """

    keys: NDArray[np.int64]
    words: NDArray[np.int32]
    starts: NDArray[np.int64]
    title_lengths: NDArray[np.int32]
    moments_s: NDArray[np.float64]

    def __len__(self) -> int:
        """The number of texts."""
        return len(self.keys)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The number of each text's words."""
        return np.diff(self.starts)

    @property
    def owners(self) -> NDArray[np.int64]:
        """For each word the index of its text."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def content_lengths(self) -> NDArray[np.int64]:
        """The number of each text's content words."""
        content = np.concatenate(([0], np.cumsum(self.words >= FIRST_CONTENT_WORD)))
        return content[self.starts[1:]] - content[self.starts[:-1]]

    def of(self, index: int) -> NDArray[np.int32]:
        """The words of one text."""
        return self.words[self.starts[index] : self.starts[index + 1]]

    def select(self, indices: NDArray[np.integer]) -> Texts:
        """Select the texts at these indices, in this order."""
        lengths = self.lengths[indices]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        # Each word keeps its distance from the start of its text; only the starts move.
        source = np.arange(starts[-1]) + np.repeat(self.starts[indices] - starts[:-1], lengths)
        return Texts(
            keys=self.keys[indices],
            words=self.words[source],
            starts=starts,
            title_lengths=self.title_lengths[indices],
            moments_s=self.moments_s[indices],
        )


NO_TEXTS: Final = Texts(
    keys=np.empty(0, np.int64),
    words=np.empty(0, np.int32),
    starts=np.zeros(1, np.int64),
    title_lengths=np.empty(0, np.int32),
    moments_s=np.empty(0, np.float64),
)
"""An empty collection of texts."""
