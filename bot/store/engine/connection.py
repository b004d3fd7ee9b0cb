"""A connection as units of work see it, whichever engine is behind it.

A unit of work is a plain function of a connection; its statements are in the dialect that both engines read. It may run
more than once before it is committed, so it changes nothing but the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

Values = Sequence[Any] | Mapping[str, Any]
"""Bound values: in order for `?`, by name for `:name`. None, numbers, strings and bytes; True is 1."""


class Row(Protocol):
    """One row of a result; unpacked, it is its values in order."""

    def __getitem__(self, key: int | str, /) -> Any:
        """Return a value by its column's number or name."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the values."""
        ...


class Rows(Protocol):
    """The rows that a statement returned."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed."""
        ...

    def fetchone(self) -> Any:
        """Return the next row; None if there is none."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the remaining rows."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the remaining rows."""
        ...


class Connection(Protocol):
    """A connection within a transaction."""

    def execute(self, sql: str, parameters: Values = ..., /) -> Rows:
        """Run one statement."""
        ...

    def executemany(self, sql: str, parameters: Iterable[Values], /) -> Rows:
        """Run one statement for each of several groups of values; `rowcount` is that of all."""
        ...
