"""How far apart two spellings are."""

from __future__ import annotations

from typing import Final

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def one_edit_away(word: str) -> set[str]:
    """Every spelling that is one edit from a word, as `distance` counts them, with the Latin letters and its own."""
    letters = _LETTERS if word.isascii() else _LETTERS + "".join(sorted(set(word) - set(_LETTERS)))
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    near = {head + tail[1:] for head, tail in parts if tail}
    near |= {head + tail[1] + tail[0] + tail[2:] for head, tail in parts if len(tail) > 1}
    near |= {head + letter + tail[1:] for head, tail in parts if tail for letter in letters}
    near |= {head + letter + tail for head, tail in parts for letter in letters}
    return near - {word}


def distance(left: str, right: str, most: int) -> int:
    """The number of edits from one word to the other: a letter more, less or another, or two neighbours swapped.

    Args:
        left: A folded word.
        right: Another one.
        most: The largest distance of interest, at least 0.

    Returns:
        The distance (optimal string alignment), or `most + 1` for any larger one.
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
