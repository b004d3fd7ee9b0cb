"""What an edition may be chosen from: seeds with their past, and the coverage tied to them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.news.article import Article, ArticleId, ShelfId
from bot.news.edition import Candidate, Change
from bot.store.sqlite.moments import as_micros, as_moment
from bot.store.sqlite.rows import SHOWN, as_list, load_articles, shelf_ids

# From the few changes of the window to their articles, sorted by the date that stood at the moment asked for.
_OF_WINDOW: Final = """
    SELECT a.row_id, (
        SELECT published_at FROM change AS latest WHERE latest.row_id = a.row_id AND latest.seen_at <= :as_of
        ORDER BY latest.seen_at DESC, latest.change_id DESC LIMIT 1
    ) AS stood_at
    FROM (
        SELECT DISTINCT row_id FROM change INDEXED BY change_by_publication
        WHERE published_at > :after AND seen_at <= :as_of
    ) AS new
    CROSS JOIN article AS a ON a.row_id = new.row_id
    WHERE a.is_stub = 0 AND a.shelf_id IN (SELECT value FROM json_each(:shelves))
    ORDER BY stood_at DESC, a.article_id LIMIT :limit
"""

# All of the past: down the index of dates, taking each article where its own date stands, until there are enough.
_NEWEST: Final = """
    SELECT a.row_id FROM change AS c CROSS JOIN article AS a ON a.row_id = c.row_id
    WHERE c.seen_at <= :as_of AND a.is_stub = 0 AND a.shelf_id IN (SELECT value FROM json_each(:shelves))
        AND c.change_id = (
            SELECT change_id FROM change AS latest WHERE latest.row_id = c.row_id AND latest.seen_at <= :as_of
            ORDER BY latest.seen_at DESC, latest.change_id DESC LIMIT 1
        )
    ORDER BY c.published_at DESC, a.article_id LIMIT :limit
"""

_CHANGES: Final = """
    SELECT change.* FROM json_each(:rows) AS wanted CROSS JOIN change ON change.row_id = wanted.value
    WHERE seen_at <= :as_of ORDER BY change.row_id, seen_at, change_id
"""

# Whatever an asked one names was known with it, as a stub at least, once it was published. What names an asked one was
# known from its own first sight.
_COVERAGE: Final = f"""
    WITH asked AS (
        SELECT a.row_id FROM json_each(:ids) AS wanted CROSS JOIN article AS a ON a.article_id = wanted.value
    ), named AS (
        SELECT row_id FROM asked
        UNION SELECT stub.row_id FROM asked CROSS JOIN article AS stub ON stub.stands_for = asked.row_id
    ), tied AS (
        SELECT tie.to_row AS row_id, 0 AS names_it FROM asked CROSS JOIN tie ON tie.from_row = asked.row_id
        UNION SELECT coverage.from_row, 1 FROM named CROSS JOIN coverage ON coverage.to_row = named.row_id
    )
    SELECT DISTINCT a.row_id FROM tied CROSS JOIN article AS a ON a.row_id = tied.row_id
    WHERE {SHOWN} AND a.row_id NOT IN (SELECT row_id FROM asked)
        AND a.shelf_id IN (SELECT value FROM json_each(:shelves))
        AND CASE WHEN names_it THEN a.first_seen_at ELSE a.published_at END <= :as_of
    ORDER BY a.article_id
"""

_TAKEN_DOWN: Final = """
    SELECT a.article_id FROM json_each(:ids) AS wanted CROSS JOIN article AS a ON a.article_id = wanted.value
    LEFT JOIN article AS full_one ON full_one.row_id = a.stands_for
    WHERE a.is_hidden OR a.is_kept_out OR full_one.is_hidden
    UNION SELECT article_id FROM tombstone WHERE article_id IN (SELECT value FROM json_each(:ids))
"""


def read_candidates(
    connection: sqlite3.Connection,
    shelves: Sequence[ShelfId],
    *,
    as_of: datetime,
    published_after: datetime | None,
    limit: int,
) -> tuple[Candidate, ...]:
    """See `DigestStore.candidates`."""
    asked = {
        "as_of": as_micros(as_of),
        "after": as_micros(published_after),
        "shelves": as_list(shelf_ids(connection, shelves)),
        "limit": max(0, limit),
    }
    rows = connection.execute(_NEWEST if published_after is None else _OF_WINDOW, asked)
    row_ids = [row["row_id"] for row in rows]
    changes = _changes(connection.execute(_CHANGES, asked | {"rows": as_list(row_ids)}))
    articles = load_articles(connection, row_ids)
    return tuple(
        Candidate(article=article, changes=tuple(changes[row_id]))
        for row_id, article in zip(row_ids, articles, strict=True)
    )


def _changes(rows: Iterable[sqlite3.Row]) -> Mapping[int, list[Change]]:
    changes = defaultdict(list)
    for row in rows:
        listed = row["listed"]
        change = Change(
            seen_at=as_moment(row["seen_at"]),
            quality=row["quality"],
            heat=row["heat"],
            listed=None if listed is None else bool(listed),
            published_at=as_moment(row["published_at"]),
        )
        changes[row["row_id"]].append(change)
    return changes


def read_coverage(
    connection: sqlite3.Connection, shelves: Sequence[ShelfId], ids: Sequence[ArticleId], *, as_of: datetime
) -> tuple[Article, ...]:
    """See `DigestStore.coverage_of`."""
    asked = {
        "ids": as_list(ids),
        "shelves": as_list(shelf_ids(connection, shelves)),
        "as_of": as_micros(as_of),
    }
    return load_articles(connection, [row["row_id"] for row in connection.execute(_COVERAGE, asked)])


def read_taken_down(connection: sqlite3.Connection, ids: Sequence[ArticleId]) -> frozenset[ArticleId]:
    """See `DigestStore.taken_down`."""
    rows = connection.execute(_TAKEN_DOWN, {"ids": as_list(ids)})
    return frozenset(ArticleId(row["article_id"]) for row in rows)
