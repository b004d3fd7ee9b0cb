"""In-memory schedules and servers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from typing_extensions import override

from bot.errors import Limit, NewsdeskError, TooManyError, UnknownScheduleError
from bot.news.delivery import ScheduleId
from bot.news.schedules.looking import Outlook
from bot.news.schedules.schedule import NOBODY, Schedule, ScheduleState, StopReason, name_is_taken
from bot.news.servers.log import LogEntry
from bot.store.port.schedule import Change, ChangeServer, ScheduleStore
from bot.text.words import fold
from tests.simulation.memory.disk import Disk
from tests.simulation.memory.tables import OPEN, ScheduleRow, Tables

_DELETED: Final = "schedule deleted"
_LEFT: Final = "server left"


class MemoryScheduleStore(ScheduleStore):
    """In-memory implementation of `ScheduleStore`."""

    def __init__(self, tables: Tables, disk: Disk) -> None:
        self._tables = tables
        self._disk = disk
        self._editor_roles: dict[int, frozenset[int]] = {}

    @override
    async def save_schedule(
        self,
        schedule: Schedule,
        *,
        next_due_at: datetime | None,
        limit: int | None = None,
        entry: LogEntry | None = None,
    ) -> None:
        def work() -> None:
            rows = self._tables.schedules.values()
            mine = [row for row in rows if row.schedule.guild_id == schedule.guild_id and row.deleted_at is None]
            if limit is not None and schedule.id not in self._tables.schedules and len(mine) >= limit:
                raise TooManyError(f"This server already has {limit} schedules, the limit.", limit=Limit.SCHEDULES)
            self._save(schedule, next_due_at)

        await self._disk.write(work)

    def _save(self, schedule: Schedule, next_due_at: datetime | None) -> None:
        before = self._tables.schedules.get(schedule.id)
        namesake = self._named(schedule.guild_id, schedule.name)
        if namesake is not None and namesake.id != schedule.id:
            raise name_is_taken(schedule.name)
        if before is not None and before.deleted_at is not None:
            raise UnknownScheduleError(f"The schedule “{schedule.name}” was deleted.")
        self._tables.schedules[schedule.id] = ScheduleRow(schedule=schedule, next_due_at=next_due_at)

    @override
    async def change_schedule(
        self, schedule: ScheduleId, change: Change, *, entry: LogEntry | None = None
    ) -> Schedule | None:
        def work() -> Schedule | None:
            stored = self._tables.schedules.get(schedule)
            if stored is None or stored.deleted_at is not None:
                return None
            changed = change(stored.schedule, self._outlook(schedule))
            if changed is None:
                return stored.schedule
            self._save(*changed)
            return changed[0]

        return await self._disk.write(work)

    @override
    async def change_server(self, guild_id: int, change: ChangeServer) -> None:
        def work() -> None:
            mine = sorted(self._all(guild_id), key=lambda each: _folded(each.name))
            roles = self._editor_roles.get(guild_id, frozenset())
            changed = change(tuple((each, self._outlook(each.id)) for each in mine), roles)
            before = dict(self._tables.schedules)
            try:
                for schedule, next_due_at in changed.saved:
                    self._save(schedule, next_due_at)
            except NewsdeskError:
                self._tables.schedules.clear()
                self._tables.schedules.update(before)
                raise
            self._editor_roles[guild_id] = roles if changed.editor_roles is None else changed.editor_roles

        await self._disk.write(work)

    @override
    async def find_schedule(self, schedule: ScheduleId) -> Schedule | None:
        def work() -> Schedule | None:
            stored = self._tables.schedules.get(schedule)
            return None if stored is None or stored.deleted_at is not None else stored.schedule

        return await self._disk.read(work)

    @override
    async def find_schedule_by_name(self, guild_id: int, name: str) -> Schedule | None:
        return await self._disk.read(lambda: self._named(guild_id, name))

    def _named(self, guild_id: int, name: str) -> Schedule | None:
        wanted = _folded(name)
        same = (each for each in self._all(guild_id) if _folded(each.name) == wanted)
        return next(same, None)

    def _all(self, guild_id: int | None = None) -> list[Schedule]:
        return [
            stored.schedule
            for stored in self._tables.schedules.values()
            if stored.deleted_at is None and guild_id in {None, stored.schedule.guild_id}
        ]

    @override
    async def schedules(self, guild_id: int | None = None) -> tuple[Schedule, ...]:
        return await self._disk.read(
            lambda: tuple(sorted(self._all(guild_id), key=lambda each: (each.guild_id, _folded(each.name))))
        )

    @override
    async def saved_by(self, member_id: int) -> tuple[Schedule, ...]:
        def work() -> tuple[Schedule, ...]:
            stored = sorted(
                (each.schedule for each in self._tables.schedules.values()),
                key=lambda each: (each.guild_id, _folded(each.name)),
            )
            return tuple(each for each in stored if each.saved_by == member_id)

        return await self._disk.read(work)

    @override
    async def forget_member(self, member_id: int) -> tuple[int, int]:
        def work() -> tuple[int, int]:
            rows = [row for row in self._tables.schedules.values() if row.schedule.saved_by == member_id]
            for row in rows:
                schedule = replace(row.schedule, saved_by=NOBODY)
                self._tables.schedules[schedule.id] = replace(row, schedule=schedule)
            return len(rows), 0  # it keeps no log

        return await self._disk.write(work)

    @override
    async def outlooks(self, guild_id: int, only: ScheduleId | None = None) -> tuple[tuple[Schedule, Outlook], ...]:
        def work() -> tuple[tuple[Schedule, Outlook], ...]:
            of_guild = sorted(self._all(guild_id), key=lambda each: _folded(each.name))
            return tuple((each, self._outlook(each.id)) for each in of_guild if only in {None, each.id})

        return await self._disk.read(work)

    def _outlook(self, schedule: ScheduleId) -> Outlook:
        stored = self._tables.schedules[schedule]
        planned = frozenset(self._tables.editions.get(schedule, {}))
        unposted = {key for key in planned if any(row.state in OPEN for row in self._tables.parts_of((schedule, key)))}
        drafts = [
            desk.due_at
            for desk in self._tables.desks.values()
            if desk.schedule_id == schedule and not desk.is_closed and self._tables.is_draft(schedule, desk.edition)
        ]
        return Outlook(
            next_due_at=stored.next_due_at,
            planned=planned,
            unposted=frozenset(unposted),
            draft_due_at=min(drafts, default=None),
        )

    @override
    async def due_schedules(self, now: datetime) -> tuple[Schedule, ...]:
        def work() -> tuple[Schedule, ...]:
            due = [
                (stored.next_due_at, stored.schedule.id, stored.schedule)
                for stored in self._tables.schedules.values()
                if stored.next_due_at is not None and stored.next_due_at <= now and stored.is_active
            ]
            return tuple(schedule for _, _, schedule in sorted(due, key=lambda each: each[:2]))

        return await self._disk.read(work)

    @override
    async def oldest_due(self, now: datetime, guild_id: int | None = None) -> datetime | None:
        def work() -> datetime | None:
            schedules = [each for each in self._tables.schedules.values() if each.is_active]
            due = [each.next_due_at for each in schedules if guild_id in {None, each.schedule.guild_id}]
            return min((at for at in due if at is not None and at <= now), default=None)

        return await self._disk.read(work)

    def _set_state(self, schedules: Sequence[ScheduleId], state: ScheduleState, reason: StopReason) -> None:
        rows = self._tables.schedules
        for schedule in schedules:
            if schedule in rows and rows[schedule].deleted_at is None:
                changed = replace(rows[schedule].schedule, state=state, state_reason=reason)
                rows[schedule] = replace(rows[schedule], schedule=changed)

    @override
    async def delete_schedule(
        self, schedule: ScheduleId, *, at: datetime, entry: LogEntry | None = None
    ) -> Schedule | None:
        def work() -> Schedule | None:
            stored = self._tables.schedules.get(schedule)
            if stored is None or stored.deleted_at is not None:
                return None
            nobodys = replace(stored.schedule, saved_by=NOBODY)
            self._tables.schedules[schedule] = replace(stored, schedule=nobodys, deleted_at=at, next_due_at=None)
            self._tables.skip_planned([schedule], _DELETED)
            return stored.schedule

        return await self._disk.write(work)

    @override
    async def channel_gone(self, schedule: ScheduleId, channel_id: int, *, reason: str) -> bool:
        def work() -> bool:
            stored = self._tables.schedules.get(schedule)
            if stored is None or stored.deleted_at is not None or stored.schedule.channel_id != channel_id:
                return False
            if not stored.schedule.may_be_stopped_for(StopReason.CHANNEL_GONE):
                return False
            self._set_state([schedule], ScheduleState.OFF, StopReason.CHANNEL_GONE)
            self._tables.skip_planned([schedule], reason)
            return True

        return await self._disk.write(work)

    @override
    async def guild_left(self, guild_id: int, *, at: datetime) -> None:
        def work() -> None:
            self._tables.left.setdefault(guild_id, at)
            schedules = [each.id for each in self._all(guild_id)]
            going = [each.id for each in self._all(guild_id) if not each.is_paused_by_member]
            self._set_state(going, ScheduleState.OFF, StopReason.SERVER_LEFT)
            self._tables.skip_unsent(schedules, _LEFT)

        await self._disk.write(work)

    @override
    async def left_guilds(self) -> frozenset[int]:
        return await self._disk.read(lambda: frozenset(self._tables.left))

    @override
    async def kept_guilds(self) -> frozenset[int]:
        # This store has no articles.
        def work() -> frozenset[int]:
            guilds = {row.schedule.guild_id for row in self._tables.schedules.values()}
            return frozenset(guilds.union(each.guild_id for each in self._tables.notices if each.guild_id is not None))

        return await self._disk.read(work)

    @override
    async def guild_joined(self, guild_id: int) -> None:
        await self._disk.write(lambda: self._tables.left.pop(guild_id, None))

    @override
    async def purge_guilds(self, *, left_before: datetime) -> int:
        # This store has no articles.
        def work() -> int:
            guilds = [guild for guild, left_at in self._tables.left.items() if left_at < left_before]
            for guild in guilds:
                self._purge(guild)
            return len(guilds)

        return await self._disk.write(work)

    def _purge(self, guild_id: int) -> None:
        tables = self._tables
        schedules = {key for key, each in tables.schedules.items() if each.schedule.guild_id == guild_id}
        for schedule in schedules:
            tables.forget([(schedule, key) for key in tables.editions.get(schedule, {})])
            tables.editions.pop(schedule, None)
            del tables.schedules[schedule]
        tables.notices = [notice for notice in tables.notices if notice.guild_id != guild_id]
        del tables.left[guild_id]


def _folded(name: str) -> str:
    return " ".join(fold(name).split())
