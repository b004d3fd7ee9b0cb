"""Create, edit, pause, resume, skip and delete schedules."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.errors import BadInputError, NewsdeskError, UnknownScheduleError
from bot.news.delivery import ScheduleId
from bot.news.schedule import Schedule, ScheduleState, StopReason, edition_key, next_due, skipped_due
from bot.news.schedule_options import DEFAULT_DAYS, DEFAULT_TIME
from bot.store.port.schedule import ScheduleStore
from bot.usecases.schedule.changes import Problem, ScheduleChanges, apply_changes
from bot.usecases.schedule.lookup import ScheduleStatus, if_ahead, status_of

_TICK_MARGIN: Final = timedelta(seconds=60)
"""An edition that fell due this long before an edit is still planned: the tick may not have seen it yet."""


async def create_schedule(
    store: ScheduleStore,
    changes: ScheduleChanges,
    *,
    guild_id: int,
    member_id: int,
    default_timezone: str,
    now: datetime,
    schedule_id: ScheduleId | None = None,
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

    Raises:
        BadInputError: an option can't be used; it names all of them.
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
    await _save(store, schedule, problems, next_due_at=lambda: next_due(schedule, now)[1])
    return ScheduleStatus(schedule=schedule, next_due_at=next_due(schedule, now)[1])


async def edit_schedule(
    store: ScheduleStore, schedule: Schedule, changes: ScheduleChanges, *, member_id: int, now: datetime
) -> ScheduleStatus:
    """Change a schedule; one that was switched off with its channel becomes active again with another channel.

    A skipped edition stays skipped, whatever its time is now. If no edition is due on its date any more, the skip ends.

    Raises:
        BadInputError, UnknownZoneError: as `create_schedule`; nothing is changed then.
        UnknownScheduleError: the schedule was deleted meanwhile.
    """
    changed, problems = apply_changes(changes, replace(schedule, saved_by=member_id))
    if changed.state is ScheduleState.OFF and changed.channel_id != schedule.channel_id:
        changed = replace(changed, state=ScheduleState.ACTIVE, state_reason=StopReason.NONE)
    unskipped_at = None
    if not problems and schedule.left_out is not None and skipped_due(changed) is None:
        unskipped_at = if_ahead(skipped_due(replace(changed, days=schedule.days)), now)
        changed = replace(changed, left_out=None)
    await _save(store, changed, problems, next_due_at=lambda: next_due(changed, now - _TICK_MARGIN)[1])
    return replace(status_of(changed, now), unskipped_at=unskipped_at)


async def _save(
    store: ScheduleStore, schedule: Schedule, problems: list[Problem], *, next_due_at: Callable[[], datetime]
) -> None:
    namesake = await store.find_schedule_by_name(schedule.guild_id, schedule.name) if schedule.name else None
    if namesake is not None and namesake.id != schedule.id:
        taken = BadInputError(f"This server already has a schedule “{namesake.name}”.", cure="Choose another name.")
        problems.append(("Name", taken))
    if problems:
        raise _together(problems)
    await store.save_schedule(schedule, next_due_at=next_due_at())


def _together(problems: list[Problem]) -> NewsdeskError:
    """Combine several problems into one error that names each option; a single one stays as it is."""
    if len(problems) == 1:
        return problems[0][1]
    said = " ".join(f"{label}: {error.message}" for label, error in problems)
    cures = dict.fromkeys(error.cure for _, error in problems if error.cure)
    return BadInputError(said, cure=" ".join(cures))


async def pause_schedule(store: ScheduleStore, schedule: Schedule) -> ScheduleStatus:
    """Pause a schedule until a member resumes it."""
    await store.set_state((schedule.id,), ScheduleState.PAUSED, StopReason.NONE)
    return ScheduleStatus(
        schedule=replace(schedule, state=ScheduleState.PAUSED, state_reason=StopReason.NONE), next_due_at=None
    )


async def resume_schedule(store: ScheduleStore, schedule: Schedule, *, now: datetime) -> ScheduleStatus:
    """Resume a schedule from its next edition on, which includes what an edition during the pause would have had.

    Raises:
        UnknownZoneError: its time zone is no longer known.
    """
    resumed = replace(schedule, state=ScheduleState.ACTIVE, state_reason=StopReason.NONE)
    # First the moment, then the state: no tick may find the schedule active and still due in the past.
    await store.set_next_due(schedule.id, next_due(resumed, now)[1])
    await store.set_state((schedule.id,), ScheduleState.ACTIVE, StopReason.NONE)
    return status_of(resumed, now)


async def skip_next(store: ScheduleStore, schedule: Schedule, *, now: datetime) -> tuple[datetime, datetime]:
    """Skip the next edition; its stories roll over to the following one. Calling it twice skips the same edition.

    Returns:
        When the skipped edition would be due, and when the following one is.
    """
    skipped_at = if_ahead(skipped_due(schedule), now)
    if skipped_at is None:
        local_date, skipped_at = next_due(replace(schedule, left_out=None), now)
        schedule = replace(schedule, left_out=edition_key(local_date))
    following_at = next_due(schedule, now)[1]
    await store.save_schedule(schedule, next_due_at=following_at)
    return skipped_at, following_at


async def unskip_next(store: ScheduleStore, schedule: Schedule, *, now: datetime) -> ScheduleStatus:
    """Undo `skip_next`.

    Raises:
        BadInputError: no edition is skipped.
    """
    if if_ahead(skipped_due(schedule), now) is None:
        raise BadInputError(f"{schedule.name} has no skipped edition.", cure="See /schedule show for the next edition.")
    kept = replace(schedule, left_out=None)
    await store.save_schedule(kept, next_due_at=next_due(kept, now)[1])
    return status_of(kept, now)


async def delete_schedule(store: ScheduleStore, schedule: Schedule, *, now: datetime) -> None:
    """Delete a schedule with its parts that are not on their way.

    Raises:
        UnknownScheduleError: it was deleted meanwhile.
    """
    if not await store.delete_schedule(schedule.id, at=now):
        raise UnknownScheduleError(f"The schedule “{schedule.name}” is already deleted.", cure="Nothing to do.")
