"""What titles say about two texts, as operations on the matrix of their likeness.

A template's or a column's title ("Weekly roundup") is not evidence, and one source doesn't report an event twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.text.likeness.comparison import Likeness, direct_likeness, pairs_of

IDENTIFYING_NATS: Final = 20.0
"""The weight from which on a title identifies an event: "Morning briefing" has 11 nats, "Weekly roundup" 15,
"Massachusetts bans facial recognition" 28."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """The title of one text.

    Attributes:
        source: The publisher of the text.
        words: Its folded words in order; texts with equal ones have the same title.
        weights: Its distinct stems with their weights in nats, those of weight 0 left out.
        sequence: Its stems in order.
        names: Those of its words that are written as names are.
        is_familiar: The table of word frequencies knows its language.
    """

    source: Hashable
    words: tuple[str, ...]
    weights: Mapping[str, float]
    sequence: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    is_familiar: bool = True

    @property
    def nats(self) -> float:
        """How much it says."""
        return sum(self.weights[stem] for stem in sorted(self.weights))

    @property
    def is_identifying(self) -> bool:
        """True where two texts with this title report one event."""
        return self.nats >= IDENTIFYING_NATS


def discount_equal_titles(
    likeness: Likeness, titles: Sequence[Title], *, excerpt: Callable[[int], Mapping[str, float]]
) -> None:
    """Compare texts whose equal titles say too little by their excerpts alone.

    Args:
        likeness: The direct likeness of whole texts; changed in place.
        titles: Of the texts, by place.
        excerpt: Gives the vector of a text's excerpt, as for `direct_likeness`; an empty one where there is none.
    """
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, title in enumerate(titles):
        holders[title.words].append(place)
    for places in holders.values():
        if len(places) > 1 and not titles[places[0]].is_identifying:
            alone = direct_likeness([excerpt(place) for place in places])
            likeness.reshape(-1)[pairs_of(places, len(titles))] = alone.reshape(-1)


def part_equal_sources(likeness: Likeness, titles: Sequence[Title]) -> None:
    """Set the likeness of two texts of one source to 0, unless an identifying title of one is contained in the other's.

    Args:
        likeness: The direct likeness; changed in place.
        titles: Of the texts, by place.
    """
    holders: dict[Hashable, list[int]] = defaultdict(list)
    for place, title in enumerate(titles):
        holders[title.source].append(place)
    for places in holders.values():
        if len(places) > 1:
            cells = pairs_of(places, len(titles))
            contained = _contained([titles[place] for place in places])
            likeness.reshape(-1)[cells] *= contained.reshape(-1)


def _contained(titles: Sequence[Title]) -> NDArray[np.bool_]:
    """For each two titles whether all stems of one, if it is identifying, are in the other."""
    size = len(titles)
    shared = np.zeros(size * size, dtype=np.uint16)
    holders: dict[str, list[int]] = defaultdict(list)
    for place, title in enumerate(titles):
        for stem in title.weights:
            holders[stem].append(place)
    for places in holders.values():
        if len(places) > 1:
            shared[pairs_of(places, size)] += 1
    lengths = np.array([len(title.weights) for title in titles])
    identifying = np.array([title.is_identifying for title in titles])
    contained: NDArray[np.bool_] = shared.reshape(size, size) == np.minimum(lengths[:, None], lengths)
    shorter_is_identifying = np.where(lengths[:, None] <= lengths, identifying[:, None], identifying)
    return contained & shorter_is_identifying
