"""Making, changing, stopping and showing standing orders."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from difflib import get_close_matches
from typing import Final

from bot.errors import BadInputError, NewsdeskError, UnknownScheduleError, UnknownZoneError
from bot.news.delivery import ScheduleId
from bot.news.schedule import Schedule, ScheduleState, Weekday, edition_key, left_out_at, next_due
from bot.store.port.schedule import ScheduleStore
from bot.text.clean import clean
from bot.text.words import fold
from bot.usecases.schedule.order import Order, apply_order

DEFAULT_TIME: Final = time(9, 0)

_JUST_NOW: Final = timedelta(seconds=60)
"""What fell due while an admin was changing the schedule, and before the next tick, is planned still."""

_Problems = list[tuple[str, NewsdeskError]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A schedule and when its next edition is due.

    Attributes:
        next_due_at: None while it is paused or off.
        left_out_at: When the edition would be due that is left out; None where none is, or that is past.
        taken_back_at: As well, of one that is not left out any more, for an edit left no edition on its date.
    """

    schedule: Schedule
    next_due_at: datetime | None
    left_out_at: datetime | None = None
    taken_back_at: datetime | None = None


async def create_schedule(
    store: ScheduleStore,
    order: Order,
    *,
    guild_id: int,
    member_id: int,
    default_timezone: str,
    now: datetime,
    schedule_id: ScheduleId | None = None,
) -> Standing:
    """Make a schedule: weekly on Mondays at nine where the order says nothing else.

    Args:
        store: Where it is kept.
        order: What was asked for; a name and a channel at least.
        guild_id: The server.
        member_id: Who makes it; they get its notices where it has no notice channel.
        default_timezone: The zone where the order names none.
        now: Editions that were due before are not made.
        schedule_id: Its id; None for a random one.

    Raises:
        BadInputError: something in the order can't be used; all of it is named.
        UnknownZoneError: only the zone can't be used.
    """
    blank = Schedule(
        id=schedule_id or ScheduleId(secrets.randbits(63) | 1),
        guild_id=guild_id,
        channel_id=0,
        name="",
        days=(Weekday.MONDAY,),
        at=DEFAULT_TIME,
        timezone=default_timezone,
        saved_by=member_id,
        created_at=now,
    )
    schedule, problems = apply_order(order, blank)
    if order.name is None:
        problems.append(("name", BadInputError("A schedule needs a name.", cure="Give it one, such as Weekly.")))
    if order.channel_id is None:
        problems.append(("channel", BadInputError("No channel is named.", cure="Choose where it is posted.")))
    await _save(store, schedule, problems, next_due_at=lambda: next_due(schedule, now)[1])
    return Standing(schedule=schedule, next_due_at=next_due(schedule, now)[1])


async def edit_schedule(
    store: ScheduleStore, schedule: Schedule, order: Order, *, member_id: int, now: datetime
) -> Standing:
    """Change a schedule; one that was switched off with its channel is active again when it gets another channel.

    An edition that was to be left out still is, whatever its time is now; where the schedule has none on that date any
    more, that is taken back.

    Raises:
        BadInputError, UnknownZoneError: as `create_schedule`; nothing is changed then.
        UnknownScheduleError: it was deleted meanwhile.
    """
    changed, problems = apply_order(order, replace(schedule, saved_by=member_id))
    if changed.state is ScheduleState.OFF and changed.channel_id != schedule.channel_id:
        changed = replace(changed, state=ScheduleState.ACTIVE, state_reason="")
    taken_back_at = None
    if not problems and schedule.left_out is not None and left_out_at(changed) is None:
        taken_back_at = _if_ahead(left_out_at(replace(changed, days=schedule.days)), now)
        changed = replace(changed, left_out=None)
    await _save(store, changed, problems, next_due_at=lambda: next_due(changed, now - _JUST_NOW)[1])
    return replace(_standing(changed, now), taken_back_at=taken_back_at)


async def _save(
    store: ScheduleStore, schedule: Schedule, problems: _Problems, *, next_due_at: Callable[[], datetime]
) -> None:
    namesake = await store.find_schedule_by_name(schedule.guild_id, schedule.name) if schedule.name else None
    if namesake is not None and namesake.id != schedule.id:
        taken = BadInputError(f"This server has a schedule “{namesake.name}” already.", cure="Choose another name.")
        problems.append(("name", taken))
    if problems:
        raise _together(problems)
    await store.save_schedule(schedule, next_due_at=next_due_at())


def _together(problems: _Problems) -> NewsdeskError:
    """One problem as it is; several as one error that names each option."""
    if len(problems) == 1:
        return problems[0][1]
    said = " ".join(f"{option.capitalize()}: {error.message}" for option, error in problems)
    cures = dict.fromkeys(error.cure for _, error in problems if error.cure)
    return BadInputError(said, cure=" ".join(cures))


