"""SQLite implementation of `LogStore`; `write_entry` is called in the transaction of what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from typing_extensions import override

from bot.news.delivery import ScheduleId
from bot.news.servers.log import NOBODY, Act, Begun, Deed, Done, LogEntry
from bot.store.engine.connection import Connection, Row
from bot.store.port.log import LogStore
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.file.sql import as_list
from bot.store.sqlite.shelves.files import StoreFiles

_ADD: Final = """
    INSERT INTO log_entry (interaction_id, guild_id, member_id, act, subject, detail, at) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING
"""
_NAME: Final = """
    SELECT CASE WHEN json_valid(value) THEN json_extract(value, '$.name') END AS name
    FROM schedule WHERE schedule_id = ?
"""
_OF_SERVER: Final = """
    SELECT * FROM log_entry WHERE guild_id = ? AND at >= ? ORDER BY at DESC, entry_id DESC LIMIT ? OFFSET ?
"""
_MEMBERS: Final = f"""
    SELECT interaction_id, member_id FROM log_entry
    WHERE guild_id = ? AND interaction_id IN (SELECT CAST(value AS BIGINT) FROM json_each(?)) AND member_id <> {NOBODY}
"""
_OF_MEMBER: Final = "SELECT * FROM log_entry WHERE member_id = ? ORDER BY at DESC, entry_id DESC"
_FORGET: Final = f"UPDATE log_entry SET member_id = {NOBODY} WHERE member_id = ?"
_FORGET_BEGUN: Final = f"UPDATE log_begun SET member_id = {NOBODY} WHERE member_id = ?"
_BEGIN: Final = """
    INSERT INTO log_begun (interaction_id, guild_id, member_id, act, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
_BEGUN: Final = "SELECT * FROM log_begun ORDER BY at, interaction_id"
_FIND_BEGUN: Final = "SELECT * FROM log_begun WHERE interaction_id = ?"
_END: Final = "DELETE FROM log_begun WHERE interaction_id = ?"
_OLD: Final = "SELECT 1 FROM log_entry WHERE at < ? LIMIT 1"
_DROP: Final = "DELETE FROM log_entry WHERE at < ?"


class SqliteLogStore(LogStore):
    """SQLite implementation of `LogStore`."""

    def __init__(self, files: StoreFiles) -> None:
        self._database = files.ledger

    @override
    async def begin_entry(self, deed: Deed, act: Act) -> None:
        row = (deed.id, deed.guild_id, deed.member_id, act, as_micros(deed.at))
        await self._database.write(lambda connection: connection.execute(_BEGIN, row).rowcount)

    @override
    async def begun(self) -> tuple[Begun, ...]:
        return await self._database.read(lambda connection: tuple(map(_read_begun, connection.execute(_BEGUN))))

    @override
    async def finish_entry(self, deed_id: int, done: Done | None) -> None:

        def work(connection: Connection) -> None:
            row = connection.execute(_FIND_BEGUN, (deed_id,)).fetchone()
            if row is not None and done is not None:
                begun = _read_begun(row)
                write_entry(connection, begun.deed.entry(begun.act, done.subject, done.detail))
            connection.execute(_END, (deed_id,))

        await self._database.write(work)

    @override
    async def entries(self, guild_id: int, *, since: datetime, limit: int, offset: int = 0) -> tuple[LogEntry, ...]:
        return await self._read(_OF_SERVER, guild_id, as_micros(since), limit, offset)

    @override
    async def members_of(self, guild_id: int, deeds: Sequence[int]) -> Mapping[int, int]:
        asked = (guild_id, as_list(deeds))
        return await self._database.read(
            lambda connection: {row[0]: row[1] for row in connection.execute(_MEMBERS, asked)}
        )

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
    """Replace a member's id by `NOBODY` in all entries within the caller's transaction, and return in how many.

    What is under way counts: it becomes an entry.
    """
    return sum(connection.execute(sql, (member_id,)).rowcount for sql in (_FORGET_BEGUN, _FORGET))


def write_entry(connection: Connection, entry: LogEntry | None, *, schedule: ScheduleId | None = None) -> None:
    """Add an entry within the caller's transaction.

    Args:
        connection: In the transaction of what the entry is about.
        entry: None if nobody asked for what it is about.
        schedule: The schedule that it is about: its subject becomes the name that this one has now, since somebody may
            have renamed it after the caller read it.
    """
    if entry is None:
        return
    named = None if schedule is None else connection.execute(_NAME, (schedule,)).fetchone()
    subject = entry.subject if named is None or named["name"] is None else str(named["name"])
    subject, detail = (text.encode(errors="replace").decode() for text in (subject, entry.detail))
    row = (entry.id, entry.guild_id, entry.member_id, entry.act, subject, detail, as_micros(entry.at))
    connection.execute(_ADD, row)


def _read_begun(row: Row) -> Begun:
    deed = Deed(id=row["interaction_id"], guild_id=row["guild_id"], member_id=row["member_id"], at=as_moment(row["at"]))
    return Begun(deed=deed, act=Act(row["act"]))


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
