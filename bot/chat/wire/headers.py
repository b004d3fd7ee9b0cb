"""Read the headers that the wire learns from. A proxy can write anything into them, and no request may fail for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

LONGEST_WAIT_S: Final = 86_400.0
"""Limit of a wait that a response asks for: Discord's longest is below an hour, and a wrong one must end."""

_FIRST_YEAR: Final = 2015
"""Discord's first."""

_LAST_YEAR: Final = 2200


def date_s(headers: Mapping[str, str]) -> float | None:
    """Read `Date` in seconds since 1970; None if there is no usable one: the ledger computes with it."""
    try:
        at = parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return at.timestamp() if _FIRST_YEAR <= at.year < _LAST_YEAR else None


def wait_s(value: object) -> float | None:
    """Read a wait in seconds, 0 to `LONGEST_WAIT_S`; None if it is not a number."""
    try:
        seconds = float(value)  # type: ignore[arg-type] # what isn't a number raises a TypeError
    except (ValueError, TypeError, OverflowError):
        return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_WAIT_S)
