"""Edit distance between spellings."""

from __future__ import annotations


def distance(left: str, right: str, most: int) -> int:
    """Compute the edit distance (optimal string alignment): insert, delete, replace a letter, or swap two neighbours.

    Args:
        left: A folded word.
        right: Another one.
        most: The largest distance of interest, at least 0.

    Returns:
        The distance, or `most + 1` for any larger one.
    """
    if abs(len(left) - len(right)) > most:
        return most + 1
    before_last: list[int] = []
    last = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(last) > most:
            return most + 1
        before_last, last = last, row
    return min(last[-1], most + 1)
