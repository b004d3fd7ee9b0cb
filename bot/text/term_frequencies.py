"""Texts as numbers: what ranking and likeness are reckoned on, hundreds of texts at once.

A stem has a number, its word id. Ids below `FIRST_TELLING` are the stems of stop words, so that "without stop words" is
a comparison. The texts of many articles stand in flat arrays, one after the other: what is asked of all of them at once
takes numpy a few passes, where pure Python would take a loop a word (`tests/bench/bench_relevance.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.text.words import STOP_WORDS, stem

FIRST_TELLING: Final = 256
"""The lowest word id of a stem that is no stop word's."""

NO_WORD: Final = -1
"""The word id of a stem that is in no article."""

STOP_STEMS: Final = tuple(sorted(set(map(stem, STOP_WORDS))))
"""The stems of stop words: the place of each is its word id."""

Count = Callable[[NDArray[np.int32]], NDArray[np.int64]]
"""In how many articles each of these word ids occurs; 0 for `NO_WORD`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What is indexed: articles, and their words without stop words; both at least 0."""

    articles: int
    words: int

    @property
    def average(self) -> float:
        """Words of an article."""
        return max(1.0, self.words / self.articles) if self.articles else 1.0

    def idf(self, articles: int) -> float:
        """The weight of what occurs in so many articles, above 0."""
        return math.log(1 + (max(self.articles, articles) - articles + 0.5) / (articles + 0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One word of a query with what it may stand for.

    Attributes:
        word: Its own id; `NO_WORD` where no article has it.
        alternatives: Word ids with their weights, 0 to 1; its own, where it has one, with 1.
        articles: The sum of the articles of each alternative.
    """

    word: int
    alternatives: Mapping[int, float]
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texts:
    """Some texts; the place of a text is its index, from 0.

    Attributes:
        keys: For each text what its owner knows it by.
        words: The word ids of all texts, one text after the other, each in reading order: title, then excerpt; stop
            words included.
        starts: For each text where it begins in `words`; one more number than texts, the last is where all end.
        title_lengths: How many of each text's words are its title's.
        moments_s: When each was published, in Unix seconds.
    """

    keys: NDArray[np.int64]
    words: NDArray[np.int32]
    starts: NDArray[np.int64]
    title_lengths: NDArray[np.int32]
    moments_s: NDArray[np.float64]

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self.keys)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The number of each text's words."""
        return np.diff(self.starts)

    @property
    def owners(self) -> NDArray[np.int64]:
        """For each word the place of its text."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def telling_lengths(self) -> NDArray[np.int64]:
        """The number of each text's words without stop words."""
        telling = np.concatenate(([0], np.cumsum(self.words >= FIRST_TELLING)))
        return telling[self.starts[1:]] - telling[self.starts[:-1]]

    def of(self, place: int) -> NDArray[np.int32]:
        """The words of one text."""
        return self.words[self.starts[place] : self.starts[place + 1]]

    def select(self, places: NDArray[np.integer]) -> Texts:
        """The texts at these places, in their order."""
        lengths = self.lengths[places]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        # Each word's distance from the beginning of all is that of its text, moved to where the text stood.
        source = np.arange(starts[-1]) + np.repeat(self.starts[places] - starts[:-1], lengths)
        return Texts(
            keys=self.keys[places],
            words=self.words[source],
            starts=starts,
            title_lengths=self.title_lengths[places],
            moments_s=self.moments_s[places],
        )


NO_TEXTS: Final = Texts(
    keys=np.empty(0, np.int64),
    words=np.empty(0, np.int32),
    starts=np.zeros(1, np.int64),
    title_lengths=np.empty(0, np.int32),
    moments_s=np.empty(0, np.float64),
)
"""No text at all."""
