"""Compounds of German, Dutch, Danish, Norwegian, Swedish and Finnish: how they are put together and taken apart.

"Klimaschutzgesetz" is "Klimaschutz" and "Gesetz"; between the parts there may be a link ("Regierungskrise").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations
from typing import Final

from bot.text.language.detection import LANGUAGES_OF_WORD
from bot.text.language.scripts import is_sign

COMPOUNDING: Final = frozenset({"de", "nl", "sv", "da", "no", "fi"})
"""Languages that write compounds as one word."""

SHORTEST_PART: Final = 3
"""Letters of a part, of which one has `LONGER_PART`: shorter ones are endings and other parts of ordinary words."""

LONGER_PART: Final = 4

SHORTEST_COMPOUND: Final = SHORTEST_PART + LONGER_PART

MOST_PARTS: Final = 4
"""Words of a query up to which any two may be one; of a longer query only neighbours are tried."""

_LINKS: Final = ("", "s", "n", "en", "e", "es")
_TWO_LINKS: Final = (*((link, "") for link in _LINKS), *(("", link) for link in _LINKS[1:]))


def parts_of(compound: str) -> Iterator[tuple[str, str]]:
    """Take a folded word apart in every way that leaves two parts of at least `SHORTEST_PART` letters."""
    if len(compound) < SHORTEST_COMPOUND or not compound.isalpha() or is_sign(compound):
        return
    for place in range(SHORTEST_PART, len(compound) - SHORTEST_PART + 1):
        for link in _LINKS:
            first, rest = compound[:place], compound[place + len(link) :]
            if compound.startswith(link, place) and _may_be_parts(first, rest):
                yield first, rest


def first_parts(compound: str, last: str) -> Iterator[str]:
    """Yield what may be the first part of a compound, by its last: with and without a link."""
    rest = compound.removesuffix(last)
    firsts = {rest.removesuffix(link) for link in _LINKS}
    yield from sorted(first for first in firsts if first and first != compound and _may_be_parts(first, last))


def compounds_of(words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Put folded words together as compounds of two in either order, and of three neighbours.

    Args:
        words: The words of a query, in the order typed.

    Returns:
        The parts of each possible compound.
    """
    parts = [word for word in words if _may_be_parts(word) and word.isalpha() and not is_sign(word)]
    pairs = permutations(parts, 2) if len(parts) <= MOST_PARTS else pairwise(parts)
    found: dict[str, tuple[str, ...]] = {
        f"{first}{link}{second}": (first, second)
        for first, second in pairs
        if _may_be_parts(first, second)
        for link in _LINKS
    }
    for first, second, third in zip(parts, parts[1:], parts[2:], strict=False):
        for one, other in _TWO_LINKS:
            found[f"{first}{one}{second}{other}{third}"] = (first, second, third)
    return found


def _may_be_parts(*words: str) -> bool:
    """Whether words may be parts of a compound: not too short, and not prefixes such as "vor" and "auf"."""
    lengths = [len(word) for word in words]
    is_long = min(lengths) >= SHORTEST_PART and (len(words) == 1 or max(lengths) >= LONGER_PART)
    return is_long and all(COMPOUNDING.isdisjoint(LANGUAGES_OF_WORD.get(word, ())) for word in words)
