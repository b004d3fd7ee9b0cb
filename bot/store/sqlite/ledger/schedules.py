"""SQLite implementation of `ScheduleStore`; `purge` deletes a server's data permanently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from typing_extensions import override

from bot.errors import Limit, TooManyError, UnknownScheduleError
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.schedules.looking import Outlook
from bot.news.schedules.schedule import NOBODY, Schedule, ScheduleState, StopReason, name_is_taken
from bot.news.servers.log import LogEntry
from bot.news.value_json import value_from_json, value_to_json
from bot.store.engine.connection import Connection, Row, Values
from bot.store.port.schedule import Change, ChangeServer, ScheduleStore
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.file.stored import read_stored
from bot.store.sqlite.ledger.delivery_rows import skip_planned, skip_unsent
from bot.store.sqlite.ledger.purge import purge_servers, read_kept_guilds
from bot.store.sqlite.ledger.servers.editors import read_roles, write_roles
from bot.store.sqlite.ledger.servers.log import forget_in_log, write_entry
from bot.store.sqlite.shelves.files import StoreFiles
from bot.text.words import fold

_NAME_IS_TAKEN: Final = """
    SELECT 1 FROM schedule
    WHERE guild_id = :guild_id AND folded_name = :folded_name AND schedule_id <> :schedule_id AND deleted_at IS NULL
"""

_IS_ONE_TOO_MANY: Final = """
    SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM schedule WHERE schedule_id = :schedule_id)
        AND (SELECT count(*) FROM schedule WHERE guild_id = :guild_id AND deleted_at IS NULL) >= :limit
"""

_SAVE: Final = """
    INSERT INTO schedule (schedule_id, guild_id, folded_name, value, state, state_reason, next_due_at)
    VALUES (:schedule_id, :guild_id, :folded_name, :value, :state, :state_reason, :next_due_at)
    ON CONFLICT (schedule_id) DO UPDATE
    SET guild_id = excluded.guild_id, folded_name = excluded.folded_name, value = excluded.value,
        state = excluded.state, state_reason = excluded.state_reason, next_due_at = excluded.next_due_at
    WHERE schedule.deleted_at IS NULL
"""

_BY_ID: Final = "SELECT * FROM schedule WHERE schedule_id = ? AND deleted_at IS NULL"

_DUE: Final = """
    SELECT * FROM schedule
    WHERE state = 'active' AND deleted_at IS NULL AND next_due_at IS NOT NULL AND next_due_at <= ?
    ORDER BY next_due_at, schedule_id
"""

_OLDEST_DUE: Final = """
    SELECT min(next_due_at) AS oldest FROM schedule
    WHERE state = 'active' AND deleted_at IS NULL AND next_due_at IS NOT NULL AND next_due_at <= :now
        AND (guild_id = :guild_id OR :guild_id IS NULL)
"""

_SET_STATE: Final = """
    UPDATE schedule SET state = :state, state_reason = :reason
    WHERE schedule_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:schedules)) AND deleted_at IS NULL
"""

# A member's own pause outlasts the bot's absence.
_SWITCH_OFF: Final = """
    UPDATE schedule SET state = 'off', state_reason = :reason
    WHERE guild_id = :guild_id AND deleted_at IS NULL AND NOT (state = 'paused' AND state_reason = '')
"""

# A value that can't be read has no member that could be found.
_SAVED_BY: Final = """
    json_valid(value) AND CASE WHEN json_valid(value) THEN CAST(json_extract(value, '$.saved_by') AS BIGINT) END = ?
"""
_OF_MEMBER: Final = f"SELECT * FROM schedule WHERE {_SAVED_BY} ORDER BY guild_id, folded_name"
_FORGET_MEMBER: Final = f"UPDATE schedule SET value = json_set(value, '$.saved_by', {NOBODY}) WHERE {_SAVED_BY}"

# A deleted schedule has no notices, so it needs no member to get them.
_DELETE: Final = f"""
    UPDATE schedule SET deleted_at = ?, next_due_at = NULL, value = json_set(value, '$.saved_by', {NOBODY})
    WHERE schedule_id = ? AND deleted_at IS NULL
"""

_OF_GUILD: Final = """
    SELECT * FROM schedule
    WHERE guild_id = :guild_id AND deleted_at IS NULL AND (schedule_id = :only OR :only IS NULL)
    ORDER BY folded_name
"""

_UNPOSTED: Final = """
    SELECT DISTINCT edition FROM delivery WHERE schedule_id = ? AND state IN ('planned', 'sending')
"""

# As `is_on_desk`.
_DRAFT_DUE: Final = """
    SELECT min(due_at) AS due_at FROM desk WHERE schedule_id = ? AND is_closed = 0 AND EXISTS (
        SELECT 1 FROM delivery WHERE delivery.schedule_id = desk.schedule_id AND delivery.edition = desk.edition
    ) AND NOT EXISTS (
        SELECT 1 FROM delivery WHERE delivery.schedule_id = desk.schedule_id AND delivery.edition = desk.edition
            AND (state <> 'planned' OR attempt > 0)
    )
