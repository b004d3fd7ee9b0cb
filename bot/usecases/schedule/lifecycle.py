"""Create, edit, pause, resume, skip and delete schedules."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.errors import BadInputError, NewsdeskError, UnknownScheduleError
from bot.news.delivery import ScheduleId
from bot.news.schedules.looking import Outlook, looked_at
from bot.news.schedules.options import DEFAULT_DAYS, DEFAULT_TIME
from bot.news.schedules.schedule import (
    MOST_SCHEDULES,
    Schedule,
    ScheduleState,
    StopReason,
    anchored,
    edition_key,
    name_is_taken,
    next_due,
    next_free,
    skipped_due,
)
from bot.news.servers.log import Act, Deed, LogEntry, entry_of
from bot.store.port.schedule import Change, ScheduleStore
from bot.usecases.schedule.changes import Problem, ScheduleChanges, apply_changes
from bot.usecases.schedule.lookup import ScheduleStatus, if_ahead, status_of

_TICK_MARGIN: Final = timedelta(seconds=60)
"""An edition that fell due this long before a change is still planned: the tick may not have seen it yet."""


async def create_schedule(
    store: ScheduleStore,
    changes: ScheduleChanges,
    *,
    guild_id: int,
    member_id: int,
    default_timezone: str,
    now: datetime,
    schedule_id: ScheduleId | None = None,
    deed: Deed | None = None,
) -> ScheduleStatus:
    """Create a schedule, by default a weekly one on Mondays at 09:00.

    Args:
        store: Keeps the schedule.
        changes: What the admin gave; at least a name and a channel.
        guild_id: The server.
        member_id: The admin, who gets the schedule's notices if it has no channel for them.
        default_timezone: The time zone if the admin gave none.
        now: Editions that were due before are not planned.
        schedule_id: Its id; None for a random one.
        deed: The member who creates it, for the log; None for the operator.

    Raises:
        BadInputError: an option can't be used (it names all of them), or the server has too many schedules.
        UnknownZoneError: only the time zone can't be used.
    """
    blank = Schedule(
        id=schedule_id or ScheduleId(secrets.randbits(63) | 1),
        guild_id=guild_id,
        channel_id=0,
        name="",
        days=DEFAULT_DAYS,
        at=DEFAULT_TIME,
        timezone=default_timezone,
        saved_by=member_id,
        created_at=now,
    )
    schedule, problems = apply_changes(changes, blank)
    if changes.name is None:
        problems.append(("Name", BadInputError("A schedule needs a name.", cure="Give it one, such as Weekly.")))
    if "channel" not in changes.options:
        problems.append(("Channel", BadInputError("A schedule needs a channel.", cure="Choose one to post in.")))
    problems += await _name_problems(store, schedule, schedule.name)
    if problems:
        raise _together(problems)
    schedule = anchored(schedule, None, now)
    next_due_at = next_due(schedule, now)[1]
    entry = entry_of(deed, Act.CREATE, schedule.name)
    looked = looked_at(schedule, next_due_at)
    await store.save_schedule(schedule, next_due_at=looked, limit=MOST_SCHEDULES, entry=entry)
    return ScheduleStatus(schedule=schedule, next_due_at=next_due_at)


async def try_edit(
    store: ScheduleStore, schedule: Schedule, changes: ScheduleChanges, *, member_id: int, now: datetime
) -> ScheduleStatus:
    """Compute what an edit would come to, and change nothing.

    Raises:
        BadInputError, UnknownZoneError, UnknownScheduleError: as `edit_schedule`.
    """
    taken = await _name_problems(store, schedule, apply_changes(changes, schedule)[0].name)
    for current, outlook in await store.outlooks(schedule.guild_id, schedule.id):
        return _try_edit(current, outlook, changes, taken, member_id, now)[0]
    raise _deleted(schedule)


async def edit_schedule(
    store: ScheduleStore,
    schedule: Schedule,
    changes: ScheduleChanges,
    *,
    member_id: int,
    now: datetime,
    shown: ScheduleStatus | None = None,
    deed: Deed | None = None,
) -> ScheduleStatus:
    """Change a schedule; one that was switched off with its channel becomes active again with another channel.

    A skipped edition stays skipped, whatever its time is now. If no edition is due on its date any more, the skip ends.

    Args:
        store: Keeps the schedule.
        schedule: The schedule.
        changes: What the member gave.
        member_id: The member, who gets its notices.
        now: The current moment.
        shown: What somebody looked at; if the edit comes to something else by now, nothing is changed and its
            `has_changed` is False. None if nobody looked.
        deed: The member, for the log; None for the operator.

    Raises:
        BadInputError, UnknownZoneError: as `create_schedule`; nothing is changed then.
        UnknownScheduleError: the schedule was deleted meanwhile.
    """
    taken = await _name_problems(store, schedule, apply_changes(changes, schedule)[0].name)
    status = ScheduleStatus(schedule=schedule, next_due_at=None)

    def change(current: Schedule, outlook: Outlook) -> tuple[Schedule, datetime] | None:
        nonlocal status
        status, look_at = _try_edit(current, outlook, changes, taken, member_id, now)
        if shown is not None and not status.edits_like(shown):
            status = replace(status, has_changed=False)
            return None
        return status.schedule, look_at

    await _apply(store, schedule, change, entry_of(deed, Act.EDIT, schedule.name, ", ".join(changes.named())))
    return status


def _try_edit(
    current: Schedule, outlook: Outlook, changes: ScheduleChanges, taken: list[Problem], member_id: int, now: datetime
) -> tuple[ScheduleStatus, datetime]:
    """What an edit comes to, and when a tick looks at the schedule then."""
    changed, problems = apply_changes(changes, replace(current, saved_by=member_id))
    if problems or taken:
        raise _together(problems + taken)
    changed, look_at = edited(changed, current, outlook, now)
    unskipped_at = None
    if current.left_out is not None and changed.left_out is None:
        as_skipped = replace(changed, left_out=current.left_out, days=current.days, rhythm=current.rhythm)
        unskipped_at = if_ahead(skipped_due(as_skipped), now)
    status = replace(
        status_of(changed, replace(outlook, next_due_at=look_at), now),
        unskipped_at=unskipped_at,
        has_earlier_choice=bool(outlook.unposted) and not changed.chooses_like(current),
        before=current,
    )
    return status, look_at


def edited(changed: Schedule, current: Schedule, outlook: Outlook, now: datetime) -> tuple[Schedule, datetime]:
    """Settle what follows from an edit, and when a tick looks at the schedule.

    Args:
        changed: The schedule with its new options.
        current: As it was.
        outlook: As it was.
        now: The current moment.
    """
    changed = anchored(changed, current, now)
    if changed.state is ScheduleState.OFF and changed.channel_id != current.channel_id:
        changed = replace(changed, state=ScheduleState.ACTIVE, state_reason=StopReason.NONE)
    if current.left_out is not None and skipped_due(changed) is None:
        changed = replace(changed, left_out=None)
    waits_since = min(outlook.next_due_at or now, now - _TICK_MARGIN + timedelta.resolution)
    return changed, _look_after(changed, outlook, waits_since - timedelta.resolution)


def _look_after(schedule: Schedule, outlook: Outlook, after: datetime) -> datetime:
    """When a tick looks for the next edition that is due after a moment and whose date has none yet."""
    return looked_at(schedule, next_free(schedule, outlook.planned, after)[1])


async def apply_change(
    store: ScheduleStore, schedule: Schedule, change: Change, now: datetime, entry: LogEntry | None = None
) -> ScheduleStatus:
    """Apply a change, and return the schedule with its next edition as it follows from the change itself.

    Another change may come right after it.

    Raises:
        UnknownScheduleError: as `_apply`.
    """
    outlook = Outlook(next_due_at=None)

    def noted(current: Schedule, stored: Outlook) -> tuple[Schedule, datetime | None] | None:
        nonlocal outlook
        changed = change(current, stored)
        outlook = stored if changed is None else replace(stored, next_due_at=changed[1])
        return changed

    changed = await _apply(store, schedule, noted, entry)
    return status_of(changed, outlook, now)


async def _apply(store: ScheduleStore, schedule: Schedule, change: Change, entry: LogEntry | None = None) -> Schedule:
    """Apply a change to the schedule as it is now, which may differ from the one that the caller read.

    Raises:
        UnknownScheduleError: it was deleted meanwhile.
    """
    changed = await store.change_schedule(schedule.id, change, entry=entry)
    if changed is None:
        raise _deleted(schedule)
    return changed


def _deleted(schedule: Schedule) -> UnknownScheduleError:
    return UnknownScheduleError(f"The schedule “{schedule.name}” was deleted.", cure="Create it again.")


async def _name_problems(store: ScheduleStore, schedule: Schedule, name: str) -> list[Problem]:
    namesake = await store.find_schedule_by_name(schedule.guild_id, name) if name else None
    if namesake is None or namesake.id == schedule.id:
        return []
    return [("Name", name_is_taken(namesake.name))]


def _together(problems: list[Problem]) -> NewsdeskError:
    """Combine several problems into one error that names each option; a single one stays as it is."""
    if len(problems) == 1:
        return problems[0][1]
    said = " ".join(f"{label}: {error.message}" for label, error in problems)
    cures = dict.fromkeys(error.cure for _, error in problems if error.cure)
    return BadInputError(said, cure=" ".join(cures))


async def pause_schedule(store: ScheduleStore, schedule: Schedule, *, deed: Deed | None = None) -> ScheduleStatus:
    """Pause a schedule until a member resumes it.

    Raises:
        UnknownScheduleError: it was deleted meanwhile.
    """
    has_changed = True

    def change(current: Schedule, _: Outlook) -> tuple[Schedule, None]:
        nonlocal has_changed
        has_changed = not current.is_paused_by_member
        return replace(current, state=ScheduleState.PAUSED, state_reason=StopReason.NONE), None

    paused = await _apply(store, schedule, change, entry_of(deed, Act.PAUSE, schedule.name))
    return ScheduleStatus(schedule=paused, next_due_at=None, has_changed=has_changed)


async def resume_schedule(
    store: ScheduleStore, schedule: Schedule, *, now: datetime, deed: Deed | None = None
) -> ScheduleStatus:
    """Resume a schedule from its next edition on, which includes what an edition during the pause would have had.

    Raises:
        UnknownScheduleError: it was deleted meanwhile.
        UnknownZoneError: its time zone is no longer known.
    """
    has_changed = True

    def change(current: Schedule, _: Outlook) -> tuple[Schedule, datetime] | None:
        nonlocal has_changed
        has_changed = current.state is not ScheduleState.ACTIVE
        return resumed(current, now) if has_changed else None

    entry = entry_of(deed, Act.RESUME, schedule.name)
    return replace(await apply_change(store, schedule, change, now, entry), has_changed=has_changed)


async def resume_stopped(store: ScheduleStore, schedule: Schedule, *, now: datetime) -> bool:
    """Resume a schedule if the bot paused it, and return whether it had; one that a member paused stays paused.

    Raises:
        UnknownScheduleError, UnknownZoneError: as `resume_schedule`.
    """
    was_stopped = False

    def change(current: Schedule, _: Outlook) -> tuple[Schedule, datetime] | None:
        nonlocal was_stopped
        was_stopped = current.state is ScheduleState.PAUSED and current.state_reason is not StopReason.NONE
        return resumed(current, now) if was_stopped else None

    await _apply(store, schedule, change)
    return was_stopped


def resumed(schedule: Schedule, now: datetime) -> tuple[Schedule, datetime]:
    """Return a schedule as active, and when its next edition is due.

    Raises:
        UnknownZoneError: its time zone is no longer known.
    """
    active = replace(schedule, state=ScheduleState.ACTIVE, state_reason=StopReason.NONE)
    return active, looked_at(active, next_due(active, now)[1])


async def skip_next(
    store: ScheduleStore, schedule: Schedule, *, now: datetime, deed: Deed | None = None
) -> ScheduleStatus:
    """Skip the next edition; its stories roll over to the following one. Calling it twice skips the same edition.

    An edition that is due already and only waits for the next tick is not skipped. One that was skipped just before
    stays skipped.

    Raises:
        UnknownScheduleError: it was deleted meanwhile.
    """

    def change(current: Schedule, outlook: Outlook) -> tuple[Schedule, datetime]:
        waits_since, skipped_at = now - _TICK_MARGIN, skipped_due(current)
        if skipped_at is None or skipped_at <= now:
            waits_since = max(waits_since, skipped_at or waits_since)
            local_date, _ = next_free(replace(current, left_out=None), outlook.planned, now)
            current = replace(current, left_out=edition_key(local_date))
        return current, _look_after(current, outlook, waits_since)

    return await apply_change(store, schedule, change, now, entry_of(deed, Act.SKIP, schedule.name))


async def unskip_next(
    store: ScheduleStore, schedule: Schedule, *, now: datetime, deed: Deed | None = None
) -> ScheduleStatus:
    """Undo `skip_next`.

    Raises:
        BadInputError: no edition is skipped.
        UnknownScheduleError: it was deleted meanwhile.
    """

    def change(current: Schedule, outlook: Outlook) -> tuple[Schedule, datetime]:
        if if_ahead(skipped_due(current), now) is None:
            name = current.name
            raise BadInputError(f"{name} has no skipped edition.", cure="See /schedule show for the next edition.")
        kept = replace(current, left_out=None)
        return kept, _look_after(kept, outlook, now - _TICK_MARGIN)

    return await apply_change(store, schedule, change, now, entry_of(deed, Act.UNSKIP, schedule.name))


async def delete_schedule(
    store: ScheduleStore, schedule: Schedule, *, now: datetime, deed: Deed | None = None
) -> Schedule:
    """Delete a schedule with its parts that are not on their way, and return it as it was then.

    Raises:
        UnknownScheduleError: it was deleted meanwhile.
    """
    entry = entry_of(deed, Act.DELETE, schedule.name)
    deleted = await store.delete_schedule(schedule.id, at=now, entry=entry)
    if deleted is None:
        raise UnknownScheduleError(f"The schedule “{schedule.name}” is already deleted.", cure="Nothing to do.")
    return deleted
