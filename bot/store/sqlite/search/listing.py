"""Lists of full articles without search words: the newest, and the best by score.

Each list is read along the narrowest index in its order: of a topic, of a provider, else of a shelf; one run for each
id, stopped at the limit, then merged. So a list costs what it shows, not the size of the archive.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

from bot.news.search import Sort
from bot.store.sqlite.archive.aliases import hashes_of
from bot.store.sqlite.archive.echo import stubs_with_urls
from bot.store.sqlite.file.deadline import Deadline
from bot.store.sqlite.file.sql import as_list
from bot.store.sqlite.index.row_ids import PER_SECOND
from bot.store.sqlite.index.view import View
from bot.store.sqlite.search.filters import Filters, PartFilters
from bot.store.sqlite.search.query_words import Words

_OF_TOPIC: Final = """
    SELECT a.row_id, a.published_at, a.article_id, a.score FROM article_topic AS tagged
    CROSS JOIN article AS a ON a.row_id = tagged.row_id
    WHERE tagged.topic_id = :run AND tagged.row_id BETWEEN :first_row AND :last_row AND {conditions}
    ORDER BY tagged.row_id DESC
"""
_OF_PROVIDER: Final = """
    SELECT a.row_id, a.published_at, a.article_id, a.score FROM article AS a INDEXED BY article_by_provider
    WHERE a.provider_id = :run AND a.row_id BETWEEN :first_row AND :last_row AND {conditions} ORDER BY a.row_id DESC
"""
_OF_SHELF: Final = """
    SELECT a.row_id, a.published_at, a.article_id, a.score FROM article AS a INDEXED BY article_newest
    WHERE a.shelf_id = :run AND {conditions} ORDER BY a.published_at DESC, a.article_id
"""
_BEST_OF_SHELF: Final = """
    SELECT a.row_id, a.published_at, a.article_id, a.score FROM article AS a INDEXED BY article_best
    WHERE a.shelf_id = :run AND {conditions} ORDER BY a.score DESC, a.published_at DESC, a.article_id
"""
# `:rows` are articles that a stub of another file with the link turned out to be.
_OF_LINK: Final = """
    SELECT a.row_id, a.published_at, a.article_id FROM (
        SELECT ifnull(named.stands_for, named.row_id) AS row_id FROM alias
        CROSS JOIN article AS named ON named.row_id = alias.row_id
        WHERE alias.url_hash IN (SELECT value FROM json_each(:hashes)) AND named.shelf_id = :shelf
        UNION SELECT value FROM json_each(:rows)
    ) AS found CROSS JOIN article AS a ON a.row_id = found.row_id WHERE {conditions}
"""
_BUT: Final = " AND a.row_id NOT IN (SELECT rowid FROM article_text WHERE article_text MATCH :but)"

Row = tuple[int, int, str, int]
"""Key, when published, article id, score."""


def newest_first(row: Row) -> tuple[object, ...]:
    """Sort key: newest first, then by id."""
    return -row[1], row[2]


def best_first(row: Row) -> tuple[object, ...]:
    """Sort key: highest score first, then newest, then by id."""
    return -row[3], -row[1], row[2]


ORDERS: Final[dict[Sort, Callable[[Row], tuple[object, ...]]]] = {
    "relevance": newest_first,
    "newest": newest_first,
    "score": best_first,
}
"""Sort key of each order; without words the newest are the most relevant."""


def list_rows(
    filters: Filters,
    *,
    sort: Sort,
    limit: int,
    deadline: Deadline | None = None,
    words: Words | None = None,
) -> list[Row]:
    """Read the first rows of a list.

    Args:
        filters: Conditions of the list.
        sort: Highest score or newest first.
        limit: The number of rows at most.
        deadline: After it only the rows read so far are returned; None to read to the end.
        words: Words and phrases that must not be in the text; None for none.
    """
    found: dict[int, Row] = {}
    conditions = filters.sql + (_BUT if words and words.excluded else "") + (words.sql if words else "")
    for of_part in filters.parts:
        part = of_part.part
        values = {**of_part.values, **(words.values(part) if words else {}), "but": words.but(part) if words else ""}
        for run in _runs(of_part, sort, has_dates=filters.has_dates):
            sql = run.sql.format(conditions=conditions)
            with deadline.on(part.connection) if deadline else nullcontext():
                for row in _first(part.connection.execute(sql, {**values, "run": run.of}), run, limit):
                    found[part.key(row[0])] = (part.key(row[0]), *row[1:])
    return sorted(found.values(), key=ORDERS[sort])[:limit]


def linked_rows(view: View, filters: Filters, link: str) -> list[int]:
    """Read the keys of the articles with a link, however it is spelled, newest first.

    Args:
        view: What is searched.
        filters: Conditions of the search.
        link: A cleaned URL.
    """
    sql = _OF_LINK.format(conditions=filters.sql)
    found: dict[int, tuple[int, str]] = {}
    hashes = as_list(hashes_of(link))
    known_as = list(stubs_with_urls(view, hashes).values())
    for of_part in filters.parts:
        part = of_part.part
        asked = {**of_part.values, "hashes": hashes, "rows": as_list(part.rows(known_as))}
        for row_id, published_at, article_id in part.connection.execute(sql, asked):
            found[part.key(row_id)] = -published_at, article_id
    return sorted(found, key=found.__getitem__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A statement, the topic, provider or shelf that it reads, and whether it has the list's order.

    `same_second_apart` is True if rows of the same second are not in order yet.
    """

    sql: str
    of: int
    is_in_order: bool
    same_second_apart: bool = False


def _runs(filters: PartFilters, sort: Sort, *, has_dates: bool) -> Iterator[_Run]:
    newest, shelves = sort != "score", filters.part.shelf_ids
    if filters.topics is not None:
        return (_Run(sql=_OF_TOPIC, of=each, is_in_order=newest, same_second_apart=True) for each in filters.topics)
    if filters.providers is not None:
        return (
            _Run(sql=_OF_PROVIDER, of=each, is_in_order=newest, same_second_apart=True) for each in filters.providers
        )
    if newest or has_dates:
        return (_Run(sql=_OF_SHELF, of=each, is_in_order=newest) for each in shelves)
    return (_Run(sql=_BEST_OF_SHELF, of=each, is_in_order=True) for each in shelves)


def _first(rows: Iterable[sqlite3.Row], run: _Run, limit: int) -> Iterator[Row]:
    """Read the rows of a run that may be among the list's first."""
    last_second = None
    for count, row in enumerate(rows):
        second = row["row_id"] // PER_SECOND
        if run.is_in_order and count >= limit and not (run.same_second_apart and second == last_second):
            return
        last_second = second
        yield row["row_id"], row["published_at"], row["article_id"], row["score"]
