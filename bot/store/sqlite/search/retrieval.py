"""Articles that may answer a query, from the text index: those with all of its words, and the most promising others.

SQLite is quick at *which* articles hold a word, newest first, and slow at ranking all of them, or at looking at the row
of each. So lists are taken as mere numbers, those of rare words whole, of common ones the newest; and what they tell
without a look, which words an article has and how new it is, says which are worth one. `bot.text.ranking` ranks these.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.store.sqlite.file.deadline import Deadline
from bot.store.sqlite.file.sql import Table, as_list, as_numbers, as_table
from bot.store.sqlite.index.row_ids import PER_SECOND
from bot.store.sqlite.index.vocabulary import read_totals
from bot.store.sqlite.search.filters import Filters
from bot.store.sqlite.search.postings import first_fitting
from bot.store.sqlite.search.query_words import Words
from bot.text.occurrences import distinct
from bot.text.ranking import freshness

LONGEST: Final = 1000
"""Articles that are taken for the rarest words together;"""

NEWEST: Final = 100
"""for each commoner word so many all the same: of today's news one of the words is worth all of them of a month ago."""

PAIRED: Final = 5
"""So many of the rarest words: those of them whose lists weren't taken to their end are asked for in pairs, too,"""

MOST_OF_PAIR: Final = 60
"""the newest so many of each."""

_ALL: Final = "FROM {index} AS t WHERE t.{index} MATCH :match AND t.rowid BETWEEN :first_row AND :last_row"
_FITTING: Final = """
    FROM {index} AS t CROSS JOIN article AS a INDEXED BY article_to_find ON a.row_id = t.rowid
    WHERE t.{index} MATCH :match AND t.rowid BETWEEN :first_row AND :last_row AND {conditions}
"""
_HITS: Final = f"SELECT a.row_id, a.published_at, a.score {_FITTING} ORDER BY t.rowid DESC LIMIT :most"
_LIST: Final = "SELECT group_concat(row_id) FROM (SELECT t.rowid AS row_id {among} ORDER BY t.rowid DESC LIMIT :most)"
# In the order of the list, which SQLite reads from its beginning.
_LOOKED_AT: Final = """
    SELECT group_concat(a.row_id), group_concat(a.published_at), group_concat(a.score)
    FROM json_each(:rows) AS wanted CROSS JOIN article AS a INDEXED BY article_to_find ON a.row_id = wanted.value
    WHERE {conditions}
"""
_BITS: Final = 5
_PLACES: Final = 2**_BITS - 1  # of groups: a query has 16 words at most
_TO_ITS_END: Final = -(2**62)  # older than every row
_DECIMALS: Final = 9  # what two machines agree on

Rows = NDArray[np.int64]
"""Row ids."""

NO_ROWS: Final = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """What the words' lists tell.

    Attributes:
        rows: Every article on some list, rising.
        rarities: For each, those of the words that it is known to have, together.
        may_have_all: For each, whether it is on every list, or older than what was taken of those that it isn't on.
        has_all: True where some list was taken to its end: what has all the words is in the pool.
        is_whole: True where every list was: whatever has one of the words is in the pool.
    """

    rows: Rows
    rarities: NDArray[np.float64]
    may_have_all: NDArray[np.bool_]
    has_all: bool
    is_whole: bool


