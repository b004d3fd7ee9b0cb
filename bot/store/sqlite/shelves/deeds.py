"""What members did to a server's articles, recorded in their file by the transaction that did it."""

from __future__ import annotations

import sqlite3
from typing import Final

from bot.news.servers.log import Done
from bot.store.sqlite.file.sql import storable

DEEDS_KEPT: Final = 100
"""The latest ones: the ledger has them in its log within the same second, or when the bot starts again."""

_SAVE: Final = "INSERT OR REPLACE INTO deed (interaction_id, subject, detail) VALUES (?, ?, ?)"
_DROP_OLD: Final = """
    DELETE FROM deed WHERE interaction_id <= (
        SELECT interaction_id FROM deed ORDER BY interaction_id DESC LIMIT 1 OFFSET ?)
"""
_FIND: Final = "SELECT interaction_id, subject, detail FROM deed WHERE interaction_id = ?"


def write_done(connection: sqlite3.Connection, done: Done | None) -> None:
    """Record what was done within the caller's transaction; None if no member did it."""
    if done is not None:
        connection.execute(_SAVE, (done.id, storable(done.subject), storable(done.detail)))
        connection.execute(_DROP_OLD, (DEEDS_KEPT,))


def find_done(connection: sqlite3.Connection, deed_id: int) -> Done | None:
    """Find what was done by an interaction."""
    row = connection.execute(_FIND, (deed_id,)).fetchone()
    return None if row is None else Done(id=row[0], subject=row[1], detail=row[2])
