"""Retrieve articles that may answer a query: those with all of its words, and the most promising others.

SQLite is quick at finding *which* articles have a word, newest first, and slow at ranking all of them or reading their
rows. So posting lists are read as mere row ids: whole for rare words, the newest for common ones. The words an article
has and its date, known without its row, decide which rows are read. `bot.text.ranking.relevance` ranks these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.store.sqlite.file.deadline import Deadline
from bot.store.sqlite.file.sql import Table, as_list, as_numbers, as_table, plain
from bot.store.sqlite.index.stored_texts import read_texts
from bot.store.sqlite.index.view import KEYS_PER_SECOND, Part, View
from bot.store.sqlite.search.filters import Filters
from bot.store.sqlite.search.postings import NO_HITS, first_fitting, in_order_of
from bot.store.sqlite.search.query_words import Words
from bot.text.occurrences import Occurrences, distinct
from bot.text.ranking.timeliness import promise_in_time
from bot.text.term_frequencies import Group

LONGEST: Final = 2000
"""Articles taken for the rarest words together."""

NEWEST: Final = 100
"""Articles taken at least for each more common word: the newest, and the newest with each pair of words."""

PAIRED: Final = 4
"""Number of rarest words that are also queried in pairs, if one of the two lists was cut."""

MANY: Final = 4
"""Words of a long query, at least: hardly any article has all of them."""

FEW: Final = 200
"""Articles up to which those with all the words are found by reading texts."""

LONG: Final = 500
"""Articles on a list from which not all of them are compared."""

MOST_OF_PAIR: Final = 60
"""Newest articles taken of each pair."""

_ALL: Final = "FROM {index} AS t WHERE t.{index} MATCH :match AND t.rowid BETWEEN :first_row AND :last_row"
_FITTING: Final = """
    FROM {index} AS t CROSS JOIN article AS a INDEXED BY article_to_find ON a.row_id = t.rowid
    WHERE t.{index} MATCH :match AND t.rowid BETWEEN :first_row AND :last_row AND {conditions}
"""
# Three texts instead of a thousand rows, which take .5 ms to create.
_HITS: Final = f"""
    SELECT group_concat(row_id), group_concat(published_at), group_concat(score)
    FROM (SELECT a.row_id, a.published_at, a.score {_FITTING} ORDER BY t.rowid DESC LIMIT :most)
"""
_LIST: Final = "SELECT group_concat(row_id) FROM (SELECT t.rowid AS row_id {among} ORDER BY t.rowid DESC LIMIT :most)"
# In the order of the list, which SQLite reads from its start.
_LOOKED_AT: Final = """
    SELECT group_concat(a.row_id), group_concat(a.published_at), group_concat(a.score)
    FROM json_each(:rows) AS wanted CROSS JOIN article AS a INDEXED BY article_to_find ON a.row_id = wanted.value
    WHERE {conditions}
