"""A connection of psycopg as the ledger's units of work see it: their dialect and values, rows by name or number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import psycopg
from psycopg.rows import no_result
from psycopg.types.numeric import Int8Dumper

from bot.store.engine.connection import Values
from bot.store.postgres.dialect import as_postgres

_AS_THEY_ARE: Final = frozenset({str, float, bytes, type(None)})
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


class NamedRow:
    """One row: its values by number or by the column's name."""

    __slots__ = ("_numbers", "_values")

    def __init__(self, values: Sequence[Any], numbers: Mapping[str, int]) -> None:
        self._values = values
        self._numbers = numbers

    def __getitem__(self, key: int | str, /) -> Any:
        """Return a value; raises KeyError or IndexError for an unknown column."""
        return self._values[self._numbers[key] if isinstance(key, str) else key]

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the values in order."""
        return iter(self._values)


def named_rows(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], NamedRow]:
    """Build rows for a cursor: psycopg's row factory."""
    if cursor.description is None:
        return no_result
    numbers: dict[str, int] = {}
    for number, column in enumerate(cursor.description):
        numbers.setdefault(column.name, number)
    return lambda values: NamedRow(values, numbers)


class UnitConnection:
    """A connection within a transaction."""

    def __init__(self, raw: psycopg.Connection[NamedRow]) -> None:
        self._raw = raw

    def execute(self, sql: str, parameters: Values = (), /) -> psycopg.Cursor[NamedRow]:
        """Run one statement."""
        return self._raw.cursor().execute(_query(sql), _bound(parameters))

    def executemany(self, sql: str, parameters: Iterable[Values], /) -> psycopg.Cursor[NamedRow]:
        """Run one statement for each of several groups of values."""
        cursor = self._raw.cursor()
        cursor.executemany(_query(sql), [_bound(group) for group in parameters])
        return cursor


def prepare_connection(raw: psycopg.Connection[NamedRow]) -> None:
    """Set up a new connection: rows, numbers, and limits on how long it may wait or hold others up."""
    raw.row_factory = named_rows
    raw.adapters.register_dumper(int, Int8Dumper)  # or a number's size would decide which type a statement sees
    for setting in _SETTINGS:
        raw.execute(setting)
    raw.commit()
    raw.isolation_level = psycopg.IsolationLevel.SERIALIZABLE


# A process that is frozen within a transaction must not hold the others up, and what is answered is on disk.
_SETTINGS: Final = (
    "SET search_path = newsdesk",
    "SET timezone = 'UTC'",
    "SET synchronous_commit = on",
    "SET statement_timeout = '30s'",
    "SET lock_timeout = '5s'",
    "SET idle_in_transaction_session_timeout = '5s'",
)


def _query(sql: str) -> bytes:
    return as_postgres(sql).encode()


def _bound(values: Values) -> Values:
    if isinstance(values, Mapping):
        return {name: _plain(value) for name, value in values.items()}
    return [_plain(value) for value in values]


def _plain(value: Any) -> Any:
    """Return a value as the sqlite3 module would store it: True as 1, a member of an enumeration as its value."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, int):
        number = int(value)
        if not _LOWEST <= number <= _HIGHEST:
            raise OverflowError(f"{number} has more than 64 bits")
        return number
    return str(value) if isinstance(value, str) else value
