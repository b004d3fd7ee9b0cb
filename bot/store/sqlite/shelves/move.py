"""Move the servers' shelves of an earlier version, which were in the instance's file, into files of their own.

One shelf after the other: its file is written whole under another name, then named, and then its rows are deleted from
the instance's file in batches. If this is interrupted, a file that has its name is not written again.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from bot.news.article import INSTANCE_SHELF, ShelfId
from bot.store.sqlite.file.connection import as_store_errors, uri_of
from bot.store.sqlite.file.kinds import SHELF
from bot.store.sqlite.file.migrate import shipped_schema
from bot.store.sqlite.file.opening import create_file
from bot.store.sqlite.file.split import sync_folder
from bot.store.sqlite.index.text_index import drop_texts
from bot.store.sqlite.shelves.files import StoreFiles
from bot.store.sqlite.shelves.names import delete_database, new_shelf_path

log = structlog.get_logger(__name__)

BATCH: Final = 500
"""Articles that are deleted in one transaction."""

_SERVERS: Final = "SELECT name FROM shelf WHERE name <> ? ORDER BY shelf_id"
_SOME_ARTICLES: Final = "SELECT row_id FROM article JOIN shelf USING (shelf_id) WHERE shelf.name = ? LIMIT ?"

_ITS_ARTICLES: Final = "SELECT row_id FROM old.article WHERE shelf_id = :shelf"
_ITS_STORIES: Final = "SELECT story_key FROM old.story WHERE shelf_id = :shelf"

# In the order of their references. What a stub is on another shelf is found at each reading (archive/echo.py).
_TABLES: Final = {
    "shelf": "shelf_id = :shelf",
    "provider": "shelf_id = :shelf",
    "topic": "shelf_id = :shelf",
    "article": "shelf_id = :shelf",
    "former_stem": "shelf_id = :shelf",
    "alias": f"row_id IN ({_ITS_ARTICLES})",
    "unhashed": f"row_id IN ({_ITS_ARTICLES})",
    "article_topic": f"row_id IN ({_ITS_ARTICLES})",
    "coverage": f"from_row IN ({_ITS_ARTICLES}) AND to_row IN ({_ITS_ARTICLES})",
    "change": "shelf_id = :shelf",
    "tombstone": "shelf_id = :shelf",
    "tombstone_url": "shelf_id = :shelf",
    "problem": "shelf_id = :shelf",
    "import_record": "shelf_id = :shelf",
    "story": "shelf_id = :shelf",
    "story_alias": "shelf_id = :shelf",
    "story_article": f"shelf_id = :shelf AND story_key IN ({_ITS_STORIES})",
}
_COLUMNS: Final = "SELECT name FROM pragma_table_info(?)"
_ONLY_OWN: Final = """
    UPDATE article SET stands_for = NULL
    WHERE stands_for IS NOT NULL AND stands_for NOT IN (SELECT row_id FROM article)
"""


async def move_shelves(files: StoreFiles) -> None:
    """Move every server's shelf that is in the instance's file.

    Raises:
        StoreError: a file can't be read or written.
    """
    names = await files.archive.read(
        lambda connection: [ShelfId(row["name"]) for row in connection.execute(_SERVERS, (INSTANCE_SHELF,))]
    )
    for done, shelf in enumerate(names):
        if shelf not in files.shelves.servers():
            path = new_shelf_path(files.local.path, shelf, 1)
            await asyncio.to_thread(_copy, files.archive.path, path, shelf)
            files.shelves.follow(shelf, path)
        while await files.archive.write(partial(_drop_some, shelf=shelf)):
            continue
        log.info("a server's shelf gets a file of its own", done=done + 1, of=len(names))


def _copy(instance: Path, path: Path, shelf: ShelfId) -> None:
    arriving = path.with_name(f"{path.name}.arriving")
    delete_database(arriving)
    create_file(arriving, shipped_schema(SHELF))
    with as_store_errors(path), closing(sqlite3.connect(arriving, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS old", (uri_of(instance, "ro"),))
        connection.execute("BEGIN")
        (shelf_id,) = connection.execute("SELECT shelf_id FROM old.shelf WHERE name = ?", (shelf,)).fetchone()
        for table, condition in _TABLES.items():
            columns = [name for (name,) in connection.execute(_COLUMNS, (table,))]
            values = ["1" if name == "shelf_id" else name for name in columns]  # it is the only shelf there
            into = f"INSERT INTO main.{table} ({', '.join(columns)})"
            sql = f"{into} SELECT {', '.join(values)} FROM old.{table} WHERE {condition}"
            connection.execute(sql, {"shelf": shelf_id})
        connection.execute(_ONLY_OWN)
        connection.execute("COMMIT")
        connection.execute("DETACH old")
    arriving.replace(path)
    sync_folder(path.parent)  # before its rows are deleted from the other file


def _drop_some(connection: sqlite3.Connection, shelf: ShelfId) -> bool:
    """Delete some of a shelf's articles; with the last ones the shelf and all else of it, and False."""
    rows = [row["row_id"] for row in connection.execute(_SOME_ARTICLES, (shelf, BATCH))]
    if not rows:
        connection.execute("DELETE FROM shelf WHERE name = ?", (shelf,))
        return False
    drop_texts(connection, rows)
    connection.executemany("DELETE FROM article WHERE row_id = ?", [(row_id,) for row_id in rows])
    return True
