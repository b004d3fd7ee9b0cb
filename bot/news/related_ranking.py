"""How much texts are about what an article is about: the cosine of their TF-IDF vectors, and nearness in time.

A title's word counts `TITLE_WEIGHT` times. With nearness in time likeness counts by
`FLOOR + (1 - FLOOR) / 2 ** (age / HALF_LIFE_S)`: tried in SEARCH, 4.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.news.texts import FIRST_TELLING, Count, Texts, Totals

TITLE_WEIGHT: Final = 2
HALF_LIFE_S: Final = 3 * 86_400.0
FLOOR: Final = 0.2


def rank_related(asked: Texts, texts: Texts, *, totals: Totals, count: Count, is_dated: bool) -> NDArray[np.float64]:
    """How much each text tells of what the asked one tells, 0 to 1, in the order of `texts`.

    Args:
        asked: One text.
        texts: Others.
        totals: Of the index.
        count: In how many articles each of some words occurs.
        is_dated: False where nearness in time isn't to count.
    """
    if not len(texts):
        return np.zeros(0)
    distinct = np.unique(np.concatenate((asked.words, texts.words)))
    counts = count(distinct)
    idf = np.log(1 + (np.maximum(totals.articles, counts) - counts + 0.5) / (counts + 0.5))
    idf[distinct < FIRST_TELLING] = 0
    weights = _vectors(texts, distinct, idf)
    likeness: NDArray[np.float64] = weights @ _vectors(asked, distinct, idf)[0]
    if not is_dated:
        return likeness
    age = np.abs(texts.moments_s - asked.moments_s[0]) / HALF_LIFE_S
    return np.asarray(likeness * (FLOOR + (1 - FLOOR) * 0.5**age))


def _vectors(texts: Texts, distinct: NDArray[np.int32], idf: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each text a vector of length 1 over the distinct words."""
    owners = texts.owners
    is_title = np.arange(len(texts.words)) - texts.starts[owners] < texts.title_lengths[owners]
    places = owners * len(distinct) + np.searchsorted(distinct, texts.words)
    said = np.bincount(places, np.where(is_title, TITLE_WEIGHT, 1), len(texts) * len(distinct))
    weights = np.log1p(said.reshape(len(texts), len(distinct))) * idf
    norms = np.sqrt((weights**2).sum(axis=1, keepdims=True))
    vectors: NDArray[np.float64] = weights / np.where(norms, norms, 1)
    return vectors