"""

_DELETED: Final = "schedule deleted"


class SqliteScheduleStore(ScheduleStore):
    """SQLite implementation of `ScheduleStore`."""

    def __init__(self, files: StoreFiles) -> None:
        self._files = files
        self._database = files.ledger

    @override
    async def save_schedule(
        self,
        schedule: Schedule,
        *,
        next_due_at: datetime | None,
        limit: int | None = None,
        entry: LogEntry | None = None,
    ) -> None:

        def work(connection: Connection) -> None:
            _save(connection, schedule, next_due_at, limit)
            write_entry(connection, entry)

        await self._database.write(work)

    @override
    async def change_schedule(
        self, schedule: ScheduleId, change: Change, *, entry: LogEntry | None = None
    ) -> Schedule | None:

        def work(connection: Connection) -> Schedule | None:
            before = find_schedule(connection, schedule)
            changed = None if before is None else change(before, _read_outlook(connection, schedule))
            if changed is None:
                return before
            if changed[0] != before:
                write_entry(connection, entry, schedule=schedule)  # by the name that it had
            _save(connection, *changed)
            return changed[0]

        return await self._database.write(work)

    @override
    async def change_server(self, guild_id: int, change: ChangeServer) -> None:

        def work(connection: Connection) -> None:
            changed = change(_read_outlooks(connection, guild_id), read_roles(connection, guild_id))
            for schedule, next_due_at in changed.saved:
                _save(connection, schedule, next_due_at)
            if changed.editor_roles is not None:
                write_roles(connection, guild_id, changed.editor_roles)
            write_entry(connection, changed.entry)

        await self._database.write(work)

    @override
    async def find_schedule(self, schedule: ScheduleId) -> Schedule | None:
        return await self._find(_BY_ID, schedule)

    @override
    async def find_schedule_by_name(self, guild_id: int, name: str) -> Schedule | None:
        sql = "SELECT * FROM schedule WHERE guild_id = ? AND folded_name = ? AND deleted_at IS NULL"
        return await self._find(sql, guild_id, _folded(name))

    @override
    async def schedules(self, guild_id: int | None = None) -> tuple[Schedule, ...]:
        if guild_id is None:
            return await self._read("SELECT * FROM schedule WHERE deleted_at IS NULL ORDER BY guild_id, folded_name")
        return await self._rows(_OF_GUILD, {"guild_id": guild_id, "only": None})

    @override
    async def outlooks(self, guild_id: int, only: ScheduleId | None = None) -> tuple[tuple[Schedule, Outlook], ...]:
        return await self._database.read(lambda connection: _read_outlooks(connection, guild_id, only))

    @override
    async def due_schedules(self, now: datetime) -> tuple[Schedule, ...]:
        return await self._read(_DUE, as_micros(now))

    async def _find(self, sql: str, *values: object) -> Schedule | None:
        return next(iter(await self._read(sql, *values)), None)

    async def _read(self, sql: str, *values: object) -> tuple[Schedule, ...]:
        return await self._rows(sql, values)

    async def _rows(self, sql: str, values: Values) -> tuple[Schedule, ...]:
        return await self._database.read(
            lambda connection: tuple(read_schedule(row) for row in connection.execute(sql, values))
        )

    @override
    async def oldest_due(self, now: datetime, guild_id: int | None = None) -> datetime | None:
        asked = {"now": as_micros(now), "guild_id": guild_id}
        (oldest,) = await self._database.read(lambda connection: connection.execute(_OLDEST_DUE, asked).fetchone())
        return None if oldest is None else as_moment(int(oldest))

    @override
    async def saved_by(self, member_id: int) -> tuple[Schedule, ...]:
        return await self._read(_OF_MEMBER, member_id)

    @override
    async def forget_member(self, member_id: int) -> tuple[int, int]:

        def work(connection: Connection) -> tuple[int, int]:
            schedules = connection.execute(_FORGET_MEMBER, (member_id,)).rowcount
            return schedules, forget_in_log(connection, member_id)

        return await self._database.write(work)

    @override
    async def delete_schedule(
        self, schedule: ScheduleId, *, at: datetime, entry: LogEntry | None = None
    ) -> Schedule | None:

        def work(connection: Connection) -> Schedule | None:
            before = find_schedule(connection, schedule)
            if connection.execute(_DELETE, (as_micros(at), schedule)).rowcount == 1:
                skip_planned(connection, [schedule], _DELETED)
                write_entry(connection, entry, schedule=schedule)
            return before

        return await self._database.write(work)

    @override
    async def channel_gone(self, schedule: ScheduleId, channel_id: int, *, reason: str) -> bool:

        def work(connection: Connection) -> bool:
            before = find_schedule(connection, schedule)
            if before is None or before.channel_id != channel_id:
                return False
            if not before.may_be_stopped_for(StopReason.CHANNEL_GONE):
                return False
            _save(connection, replace(before, state=ScheduleState.OFF, state_reason=StopReason.CHANNEL_GONE), None)
            skip_planned(connection, [schedule], reason)
            return True

        return await self._database.write(work)

    @override
    async def guild_left(self, guild_id: int, *, at: datetime) -> None:

        def work(connection: Connection) -> None:
            # A repeated event does not restart the thirty days.
            connection.execute("INSERT INTO guild VALUES (?, ?) ON CONFLICT DO NOTHING", (guild_id, as_micros(at)))
            schedules = [
                ScheduleId(row["schedule_id"])
                for row in connection.execute(_OF_GUILD, {"guild_id": guild_id, "only": None})
            ]
            connection.execute(_SWITCH_OFF, {"guild_id": guild_id, "reason": StopReason.SERVER_LEFT})
            skip_unsent(connection, schedules, StopReason.SERVER_LEFT)

        await self._database.write(work)

    @override
    async def left_guilds(self) -> frozenset[int]:
        return await self._database.read(
            lambda connection: frozenset(row["guild_id"] for row in connection.execute("SELECT guild_id FROM guild"))
        )

    @override
    async def kept_guilds(self) -> frozenset[int]:
        return await read_kept_guilds(self._files)

    @override
    async def guild_joined(self, guild_id: int) -> None:
        await self._write("DELETE FROM guild WHERE guild_id = :guild_id", {"guild_id": guild_id})

    @override
    async def purge_guilds(self, *, left_before: datetime) -> int:
        return await purge_servers(self._files, left_before)

    async def _write(self, sql: str, values: Mapping[str, object]) -> None:
        await self._database.write(lambda connection: connection.execute(sql, values).rowcount)


def find_schedule(connection: Connection, schedule: ScheduleId) -> Schedule | None:
    """Read a schedule within the caller's transaction; None if there is none or it was deleted."""
    row = connection.execute(_BY_ID, (schedule,)).fetchone()
    return None if row is None else read_schedule(row)


