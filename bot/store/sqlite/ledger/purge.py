"""Delete all data of servers that the bot left.

What a server uploaded is a file, which is deleted first; the row that records the leaving is deleted last. If
interrupted, the next call continues.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.news.article import ShelfId, guild_of_shelf, server_shelf
from bot.store.engine.connection import Connection
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.shelves.files import StoreFiles

_LEFT: Final = "SELECT guild_id FROM guild WHERE left_at < ? ORDER BY left_at, guild_id"

_IS_STILL_LEFT: Final = "SELECT 1 FROM guild WHERE guild_id = ? AND left_at < ?"

# Editions, picks, reasons, deliveries and Drafts are deleted with their schedule.
_ALL_ELSE: Final = (
    "DELETE FROM schedule WHERE guild_id = :guild_id",
    "DELETE FROM notice WHERE guild_id = :guild_id",
    "DELETE FROM greeting WHERE guild_id = :guild_id",
    "DELETE FROM editor_role WHERE guild_id = :guild_id",
    "DELETE FROM upload_begun WHERE shelf = :shelf",
    "DELETE FROM log_entry WHERE guild_id = :guild_id",
    "DELETE FROM log_begun WHERE guild_id = :guild_id",
    "DELETE FROM suggestion WHERE guild_id = :guild_id",
    "DELETE FROM guild WHERE guild_id = :guild_id",
)


_KEPT_IN_LEDGER: Final = """
    SELECT guild_id FROM schedule UNION SELECT guild_id FROM notice WHERE guild_id IS NOT NULL
    UNION SELECT guild_id FROM greeting
    UNION SELECT guild_id FROM editor_role
    UNION SELECT guild_id FROM log_entry
    UNION SELECT guild_id FROM log_begun
    UNION SELECT guild_id FROM suggestion
"""
_IMPORTING: Final = "SELECT DISTINCT shelf FROM upload_begun"


async def read_kept_guilds(files: StoreFiles) -> frozenset[int]:
    """Implement `ScheduleStore.kept_guilds`."""

    def read(connection: Connection) -> tuple[list[int], list[ShelfId]]:
        kept = [row[0] for row in connection.execute(_KEPT_IN_LEDGER)]
        return kept, [row[0] for row in connection.execute(_IMPORTING)]

    guilds, shelves = await files.ledger.read(read)
    return frozenset(guilds).union(filter(None, map(guild_of_shelf, (*shelves, *files.shelves.servers()))))


async def purge_servers(files: StoreFiles, left_before: datetime) -> int:
    """Implement `ScheduleStore.purge_guilds`."""
    before = as_micros(left_before)
    guilds = await files.ledger.read(
        lambda connection: [row["guild_id"] for row in connection.execute(_LEFT, (before,))]
    )
    purged = [await _purge(files, guild_id, before) for guild_id in guilds]
    return sum(purged)


async def _purge(files: StoreFiles, guild_id: int, before: int) -> bool:
    """Delete all data of one server; False if the bot joined it again meanwhile."""
    shelf, left = server_shelf(guild_id), (guild_id, before)

    def is_left(connection: Connection) -> bool:
        return connection.execute(_IS_STILL_LEFT, left).fetchone() is not None

    def drop_all_else(connection: Connection) -> bool:
        if not is_left(connection):
            return False
        for statement in _ALL_ELSE:
            connection.execute(statement, {"guild_id": guild_id, "shelf": shelf})
        return True

    if not await files.ledger.read(is_left):
        return False
    await files.shelves.drop(shelf)
    return await files.ledger.write(drop_all_else)
