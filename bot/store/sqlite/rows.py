"""Rows of `article` as the house's values: one statement's columns, read in one place."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from json.encoder import encode_basestring_ascii
from typing import Any, Final

from bot.news.article import Article, ArticleId, Picture, Provider, ShelfId
from bot.store.sqlite.moments import as_moment

SHOWN: Final = "a.is_hidden = 0 AND a.is_kept_out = 0 AND a.stands_for IS NULL"
"""What a reader may see of `article AS a`: not hidden, no stub of a deleted article, no stub that is an article now."""

_COLUMNS: Final = """
    a.row_id, a.article_id, shelf.name AS shelf, a.stem, a.is_stub, a.is_hidden, a.published_at, a.first_seen_at,
    a.quality, a.heat, a.listed, a.kind, a.category, a.title, a.excerpt, a.url, a.aliases, a.topics, a.pictures,
    p.domain, p.name AS provider_name, p.picture_url
"""
_IDS: Final = """
    SELECT a.article_id FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value
"""
# CROSS JOIN keeps SQLite to this order: from the few rows asked for to what belongs to each.
_BY_ROW_IDS: Final = f"""
    SELECT {_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value
    CROSS JOIN provider AS p ON p.provider_id = a.provider_id CROSS JOIN shelf ON shelf.shelf_id = a.shelf_id
    ORDER BY wanted.key
"""


def as_list(values: Iterable[object]) -> str:
    """Values as one bound parameter, to be read by `json_each(?)`."""
    return json.dumps(list(values))


def as_strings(texts: Iterable[str]) -> str:
    """Texts as a JSON list; several times as fast as `json.dumps` for the few that an article has."""
    return f"[{','.join(map(encode_basestring_ascii, texts))}]"


def storable(text: str) -> str:
    """Foreign text as SQLite keeps it, with question marks for what it can't keep.

    These are unpaired surrogates, which have no UTF-8, and NULs, at which some of its functions believe a text to end.
    """
    if "\0" in text:
        text = text.replace("\0", "?")
    return text if text.isascii() else text.encode(errors="replace").decode()


def shelf_ids(connection: sqlite3.Connection, shelves: Sequence[ShelfId]) -> list[int]:
    """The inner ids of the shelves that exist."""
    rows = connection.execute(
        "SELECT shelf_id FROM shelf WHERE name IN (SELECT value FROM json_each(?)) ORDER BY shelf_id",
        (as_list(shelves),),
    )
    return [row[0] for row in rows]


def ids_of(connection: sqlite3.Connection, row_ids: Sequence[int]) -> tuple[ArticleId, ...]:
    """The ids of the articles of these rows, in their order."""
    return tuple(row[0] for row in connection.execute(_IDS, (as_list(row_ids),)))


def load_articles(connection: sqlite3.Connection, row_ids: Sequence[int]) -> tuple[Article, ...]:
    """The articles of these rows, in their order, whatever their state."""
    return tuple(as_article(row) for row in connection.execute(_BY_ROW_IDS, (as_list(row_ids),)))


def as_article(row: sqlite3.Row) -> Article:
    """The article of a row that holds the columns of this module's statements."""
    listed = row["listed"]
    return Article(
        id=ArticleId(row["article_id"]),
        shelf=ShelfId(row["shelf"]),
        stem=row["stem"],
        title=row["title"],
        excerpt=row["excerpt"],
        published_at=as_moment(row["published_at"]),
        first_seen_at=as_moment(row["first_seen_at"]),
        provider=Provider(domain=row["domain"], name=row["provider_name"], picture_url=row["picture_url"]),
        url=row["url"],
        aliases=tuple(_list(row["aliases"])),
        kind=row["kind"],
        category=row["category"],
        quality=row["quality"],
        heat=row["heat"],
        listed=None if listed is None else bool(listed),
        topics=tuple(_list(row["topics"])),
        pictures=tuple(
            Picture(url=url, width=width, height=height, alt=alt) for url, width, height, alt in _list(row["pictures"])
        ),
        is_stub=bool(row["is_stub"]),
        is_hidden=bool(row["is_hidden"]),
    )


def _list(text: str) -> list[Any]:
    return json.loads(text) if text != "[]" else []
