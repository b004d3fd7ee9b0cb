"""SQLite implementation of `LogStore`; `write_entry` is called in the transaction of what it is about."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from typing_extensions import override

from bot.news.servers.log import NOBODY, Act, LogEntry
from bot.store.engine.connection import Connection, Row
from bot.store.port.log import LogStore
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.shelves.files import StoreFiles

_ADD: Final = """
    INSERT INTO log_entry (interaction_id, guild_id, member_id, act, subject, detail, at) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING
"""
_OF_SERVER: Final = """
    SELECT * FROM log_entry WHERE guild_id = ? AND at >= ? ORDER BY at DESC, entry_id DESC LIMIT ? OFFSET ?
"""
_OF_MEMBER: Final = "SELECT * FROM log_entry WHERE member_id = ? ORDER BY at DESC, entry_id DESC"
_FORGET: Final = f"UPDATE log_entry SET member_id = {NOBODY} WHERE member_id = ?"
_OLD: Final = "SELECT 1 FROM log_entry WHERE at < ? LIMIT 1"
_DROP: Final = "DELETE FROM log_entry WHERE at < ?"


class SqliteLogStore(LogStore):
    """SQLite implementation of `LogStore`."""

    def __init__(self, files: StoreFiles) -> None:
        self._database = files.ledger

    @override
    async def add_entry(self, entry: LogEntry) -> None:
        await self._database.write(lambda connection: write_entry(connection, entry))

    @override
    async def entries(self, guild_id: int, *, since: datetime, limit: int, offset: int = 0) -> tuple[LogEntry, ...]:
        return await self._read(_OF_SERVER, guild_id, as_micros(since), limit, offset)

    @override
    async def entries_of(self, member_id: int) -> tuple[LogEntry, ...]:
        return await self._read(_OF_MEMBER, member_id)

    async def _read(self, sql: str, *values: object) -> tuple[LogEntry, ...]:
        return await self._database.read(
            lambda connection: tuple(_read_entry(row) for row in connection.execute(sql, values))
        )

    @override
    async def drop_entries(self, *, before: datetime) -> int:
        asked = (as_micros(before),)
        if await self._database.read(lambda connection: connection.execute(_OLD, asked).fetchone()) is None:
            return 0  # each tick asks, and none should write for nothing
        return await self._database.write(lambda connection: connection.execute(_DROP, asked).rowcount)


def forget_in_log(connection: Connection, member_id: int) -> int:
    """Replace a member's id by `NOBODY` in all entries within the caller's transaction, and return in how many."""
    return connection.execute(_FORGET, (member_id,)).rowcount


def write_entry(connection: Connection, entry: LogEntry | None) -> None:
    """Add an entry within the caller's transaction; None if nobody asked for what it does."""
    if entry is None:
        return
    subject, detail = (text.encode(errors="replace").decode() for text in (entry.subject, entry.detail))
    row = (entry.id, entry.guild_id, entry.member_id, entry.act, subject, detail, as_micros(entry.at))
    connection.execute(_ADD, row)


def _read_entry(row: Row) -> LogEntry:
    return LogEntry(
        id=row["interaction_id"],
        guild_id=row["guild_id"],
        member_id=row["member_id"],
        act=Act(row["act"]),
        subject=row["subject"],
        detail=row["detail"],
        at=as_moment(row["at"]),
    )
