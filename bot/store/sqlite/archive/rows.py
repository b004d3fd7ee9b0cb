"""Load articles from rows of `article`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

from bot.news.article import Article, Provider, ShelfId
from bot.store.sqlite.archive.columns import READ_COLUMNS, read_articles
from bot.store.sqlite.file.sql import as_list, plain

SHOWN: Final = "a.is_hidden = 0 AND a.is_kept_out = 0 AND a.stands_for IS NULL"
"""Condition for visible rows of `article AS a`: not hidden, not a stub of a deleted or of a full article."""

_COLUMNS: Final = ", ".join(f"a.{name}" for name in ("row_id", "shelf_id", "provider_id", *READ_COLUMNS))
# CROSS JOIN fixes the join order: from the few wanted rows to the table.
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


def load_articles(connection: sqlite3.Connection, row_ids: Sequence[int]) -> tuple[Article, ...]:
    """Load the articles of these rows in their order, hidden ones too."""
    articles = load_by_row(connection, as_list(row_ids))
    return tuple([articles[row_id] for row_id in row_ids if row_id in articles])


def load_by_row(connection: sqlite3.Connection, wanted: str) -> dict[int, Article]:
    """Load the articles of a JSON list of row ids, by row id, in no order."""
    rows = plain(connection).execute(_BY_ROW_IDS, (wanted,)).fetchall()
    if not rows:
        return {}
    row_ids, shelf_keys, provider_keys, *columns = zip(*rows, strict=True)
    shelves = map(_load_shelves(connection, set(shelf_keys)).__getitem__, shelf_keys)
    providers = map(_load_providers(connection, set(provider_keys)).__getitem__, provider_keys)
    return dict(zip(row_ids, read_articles([*columns, shelves, providers]), strict=True))


def _load_providers(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Provider]:
    rows = plain(connection).execute(_PROVIDERS, (as_list(ids),))
    return {key: Provider(domain=domain, name=name, picture_url=picture) for key, domain, name, picture in rows}


def _load_shelves(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, ShelfId]:
    return {key: ShelfId(name) for key, name in plain(connection).execute(_SHELVES, (as_list(ids),))}
