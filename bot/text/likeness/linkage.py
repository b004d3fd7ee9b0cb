"""Average-link clustering: merge groups as long as their average similarity is high enough.

It works on numbers only: things are 0..n-1, sorted by moment, and a group spans a limited number of seconds. Groups
that are each other's nearest become one (the nearest-neighbour chain). That gives the same result as merging the most
similar pair of all each time, without a search over all pairs. The same input gives the same groups, in any process.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.text.likeness.comparison import Likeness

Pair = tuple[int, int]
"""Two things, the smaller number first."""

_APART: Final = -1.0
"""Marks a pair of groups that may never become one: a thing of one is too far from a thing of the other."""


def average_link(
    moments_s: Sequence[float], likeness: Likeness, *, ties: Iterable[Pair], span_s: float, cut: float
) -> tuple[tuple[int, ...], ...]:
    """Group things.

    Args:
        moments_s: A moment for each thing, in seconds, never falling.
        likeness: Similarity of each two things, at least 0, symmetric; its contents are used up.
        ties: Pairs that belong together whatever `likeness` says, wherever the span allows it; the first in `ties`
            first.
        span_s: The longest span of a group, inclusive, in seconds.
        cut: The average likeness of two groups from which on they become one, above 0.

    Returns:
        Every thing in exactly one group; things within a group, and groups by their first thing, in rising order.
    """
    groups = _Groups(
        likeness=likeness,
        members={thing: [thing] for thing in range(len(moments_s))},
        sizes=np.ones(len(moments_s), dtype=likeness.dtype),
    )
    _part_the_distant(likeness, np.array(moments_s), span_s)
    _tie(groups, ties)
    _link(groups, cut)
    return tuple(tuple(sorted(groups.members[first])) for first in sorted(groups.members))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Groups:
    """Groups by their first thing, and the average similarity of each two of them."""

    likeness: Likeness
    members: dict[int, list[int]]
    sizes: Likeness

    def fit(self, a: int, b: int) -> bool:
        """Whether no thing of the one is too far from one of the other."""
        return bool(self.likeness[a, b] != _APART)

    def merge(self, a: int, b: int) -> None:
        """`b` goes into `a`, the smaller of the two."""
        ours, theirs = self.likeness[a], self.likeness[b]
        mean = (ours * self.sizes[a] + theirs * self.sizes[b]) / (self.sizes[a] + self.sizes[b])
        # Rounding must not make a group more alike to a third than both of its parts were: the chain rests on it.
        mean = np.where((ours < 0) | (theirs < 0), _APART, np.minimum(mean, np.maximum(ours, theirs)))
        self.likeness[a] = self.likeness[:, a] = mean
        self.likeness[b] = self.likeness[:, b] = _APART
        self.sizes[a] += self.sizes[b]
        self.members[a] += self.members.pop(b)


def _part_the_distant(likeness: Likeness, moments: NDArray[np.float64], span_s: float) -> None:
    """Things too far apart in time are never in one group; a thing and itself aren't a pair."""
    np.fill_diagonal(likeness, _APART)
    for thing, moment in enumerate(moments):
        distant = np.flatnonzero(moments - moment > span_s)
        likeness[thing, distant] = likeness[distant, thing] = _APART


def _tie(groups: _Groups, ties: Iterable[Pair]) -> None:
    home = {thing: thing for thing in groups.members}
    for pair in ties:
        a, b = sorted(home[thing] for thing in pair)
        if a != b and groups.fit(a, b):
            home |= dict.fromkeys(groups.members[b], a)
            groups.merge(a, b)


def _link(groups: _Groups, cut: float) -> None:
    """From each group walk to its nearest, and on, until two are each other's nearest: they become one."""
    chain: list[int] = []
    waiting = sorted(groups.members, reverse=True)
    while chain or waiting:
        if not chain:
            chain = [waiting.pop()]
            if chain[0] not in groups.members:
                chain = []
                continue
        tip = groups.likeness[chain[-1]]
        nearest = int(tip.argmax())
        if len(chain) > 1 and tip[chain[-2]] >= tip[nearest]:
            a, b = sorted((chain.pop(), chain.pop()))
            groups.merge(a, b)
            if not chain:
                chain = [a]
        elif tip[nearest] >= cut:
            chain.append(nearest)
        else:
            chain.pop()
