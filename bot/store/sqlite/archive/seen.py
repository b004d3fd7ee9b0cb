"""Read articles of a view by key."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from bot.news.article import Article, ArticleId
from bot.store.sqlite.archive import aliases
from bot.store.sqlite.archive.rows import SHOWN, load_by_row
from bot.store.sqlite.file.sql import as_list, plain, storable
from bot.store.sqlite.index.view import View
from bot.text.pages import is_front_page, page_key

_IDS: Final = """
    SELECT a.row_id, a.article_id FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value
"""
_FACTS: Final = f"""
    SELECT a.row_id, a.article_id, a.is_stub, a.published_at, a.first_seen_at, a.touched, {SHOWN} AS is_shown
    FROM json_each(?1) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value WHERE a.shelf_id = ?2
"""
_NAMED: Final = """
    SELECT a.article_id, a.row_id FROM json_each(?1) AS wanted CROSS JOIN article AS a ON a.article_id = wanted.value
    WHERE a.shelf_id = ?2
"""


def ids_of(view: View, keys: Sequence[int]) -> tuple[ArticleId, ...]:
    """Read the ids of the articles of these rows, in their order."""
    found: dict[int, ArticleId] = {}
    for part in view.parts:
        rows = part.rows(keys)
        ids = dict(plain(part.connection).execute(_IDS, (as_list(rows),)))
        found |= {part.key(row_id): ids[row_id] for row_id in rows}
    return tuple([found[key] for key in keys])


def articles_of(view: View, keys: Sequence[int]) -> tuple[Article, ...]:
    """Load the articles of these rows in their order, hidden ones too."""
    found: dict[int, Article] = {}
    for part in view.parts:
        by_row = load_by_row(part.connection, as_list(part.rows(keys)))
        found |= {part.key(row_id): article for row_id, article in by_row.items()}
    return tuple([found[key] for key in keys if key in found])


def facts_of(view: View, keys: Collection[int]) -> dict[int, sqlite3.Row]:
    """Read of these rows the columns that decide who sees them; rows of other shelves are left out."""
    return {
        part.key(row["row_id"]): row
        for part in view.parts
        for row in part.connection.execute(_FACTS, (as_list(part.rows(keys)), part.shelf_id))
    }


def keys_of(view: View, ids: Iterable[ArticleId]) -> dict[str, int]:
    """Find the rows with these ids; the instance's goes before one of the server that has the same id."""
    asked, found = as_list(map(storable, ids)), dict[str, int]()
    for part in view.parts:
        for article_id, row_id in plain(part.connection).execute(_NAMED, (asked, part.shelf_id)):
            found.setdefault(article_id, part.key(row_id))
    return found


def one_of_each_page(view: View, keys: Sequence[int]) -> list[int]:
    """Leave out articles whose main URL leads to the page of an earlier one of them."""
    pages = {
        part.key(row_id): page_key(url)
        for part in view.parts
        for row_id, url in aliases.read_urls(part.connection, part.rows(_with_a_common_hash(view, keys)))
    }
    first: dict[str, int] = {}
    for key in keys:
        page = pages.get(key, "")
        first.setdefault(str(key) if is_front_page(page) else page, key)
    return list(first.values())


def _with_a_common_hash(view: View, keys: Sequence[int]) -> set[int]:
    """Find the articles that share a hash with another: reading a hundred URLs takes seven times as long."""
    first: dict[int, int] = {}
    shared: set[int] = set()
    for part in view.parts:
        for row_id, url_hash in aliases.read_hashes(part.connection, part.rows(keys)):
            key = part.key(row_id)
            other = first.setdefault(url_hash, key)
            if other != key:
                shared |= {other, key}
    return shared
