"""Row ids of articles in the order of publication: the second times `PER_SECOND`, and a number within it.

So the text index, which gives its matches by row id at no cost, gives them newest first; and a span of time is a span
of row ids. If more than `PER_SECOND` articles have the same second, the last ones get row ids a few seconds later: an
exact order also sorts by `published_at`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Final

PER_SECOND: Final = 256
"""A higher number would lengthen every posting of the index; seeds with only a date come by the dozen."""

_MICROS: Final = 1_000_000
_NEWEST: Final = """
    SELECT wanted.value, (SELECT max(row_id) FROM article WHERE row_id >= wanted.value AND row_id < wanted.value + ?2)
    FROM json_each(?1) AS wanted
"""


def first_row_id(published_at: int) -> int:
    """Return the lowest row id for articles published in the second of a moment (microseconds)."""
    return published_at // _MICROS * PER_SECOND


class RowIds:
    """Allocates free row ids within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._next: dict[int, int] = {}
        self._room_at: dict[int, int] = {}

    def look_up(self, moments: Iterable[int]) -> None:
        """Find the free row ids at these moments (microseconds) in one query, before they are taken one by one."""
        seconds = {first_row_id(moment) for moment in moments} - self._next.keys()
        for row in self._connection.execute(_NEWEST, (json.dumps(list(seconds)), PER_SECOND)):
            second, newest = row
            self._next[second] = second if newest is None else newest + 1

    def take(self, published_at: int) -> int:
        """Allocate a row id for an article published at a moment (microseconds)."""
        wanted = first_row_id(published_at)
        second = self._room_at.get(wanted, wanted)
        while (row_id := self._first_free(second)) >= second + PER_SECOND:
            second += PER_SECOND
        self._room_at[wanted] = second
        self._next[second] = row_id + 1
        return row_id

    def _first_free(self, second: int) -> int:
        if second not in self._next:
            self.look_up([second // PER_SECOND * _MICROS])
        return self._next[second]
