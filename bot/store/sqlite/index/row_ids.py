"""Row ids of articles in the order of publication: the second times `PER_SECOND`, and a number within it.

So the text index, which can read its matches by row id for nothing, reads them newest first; and a span of time is a
span of row ids. Where more than `PER_SECOND` articles name the same second, the last ones stand a few seconds later:
what must be exact sorts by `published_at` at the end.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Final

PER_SECOND: Final = 256
"""More would make every posting of the index longer; seeds that name only a day come by the dozen, not by thousands."""

_MICROS: Final = 1_000_000
_NEWEST: Final = """
    SELECT wanted.value, (SELECT max(row_id) FROM article WHERE row_id >= wanted.value AND row_id < wanted.value + ?2)
    FROM json_each(?1) AS wanted
"""


def first_row_id(published_at: int) -> int:
    """The lowest row id of an article published at a moment (microseconds) or later within its second."""
    return published_at // _MICROS * PER_SECOND


class RowIds:
    """Gives out free row ids within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._next: dict[int, int] = {}
        self._room_at: dict[int, int] = {}

    def look_up(self, moments: Iterable[int]) -> None:
        """Learn what is free at these moments (microseconds) in one query, before they are taken one by one."""
        seconds = {first_row_id(moment) for moment in moments} - self._next.keys()
        for row in self._connection.execute(_NEWEST, (json.dumps(list(seconds)), PER_SECOND)):
            second, newest = row
            self._next[second] = second if newest is None else newest + 1

    def take(self, published_at: int) -> int:
        """A free row id for an article published at a moment (microseconds)."""
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
