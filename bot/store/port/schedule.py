"""Schedules and their servers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from bot.news.delivery import ScheduleId
from bot.news.schedules.looking import Outlook
from bot.news.schedules.schedule import Schedule
from bot.news.servers.log import LogEntry

Change: TypeAlias = Callable[[Schedule, Outlook], tuple[Schedule, datetime | None] | None]
"""Given a schedule and its outlook as they are stored, returns it changed and when it is due next; None leaves it as it
is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerChange:
    """What changes of a server at once.

    Attributes:
        saved: Schedules to insert or replace, each with when a tick looks at it.
        editor_roles: All editor roles as they are then; None leaves them as they are.
        entry: Logged.
    """

    saved: tuple[tuple[Schedule, datetime | None], ...] = ()
    editor_roles: frozenset[int] | None = None
    entry: LogEntry | None = None


ChangeServer: TypeAlias = Callable[[tuple[tuple[Schedule, Outlook], ...], frozenset[int]], ServerChange]
"""Given a server's schedules by name with their outlooks, and its editor roles, returns what changes."""


class ScheduleStore(Protocol):
    """Schedules, and what happens to them when the bot leaves a server."""

    async def save_schedule(
        self,
        schedule: Schedule,
        *,
        next_due_at: datetime | None,
        limit: int | None = None,
        entry: LogEntry | None = None,
    ) -> None:
        """Insert or replace a schedule, with its state, and log `entry`.

        Raises:
            BadInputError: another schedule of the server has the name (case and diacritics are ignored).
            TooManyError: it is new, and the server has `limit` schedules already (None for no limit).
            UnknownScheduleError: the schedule was deleted meanwhile.
        """
        ...

    async def change_schedule(
        self, schedule: ScheduleId, change: Change, *, entry: LogEntry | None = None
    ) -> Schedule | None:
        """Apply a change to a schedule as it is now, in one transaction, and return it; None if it was deleted.

        `entry` is logged if the schedule is another one then, with the name that it had as the subject.

        Changes by several callers follow each other, so none is lost. What `change` raises is raised here, and nothing
        is changed then.

        Raises:
            BadInputError: another schedule of the server has the name.
        """
        ...

    async def change_server(self, guild_id: int, change: ChangeServer) -> None:
        """Apply a change to a server's schedules and editor roles as they are now, in one transaction.

        What `change` raises is raised here, and nothing is changed then.

        Raises:
            BadInputError: two schedules of the server would have one name.
        """
        ...

    async def find_schedule(self, schedule: ScheduleId) -> Schedule | None:
        """Find a schedule by id; None if there is none or it was deleted."""
        ...

    async def find_schedule_by_name(self, guild_id: int, name: str) -> Schedule | None:
        """Find a server's schedule by name (case and diacritics are ignored)."""
        ...

    async def schedules(self, guild_id: int | None = None) -> tuple[Schedule, ...]:
        """Read a server's schedules by name; every server's for None."""
        ...

    async def outlooks(self, guild_id: int, only: ScheduleId | None = None) -> tuple[tuple[Schedule, Outlook], ...]:
        """Read a server's schedules by name, each with its outlook, as they were at one moment; `only` one of them."""
        ...

    async def due_schedules(self, now: datetime) -> tuple[Schedule, ...]:
        """Read the ACTIVE schedules whose `next_due_at` is at or before `now`, earliest first."""
        ...

    async def oldest_due(self, now: datetime, guild_id: int | None = None) -> datetime | None:
        """Find the oldest `next_due_at` at or before `now` among ACTIVE schedules of a server (of all for None)."""
        ...

    async def saved_by(self, member_id: int) -> tuple[Schedule, ...]:
        """Read the schedules that hold this member's id, who saved them last, by server and name."""
        ...

    async def forget_member(self, member_id: int) -> tuple[int, int]:
        """Drop a member's id from the schedules of `saved_by` and from servers' logs, and return from how many of each.

        It is one transaction: what the member saves meanwhile is kept with its entry, or neither is.
        """
        ...

    async def delete_schedule(
        self, schedule: ScheduleId, *, at: datetime, entry: LogEntry | None = None
    ) -> Schedule | None:
        """Delete a schedule, log `entry` with its name, and return it as it was; None if it was deleted before.

        The id of the member who saved it is dropped. Its PLANNED parts become SKIPPED with the reason "schedule
        deleted".
        """
        ...

    async def channel_gone(self, schedule: ScheduleId, channel_id: int, *, reason: str) -> bool:
        """Switch a schedule off whose channel was deleted; its PLANNED parts become SKIPPED with `reason`.

        False, with nothing changed, if it posts to another channel by now, was deleted, or is stopped for another
        reason.
        """
        ...

    async def guild_left(self, guild_id: int, *, at: datetime) -> None:
        """Record that the bot left a server: its schedules go OFF, its unsent parts SKIPPED; its data may be purged.

        A schedule that a member paused stays paused.

        The outcome of a part that was SENDING can't be found out any longer, nor does it matter.
        """
        ...

    async def left_guilds(self) -> frozenset[int]:
        """Read the servers that the bot left and has not joined again."""
        ...

    async def kept_guilds(self) -> frozenset[int]:
        """Read the servers of which anything is kept: a schedule, a notice, a role, an upload, a record of one."""
        ...

    async def guild_joined(self, guild_id: int) -> None:
        """Record that the bot is (again) in a server: its data is not purged."""
        ...

    async def purge_guilds(self, *, left_before: datetime) -> int:
        """Delete all data of servers that the bot left before a moment; return how many servers."""
        ...
