"""Schedules and servers behind their port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.errors import BadInputError, UnknownScheduleError
from bot.news.delivery import ScheduleId
from bot.news.schedule import Schedule, ScheduleState, StopReason
from bot.text.words import fold
from tests.simulation.memory.disk import Disk
from tests.simulation.memory.tables import Standing, Tables

_DELETED: Final = "schedule deleted"
_LEFT: Final = "server left"


class MemoryScheduleStore:
    """See `ScheduleStore`."""

    def __init__(self, tables: Tables, disk: Disk) -> None:
        self._tables = tables
        self._disk = disk

    async def save_schedule(self, schedule: Schedule, *, next_due_at: datetime | None) -> None:
        """See `ScheduleStore.save_schedule`."""

        def work() -> None:
            before = self._tables.standings.get(schedule.id)
            namesake = self._named(schedule.guild_id, schedule.name)
            if namesake is not None and namesake.id != schedule.id:
                raise BadInputError(f"This server already has a schedule named “{schedule.name}”.")
            if before is not None and before.deleted_at is not None:
                raise UnknownScheduleError(f"The schedule “{schedule.name}” was deleted.")
            self._tables.standings[schedule.id] = Standing(schedule=schedule, next_due_at=next_due_at)

        await self._disk.write(work)

    async def find_schedule(self, schedule: ScheduleId) -> Schedule | None:
        """See `ScheduleStore.find_schedule`."""

        def work() -> Schedule | None:
            standing = self._tables.standings.get(schedule)
            return None if standing is None or standing.deleted_at is not None else standing.schedule

        return await self._disk.read(work)

    async def find_schedule_by_name(self, guild_id: int, name: str) -> Schedule | None:
        """See `ScheduleStore.find_schedule_by_name`."""
        return await self._disk.read(lambda: self._named(guild_id, name))

    def _named(self, guild_id: int, name: str) -> Schedule | None:
        wanted = _folded(name)
        same = (each for each in self._all(guild_id) if _folded(each.name) == wanted)
        return next(same, None)

    def _all(self, guild_id: int | None = None) -> list[Schedule]:
        return [
            standing.schedule
            for standing in self._tables.standings.values()
            if standing.deleted_at is None and guild_id in {None, standing.schedule.guild_id}
        ]

    async def schedules(self, guild_id: int | None = None) -> tuple[Schedule, ...]:
        """See `ScheduleStore.schedules`."""
        return await self._disk.read(
            lambda: tuple(sorted(self._all(guild_id), key=lambda each: (each.guild_id, _folded(each.name))))
        )

    async def due_schedules(self, now: datetime) -> tuple[Schedule, ...]:
        """See `ScheduleStore.due_schedules`."""

        def work() -> tuple[Schedule, ...]:
            due = [
                (standing.next_due_at, standing.schedule.id, standing.schedule)
                for standing in self._tables.standings.values()
                if standing.next_due_at is not None and standing.next_due_at <= now and standing.is_active
            ]
            return tuple(schedule for _, _, schedule in sorted(due, key=lambda each: each[:2]))

        return await self._disk.read(work)

    async def oldest_due(self, now: datetime, guild_id: int | None = None) -> datetime | None:
        """See `ScheduleStore.oldest_due`."""

        def work() -> datetime | None:
            standings = [each for each in self._tables.standings.values() if each.is_active]
            due = [each.next_due_at for each in standings if guild_id in {None, each.schedule.guild_id}]
            return min((at for at in due if at is not None and at <= now), default=None)

        return await self._disk.read(work)

    async def set_next_due(self, schedule: ScheduleId, next_due_at: datetime | None) -> None:
        """See `ScheduleStore.set_next_due`."""

        def work() -> None:
            if schedule in self._tables.standings:
                self._tables.standings[schedule] = replace(self._tables.standings[schedule], next_due_at=next_due_at)

        await self._disk.write(work)

    async def set_state(self, schedules: Sequence[ScheduleId], state: ScheduleState, reason: StopReason) -> None:
        """See `ScheduleStore.set_state`."""
        await self._disk.write(lambda: self._set_state(schedules, state, reason))

    def _set_state(self, schedules: Sequence[ScheduleId], state: ScheduleState, reason: StopReason) -> None:
        standings = self._tables.standings
        for schedule in schedules:
            if schedule in standings and standings[schedule].deleted_at is None:
                changed = replace(standings[schedule].schedule, state=state, state_reason=reason)
                standings[schedule] = replace(standings[schedule], schedule=changed)

    async def delete_schedule(self, schedule: ScheduleId, *, at: datetime) -> bool:
        """See `ScheduleStore.delete_schedule`."""

        def work() -> bool:
            standing = self._tables.standings.get(schedule)
            if standing is None or standing.deleted_at is not None:
                return False
            self._tables.standings[schedule] = replace(standing, deleted_at=at)
            self._tables.skip_planned([schedule], _DELETED)
            return True

        return await self._disk.write(work)

    async def guild_left(self, guild_id: int, *, at: datetime) -> None:
        """See `ScheduleStore.guild_left`."""

        def work() -> None:
            self._tables.left.setdefault(guild_id, at)
            schedules = [each.id for each in self._all(guild_id)]
            self._set_state(schedules, ScheduleState.OFF, StopReason.SERVER_LEFT)
            self._tables.skip_unsent(schedules, _LEFT)

        await self._disk.write(work)

    async def guild_joined(self, guild_id: int) -> None:
        """See `ScheduleStore.guild_joined`."""
        await self._disk.write(lambda: self._tables.left.pop(guild_id, None))

    async def purge_guilds(self, *, left_before: datetime) -> int:
        """See `ScheduleStore.purge_guilds`; articles are none of this store's."""

        def work() -> int:
            guilds = [guild for guild, left_at in self._tables.left.items() if left_at < left_before]
            for guild in guilds:
                self._purge(guild)
            return len(guilds)

        return await self._disk.write(work)

    def _purge(self, guild_id: int) -> None:
        tables = self._tables
        schedules = {key for key, each in tables.standings.items() if each.schedule.guild_id == guild_id}
        for schedule in schedules:
            tables.forget([(schedule, key) for key in tables.editions.get(schedule, {})])
            tables.editions.pop(schedule, None)
            del tables.standings[schedule]
        tables.notices = [notice for notice in tables.notices if notice.guild_id != guild_id]
        del tables.left[guild_id]


def _folded(name: str) -> str:
    return " ".join(fold(name).split())