"""
_BITS: Final = 5
_GROUPS: Final = 2**_BITS - 1  # a query has 16 words at most
_TO_ITS_END: Final = -(2**62)  # older than every row
_DECIMALS: Final = 9  # on which all machines agree

Rows = NDArray[np.int64]
"""Keys."""

NO_ROWS: Final = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """Articles from the words' posting lists.

    Attributes:
        rows: Every article on some list, ascending.
        rarities: For each, the sum of the IDFs of the words it is known to have.
        may_have_all: For each, whether it is on every list, or older than the part read of the lists it isn't on.
        has_all: True if some list was read to its end: every article with all the words is in the pool.
        few: At most `FEW` articles, among which are all with all the words; None if these may be more.
        is_whole: True if every list was: every article with one of the words is in the pool.
    """

    rows: Rows
    rarities: NDArray[np.float64]
    may_have_all: NDArray[np.bool_]
    has_all: bool
    few: Rows | None
    is_whole: bool


@dataclass(slots=True, kw_only=True)
class Retrieval:
    """Retrieval of the articles that may answer one query.

    Attributes:
        has_more: True if there are more articles than were taken.
    """

    view: View
    words: Words
    filters: Filters
    deadline: Deadline
    has_more: bool = field(default=False, init=False)
    _is_narrow: bool = field(init=False)
    _groups: list[Group] = field(init=False)
    _conditions: str = field(init=False)
    _values: list[dict[str, object]] = field(init=False)

    def __post_init__(self) -> None:
        self._groups = self.words.by_rarity()
        self._conditions = self.filters.sql + self.words.sql
        self._values = [{**of_part.values, **self.words.values(of_part.part)} for of_part in self.filters.parts]
        self._is_narrow = self.filters.are_narrow or bool(self.words.sql)

    def with_all(self, most: int, pool: Pool | None = None) -> Table:
        """Find the newest articles with all the words, newest first; all of them for negative `most`.

        FTS5 takes up to 5 ms for a dozen words among a million articles, half of the search: it seeks in each list for
        every article with the rarest word. Reading the few articles that the pool leaves takes .5 ms.
        """
        if pool and pool.few is not None:
            return self._having_all(self._look_at(pool.few[::-1]))
        sql = _HITS.format(index=self.words.index, conditions=self._conditions)
        found = [NO_HITS]
        for part, values in self._parts():
            match = self.words.match(part, self.words.groups)
            rows = self._read(part, sql, {**values, "match": match, "most": most + 1 if most >= 0 else -1})
            found.append(_keyed(part, rows, 3))
        hits = _newest_first(np.concatenate(found))
        self.has_more = self.has_more or 0 <= most < len(hits)
        return hits[:most] if most >= 0 else hits

    def is_worth_pooling(self) -> bool:
        """Return True if a list may be read to its end, so that the pool has every article with all the words."""
        rarest = self._groups[:1]
        return bool(self.words.phrased or not rarest or rarest[0].frequency < LONGEST)

    def is_long(self) -> bool:
        """Return True if a pool will be needed: hardly any article has all words of a long query."""
        return len(self._groups) >= MANY

    def pool(self) -> Pool:
        """Collect the articles on the words' posting lists."""
        totals = self.view.totals()
        groups = self._groups
        lists, ends, whole = self._lists(len(groups))
        keys = distinct(np.concatenate([NO_ROWS, *(rows << _BITS | place for place, rows in lists)]))
        held = keys >> _BITS
        is_first = np.ones(len(held), dtype=np.bool_)
        np.not_equal(held[1:], held[:-1], out=is_first[1:])
        starts = is_first.nonzero()[0]
        rows = held[starts]
        idf = np.array([*(totals.idf(group.frequency) for group in groups), 0.0])
        taken_to = np.array([*ends.values()])
        unknown = np.count_nonzero(rows[:, None] < taken_to, axis=1)
        may_have_all = np.diff(starts, append=len(keys)) + unknown >= len(ends)
        few = rows[may_have_all & np.isin(rows, min(whole, key=len))] if whole else rows
        return Pool(
            rows=rows,
            rarities=np.add.reduceat(idf[keys & _GROUPS], starts) if len(rows) else np.empty(0),
            may_have_all=may_have_all,
            has_all=_TO_ITS_END in ends.values(),
            few=few if whole and len(few) <= FEW else None,
            is_whole=set(ends.values()) <= {_TO_ITS_END},
        )

    def most_promising(
        self, pool: Pool, now: datetime, most: int, *, all_first: bool = False, but: Rows = NO_ROWS
    ) -> Table:
        """Select the articles of a pool that may rank best, by rarities and age.

        Args:
            pool: Of this search.
            now: When the query was asked.
            most: The number of articles at most.
            all_first: Put articles that may have all the words first.
            but: Row ids of articles to leave out.
        """
        hits = self._most_promising(pool, now, most, all_first=all_first, but=but)
        if len(hits) < most and not (pool.is_whole or self._is_narrow):
            # The lists are full of rows this reader doesn't see: stubs, hidden articles. Check each row.
            self._is_narrow = True
            hits = self._most_promising(self.pool(), now, most, all_first=all_first, but=but)
        return hits

    def _most_promising(self, pool: Pool, now: datetime, most: int, *, all_first: bool, but: Rows) -> Table:
        promise = promise_in_time(
            pool.rarities, pool.rows / KEYS_PER_SECOND, now_s=now.timestamp(), is_urgent=self.words.is_urgent
        )
        promise = np.round(promise, _DECIMALS)
        if all_first:
            promise[pool.may_have_all] += 1 + promise.max(initial=0.0)
        rows = pool.rows
        if len(but):
            others = ~np.isin(rows, but)
            rows, promise = rows[others], promise[others]
        hits, has_more = first_fitting(rows, promise, self._look_at, most)
        self.has_more = self.has_more or has_more
        return hits

    def _lists(self, groups: int) -> tuple[list[tuple[int, Rows]], dict[int, int], list[Rows]]:
        """Read the groups' lists, each with its group's index.

        Returns:
            The lists; by index the oldest row that was read; and the lists, of pairs too, that were read to their end.
        """
        lists: list[tuple[int, Rows]] = []
        ends: dict[int, int] = {}
        whole: list[Rows] = []
        left = LONGEST
        for places in [*([place] for place in range(groups)), *([[]] if self.words.phrased else [])]:
            if self.deadline.is_over():
                break
            rows = self._list(places, max(left, NEWEST))
            for place in places or [groups]:
                lists.append((place, rows))
                ends[place] = _TO_ITS_END if len(rows) < max(left, NEWEST) else int(rows[-1])
            whole += [rows] if len(rows) < max(left, NEWEST) else []
            left -= len(rows)
        # All articles of a short list are compared anyway.
        long = [
            place
            for place in range(min(groups, PAIRED))
            if ends.get(place) != _TO_ITS_END or len(dict(lists)[place]) > LONG
        ]
        for pair in combinations(long, 2):
            if self.deadline.is_over():
                break
            if all(ends.get(place) == _TO_ITS_END for place in pair):
                continue
            rows = self._list(pair, MOST_OF_PAIR)
            lists += [(place, rows) for place in pair]
            whole += [rows] if len(rows) < MOST_OF_PAIR else []
        return lists, ends, whole

    def _list(self, places: Sequence[int], most: int) -> Rows:
        among = _FITTING if self._is_narrow else _ALL
        sql = _LIST.format(among=among.format(index=self.words.index, conditions=self._conditions))
        found = [NO_ROWS]
        for part, values in self._parts():
            match = self.words.match(part, [self._groups[place] for place in places])
            rows = self._read(part, sql, {**values, "match": match, "most": most})
            found.append(part.keys(as_numbers(rows[0][0] if rows else "")))
        if len(found) == 2:  # noqa: PLR2004 - one file: already in order
            return found[1]
        return np.sort(np.concatenate(found))[::-1][:most]

    def _look_at(self, keys: Rows) -> Table:
        """Read those of these rows that the reader may see and that the filters allow, in their order."""
        sql, found = _LOOKED_AT.format(conditions=self._conditions), [NO_HITS]
        for part, values in self._parts():
            rows = self._read(part, sql, {**values, "rows": as_list(part.rows(keys.tolist()))})
            found.append(_keyed(part, rows, 3))
        return in_order_of(keys, np.concatenate(found))

    def _having_all(self, hits: Table) -> Table:
        """Select those of these hits that have all the words, by their texts."""
        texts = read_texts(self.view, hits[:, 0], hits[:, 1])
        required = [
            *(list(group.alternatives) for group in self.words.groups),
            *([word] for word in self.words.phrased),
        ]
        words = np.array(sorted({word for any_of in required for word in any_of}), dtype=np.int32)
        counts, _ = Occurrences(texts=texts).look_up(words, [])
        has = [np.any(counts[:, np.isin(words, any_of)], axis=1) for any_of in required]
        return hits[np.all(has, axis=0)]

    def _parts(self) -> Iterator[tuple[Part, dict[str, object]]]:
        """Each file, with the values of the conditions there."""
        return ((of_part.part, values) for of_part, values in zip(self.filters.parts, self._values, strict=True))

    def _read(self, part: Part, sql: str, values: Mapping[str, object]) -> list[Any]:
        rows: list[Any] = []
        with self.deadline.on(part.connection):
            rows.extend(plain(part.connection).execute(sql, values))
        return rows


def _keyed(part: Part, rows: Sequence[Any], columns: int) -> Table:
    """Parse the table that a file answered with and turn its row ids into keys."""
    table = as_table(rows[0] if rows else [None] * columns)
    table[:, 0] = part.keys(table[:, 0])
    return table


def _newest_first(hits: Table) -> Table:
    return hits[np.argsort(-hits[:, 0], kind="stable")]
