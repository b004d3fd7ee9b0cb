"""Articles that may answer a query, from the text index: those with all of its words, then some with most of them.

SQLite is quick at *which* articles hold words, newest first, and slow at ranking all of them: so it is asked in tiers,
the rarest words first, and what it gives is ranked by `bot.news.ranking`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from bot.news.texts import Group
from bot.store.sqlite.deadline import Deadline
from bot.store.sqlite.filters import Filters
from bot.store.sqlite.hits import Hit
from bot.store.sqlite.query_words import Words

PAIRED: Final = 5
"""The rarest words that are tried in pairs."""

MOST_OF_SEVERAL: Final = 120
MOST_OF_ONE: Final = 200
ENOUGH: Final = 100
ENOUGH_ALONE: Final = 800
"""Candidates, and of them such with one word, after which no commoner word is tried alone."""

_MATCHES: Final = """
    SELECT a.row_id, a.published_at, a.score
    FROM {index} AS t CROSS JOIN article AS a INDEXED BY article_to_find ON a.row_id = t.rowid
    WHERE t.{index} MATCH :match AND t.rowid BETWEEN :first_row AND :last_row AND {conditions}
    ORDER BY t.rowid DESC LIMIT :most
"""


@dataclass(slots=True, kw_only=True)
class Candidates:
    """One search for candidates under way.

    Attributes:
        has_more: Some statement was stopped at its limit.
    """

    connection: sqlite3.Connection
    words: Words
    filters: Filters
    deadline: Deadline
    has_more: bool = field(default=False, init=False)
    _read_alone: int = field(default=0, init=False)

    def with_all(self, most: int) -> list[Hit]:
        """The newest articles with all the words, newest first; `most` below 0 for every one."""
        return self._hits(self.words.all_of(), most)

    def with_some(self, but: Sequence[Hit]) -> list[Hit]:
        """Articles with some of the words, the rarest ones first, without those of `but`."""
        seen = {hit[0] for hit in but}
        hits: list[Hit] = []
        for groups, most in self._tiers():
            if self.deadline.is_over() or (most == MOST_OF_ONE and self._has_enough(hits)):
                break
            found = self._hits(self.words.match(groups), most)
            self._read_alone += len(found) if most == MOST_OF_ONE else 0
            hits += [hit for hit in found if hit[0] not in seen]
            seen.update(hit[0] for hit in found)
        return hits

    def _hits(self, match: str, most: int) -> list[Hit]:
        sql = _MATCHES.format(index=self.words.index, conditions=self.filters.sql + self.words.sql)
        values = {**self.filters.values, **self.words.values, "match": match, "most": most + 1 if most >= 0 else -1}
        hits: list[Hit] = []
        cursor = self.connection.cursor()
        cursor.row_factory = None
        with self.deadline.on(self.connection):
            hits.extend(cursor.execute(sql, values))
        self.has_more = self.has_more or 0 <= most < len(hits)
        return hits[:most] if most >= 0 else hits

    def _tiers(self) -> Iterator[tuple[Sequence[Group], int]]:
        """Some of the words, those that say most first, each with how many articles to take."""
        groups = self.words.by_rarity()
        for size, rarest in ((3, groups[:3]), (2, groups[:PAIRED])):
            if len(self.words.groups) > size:
                for some in combinations(rarest, size):
                    yield some, MOST_OF_SEVERAL
        if len(self.words.groups) > 1 or self.words.phrased:
            for group in groups:
                yield [group], MOST_OF_ONE
        if self.words.phrased:
            yield [], MOST_OF_ONE

    def _has_enough(self, hits: Sequence[Hit]) -> bool:
        return len(hits) >= ENOUGH and self._read_alone >= ENOUGH_ALONE
