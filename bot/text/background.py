"""Reference frequencies of stems in English news, for an archive whose own counts are thin.

The table beside this module, `background.txt`, lists the 5,000 commonest stems of 43,149 English news texts and the
commonest function words of nine other languages; its header names sources and licence. `tests/bench/make_background.py`
builds it. It holds stems as `bot.text.words.stem` forms them: another stemmer needs another table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from bot.text.words import STOP_WORDS

UNLISTED: Final = 1.2e-5
"""The share of texts assumed for a stem that the table doesn't list: half a text of those counted."""

STEPS_PER_NAT: Final = 4
"""The table rounds rarities, the negative natural logarithms of shares, to quarters of a nat."""

TABLE: Final = Path(__file__).with_name("background.txt")
"""Comment lines that begin with `#`; then, on each line, a rarity in steps followed by all stems of that rarity."""


STOP_WORD: Final = 0.2
"""The share assumed for a stop word, which the table leaves out."""

PSEUDO_TEXTS: Final = 1_000
"""Texts of general news that an empty archive's document frequencies refer to;"""

MATURE: Final = 10_000
"""an archive that grows refers to fewer, and from this many articles on to its own alone."""


def background_texts(articles: int) -> float:
    """The number of texts of general news that are counted beside an archive's own, at least 0."""
    return PSEUDO_TEXTS * max(0.0, 1 - articles / MATURE)


def is_listed(stem: str) -> bool:
    """Return True if a stem is among the commonest of news, or a stop word."""
    return stem in _shares() or stem in STOP_WORDS


def background_share(stem: str) -> float:
    """The share of English news texts that contain a stem, above 0 and below 1."""
    return STOP_WORD if stem in STOP_WORDS else _shares().get(stem, UNLISTED)


@cache
def _shares() -> Mapping[str, float]:
    rows = (line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return MappingProxyType({stem: math.exp(-int(row[0]) / STEPS_PER_NAT) for row in rows for stem in row[1:]})
