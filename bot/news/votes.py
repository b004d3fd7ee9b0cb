"""What the best answers agree on lifts the others that say it, too."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.news.occurrences import Occurrences, rarities
from bot.news.texts import FIRST_TELLING, Count, Texts, Totals

VOTERS: Final = 20
"""The best so many vote,"""

SHARPNESS: Final = 6
"""each by this power of its relevance: one that answers half as well as the best has next to no say."""


def best_places(texts: Texts, relevance: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """The places of the most relevant texts, best first; of equals the one with the higher key."""
    return np.lexsort((-texts.keys, -relevance))[:most]


def votes_for(texts: Texts, relevance: NDArray[np.float64], *, totals: Totals, count: Count) -> NDArray[np.float64]:
    """How much each text says of what the most relevant ones say: 0 to 1, the best of them 1.

    A voter gives each of its telling words its vote; a text is given, for each of its words, the votes times the word's
    rarity. Both are divided by the root of the text's length.

    Args:
        texts: Compared with one another.
        relevance: Theirs so far, 0 to 1.
        totals: Of the index.
        count: In how many articles each of some words occurs.
    """
    voters = best_places(texts, relevance, VOTERS)
    words = np.unique(texts.select(voters).words)
    words = words[words >= FIRST_TELLING]
    if not len(words):
        return np.zeros(len(texts))
    roots = np.sqrt(np.maximum(1, texts.telling_lengths))
    votes = relevance[voters] ** SHARPNESS / roots[voters]
    rows, columns = Occurrences(texts=texts.select(voters), words=words).said
    wanted = np.bincount(columns, weights=votes[rows], minlength=len(words)) * rarities(totals, count(words))
    rows, columns = Occurrences(texts=texts, words=words).said
    given = np.bincount(rows, weights=wanted[columns], minlength=len(texts)) / roots
    return given / (given.max() or 1.0)
