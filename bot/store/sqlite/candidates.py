"""Articles that may answer a query, from the text index: those with all of its words, then some with most of them.

SQLite is quick at *which* articles hold words, newest first, and slow at ranking all of them: so it is asked in tiers,
the rarest words first, and what it gives is ranked by `bot.news.ranking`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from bot.news.texts import Group, Totals
from bot.store.sqlite.deadline import Deadline
from bot.store.sqlite.filters import Filters
from bot.store.sqlite.hits import Hit
from bot.store.sqlite.query_words import Words

PAIRED: Final = 5
"""The rarest words that are tried in pairs."""

MOST_OF_SEVERAL: Final = 60
MOST_OF_ONE: Final = 100
ENOUGH: Final = 100
ENOUGH_ALONE: Final = 400
"""Candidates, and of them such with one word, after which no commoner word is tried alone."""

_MATCHES: Final = """
    SELECT a.row_id, a.published_at, a.score
    FROM {index} AS t CROSS JOIN article AS a INDEXED BY article_to_find ON a.row_id = t.rowid
    WHERE t.{index} MATCH :match AND t.rowid BETWEEN :first_row AND :last_row AND {conditions}
    ORDER BY t.rowid DESC LIMIT :most
"""

Partial = tuple[Hit, int]
"""A hit, and which of the words it is known to have: a bit for each of `Words.by_rarity`."""


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
    _groups: Sequence[Group] = field(init=False)

    def __post_init__(self) -> None:
        self._groups = self.words.by_rarity()

    def with_all(self, most: int) -> list[Hit]:
        """The newest articles with all the words, newest first; `most` below 0 for every one."""
        return self._hits(self.words.all_of(), most)

    def with_some(self, but: Sequence[Hit]) -> list[Partial]:
        """Articles with some of the words, the rarest ones first, without those of `but`."""
        seen = {hit[0] for hit in but}
        held: dict[Hit, int] = {}
        for places, most in self._tiers():
            if self.deadline.is_over() or (most == MOST_OF_ONE and self._has_enough(held)):
                break
            found = self._hits(self.words.match([self._groups[place] for place in places]), most)
            self._read_alone += len(found) if most == MOST_OF_ONE else 0
            bits = sum(1 << place for place in places)
            held |= {hit: held.get(hit, 0) | bits for hit in found if hit[0] not in seen}
        return list(held.items())

    def rarities(self, partials: Sequence[Partial], totals: Totals) -> list[float]:
        """For each of these the rarities of the words that it is known to have, together."""
        idf = [totals.idf(group.articles) for group in self._groups]
        by_bits = {
            bits: sum(each for place, each in enumerate(idf) if bits >> place & 1) for bits in {b for _, b in partials}
        }
        return [by_bits[bits] for _, bits in partials]

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

    def _tiers(self) -> Iterator[tuple[Sequence[int], int]]:
        """The places of some of the words, those that say most first, each with how many articles to take."""
        places = range(len(self._groups))
        for size, rarest in ((3, places[:3]), (2, places[:PAIRED])):
            if len(self.words.groups) > size:
                for some in combinations(rarest, size):
                    yield some, MOST_OF_SEVERAL
        if len(self.words.groups) > 1 or self.words.phrased:
            for place in places:
                yield [place], MOST_OF_ONE
        if self.words.phrased:
            yield [], MOST_OF_ONE

    def _has_enough(self, held: Mapping[Hit, int]) -> bool:
        return len(held) >= ENOUGH and self._read_alone >= ENOUGH_ALONE
