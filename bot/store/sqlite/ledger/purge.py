"""Delete all data of servers that the bot left.

A shelf may have twenty thousand articles: they are deleted in batches, so that no delivery waits, and the row that
records the leaving is deleted last. If interrupted, the next call continues.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Final

from bot.news.article import server_shelf
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.index.text_index import drop_texts

_BATCH: Final = 500

_LEFT: Final = "SELECT guild_id FROM guild WHERE left_at < ? ORDER BY left_at, guild_id"

_IS_STILL_LEFT: Final = "SELECT 1 FROM guild WHERE guild_id = ? AND left_at < ?"

_SOME_ARTICLES: Final = """
    SELECT row_id FROM article JOIN shelf USING (shelf_id) WHERE shelf.name = ? LIMIT ?
"""

# Editions, picks, reasons, deliveries, Drafts, problems and imports are deleted with their schedule or shelf.
_ALL_ELSE: Final = (
    "DELETE FROM schedule WHERE guild_id = :guild_id",
    "DELETE FROM notice WHERE guild_id = :guild_id",
    "DELETE FROM shelf WHERE name = :shelf",
    "DELETE FROM import_begun WHERE shelf = :shelf",
    "DELETE FROM guild WHERE guild_id = :guild_id",
)


async def purge_servers(database: Database, left_before: datetime) -> int:
    """Implement `ScheduleStore.purge_guilds`."""
    before = as_micros(left_before)
    guilds = await database.read(lambda connection: [row["guild_id"] for row in connection.execute(_LEFT, (before,))])
    purged = [await _purge(database, guild_id, before) for guild_id in guilds]
    return sum(purged)


async def _purge(database: Database, guild_id: int, before: int) -> bool:
    """Delete all data of one server; False if the bot joined it again meanwhile."""
    shelf = server_shelf(guild_id)

    def work(connection: sqlite3.Connection) -> bool | None:
        if connection.execute(_IS_STILL_LEFT, (guild_id, before)).fetchone() is None:
            return False
        if rows := [row["row_id"] for row in connection.execute(_SOME_ARTICLES, (shelf, _BATCH))]:
            _delete_articles(connection, rows)
            return None
        for statement in _ALL_ELSE:
            connection.execute(statement, {"guild_id": guild_id, "shelf": shelf})
        return True

    while (done := await database.write(work)) is None:
        continue
    return done


def _delete_articles(connection: sqlite3.Connection, row_ids: list[int]) -> None:
    drop_texts(connection, row_ids)
    connection.executemany("DELETE FROM article WHERE row_id = ?", [(row_id,) for row_id in row_ids])