@dataclass(slots=True, kw_only=True)
class Retrieval:
    """Retrieval of the articles that may answer one query.

    Attributes:
        has_more: There are more than were taken.
    """

    connection: sqlite3.Connection
    words: Words
    filters: Filters
    deadline: Deadline
    has_more: bool = field(default=False, init=False)
    _is_narrow: bool = field(init=False)

    def __post_init__(self) -> None:
        self._is_narrow = self.filters.are_narrow or bool(self.words.sql)

    def with_all(self, most: int) -> Table:
        """The newest articles with all the words, newest first; `most` below 0 for every one."""
        values = {"match": self.words.all_of(), "most": most + 1 if most >= 0 else -1}
        found = self._read(_HITS.format(index=self.words.index, conditions=self._conditions), values)
        hits = np.array(found, dtype=np.int64).reshape(-1, 3)
        self.has_more = self.has_more or 0 <= most < len(hits)
        return hits[:most] if most >= 0 else hits

    def pool(self) -> Pool:
        """The articles on the words' lists."""
        totals = read_totals(self.connection)
        groups = self.words.by_rarity()
        lists, ends = self._lists(len(groups))
        keys = distinct(np.concatenate([np.empty(0, np.int64), *(rows << _BITS | place for place, rows in lists)]))
        held = keys >> _BITS
        starts = np.flatnonzero(np.diff(held, prepend=-1))
        rows = held[starts]
        idf = np.array([*(totals.idf(group.articles) for group in groups), 0.0])
        taken_to = np.array([*ends.values()])
        unknown = np.count_nonzero(rows[:, None] < taken_to, axis=1)
        return Pool(
            rows=rows,
            rarities=np.add.reduceat(idf[keys & _PLACES], starts) if len(rows) else np.empty(0),
            may_have_all=np.diff(starts, append=len(keys)) + unknown >= len(ends),
            has_all=_TO_ITS_END in ends.values(),
            is_whole=set(ends.values()) <= {_TO_ITS_END},
        )

    def most_promising(
        self, pool: Pool, now: datetime, most: int, *, all_first: bool = False, but: Rows = NO_ROWS
    ) -> Table:
        """The articles of a pool that may answer best, by rarities and age.

        Args:
            pool: Of this search.
            now: The moment of asking.
            most: So many at most.
            all_first: Before all others what may have all the words.
            but: Row ids of articles that are known already.
        """
        hits = self._most_promising(pool, now, most, all_first=all_first, but=but)
        if len(hits) < most and not (pool.is_whole or self._is_narrow):
            # Lists full of what this reader doesn't see: stubs, other servers' articles. Then each row is looked at.
            self._is_narrow = True
            hits = self._most_promising(self.pool(), now, most, all_first=all_first, but=but)
        return hits

    def _most_promising(self, pool: Pool, now: datetime, most: int, *, all_first: bool, but: Rows) -> Table:
        fresh = freshness(np.asarray(now.timestamp() - pool.rows / PER_SECOND, dtype=np.float64))
        promise: NDArray[np.float64] = np.round(pool.rarities * fresh, _DECIMALS)
        if all_first:
            promise[pool.may_have_all] += 1 + promise.max(initial=0.0)
        others = ~np.isin(pool.rows, but)
        hits, has_more = first_fitting(pool.rows[others], promise[others], self._look_at, most)
        self.has_more = self.has_more or has_more
        return hits

    def _lists(self, groups: int) -> tuple[list[tuple[int, Rows]], dict[int, int]]:
        """The lists of the groups, each with its group's place; and by place the oldest row that each was taken to."""
        lists: list[tuple[int, Rows]] = []
        ends: dict[int, int] = {}
        left = LONGEST
        for places in [*([place] for place in range(groups)), *([[]] if self.words.phrased else [])]:
            if self.deadline.is_over():
                break
            rows = self._list(places, max(left, NEWEST))
            for place in places or [groups]:
                lists.append((place, rows))
                ends[place] = _TO_ITS_END if len(rows) < max(left, NEWEST) else int(rows[-1])
            left -= len(rows)
        cut = [place for place in range(min(groups, PAIRED)) if ends.get(place) != _TO_ITS_END]
        for pair in combinations(cut, 2):
            if self.deadline.is_over():
                break
            rows = self._list(pair, MOST_OF_PAIR)
            lists += [(place, rows) for place in pair]
        return lists, ends

    def _list(self, places: Sequence[int], most: int) -> Rows:
        groups = self.words.by_rarity()
        among = _FITTING if self._is_narrow else _ALL
        sql = _LIST.format(among=among.format(index=self.words.index, conditions=self._conditions))
        found = self._read(sql, {"match": self.words.match([groups[place] for place in places]), "most": most})
        return as_numbers(found[0][0] if found else "")

    def _look_at(self, rows: Rows) -> Table:
        """Those of these rows that a reader may see and that were asked for, in their order."""
        found = self._read(_LOOKED_AT.format(conditions=self._conditions), {"rows": as_list(rows.tolist())})
        return as_table(found[0] if found else [None] * 3)

    def _read(self, sql: str, values: Mapping[str, object]) -> list[Any]:
        cursor = self.connection.cursor()
        cursor.row_factory = None
        rows: list[Any] = []
        with self.deadline.on(self.connection):
            rows.extend(cursor.execute(sql, {**self.filters.values, **self.words.values, **values}))
        return rows

    @property
    def _conditions(self) -> str:
        return self.filters.sql + self.words.sql