def _read_outlooks(
    connection: Connection, guild_id: int, only: ScheduleId | None = None
) -> tuple[tuple[Schedule, Outlook], ...]:
    rows = connection.execute(_OF_GUILD, {"guild_id": guild_id, "only": only}).fetchall()
    return tuple((read_schedule(row), _read_outlook(connection, row["schedule_id"])) for row in rows)


def _read_outlook(connection: Connection, schedule: ScheduleId) -> Outlook:
    due = connection.execute("SELECT next_due_at FROM schedule WHERE schedule_id = ?", (schedule,)).fetchone()
    keys = connection.execute("SELECT edition FROM edition WHERE schedule_id = ?", (schedule,))
    return Outlook(
        next_due_at=None if due is None else as_moment(due["next_due_at"]),
        planned=frozenset(EditionKey(row["edition"]) for row in keys),
        draft_due_at=_draft_due(connection, schedule),
        unposted=frozenset(EditionKey(row["edition"]) for row in connection.execute(_UNPOSTED, (schedule,))),
    )


def _draft_due(connection: Connection, schedule: ScheduleId) -> datetime | None:
    row = connection.execute(_DRAFT_DUE, (schedule,)).fetchone()
    return None if row["due_at"] is None else as_moment(row["due_at"])


def _save(connection: Connection, schedule: Schedule, next_due_at: datetime | None, limit: int | None = None) -> None:
    row = {
        "schedule_id": schedule.id,
        "guild_id": schedule.guild_id,
        "folded_name": _folded(schedule.name),
        "value": value_to_json(schedule),
        "state": schedule.state,
        "state_reason": schedule.state_reason,
        "next_due_at": as_micros(next_due_at),
    }
    if connection.execute(_NAME_IS_TAKEN, row).fetchone():
        raise name_is_taken(schedule.name)
    if limit is not None and connection.execute(_IS_ONE_TOO_MANY, row | {"limit": limit}).fetchone():
        cure = "Delete one with /schedule delete, or edit one with /schedule edit."
        text = f"This server already has {limit} schedules, the limit."
        raise TooManyError(text, limit=Limit.SCHEDULES, cure=cure)
    if connection.execute(_SAVE, row).rowcount != 1:
        raise UnknownScheduleError(f"The schedule “{schedule.name}” was deleted.", cure="Create it again.")


def _folded(name: str) -> str:
    return " ".join(fold(name).split())


def read_schedule(row: Row) -> Schedule:
    """Build a schedule from its row.

    Raises:
        StoreDamagedError: it can't be read.
    """
    schedule = read_stored(f"Schedule {row['schedule_id']}", lambda text: value_from_json(Schedule, text), row["value"])
    return replace(schedule, state=ScheduleState(row["state"]), state_reason=StopReason(row["state_reason"]))
