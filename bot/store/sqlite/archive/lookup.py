"""Look up articles by id, URL or file stem. A stub that became a full article is returned as that."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from bot.news.article import Article, ArticleId, ShelfId
from bot.store.sqlite.archive.aliases import hashes_of
from bot.store.sqlite.archive.names import find_shelf
from bot.store.sqlite.archive.rows import SHOWN, load_articles, shelf_ids
from bot.store.sqlite.file.sql import as_list, storable
from bot.text.links import clean_url

# Another server's stub may stand for an article that is seen here: each row on the way must be on a visible shelf.
# Each wanted id with its row: the stub's own, or that of the article it became.
_BY_IDS: Final = f"""
    SELECT DISTINCT a.row_id FROM json_each(?1) AS wanted
    CROSS JOIN article AS named ON named.article_id = wanted.value
    CROSS JOIN article AS a ON a.row_id = ifnull(named.stands_for, named.row_id)
    WHERE named.shelf_id IN (SELECT value FROM json_each(?2))
        AND a.shelf_id IN (SELECT value FROM json_each(?2)) AND {SHOWN} ORDER BY wanted.key
"""
# An article that once had the URL comes after those that have it now; a stub's URL belongs to its article.
_BY_URL: Final = f"""
    SELECT a.row_id, max(alias.is_current AND named.stands_for IS NULL) AS has_it_now
    FROM alias CROSS JOIN article AS named ON named.row_id = alias.row_id
    CROSS JOIN article AS a ON a.row_id = ifnull(named.stands_for, named.row_id)
    WHERE alias.url_hash IN (SELECT value FROM json_each(?1)) AND named.shelf_id IN (SELECT value FROM json_each(?2))
        AND a.shelf_id IN (SELECT value FROM json_each(?2)) AND {SHOWN}
    GROUP BY a.row_id ORDER BY a.is_stub, has_it_now DESC, a.published_at DESC, a.article_id
"""
_BY_STEM: Final = """
    SELECT row_id, coalesce(file_path, place_key, '') FROM article WHERE shelf_id = ? AND stem = ? AND is_stub = 0
    ORDER BY published_at DESC, article_id
"""
_BY_FORMER_STEM: Final = """
    SELECT a.row_id, coalesce(a.file_path, a.place_key, '') FROM former_stem AS f CROSS JOIN article AS a USING (row_id)
    WHERE f.shelf_id = ? AND f.stem = ? ORDER BY a.published_at DESC, a.article_id
"""

_HIDDEN: Final = """
    SELECT row_id FROM article WHERE shelf_id = ? AND is_hidden = 1 AND is_kept_out = 0 AND stands_for IS NULL
    ORDER BY published_at DESC, article_id
"""


def read_articles(
    connection: sqlite3.Connection, shelves: Sequence[ShelfId], ids: Sequence[ArticleId]
) -> tuple[Article, ...]:
    """Implement `ArticleStore.find_articles`; each article once."""
    wanted = (as_list(map(storable, ids)), as_list(shelf_ids(connection, shelves)))
    rows = [row[0] for row in connection.execute(_BY_IDS, wanted)]
    return load_articles(connection, list(dict.fromkeys(rows)))


def read_by_url(connection: sqlite3.Connection, shelves: Sequence[ShelfId], url: str) -> tuple[Article, ...]:
    """Implement `ArticleStore.find_by_url`; empty for text that is not a URL."""
    cleaned = clean_url(url)
    if cleaned is None:
        return ()
    wanted = (as_list(hashes_of(cleaned)), as_list(shelf_ids(connection, shelves)))
    return load_articles(connection, [row[0] for row in connection.execute(_BY_URL, wanted)])


def read_named(connection: sqlite3.Connection, shelf: ShelfId, stem: str) -> tuple[tuple[Article, str], ...]:
    """Implement `ArticleStore.find_named`."""
    wanted = (find_shelf(connection, shelf), storable(stem))
    rows = connection.execute(_BY_STEM, wanted).fetchall() or connection.execute(_BY_FORMER_STEM, wanted).fetchall()
    return tuple(zip(load_articles(connection, [row[0] for row in rows]), [row[1] for row in rows], strict=True))


def read_hidden(connection: sqlite3.Connection, shelf: ShelfId) -> tuple[Article, ...]:
    """Implement `ArticleStore.find_hidden`."""
    rows = connection.execute(_HIDDEN, (find_shelf(connection, shelf),)).fetchall()
    return load_articles(connection, [row["row_id"] for row in rows])
