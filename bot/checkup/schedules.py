"""Looking at everything that a server's schedules rest on, and saying what is to be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Final

from bot.errors import StoreError, UnknownZoneError
from bot.news.checkup.channel import Survey, Surveyor, place_findings
from bot.news.checkup.condition import (
    LEFT,
    Checkup,
    LastEdition,
    ScheduleCheckup,
    Vitals,
    clock_finding,
    gateway_finding,
    lag_finding,
    schedule_findings,
    sending_finding,
    store_findings,
)
from bot.news.checkup.finding import Finding, trouble
from bot.news.schedule import Schedule, ScheduleState, StopReason, next_due
from bot.store.port import Store

WITHIN_S: Final = 2.0
"""How long the ledger's tables are read for a member who waits."""


async def check_server(store: Store, surveyor: Surveyor, vitals: Vitals, *, guild_id: int, now: datetime) -> Checkup:
    """Look at one server's schedules, their channels, and the bot itself.

    Args:
        store: Where the schedules are.
        surveyor: Looks at the channels.
        vitals: What the running parts say.
        guild_id: The server; nothing of another one is looked at.
        now: The moment.
    """
    oldest_due_at = await store.schedules.oldest_due(now, guild_id)
    return Checkup(
        schedules=await check_schedules(store, surveyor, guild_id=guild_id, now=now),
        findings=(
            clock_finding(vitals),
            lag_finding(oldest_due_at, now),
            *await check_store(store, now=now),
            gateway_finding(vitals),
            sending_finding(vitals),
        ),
    )


async def check_schedules(
    store: Store, surveyor: Surveyor | None, *, guild_id: int, now: datetime
) -> tuple[ScheduleCheckup, ...]:
    """One server's schedules by name: their channels (not for None), their last editions and their next."""
    schedules = await store.schedules.schedules(guild_id)
    if not schedules:
        return ()
    channels = frozenset(chain.from_iterable(map(_channels, schedules)))
    survey = None if surveyor is None else await surveyor.survey(guild_id, channels)
    last = await store.checkup.last_editions(guild_id)
    return tuple(_check(schedule, survey, last.get(schedule.id), now) for schedule in schedules)


def _channels(schedule: Schedule) -> Sequence[int]:
    channels = (schedule.channel_id, schedule.notice_channel_id)
    return [channel_id for channel_id in channels if channel_id is not None]


def _check(schedule: Schedule, survey: Survey | None, last: LastEdition | None, now: datetime) -> ScheduleCheckup:
    try:
        next_due_at = next_due(schedule, now)[1] if schedule.state is ScheduleState.ACTIVE else None
    except UnknownZoneError:  # the next tick pauses it, and says so
        next_due_at = None
    places = () if survey is None else tuple(_places(schedule, survey))
    findings = (*places, *schedule_findings(schedule, last, now))
    return ScheduleCheckup(schedule=schedule, findings=findings, last=last, next_due_at=next_due_at)


def _places(schedule: Schedule, survey: Survey) -> Iterator[Finding]:
    if schedule.state is ScheduleState.OFF and schedule.state_reason is StopReason.SERVER_LEFT:
        return  # said already
    if survey.is_gone:
        yield Finding(is_well=None, text=LEFT)
    elif survey.unknown:
        text = f"Its channel and permissions were not looked at: Discord did not answer ({survey.unknown})."
        yield Finding(is_well=None, text=text)
    else:
        yield from place_findings(schedule, survey)


async def check_store(store: Store, *, now: datetime, within_s: float = WITHIN_S) -> tuple[Finding, ...]:
    """The database and its disk; the ledger's tables are read for `within_s` seconds at most."""
    try:
        return tuple(store_findings(await store.checkup.condition(within_s=within_s), now))
    except StoreError:
        return (trouble("it can't be read.", "Whoever runs the bot finds the reason in its log.", what="database"),)
