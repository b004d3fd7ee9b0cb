"""Hide articles, which keeps them, or delete them, which leaves a tombstone."""

from __future__ import annotations

import sqlite3
from typing import Final

from bot.news.article import ArticleId, ShelfId
from bot.store.sqlite.archive.names import find_shelf
from bot.store.sqlite.archive.save import set_hidden
from bot.store.sqlite.archive.stubs import drop_unnamed, keep_out, resolve_stubs
from bot.store.sqlite.file.sql import storable
from bot.store.sqlite.index.text_index import drop_texts

# The article, or the article that a stub of the same shelf became; not one of another shelf.
_ROW: Final = """
    SELECT a.row_id, a.is_hidden, a.is_stub, a.article_id, a.place_key, a.title FROM article AS named
    JOIN article AS a ON a.row_id = named.row_id OR a.row_id = named.stands_for
    WHERE named.article_id = ?2 AND a.shelf_id = ?1 AND a.stands_for IS NULL AND NOT a.is_kept_out
    ORDER BY a.is_stub LIMIT 1
"""
_NAMED: Final = "SELECT to_row FROM coverage WHERE from_row = ?"
_STUBS: Final = "SELECT row_id FROM article WHERE stands_for = ?"
_BURY: Final = "INSERT OR IGNORE INTO tombstone (shelf_id, article_id, place_key, title) VALUES (?, ?, ?, ?)"
_BURY_URLS: Final = """
    INSERT OR IGNORE INTO tombstone_url (shelf_id, url_hash)
    SELECT a.shelf_id, alias.url_hash FROM alias JOIN article AS a USING (row_id)
    WHERE alias.row_id = ? AND alias.is_current
"""
_COUNT_CHANGE: Final = "UPDATE shelf SET revision = revision + 1 WHERE shelf_id = ?"


def hide_article(connection: sqlite3.Connection, shelf: ShelfId, article: ArticleId, *, hidden: bool) -> str | None:
    """Implement `ArticleStore.hide`, and return the title of the article; None if nothing was changed."""
    shelf_id = find_shelf(connection, shelf)
    row = connection.execute(_ROW, (shelf_id, storable(article))).fetchone()
    if shelf_id is None or row is None or bool(row["is_hidden"]) == hidden:
        return None
    set_hidden(connection, [row["row_id"]], hidden=hidden)
    connection.execute(_COUNT_CHANGE, (shelf_id,))
    return str(row["title"])


def delete_article(connection: sqlite3.Connection, shelf: ShelfId, article: ArticleId) -> bool:
    """Implement `ArticleStore.delete`; stubs that other seeds name by one of its URLs are blocked as well."""
    shelf_id = find_shelf(connection, shelf)
    row = connection.execute(_ROW, (shelf_id, storable(article))).fetchone()
    if shelf_id is None or row is None:
        return False
    row_id = row["row_id"]
    named = [each[0] for each in connection.execute(_NAMED, (row_id,))]
    former = [each[0] for each in connection.execute(_STUBS, (row_id,))]
    connection.execute(_BURY, (shelf_id, row["article_id"], row["place_key"], row["title"]))
    connection.execute(_BURY_URLS, (row_id,))
    drop_texts(connection, [row_id])
    connection.execute("DELETE FROM article WHERE row_id = ?", (row_id,))
    resolve_stubs(connection, former)
    keep_out(connection, shelf_id, former)
    drop_unnamed(connection, [*named, *former])
    connection.execute(_COUNT_CHANGE, (shelf_id,))
    return True
