"""Read values that strangers wrote: one of another kind than expected counts as none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_WIDEST: Final = 100_000
_LONGEST_NUMBER: Final = 6


def text_in(value: object) -> str:
    """Return a text; empty for anything else."""
    return value if isinstance(value, str) else ""


def mapping_in(value: object) -> Mapping[str, Any]:
    """Return an object of JSON; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def list_in(value: object) -> list[Any]:
    """Return a list; an empty one for anything else."""
    return value if isinstance(value, list) else []


def mappings_in(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list; none for anything else."""
    return [each for each in list_in(value) if isinstance(each, Mapping)]


def pixels_in(value: object) -> int | None:
    """Return a picture's width or height, given as a number or its digits; None for anything else."""
    if isinstance(value, str) and value.isdecimal() and len(value) <= _LONGEST_NUMBER:
        value = int(value)
    return value if isinstance(value, int) and 0 < value <= _WIDEST else None
