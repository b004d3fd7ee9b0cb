"""What the best answers agree on lifts the others that say it, too."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.text.occurrences import Occurrences, rarities
from bot.text.term_frequencies import FIRST_TELLING, Count, Totals

VOTERS: Final = 20
"""The best so many vote,"""

SHARPNESS: Final = 6
"""each by this power of its relevance: one that answers half as well as the best has next to no say."""

FAINT: Final = 0.02
"""A word with so little of the votes that the first one has isn't counted: two thirds of them, which decide nothing."""


def best_places(keys: NDArray[np.int64], relevance: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """The places of the most relevant texts, best first; of equals the one with the higher key."""
    return np.lexsort((-keys, -relevance))[:most]


def votes_for(
    occurrences: Occurrences, relevance: NDArray[np.float64], *, totals: Totals, count: Count
) -> NDArray[np.float64]:
    """How much each text says of what the most relevant ones say: 0 to 1, the best of them 1.

    A voter gives each of its telling words its vote, and faint ones don't count; a text is given, for each of its
    words, the votes times the word's rarity. Both are divided by the root of the text's length.

    Args:
        occurrences: Of the texts, compared with one another.
        relevance: Theirs so far, 0 to 1.
        totals: Of the index.
        count: In how many articles each of some words occurs.
    """
    texts = occurrences.texts
    voters = best_places(texts.keys, relevance, VOTERS)
    roots = np.sqrt(np.maximum(1, texts.telling_lengths))
    votes = np.zeros(len(texts))
    votes[voters] = relevance[voters] ** SHARPNESS / roots[voters]
    rows, places = occurrences.said
    worth = np.bincount(places, votes[rows], len(occurrences.words)).astype(np.float64)
    worth[occurrences.words < FIRST_TELLING] = 0.0
    worth[worth < FAINT * worth.max(initial=0.0)] = 0.0
    voted = np.flatnonzero(worth)
    worth[voted] *= rarities(totals, count(occurrences.words[voted]))
    given = np.bincount(rows, worth[places], len(texts)) / roots
    return np.asarray(given / (given.max(initial=0.0) or 1.0))
