"""Note the servers that the bot has left or come back to, and what that means for their schedules."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.errors import UnknownZoneError
from bot.news.notices.notice import Notifier
from bot.news.notices.texts import rejoined_notice
from bot.news.schedules.looking import Outlook
from bot.news.schedules.schedule import Schedule, ScheduleState, StopReason
from bot.news.servers.log import Act, Deed, entry_of
from bot.store.port.schedule import ScheduleStore
from bot.usecases.schedule.lifecycle import resumed

_STOPPED: Final = frozenset({StopReason.SERVER_LEFT, StopReason.REJOINED})


async def note_servers(
    store: ScheduleStore,
    here: Collection[int],
    has_left: Callable[[int], Awaitable[bool]],
    *,
    notifier: Notifier,
    now: datetime,
) -> None:
    """Bring the schedules up to date with the servers that the bot is in.

    The schedules of a server that was left are switched off, and all that is kept of it will be purged. If the bot is
    invited again, they are paused for that reason, and a notice offers to resume them.

    Args:
        store: The schedules.
        here: The servers that the bot is in.
        has_left: Asks Discord about a server that is not among them: the list may be incomplete.
        notifier: Receives the notices.
        now: The current moment.

    Raises:
        Exception: what `has_left` raised, after the other servers were noted.
    """
    left = await store.left_guilds()
    schedules = await store.schedules()
    off = {each.guild_id for each in schedules if each.state_reason is StopReason.SERVER_LEFT}
    for guild_id in sorted((left | off) & set(here)):
        await _come_back(store, guild_id, notifier, now)
    doubts: list[Exception] = []
    for guild_id in sorted(await store.kept_guilds() - set(here) - left):
        try:
            if await has_left(guild_id):
                await store.guild_left(guild_id, at=now)
        except Exception as error:  # noqa: BLE001 - one server that Discord doesn't answer about must not keep the others
            doubts.append(error)
    if doubts:
        raise doubts[0]


async def _come_back(store: ScheduleStore, guild_id: int, notifier: Notifier, now: datetime) -> None:
    """Keep a server's data, pause its schedules, and offer to resume them.

    The record of the departure is dropped last: if the process ends before that, all of this is done again.
    """
    waiting = [each for each in await store.schedules(guild_id) if each.state_reason in _STOPPED]
    for schedule in waiting:
        await store.change_schedule(schedule.id, _paused)
    if waiting:
        await notifier.notify(rejoined_notice(waiting, at=now))
    await store.guild_joined(guild_id)


def _paused(schedule: Schedule, _: Outlook) -> tuple[Schedule, None] | None:
    if schedule.state_reason not in _STOPPED:
        return None
    return replace(schedule, state=ScheduleState.PAUSED, state_reason=StopReason.REJOINED), None


async def resume_rejoined(
    store: ScheduleStore, guild_id: int, *, now: datetime, deed: Deed | None = None
) -> Sequence[Schedule]:
    """Resume the schedules of a server that were stopped while the bot was out of it, and return them by name.

    One whose time zone is no longer known stays paused, for that reason. One that somebody else resumes or deletes at
    the same time is not among them.
    """
    waiting = [each for each in await store.schedules(guild_id) if each.state_reason is StopReason.REJOINED]
    found = [await _resume(store, schedule, now, deed) for schedule in waiting]
    return [schedule for schedule in found if schedule is not None]


async def _resume(store: ScheduleStore, schedule: Schedule, now: datetime, deed: Deed | None) -> Schedule | None:
    is_waiting = False

    def change(current: Schedule, _: Outlook) -> tuple[Schedule, datetime | None] | None:
        nonlocal is_waiting
        is_waiting = current.state_reason is StopReason.REJOINED
        if not is_waiting:
            return None
        try:
            return resumed(current, now)
        except UnknownZoneError:
            return replace(current, state_reason=StopReason.UNKNOWN_ZONE), None

    entry = entry_of(deed, Act.RESUME, schedule.name)
    changed = await store.change_schedule(schedule.id, change, entry=entry)
    return changed if is_waiting else None
