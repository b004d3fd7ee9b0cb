"""The checks: one function for the bot, and one for a server's schedules with everything they need."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Final

import structlog

from bot.errors import UnknownZoneError
from bot.news.article import shelves_seen_by
from bot.news.checkup.channel import PermissionCheck, ServerAccess, access_findings
from bot.news.checkup.database import Backlog, backlog_finding, database_findings
from bot.news.checkup.finding import Finding, failing, unchecked
from bot.news.checkup.health import BotHealth, ServerHealth
from bot.news.checkup.options import name_findings, option_findings, silencing_findings
from bot.news.checkup.runtime import RuntimeStatus, runtime_findings
from bot.news.checkup.schedule import LEFT, LastEdition, ScheduleHealth, schedule_findings
from bot.news.parsing.names import KnownNames
from bot.news.schedules.schedule import Schedule, ScheduleState, StopReason, next_due
from bot.store.port import Store

log = structlog.get_logger(__name__)

MEMBER_WAITS_S: Final = 2.0
"""Time limit for reading the ledger's tables while a member waits for an answer."""

_MOST_NAMES: Final = 100_000
"""Topics, and providers, that a name is compared with: more than any archive has."""


async def check_bot(
    store: Store,
    runtime: RuntimeStatus | None,
    *,
    now: datetime,
    guild_id: int | None = None,
    for_operator: bool = True,
    within_s: float = 0.0,
) -> BotHealth:
    """Check the bot. Everyone who asks about the bot's health gets their answer from here.

    Args:
        store: The database.
        runtime: The status of the running parts; None if asked from another process, which can't know it.
        now: The current moment.
        guild_id: Look for overdue editions of this server only; None for all servers.
        for_operator: As for `database_findings`.
        within_s: Time limit in seconds for looking for damage; 0 skips that, for a check that is made often.
    """
    findings = () if runtime is None else tuple(runtime_findings(runtime))
    try:
        backlog = await _read_backlog(store, now, guild_id)
        status = await store.checkup.database_status(within_s=within_s)
        if guild_id is not None:
            unreadable = {guild: text for guild, text in status.unreadable.items() if guild == guild_id}
            status = replace(status, unreadable=unreadable)
        stored = database_findings(status, now, for_operator=for_operator)
        uptime_s = math.inf if runtime is None else runtime.uptime_s
        overdue = backlog_finding(backlog, now, uptime_s=uptime_s)
        return BotHealth(findings=(*findings, overdue, *stored), backlog=backlog)
    except Exception as error:  # noqa: BLE001 - whatever the reason, the database can't be read, and that is the answer
        log.warning("the database can't be read", error=str(error))
        return BotHealth(findings=(*findings, failing("it can't be read.", "Check the log.", check="database")))


async def _read_backlog(store: Store, now: datetime, guild_id: int | None) -> Backlog:
    unplanned_due_at = await store.schedules.oldest_due(now, guild_id)
    if guild_id is not None:  # a server's unposted editions are in the findings of their schedules
        return Backlog(unplanned_due_at=unplanned_due_at)
    return Backlog(
        unplanned_due_at=unplanned_due_at,
        unposted_due_at=await store.deliveries.oldest_open_due(),
        deliveries=await store.deliveries.counts(),
        unpublished=await store.deliveries.count_unpublished(),
    )


async def check_server(
    store: Store,
    permissions: PermissionCheck,
    runtime: RuntimeStatus,
    *,
    guild_id: int,
    now: datetime,
    for_operator: bool = False,
) -> ServerHealth:
    """Check one server's schedules and their channels, and the bot itself.

    Args:
        store: The database.
        permissions: Reads the bot's permissions in channels.
        runtime: The status of the running parts.
        guild_id: The server; nothing of another server is read.
        now: The current moment.
        for_operator: As for `database_findings`.
    """
    bot = await check_bot(
        store, runtime, now=now, guild_id=guild_id, for_operator=for_operator, within_s=MEMBER_WAITS_S
    )
    schedules = await check_schedules(store, permissions, guild_id=guild_id, now=now)
    return ServerHealth(schedules=schedules, findings=bot.findings)


async def check_schedules(
    store: Store,
    permissions: PermissionCheck | None,
    *,
    guild_id: int,
    now: datetime,
    schedules: Sequence[Schedule] | None = None,
) -> tuple[ScheduleHealth, ...]:
    """Check one server's schedules, by name: their channels (unless `permissions` is None) and newest editions.

    Those of `schedules`, as they were read before; all of the server's for None.
    """
    schedules = await store.schedules.schedules(guild_id) if schedules is None else schedules
    if not schedules:
        return ()
    channels = frozenset(chain.from_iterable(map(_channels, schedules)))
    access = None if permissions is None else await permissions.check_channels(guild_id, channels)
    last = await store.checkup.last_editions(guild_id)
    known = await read_names(store, guild_id)
    return tuple(_check(schedule, access, known, last.get(schedule.id), now) for schedule in schedules)


async def check_saved(store: Store, permissions: PermissionCheck, schedule: Schedule) -> tuple[Finding, ...]:
    """Check what an admin has just saved: the channels, the role, the names in its lists, and options without effect.

    Args:
        store: The database.
        permissions: Reads the bot's permissions in channels.
        schedule: As it was saved.
    """
    access = await permissions.check_channels(schedule.guild_id, frozenset(_channels(schedule)))
    known = await read_names(store, schedule.guild_id)
    return (
        *_channel_findings(schedule, access),
        *name_findings(schedule, known),
        *option_findings(schedule),
    )


async def read_names(store: Store, guild_id: int) -> KnownNames:
    """Read the topics and providers of the articles that a server sees."""
    shelves = shelves_seen_by(guild_id)
    topics = await store.search.topics(shelves, limit=_MOST_NAMES)
    providers = await store.search.providers(shelves, limit=_MOST_NAMES)
    return KnownNames(
        topics={tally.key: tally.label for tally in topics}, providers={tally.key: tally.label for tally in providers}
    )


def _channels(schedule: Schedule) -> Sequence[int]:
    channels = (schedule.channel_id, schedule.notice_channel_id, schedule.desk_channel_id)
    return [channel_id for channel_id in channels if channel_id is not None]


def _check(
    schedule: Schedule, access: ServerAccess | None, known: KnownNames, last: LastEdition | None, now: datetime
) -> ScheduleHealth:
    try:
        next_due_at = next_due(schedule, now)[1] if schedule.state is ScheduleState.ACTIVE else None
    except UnknownZoneError:  # the next tick pauses it and notifies an admin
        next_due_at = None
    channel = () if access is None else tuple(_channel_findings(schedule, access))
    can_post = access is not None and not access.unknown and not channel
    stopped = schedule_findings(schedule, last, now, can_post=can_post)
    findings = (*channel, *silencing_findings(schedule, known), *stopped)
    return ScheduleHealth(schedule=schedule, findings=findings, last=last, next_due_at=next_due_at)


def _channel_findings(schedule: Schedule, access: ServerAccess) -> Iterator[Finding]:
    if schedule.state is ScheduleState.OFF and schedule.state_reason is StopReason.SERVER_LEFT:
        return  # `schedule_findings` reports it
    if access.is_gone:
        yield unchecked(LEFT)
    elif access.unknown:
        yield unchecked(f"Its channel and permissions were not checked: Discord did not answer ({access.unknown}).")
    else:
        yield from access_findings(schedule, access)
