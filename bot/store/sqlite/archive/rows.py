"""Rows of `article` as the house's values: one statement's columns, read in one place."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from bot.news.article import Article, ArticleId, Picture, Provider, ShelfId
from bot.store.sqlite.file.moments import as_moment
from bot.store.sqlite.file.sql import as_list, plain

SHOWN: Final = "a.is_hidden = 0 AND a.is_kept_out = 0 AND a.stands_for IS NULL"
"""What a reader may see of `article AS a`: not hidden, no stub of a deleted article, no stub that is an article now."""

_COLUMNS: Final = """
    a.row_id, a.article_id, a.shelf_id, a.provider_id, a.stem, a.title, a.excerpt, a.published_at, a.first_seen_at,
    a.url, a.aliases, a.kind, a.category, a.quality, a.heat, a.listed, a.topics, a.pictures, a.is_stub, a.is_hidden
"""
_IDS: Final = """
    SELECT group_concat(a.article_id) FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value
"""
# CROSS JOIN keeps SQLite to this order: from the few rows asked for to what belongs to each.
_BY_ROW_IDS: Final = f"""
    SELECT {_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value
"""
_PROVIDERS: Final = """
    SELECT p.provider_id, p.domain, p.name, p.picture_url FROM json_each(?) AS wanted
    CROSS JOIN provider AS p ON p.provider_id = wanted.value
"""
_SHELVES: Final = """
    SELECT shelf.shelf_id, shelf.name FROM json_each(?) AS wanted CROSS JOIN shelf ON shelf.shelf_id = wanted.value
"""


def shelf_ids(connection: sqlite3.Connection, shelves: Sequence[ShelfId]) -> list[int]:
    """The inner ids of the shelves that exist."""
    rows = connection.execute(
        "SELECT shelf_id FROM shelf WHERE name IN (SELECT value FROM json_each(?)) ORDER BY shelf_id",
        (as_list(shelves),),
    )
    return [row[0] for row in rows]


def ids_of(connection: sqlite3.Connection, row_ids: Sequence[int]) -> tuple[ArticleId, ...]:
    """The ids of the articles of these rows, in their order."""
    joined = connection.execute(_IDS, (as_list(row_ids),)).fetchone()[0]
    return tuple(joined.split(",")) if joined else ()


def load_articles(connection: sqlite3.Connection, row_ids: Sequence[int]) -> tuple[Article, ...]:
    """The articles of these rows, in their order, whatever their state."""
    articles = load_by_row(connection, as_list(row_ids))
    return tuple([articles[row_id] for row_id in row_ids if row_id in articles])


def load_by_row(connection: sqlite3.Connection, wanted: str) -> dict[int, Article]:
    """The articles of the rows of a JSON list, by row, in no order."""
    rows = plain(connection).execute(_BY_ROW_IDS, (wanted,)).fetchall()
    providers = _load_providers(connection, {row[3] for row in rows})
    shelves = _load_shelves(connection, {row[2] for row in rows})
    return {row[0]: _article(row, shelves[row[2]], providers[row[3]]) for row in rows}


def _load_providers(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Provider]:
    rows = plain(connection).execute(_PROVIDERS, (as_list(ids),))
    return {key: Provider(domain=domain, name=name, picture_url=picture) for key, domain, name, picture in rows}


def _load_shelves(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, ShelfId]:
    return {key: ShelfId(name) for key, name in plain(connection).execute(_SHELVES, (as_list(ids),))}


def _article(row: tuple[Any, ...], shelf: ShelfId, provider: Provider) -> Article:
    """The article of a row of `_COLUMNS`."""
    (
        _, article_id, _, _, stem, title, excerpt, published_at, first_seen_at,
        url, aliases, kind, category, quality, heat, listed, topics, pictures, is_stub, is_hidden,
    ) = row  # fmt: skip
    return Article(
        id=article_id,
        shelf=shelf,
        stem=stem,
        title=title,
        excerpt=excerpt,
        published_at=as_moment(published_at),
        first_seen_at=as_moment(first_seen_at),
        provider=provider,
        url=url,
        aliases=() if aliases == "[]" else tuple(json.loads(aliases)),
        kind=kind,
        category=category,
        quality=quality,
        heat=heat,
        listed=None if listed is None else bool(listed),
        topics=_topics(topics),
        pictures=_pictures(pictures),
        is_stub=bool(is_stub),
        is_hidden=bool(is_hidden),
    )


@lru_cache(maxsize=4_096)  # thousands of articles are of the same few topics
def _topics(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored))


def _pictures(stored: str) -> tuple[Picture, ...]:
    if stored == "[]":
        return ()
    return tuple(
        [Picture(url=url, width=width, height=height, alt=alt) for url, width, height, alt in json.loads(stored)]
    )
