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

UNLISTED: Final = 1.2e-5
"""The share of texts assumed for a stem that the table doesn't list: half a text of those counted."""

STEPS_PER_NAT: Final = 4
"""The table rounds rarities, the negative natural logarithms of shares, to quarters of a nat."""

TABLE: Final = Path(__file__).with_name("background.txt")
"""Comment lines that begin with `#`; then, on each line, a rarity in steps followed by all stems of that rarity."""


def background_share(stem: str) -> float:
    """The share of English news texts that contain a stem, above 0 and below 1."""
    return _shares().get(stem, UNLISTED)


@cache
def _shares() -> Mapping[str, float]:
    rows = (line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return MappingProxyType({stem: math.exp(-int(row[0]) / STEPS_PER_NAT) for row in rows for stem in row[1:]})
