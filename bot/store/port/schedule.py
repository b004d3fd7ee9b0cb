"""Standing orders and their servers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.news.delivery import ScheduleId
from bot.news.schedule import Schedule, ScheduleState, StopReason


class ScheduleStore(Protocol):
    """Schedules, and what a server's going means for them."""

    async def save_schedule(self, schedule: Schedule, *, next_due_at: datetime | None) -> None:
        """Insert or replace, with the state that it says.

        Raises:
            BadInputError: another schedule of the server has the name (case and marks don't matter).
            UnknownScheduleError: the schedule was deleted meanwhile.
        """
        ...

    async def find_schedule(self, schedule: ScheduleId) -> Schedule | None:
        """The schedule of that id, deleted ones not."""
        ...

    async def find_schedule_by_name(self, guild_id: int, name: str) -> Schedule | None:
        """The server's schedule of that name (case and marks don't matter)."""
        ...

    async def schedules(self, guild_id: int | None = None) -> tuple[Schedule, ...]:
        """A server's schedules by name; every server's for None."""
        ...

    async def due_schedules(self, now: datetime) -> tuple[Schedule, ...]:
        """ACTIVE schedules whose `next_due_at` is at or before `now`, earliest first."""
        ...

    async def oldest_due(self, now: datetime, guild_id: int | None = None) -> datetime | None:
        """The oldest `next_due_at` at or before `now` among ACTIVE schedules, a server's or all; None for none."""
        ...

    async def set_next_due(self, schedule: ScheduleId, next_due_at: datetime | None) -> None:
        """Remember when the schedule is to be looked at again."""
        ...

    async def set_state(self, schedules: Sequence[ScheduleId], state: ScheduleState, reason: StopReason) -> None:
        """Pause, resume or switch off."""
        ...

    async def delete_schedule(self, schedule: ScheduleId, *, at: datetime) -> bool:
        """Delete the schedule; its parts that were not begun become SKIPPED(schedule deleted)."""
        ...

    async def guild_left(self, guild_id: int, *, at: datetime) -> None:
        """The bot left the server: its schedules go OFF, its parts that aren't SENT SKIPPED; its data may go later.

        What became of a part that was on its way can't be found out any more, nor does it matter.
        """
        ...

    async def guild_joined(self, guild_id: int) -> None:
        """The bot is (again) in the server: nothing of it is purged."""
        ...

    async def purge_guilds(self, *, left_before: datetime) -> int:
        """Delete all data of servers that were left before a moment; their number."""
        ...
