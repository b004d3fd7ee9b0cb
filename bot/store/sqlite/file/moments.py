"""Moments as SQLite stores them: whole microseconds since 1970 in UTC, which sort as integers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, overload

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@overload
def as_micros(at: datetime) -> int: ...
@overload
def as_micros(at: datetime | None) -> int | None: ...
def as_micros(at: datetime | None) -> int | None:
    """Convert an aware moment to microseconds since 1970; None stays None."""
    return None if at is None else (at - _EPOCH) // _MICROSECOND


@overload
def as_moment(micros: int) -> datetime: ...
@overload
def as_moment(micros: int | None) -> datetime | None: ...
def as_moment(micros: int | None) -> datetime | None:
    """Convert microseconds since 1970 to an aware UTC moment; None stays None."""
    return None if micros is None else _moment(micros)


@lru_cache(maxsize=8_192)  # an article and its changes share moments, as do an import's articles
def _moment(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND
