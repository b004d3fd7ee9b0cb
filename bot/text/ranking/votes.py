"""Pseudo-relevance feedback: terms that the top-ranked texts share raise the other texts that contain them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.text.occurrences import Occurrences

VOTERS: Final = 20
"""This many top texts vote,"""

SHARPNESS: Final = 6
"""each weighted by this power of its relevance: a text half as relevant as the best has a weight of 1/64."""

FAINT: Final = 0.02
"""Words with less than this share of the top word's votes are dropped: two thirds of all words, without effect."""


def best_places(keys: NDArray[np.int64], relevance: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """Return the indices of the most relevant texts, best first; ties go to the higher key."""
    return np.lexsort((-keys, -relevance))[:most]


def votes_for(
    occurrences: Occurrences, relevance: NDArray[np.float64], idf: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Score each text by the terms it shares with the most relevant ones: 0 to 1, the best text 1.

    A voter gives its vote to each of its content words, and faint words are dropped; a text receives, for each of its
    words, the votes times the word's IDF. Both are divided by the square root of the text's length.

    Args:
        occurrences: Of the texts that are compared with one another.
        relevance: Their scores so far, 0 to 1.
        idf: The IDF of each of their words (`Occurrences.rarities`); 0 for words that don't count.
    """
    texts = occurrences.texts
    voters = best_places(texts.keys, relevance, VOTERS)
    roots = np.sqrt(np.maximum(1, texts.content_lengths))
    votes = np.zeros(len(texts))
    votes[voters] = relevance[voters] ** SHARPNESS / roots[voters]
    rows, columns = occurrences.distinct_words
    worth = np.bincount(columns, votes[rows], len(occurrences.words)).astype(np.float64)
    worth[idf == 0] = 0.0
    worth[worth < FAINT * worth.max(initial=0.0)] = 0.0
    given = np.bincount(rows, (worth * idf)[columns], len(texts)) / roots
    return np.asarray(given / (given.max(initial=0.0) or 1.0))
