"""Find a server's schedules: by name, all of them, or the one that is meant if none is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from bot.errors import UnknownScheduleError, UnknownZoneError
from bot.news.delivery import ScheduleId
from bot.news.schedules.looking import Outlook, coming_edition
from bot.news.schedules.schedule import NOBODY, Schedule, ScheduleState, skipped_due
from bot.store.port.digest import DigestStore
from bot.store.port.schedule import ScheduleStore
from bot.text.clean import clean
from bot.text.words import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleStatus:
    """A schedule and when its next edition is due.

    Attributes:
        next_due_at: None while it is paused or off.
        skipped_at: When the skipped edition would be due; None if none is skipped or that moment has passed.
        unskipped_at: The same for an edition that an edit unskipped, because no edition falls on its date any more.
        draft_due_at: When the draft that is on the desk is due, or was; None if there is none.
        has_changed: False if it was already paused, or active, as it was to be, and if an edit was not applied.
        before: The schedule as it was right before an edit.
        has_earlier_choice: An edit changed how stories are chosen, and an edition is planned that was chosen before.
    """

    schedule: Schedule
    next_due_at: datetime | None
    skipped_at: datetime | None = None
    unskipped_at: datetime | None = None
    draft_due_at: datetime | None = None
    has_changed: bool = True
    has_earlier_choice: bool = False
    before: Schedule | None = None

    def edits_like(self, other: ScheduleStatus) -> bool:
        """True if an edit comes to the same as another one; the members who save them may differ."""
        return self._edit() == other._edit()

    def _edit(self) -> tuple[object, ...]:
        before = None if self.before is None else replace(self.before, saved_by=NOBODY)
        # Breaking news are looked for every few minutes.
        next_due_at = None if self.schedule.rule == "breaking" else self.next_due_at
        after = replace(self.schedule, saved_by=NOBODY)
        return before, after, next_due_at, self.unskipped_at, self.has_earlier_choice


async def get_schedule(store: ScheduleStore, guild_id: int, name: str) -> Schedule:
    """Find a server's schedule by its name (case and accents don't matter) or its id.

    Raises:
        UnknownScheduleError: there is no such schedule; the cure has the nearest names.
    """
    found = await store.find_schedule_by_name(guild_id, clean(name)) or await _find_by_id(store, guild_id, name)
    if found is not None:
        return found
    names = {fold(schedule.name): schedule.name for schedule in await store.schedules(guild_id)}
    near = [names[match] for match in get_close_matches(fold(clean(name)), names, n=3)] or list(names.values())[:10]
    cure = f"Did you mean {', '.join(near)}?" if near else "Create one with /schedule create."
    raise UnknownScheduleError(f"No schedule “{clean(name)[:60]}” in this server.", cure=cure)


async def _find_by_id(store: ScheduleStore, guild_id: int, typed: str) -> Schedule | None:
    text = typed.strip()
    if not (text.isascii() and text.isdecimal()) or int(text) >= 1 << 63:
        return None
    found = await store.find_schedule(ScheduleId(int(text)))
    return found if found is not None and found.guild_id == guild_id else None


async def get_schedule_or_default(
    store: ScheduleStore, digests: DigestStore, guild_id: int, name: str | None, *, now: datetime
) -> Schedule:
    """Find the schedule of that name; without a name, the server's only one or the one that posted last.

    Raises:
        UnknownScheduleError: as `get_schedule`, or the server has no schedule.
    """
    if name:
        return await get_schedule(store, guild_id, name)
    schedules = await store.schedules(guild_id)
    cutoffs = {schedule.id: await digests.last_cutoff(schedule.id, before=now) for schedule in schedules}
    found = default_schedule(schedules, cutoffs)
    if found is None:
        raise UnknownScheduleError(
            "This server has no digest yet.", cure="An admin can create one with /schedule create."
        )
    return found


def default_schedule(schedules: Sequence[Schedule], cutoffs: Mapping[ScheduleId, datetime | None]) -> Schedule | None:
    """Pick the schedule that is meant if none is named: the one whose last edition is the newest, else the first.

    Args:
        schedules: A server's, by name.
        cutoffs: When the last edition of each was due; None before its first.
    """
    started = [(cutoff, each.name, each) for each in schedules if (cutoff := cutoffs[each.id]) is not None]
    if started:
        return max(started, key=lambda each: each[:2])[2]
    return schedules[0] if schedules else None


async def list_schedules(store: ScheduleStore, guild_id: int, *, now: datetime) -> tuple[ScheduleStatus, ...]:
    """List a server's schedules by name, each with its next edition."""
    return tuple(status_of(schedule, outlook, now) for schedule, outlook in await store.outlooks(guild_id))


async def show_schedule(store: ScheduleStore, guild_id: int, name: str, *, now: datetime) -> ScheduleStatus:
    """Find one schedule and its next edition.

    Raises:
        UnknownScheduleError: as `get_schedule`.
    """
    return await current_status(store, await get_schedule(store, guild_id, name), now=now)


async def current_status(store: ScheduleStore, schedule: Schedule, *, now: datetime) -> ScheduleStatus:
    """Read a schedule again, by its id, with its next edition.

    Raises:
        UnknownScheduleError: it was deleted.
    """
    for found in await store.outlooks(schedule.guild_id, schedule.id):
        return status_of(*found, now)
    raise UnknownScheduleError(f"The schedule “{schedule.name}” was deleted.", cure="See /schedule list.")


def status_of(schedule: Schedule, outlook: Outlook, now: datetime) -> ScheduleStatus:
    """Work out which edition of a schedule is planned next, by the rule that the tick follows.

    None is if its time zone isn't known.
    """
    draft_due_at, is_active = outlook.draft_due_at, schedule.state is ScheduleState.ACTIVE
    try:
        next_due_at = (if_ahead(draft_due_at, now) or coming_edition(schedule, outlook, now)[1]) if is_active else None
        skipped_at = if_ahead(skipped_due(schedule), now)
    except UnknownZoneError:  # the next tick pauses it and sends a notice; until then lists must work
        next_due_at = skipped_at = None
    return ScheduleStatus(schedule=schedule, next_due_at=next_due_at, skipped_at=skipped_at, draft_due_at=draft_due_at)


def if_ahead(at: datetime | None, now: datetime) -> datetime | None:
    """Return the moment if it is still to come."""
    return at if at is not None and at > now else None
