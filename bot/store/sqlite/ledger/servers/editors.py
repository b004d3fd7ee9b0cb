"""SQLite implementation of `EditorStore`."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Final

from typing_extensions import override

from bot.errors import Limit, TooManyError
from bot.news.servers.log import LogEntry
from bot.store.engine.connection import Connection
from bot.store.port.editors import EditorStore
from bot.store.sqlite.ledger.servers.log import write_entry
from bot.store.sqlite.shelves.files import StoreFiles

_ROLES: Final = "SELECT role_id FROM editor_role WHERE guild_id = ?"
_DROP_GONE: Final = """
    DELETE FROM editor_role WHERE guild_id = ? AND role_id NOT IN (SELECT CAST(value AS BIGINT) FROM json_each(?))
"""
_ADD: Final = "INSERT INTO editor_role (guild_id, role_id) VALUES (?, ?)"
_REMOVE: Final = "DELETE FROM editor_role WHERE guild_id = ? AND role_id = ?"


class SqliteEditorStore(EditorStore):
    """SQLite implementation of `EditorStore`."""

    def __init__(self, files: StoreFiles) -> None:
        self._database = files.ledger

    @override
    async def editor_roles(self, guild_id: int) -> frozenset[int]:
        return await self._database.read(lambda connection: read_roles(connection, guild_id))

    @override
    async def add_editor_role(
        self, guild_id: int, role_id: int, *, limit: int, existing: Collection[int], entry: LogEntry | None = None
    ) -> bool:

        def work(connection: Connection) -> bool:
            connection.execute(_DROP_GONE, (guild_id, json.dumps(sorted({role_id, *existing}))))
            roles = read_roles(connection, guild_id)
            if role_id in roles:
                return False
            if len(roles) >= limit:
                cure = "Remove one with /admin editors remove."
                raise TooManyError(
                    f"This server already has {limit} editor roles, the limit.", limit=Limit.EDITOR_ROLES, cure=cure
                )
            connection.execute(_ADD, (guild_id, role_id))
            write_entry(connection, entry)
            return True

        return await self._database.write(work)

    @override
    async def remove_editor_role(self, guild_id: int, role_id: int, *, entry: LogEntry | None = None) -> bool:

        def work(connection: Connection) -> bool:
            if connection.execute(_REMOVE, (guild_id, role_id)).rowcount != 1:
                return False
            write_entry(connection, entry)
            return True

        return await self._database.write(work)


def read_roles(connection: Connection, guild_id: int) -> frozenset[int]:
    """Read a server's editor roles within the caller's transaction."""
    return frozenset(row["role_id"] for row in connection.execute(_ROLES, (guild_id,)))


def write_roles(connection: Connection, guild_id: int, roles: Collection[int]) -> None:
    """Replace a server's editor roles within the caller's transaction."""
    connection.execute("DELETE FROM editor_role WHERE guild_id = ?", (guild_id,))
    connection.executemany(_ADD, [(guild_id, role) for role in sorted(roles)])
