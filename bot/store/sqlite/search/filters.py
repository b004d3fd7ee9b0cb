"""Filters of lists and searches: shelf, topic, provider, date, quality."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.news.article import ShelfId
from bot.news.search import SearchQuery
from bot.store.sqlite.archive.names import folded_label
from bot.store.sqlite.archive.rows import SHOWN, shelf_ids
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.file.sql import as_list
from bot.store.sqlite.index.row_ids import first_row_id
from bot.text.words import fold, words_of

FULL: Final = f"a.is_stub = 0 AND {SHOWN}"
"""Condition for visible full articles, in the wording of the partial indexes."""

_TOPICS: Final = """
    SELECT topic_id FROM topic WHERE shelf_id IN (SELECT value FROM json_each(?1))
    AND folded IN (SELECT value FROM json_each(?2)) ORDER BY topic_id
"""
_PROVIDERS: Final = "SELECT provider_id, domain, name FROM provider WHERE shelf_id IN (SELECT value FROM json_each(?))"

_OF_TOPICS: Final = """EXISTS (
    SELECT 1 FROM json_each(:topics) AS wanted CROSS JOIN article_topic AS tagged
    ON tagged.topic_id = wanted.value AND tagged.row_id = a.row_id)"""
_OF_PROVIDERS: Final = "a.provider_id IN (SELECT value FROM json_each(:providers))"

_SPILL: Final = timedelta(days=1)
"""How far the row id of one of thousands of articles of the same second may be behind its date, with a margin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions of a list, in the store's inner ids.

    Attributes:
        shelves: Inner ids of the visible shelves.
        topics: Inner ids; None for every topic.
        providers: Inner ids; None for every provider.
        has_dates: True if the dates exclude some articles.
        are_narrow: True if few of the visible articles may match.
        sql: Conditions for `article AS a`, joined by AND.
        values: Parameters of `sql`; also `first_row` and `last_row`, the span of row ids that the dates allow.
    """

    shelves: Sequence[int]
    topics: Sequence[int] | None
    providers: Sequence[int] | None
    has_dates: bool
    are_narrow: bool
    sql: str
    values: Mapping[str, object]


def read_filters(
    connection: sqlite3.Connection, shelves: Sequence[ShelfId], query: SearchQuery, *, now: datetime
) -> Filters:
    """Build the filters of a query; an article that is dated ahead of `now` isn't found before its moment."""
    seen = shelf_ids(connection, shelves)
    topics = _topic_ids(connection, seen, query.topics) if query.topics else None
    providers = _provider_ids(connection, seen, query.providers) if query.providers else None
    of_shelves = {f"shelf{number}": shelf for number, shelf in enumerate(seen)}
    conditions: list[tuple[str, str, object]] = [
        (_OF_TOPICS, "topics", None if topics is None else as_list(topics)),
        (_OF_PROVIDERS, "providers", None if providers is None else as_list(providers)),
        ("a.published_at >= :after", "after", as_micros(query.after)),
        ("a.published_at < :before", "before", as_micros(query.before)),
        ("a.quality >= :low", "low", query.min_quality),
        ("a.quality <= :high", "high", query.max_quality),
    ]
    wanted = [each for each in conditions if each[2] is not None]
    return Filters(
        shelves=seen,
        topics=topics,
        providers=providers,
        has_dates=query.before is not None
        or (query.after is not None and _row_span(query)["first_row"] > _oldest(connection)),
        are_narrow=bool(wanted),
        sql=" AND ".join(
            [FULL, "a.published_at <= :now", f"a.shelf_id IN ({_bound(of_shelves)})", *(sql for sql, _, _ in wanted)]
        ),
        values={"now": as_micros(now)} | of_shelves | {name: value for _, name, value in wanted} | _row_span(query),
    )


def _bound(names: Iterable[str]) -> str:
    """Build an SQL list of named parameters, never an empty one, for which SQLite plans no index.

    A few parameters are compared faster than the rows of `json_each`.
    """
    return ", ".join(f":{name}" for name in names) or "NULL"


def _oldest(connection: sqlite3.Connection) -> int:
    oldest: int | None = connection.execute("SELECT min(row_id) FROM article").fetchone()[0]
    return 0 if oldest is None else oldest


def _row_span(query: SearchQuery) -> dict[str, int]:
    lowest, highest = -(2**62), 2**62
    if query.after is not None:
        lowest = first_row_id(as_micros(query.after))
    if query.before is not None:
        highest = first_row_id(as_micros(query.before) + _SPILL // timedelta(microseconds=1))
    return {"first_row": lowest, "last_row": highest}


def _topic_ids(connection: sqlite3.Connection, shelves: Sequence[int], topics: Sequence[str]) -> list[int]:
    rows = connection.execute(_TOPICS, (as_list(shelves), as_list(map(folded_label, topics))))
    return [row[0] for row in rows]


def _provider_ids(connection: sqlite3.Connection, shelves: Sequence[int], wanted: Sequence[str]) -> list[int]:
    """Find providers by domain or name; if none matches, those whose name has all of the words."""
    rows = connection.execute(_PROVIDERS, (as_list(shelves),))
    names = [(row["provider_id"], row["domain"], fold(row["name"])) for row in rows]
    asked = [fold(each) for each in wanted]
    exact = [key for key, domain, name in names if domain in asked or name in asked]
    parts = [words for each in asked if (words := set(words_of(each)))]
    return exact or [key for key, _, name in names if any(words <= set(words_of(name)) for words in parts)]
