"""Average link: grow groups from the most alike pair downwards, while groups are alike enough on average.

It knows numbers only: things are 0..n-1, sorted by moment, and a group may not span more than so many seconds.
Sparse: only pairs that are alike at all are ever looked at. The same input gives the same groups, in any process.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Pair = tuple[int, int]
"""Two things, the smaller number first."""


@dataclass(slots=True)
class _Group:
    members: list[int]
    first_s: float
    last_s: float
    sums: dict[int, float]
    """The sum of the similarities of all member pairs with each other group."""


def average_link(
    moments_s: Sequence[float], pairs: Mapping[Pair, float], *, ties: Iterable[Pair], span_s: float, cut: float
) -> tuple[tuple[int, ...], ...]:
    """Group things.

    Args:
        moments_s: A moment for each thing, in seconds, never falling.
        pairs: How alike two things are; 0 where missing.
        ties: Pairs that belong together whatever `pairs` says, wherever the span allows it; the first in `ties` first.
        span_s: The longest span of a group, inclusive, in seconds.
        cut: The average similarity of two groups from which on they become one.

    Returns:
        Every thing in exactly one group; things within a group, and groups by their first thing, in rising order.
    """
    groups = {n: _Group(members=[n], first_s=at, last_s=at, sums={}) for n, at in enumerate(moments_s)}
    for (a, b), similarity in pairs.items():
        groups[a].sums[b] = groups[b].sums[a] = similarity
    _tie(groups, ties, span_s)
    heap = [
        entry
        for a in groups
        for b in groups[a].sums
        if a < b and (entry := _entry(groups, a, b, cut, span_s)) is not None
    ]
    heapq.heapify(heap)
    while heap:
        average, a, b = heapq.heappop(heap)
        if a in groups and b in groups and _average(groups, a, b) == -average:
            _merge(groups, a, b)
            for other in groups[a].sums:
                entry = _entry(groups, min(a, other), max(a, other), cut, span_s)
                if entry is not None:
                    heapq.heappush(heap, entry)
    return tuple(tuple(sorted(groups[n].members)) for n in sorted(groups))


def _tie(groups: dict[int, _Group], ties: Iterable[Pair], span_s: float) -> None:
    home = {n: n for n in groups}
    for pair in ties:
        a, b = sorted(home[n] for n in pair)
        if a != b and _span(groups, a, b) <= span_s:
            home |= dict.fromkeys(groups[b].members, a)
            _merge(groups, a, b)


def _entry(groups: dict[int, _Group], a: int, b: int, cut: float, span_s: float) -> tuple[float, int, int] | None:
    """The pair as it stands in the heap; None where the two can never become one: averages and gaps only get worse."""
    average = _average(groups, a, b)
    return (-average, a, b) if average >= cut and _span(groups, a, b) <= span_s else None


def _average(groups: dict[int, _Group], a: int, b: int) -> float:
    return groups[a].sums.get(b, 0.0) / (len(groups[a].members) * len(groups[b].members))


def _span(groups: dict[int, _Group], a: int, b: int) -> float:
    return max(groups[a].last_s, groups[b].last_s) - min(groups[a].first_s, groups[b].first_s)


def _merge(groups: dict[int, _Group], a: int, b: int) -> None:
    """`b` goes into `a`."""
    kept, gone = groups[a], groups.pop(b)
    kept.members += gone.members
    kept.first_s = min(kept.first_s, gone.first_s)
    kept.last_s = max(kept.last_s, gone.last_s)
    for other, total in gone.sums.items():
        del groups[other].sums[b]
        if other != a:
            kept.sums[other] = groups[other].sums[a] = kept.sums.get(other, 0.0) + total
