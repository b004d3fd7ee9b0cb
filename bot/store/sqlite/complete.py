"""Articles by what is typed of their title so far."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from bot.news.article import ShelfId
from bot.news.clean import clean
from bot.news.search import Completion, SearchQuery
from bot.news.words import words_of
from bot.store.sqlite.filters import FULL, read_filters
from bot.store.sqlite.listing import list_rows
from bot.store.sqlite.rows import as_list, load_articles, shelf_ids

LONGEST_LABEL: Final = 100
"""UTF-16 units: Discord's limit for a choice."""

_MOST_WORDS: Final = 16
_LONGEST_TYPED: Final = 300
_BY_TITLE: Final = f"""
    SELECT a.article_id, a.title FROM title_text AS t CROSS JOIN article AS a ON a.row_id = t.rowid
    WHERE t.title_text MATCH ?1 AND {FULL} AND a.shelf_id IN (SELECT value FROM json_each(?2))
    ORDER BY t.rowid DESC LIMIT ?3
"""


def complete_titles(
    connection: sqlite3.Connection, shelves: Sequence[ShelfId], typed: str, limit: int
) -> tuple[Completion, ...]:
    """See `SearchStore.complete_articles`."""
    words = words_of(typed[:_LONGEST_TYPED])[:_MOST_WORDS]
    if words:
        match = " AND ".join([*(f'"{word}"' for word in words[:-1]), f'"{words[-1]}" *'])
        rows = connection.execute(_BY_TITLE, (match, as_list(shelf_ids(connection, shelves)), limit))
        return tuple(_completion(row["article_id"], row["title"]) for row in rows)
    newest = list_rows(connection, read_filters(connection, shelves, SearchQuery()), sort="newest", limit=limit)
    return tuple(_completion(each.id, each.title) for each in load_articles(connection, [row[0] for row in newest]))


def _completion(article_id: str, title: str) -> Completion:
    units = clean(title).encode("utf-16-le")[: 2 * LONGEST_LABEL]
    return Completion(label=units.decode("utf-16-le", errors="ignore") or article_id, value=article_id)
