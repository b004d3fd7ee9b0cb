"""Set a schedule up by its form: sent once, twice, or by two admins at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from weakref import WeakValueDictionary

from bot.errors import BadInputError, UnknownScheduleError
from bot.news.delivery import ScheduleId
from bot.news.message.form import Submission
from bot.news.parsing.names import KnownNames
from bot.news.schedules.options import DEFAULT_DAYS, DEFAULT_TIME
from bot.news.schedules.schedule import NOBODY, Schedule
from bot.news.schedules.setup import CHANNEL, DAYS, changed_options, free_name, submitted_options
from bot.news.servers.log import Deed
from bot.store.port.schedule import ScheduleStore
from bot.usecases.schedule.changes import ScheduleChanges
from bot.usecases.schedule.lifecycle import create_schedule
from bot.usecases.schedule.lookup import ScheduleStatus, current_status

_TRIES: Final = 3
"""A name can be taken by a command between its choice and its use."""

_setting_up: Final[WeakValueDictionary[int, asyncio.Lock]] = WeakValueDictionary()
"""By server: of two forms that are sent at the same moment, the second sees what the first did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """What a sent form did.

    Attributes:
        is_new: The schedule was created by it.
        is_another: Nothing was done: another admin has set this schedule up in the channel while it was filled in.
        changes: What the form of a schedule that exists would change; nothing is done yet. None if that is nothing.
    """

    status: ScheduleStatus
    is_new: bool = False
    is_another: bool = False
    changes: ScheduleChanges | None = None


async def propose_schedule(
    store: ScheduleStore, guild_id: int, channel_id: int, *, form_id: int, default_timezone: str, now: datetime
) -> Schedule:
    """Propose a server's next schedule: weekly, on Monday at nine, in the zone of its latest one.

    Args:
        store: The schedules.
        guild_id: The server.
        channel_id: The channel to begin with.
        form_id: The schedule's id if it is created: one form creates one.
        default_timezone: The time zone of a server without schedules.
        now: The current moment.
    """
    others = await store.schedules(guild_id)
    return Schedule(
        id=ScheduleId(form_id),
        guild_id=guild_id,
        channel_id=channel_id,
        name=free_name(DEFAULT_DAYS, [each.name for each in others]),
        days=DEFAULT_DAYS,
        at=DEFAULT_TIME,
        timezone=zone_of_latest(others) or default_timezone,
        saved_by=NOBODY,
        created_at=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForm:
    """A form that was sent.

    Attributes:
        schedule_id: The schedule that it creates or changes.
        opened_at: When a form for a new schedule was opened; None for one that changes a schedule.
        guild_id: The server that it was sent in.
        deed: The member who sent it, and when, for the log.
        known: The names in the archive that the server sees.
        default_timezone: The time zone of a server without schedules.
    """

    submission: Submission
    schedule_id: ScheduleId
    opened_at: datetime | None
    guild_id: int
    deed: Deed
    known: KnownNames
    default_timezone: str


async def set_up(store: ScheduleStore, sent: SentForm, *, now: datetime) -> SetUp:
    """Create the schedule of a form, or find out what to change where it exists: a form sent twice creates one.

    Raises:
        UnknownScheduleError: the schedule was deleted, or belongs to another server.
        BadInputError, UnknownZoneError, TooManyError: as `create_schedule`.
    """
    async with _setting_up.setdefault(sent.guild_id, asyncio.Lock()):
        found = await store.find_schedule(sent.schedule_id)
        if found is not None and found.guild_id == sent.guild_id:
            return await _compare(store, found, sent, now)
        if found is not None or sent.opened_at is None:
            raise UnknownScheduleError("That schedule was deleted.", cure="Use /setup to create another one.")
        channel_id = submitted_options(sent.submission).get(CHANNEL)
        for other in await store.schedules(sent.guild_id):
            if other.channel_id == channel_id and other.created_at >= sent.opened_at:
                return SetUp(status=await current_status(store, other, now=now), is_another=True)
        return await _create(store, sent, now)


async def _create(store: ScheduleStore, sent: SentForm, now: datetime) -> SetUp:
    others = await store.schedules(sent.guild_id)
    for tries_left in reversed(range(_TRIES)):
        changes = ScheduleChanges(
            name=free_name(sent.submission.values.get(DAYS, ()), [each.name for each in others]),
            options=submitted_options(sent.submission),
            known=sent.known,
        )
        try:
            status = await create_schedule(
                store,
                changes,
                guild_id=sent.guild_id,
                member_id=sent.deed.member_id,
                default_timezone=zone_of_latest(others) or sent.default_timezone,
                now=now,
                schedule_id=sent.schedule_id,
                deed=sent.deed,
            )
        except BadInputError:
            others = await store.schedules(sent.guild_id)
            if not tries_left or changes.name not in {each.name for each in others}:
                raise
        else:
            return SetUp(status=status, is_new=True)
    raise AssertionError("the last try returns or raises")


async def _compare(store: ScheduleStore, schedule: Schedule, sent: SentForm, now: datetime) -> SetUp:
    options, clear = changed_options(sent.submission, schedule)
    changes = ScheduleChanges(options=options, clear=clear, known=sent.known)
    status = await current_status(store, schedule, now=now)
    return SetUp(status=status, changes=None if changes.is_empty else changes)


def zone_of_latest(schedules: Sequence[Schedule]) -> str:
    """Return the time zone of the schedule that was created last; empty if there is none."""
    latest = max(schedules, key=lambda each: each.created_at, default=None)
    return "" if latest is None else latest.timezone
