"""Explain a relevance: what each part of the formula contributes to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreParts:
    """The parts of one text's relevance: `time` times the sum of the others.

    Attributes:
        complete: It has all of the query's words.
        words: How often it has them, and how rare they are (BM25).
        share: The share of the query's rarity that it has.
        adjacent: Words that are next to each other as typed.
        typed: The share of the words that it has as typed, stop words included.
        story: Words that it lacks and other reports of its event have.
        votes: Words that it shares with the best results.
        exact: It has every word as typed, or in the exact form.
        time: How well its date fits, above 0 and at most 1.
    """

    complete: float
    words: float
    share: float
    adjacent: float
    typed: float
    story: float
    votes: float
    exact: float
    time: float

    @property
    def addends(self) -> Mapping[str, float]:
        """Everything that is added up before it is multiplied by `time`."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "time"}

    @property
    def relevance(self) -> float:
        """Return the relevance itself, 0 to 1."""
        return self.time * sum(self.addends.values())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explanation:
    """What the relevances of some texts are made of, in their order.

    Attributes:
        own: By name, what of a text's own relevance each part is, in any unit.
        added: By name, what else is added, in the unit of a relevance.
        own_relevance: The text's own relevance, in the unit of a relevance.
        time: The factors by which all of it is multiplied.
    """

    own: Mapping[str, NDArray[np.float64]]
    added: Mapping[str, NDArray[np.float64]]
    own_relevance: NDArray[np.float64]
    time: NDArray[np.float64]

    def of(self, place: int) -> ScoreParts:
        """Return the parts of the text at an index."""
        whole = sum(float(part[place]) for part in self.own.values()) or 1.0
        own = {name: float(part[place] * self.own_relevance[place]) / whole for name, part in self.own.items()}
        added = {name: float(part[place]) for name, part in self.added.items()}
        return ScoreParts(**own, **added, time=float(self.time[place]))
