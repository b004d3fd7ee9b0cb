"""Scores of rankings and groupings against judged ones: nDCG@10, RR@10 and B-cubed, each computed here."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

DEPTH: Final = 10
"""ChannelInspector that count."""


def ndcg(ranked: Sequence[str], relevant: frozenset[str]) -> float:
    """0 to 1: how near to all of the relevant ones in front; every relevant one counts alike (grade 1).

    Args:
        ranked: Each document once, best first.
        relevant: At least one.
    """
    gain = sum(_discount(place) for place, each in enumerate(ranked[:DEPTH]) if each in relevant)
    return gain / sum(map(_discount, range(min(DEPTH, len(relevant)))))


def reciprocal_rank(ranked: Sequence[str], relevant: frozenset[str]) -> float:
    """1 for the first place, 1/2 for the second, to 1/10; 0 where none of the first ten is relevant."""
    return next((1 / place for place, each in enumerate(ranked[:DEPTH], 1) if each in relevant), 0.0)


def b_cubed(group_of: Mapping[str, str], truth: Mapping[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1, each the mean over the documents of `truth`.

    Args:
        group_of: The group of each document; one that is missing is a group of its own.
        truth: The story of each document.
    """
    found = {each: f"g{group_of[each]}" if each in group_of else f"s{each}" for each in truth}
    sizes, stories = Counter(found.values()), Counter(truth.values())
    cells = Counter((truth[each], found[each]) for each in truth)
    precision = sum(count**2 / sizes[group] for (_, group), count in cells.items()) / len(truth)
    recall = sum(count**2 / stories[story] for (story, _), count in cells.items()) / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def _discount(place: int) -> float:
    return 1 / math.log2(place + 2)