async def get_schedule(store: ScheduleStore, guild_id: int, name: str) -> Schedule:
    """A server's schedule by its name (case and marks don't matter) or its id.

    Raises:
        UnknownScheduleError: there is none; its cure has the nearest names.
    """
    found = await store.find_schedule_by_name(guild_id, clean(name)) or await _find_by_id(store, guild_id, name)
    if found is not None:
        return found
    names = {fold(schedule.name): schedule.name for schedule in await store.schedules(guild_id)}
    near = [names[match] for match in get_close_matches(fold(clean(name)), names, n=3)] or list(names.values())[:10]
    cure = f"There is {', '.join(near)}." if near else "Make one with /schedule create."
    raise UnknownScheduleError(f"There is no schedule “{clean(name)[:60]}” here.", cure=cure)


async def _find_by_id(store: ScheduleStore, guild_id: int, typed: str) -> Schedule | None:
    text = typed.strip()
    if not (text.isascii() and text.isdecimal()) or int(text) >= 1 << 63:
        return None
    found = await store.find_schedule(ScheduleId(int(text)))
    return found if found is not None and found.guild_id == guild_id else None


async def list_schedules(store: ScheduleStore, guild_id: int, *, now: datetime) -> tuple[Standing, ...]:
    """A server's schedules by name, each with its next edition."""
    return tuple(_standing(schedule, now) for schedule in await store.schedules(guild_id))


async def show_schedule(store: ScheduleStore, guild_id: int, name: str, *, now: datetime) -> Standing:
    """One schedule and its next edition.

    Raises:
        UnknownScheduleError: as `get_schedule`.
    """
    return _standing(await get_schedule(store, guild_id, name), now)


async def pause_schedule(store: ScheduleStore, schedule: Schedule) -> Standing:
    """Post nothing until somebody resumes it."""
    await store.set_state((schedule.id,), ScheduleState.PAUSED, "")
    return Standing(schedule=replace(schedule, state=ScheduleState.PAUSED, state_reason=""), next_due_at=None)


async def resume_schedule(store: ScheduleStore, schedule: Schedule, *, now: datetime) -> Standing:
    """Post again, from the next edition on: what fell due meanwhile comes with it and is not posted late.

    Raises:
        UnknownZoneError: its zone is not known any more.
    """
    resumed = replace(schedule, state=ScheduleState.ACTIVE, state_reason="")
    # First the moment, then the state: no tick may meet the schedule active and still due in the past.
    await store.set_next_due(schedule.id, next_due(resumed, now)[1])
    await store.set_state((schedule.id,), ScheduleState.ACTIVE, "")
    return _standing(resumed, now)


async def skip_next(store: ScheduleStore, schedule: Schedule, *, now: datetime) -> tuple[datetime, datetime]:
    """Leave the next edition out; its stories come with the one after. The moments of both.

    Asking twice leaves out the same one.
    """
    skipped_at = _if_ahead(left_out_at(schedule), now)
    if skipped_at is None:
        local_date, skipped_at = next_due(replace(schedule, left_out=None), now)
        schedule = replace(schedule, left_out=edition_key(local_date))
    following_at = next_due(schedule, now)[1]
    await store.save_schedule(schedule, next_due_at=following_at)
    return skipped_at, following_at


async def keep_next(store: ScheduleStore, schedule: Schedule, *, now: datetime) -> Standing:
    """Take back that an edition is left out.

    Raises:
        BadInputError: none is.
    """
    if _if_ahead(left_out_at(schedule), now) is None:
        raise BadInputError(f"{schedule.name} leaves no edition out.", cure="See /schedule show for what comes next.")
    kept = replace(schedule, left_out=None)
    await store.save_schedule(kept, next_due_at=next_due(kept, now)[1])
    return _standing(kept, now)


async def delete_schedule(store: ScheduleStore, schedule: Schedule, *, now: datetime) -> None:
    """Delete it, with its parts that were not begun.

    Raises:
        UnknownScheduleError: it was deleted meanwhile.
    """
    if not await store.delete_schedule(schedule.id, at=now):
        raise UnknownScheduleError(
            f"There is no schedule “{schedule.name}” here any more.", cure="Nothing is left to do."
        )


def upcoming(schedule: Schedule, now: datetime, *, count: int = 3) -> tuple[datetime, ...]:
    """When the next editions are due, whether the schedule is active or not.

    Raises:
        UnknownZoneError: its zone is not known any more.
    """
    moments: list[datetime] = []
    for _ in range(count):
        moments.append(next_due(schedule, moments[-1] if moments else now)[1])
    return tuple(moments)


def _standing(schedule: Schedule, now: datetime) -> Standing:
    try:
        next_due_at = next_due(schedule, now)[1] if schedule.state is ScheduleState.ACTIVE else None
        skipped_at = _if_ahead(left_out_at(schedule), now)
    except UnknownZoneError:  # the tick will pause it and say so; a list must be readable until then
        next_due_at = skipped_at = None
    return Standing(schedule=schedule, next_due_at=next_due_at, left_out_at=skipped_at)


def _if_ahead(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at > now else None
