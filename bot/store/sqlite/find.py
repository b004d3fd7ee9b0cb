"""Articles for the words of a query: candidates from the text index, newest first; then ranked by `bot.news.ranking`.

SQLite is quick at *which* articles hold words, newest first, and slow at ranking all of them. So the newest `MOST` with
all the words are taken; where they don't fill the answer, some hundreds with most of the words, rarest words first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import Final

from bot.news.ranking import Match, Ranked, rank_matches
from bot.news.search import SearchQuery
from bot.news.texts import Totals
from bot.store.sqlite.deadline import Deadline
from bot.store.sqlite.filters import Filters
from bot.store.sqlite.listing import ORDERS, Row
from bot.store.sqlite.moments import as_moment
from bot.store.sqlite.query_words import Words
from bot.store.sqlite.rows import as_list
from bot.store.sqlite.vocabulary import count_stems

MOST: Final = 1000
"""Matches that are counted, and that are ranked: reading the stems of a thousand takes some 10 ms."""

RANKED: Final = 300
"""The newest matches with all the words that are compared; older ones follow, newest first."""

PAIRED: Final = 5
"""The rarest words that are tried in pairs."""

MOST_OF_SEVERAL: Final = 120
MOST_OF_ONE: Final = 400
ENOUGH: Final = 100
ENOUGH_ALONE: Final = 400
"""Candidates, and of them such with one word, after which no commoner word is tried alone."""

WORTH: Final = 0.1
"""What holds less than half of the words is shown from this relevance on: it says what the best ones say."""

_MATCHES: Final = """
    SELECT a.row_id, a.published_at, a.article_id, a.score
    FROM article_text AS t CROSS JOIN article AS a ON a.row_id = t.rowid
    WHERE t.article_text MATCH :match AND t.rowid BETWEEN :first_row AND :last_row AND {conditions}
    ORDER BY t.rowid DESC LIMIT :most
"""
_STEMS: Final = """
    SELECT t.rowid, t.title || ' ' || t.excerpt AS stems FROM json_each(?) AS wanted
    CROSS JOIN article_text AS t ON t.rowid = wanted.value
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Rows for a query, best first.

    Attributes:
        row_ids: Each once.
        has_more: There are more than `row_ids`, of which no count was taken.
        is_broadened: None of them has all the words.
    """

    row_ids: Sequence[int]
    has_more: bool
    is_broadened: bool


@dataclass(slots=True, kw_only=True)
class Finder:
    """One search under way.

    Attributes:
        totals: Of the index.
        has_more: Some statement was stopped at its limit.
    """

    connection: sqlite3.Connection
    query: SearchQuery
    words: Words
    filters: Filters
    totals: Totals
    now: datetime
    deadline: Deadline
    has_more: bool = field(default=False, init=False)
    read_alone: int = field(default=0, init=False)

    def find(self, limit: int) -> Found:
        """The answer; broader than asked for where fewer than `limit` articles have all the words."""
        # The best by score may be anywhere; the newest stand first, and relevance favours them.
        strict = self._rows(self.words.all_of(), most=-1 if self.query.sort == "score" else MOST)
        some = {}
        if not strict or (self.query.sort == "relevance" and len(strict) < limit):
            some = self._broader(but=strict)
        row_ids = self._in_order(strict, some)
        return Found(row_ids=row_ids[:MOST], has_more=self.has_more or len(row_ids) > MOST, is_broadened=not strict)

    def _rows(self, match: str, *, most: int) -> dict[int, Row]:
        """The newest rows for an expression of FTS5, by row id."""
        sql = _MATCHES.format(conditions=self.filters.sql)
        values = {**self.filters.values, "match": match, "most": most + 1 if most >= 0 else -1}
        rows: dict[int, Row] = {}
        with self.deadline.on(self.connection):
            for row in self.connection.execute(sql, values):
                if len(rows) == most:
                    self.has_more = True
                    break
                self.read_alone += most == MOST_OF_ONE
                rows[row["row_id"]] = (row["row_id"], row["published_at"], row["article_id"], row["score"])
        return rows

    def _broader(self, but: Mapping[int, Row]) -> dict[int, Row]:
        """Rows with some of the words, the rarest ones first."""
        rows: dict[int, Row] = {}
        for match, most in self._broader_matches():
            if self.deadline.is_over() or (most == MOST_OF_ONE and self._has_enough(rows)):
                break
            rows |= {row_id: row for row_id, row in self._rows(match, most=most).items() if row_id not in but}
        return rows

    def _broader_matches(self) -> Iterator[tuple[str, int]]:
        """Expressions for some of the words, those that say most first, each with how many rows to take."""
        groups = [group for group in self.words.by_rarity() if group.articles]
        for size, rarest in ((3, groups[:3]), (2, groups[:PAIRED])):
            if len(self.words.groups) > size:
                for some in combinations(rarest, size):
                    yield self.words.match(some), MOST_OF_SEVERAL
        if len(self.words.groups) > 1 or self.words.phrases:
            for group in groups:
                yield self.words.match([group]), MOST_OF_ONE
        if self.words.phrases:
            yield self.words.match([]), MOST_OF_ONE

    def _has_enough(self, rows: Mapping[int, Row]) -> bool:
        return len(rows) >= ENOUGH and self.read_alone >= ENOUGH_ALONE

    def _in_order(self, strict: dict[int, Row], some: dict[int, Row]) -> list[int]:
        in_order = sorted((strict | some).values(), key=ORDERS[self.query.sort])
        if self.query.sort != "relevance" and not some:
            return [row[0] for row in in_order]
        newest = sorted(strict.values(), key=ORDERS["newest"])
        ranked = self._rank({row[0]: row for row in newest[:RANKED]} | some)
        most = max((ranked[each].held for each in some), default=0)
        half = min(most, (len(self.words.ranked) + 1) // 2)
        chosen = [
            row[0]
            for row in in_order
            if row[0] in strict or ranked[row[0]].held >= half or ranked[row[0]].relevance >= WORTH
        ]
        if self.query.sort == "relevance":
            # Sorting is stable: of equals the newer one stays in front, then the lower id.
            chosen.sort(key=lambda row_id: (row_id not in strict, -_relevance(ranked.get(row_id))))
        return chosen

    def _rank(self, rows: Mapping[int, Row]) -> Mapping[int, Ranked]:
        stems = dict(self.connection.execute(_STEMS, (as_list(rows),)).fetchall())
        matches = [
            Match(key=row_id, stems=stems[row_id], published_at=as_moment(row[1])) for row_id, row in rows.items()
        ]
        return rank_matches(
            matches,
            self.words.ranked,
            typed=self.words.typed,
            totals=self.totals,
            count=lambda stems: count_stems(self.connection, stems),
            now=self.now,
        )


def _relevance(ranked: Ranked | None) -> float:
    """Of one that was not compared less than of any that was: the newest were."""
    return -1.0 if ranked is None else ranked.relevance
