"""Plan the editions that are due, once each, at every tick of the clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog

from bot.clock import Clock
from bot.errors import (
    PlanOutdatedError,
    ScheduleChangedError,
    StoreUnavailableError,
    UnknownScheduleError,
    UnknownZoneError,
)
from bot.news.delivery import EditionKey
from bot.news.edition import Edition, Skipped
from bot.news.notices.notice import Notifier
from bot.news.notices.texts import clock_notice, late_notice, zone_notice
from bot.news.schedules.looking import Outlook, due_edition, next_look
from bot.news.schedules.schedule import Schedule, ScheduleState, StopReason, edition_key
from bot.store.port.digest import DigestStore
from bot.store.port.schedule import ScheduleStore
from bot.usecases.schedule.trust import ClockTrust

log = structlog.get_logger(__name__)

_TRIES: Final = 3

Plan = Callable[[Schedule, EditionKey, datetime], Awaitable[Edition | None]]
"""Plans the edition of a key with its cutoff, and returns it as stored, skipped or not; None if that key already has an
edition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReport:
    """The result of one tick.

    Attributes:
        planned: Editions that were stored, including skipped ones.
        failed: The number of schedules whose planning failed; the next tick tries again.
        waits_for_clock: True if nothing was planned because the wall clock may be wrong.
    """

    planned: tuple[Edition, ...] = ()
    failed: int = 0
    waits_for_clock: bool = False


async def run_tick(
    schedules: ScheduleStore,
    digests: DigestStore,
    plan: Plan,
    *,
    notifier: Notifier,
    clock: Clock,
    trust: ClockTrust,
) -> DueReport:
    """Plan what is due. Of several missed editions only the latest is planned: its window covers the older ones.

    If planning fails for one schedule, the others are still planned. Servers take turns: one with many schedules delays
    another's by one of its editions.

    Raises:
        StoreUnavailableError: the database is locked or full; the next tick tries again.
    """
    now = clock.now()
    if not trust.may_plan():
        if trust.is_at_odds:
            await notifier.notify(clock_notice(at=now))
        return DueReport(waits_for_clock=True)
    planned: list[Edition] = []
    failed = 0
    for schedule in in_turns(await schedules.due_schedules(now)):
        try:
            edition = await _plan_as_it_is(schedules, schedule, digests, plan, now)
        except UnknownZoneError:
            await notifier.notify(zone_notice(schedule, at=now))
            await _pause_in_unknown_zone(schedules, schedule)
        except (PlanOutdatedError, ScheduleChangedError, UnknownScheduleError) as error:
            log.info("an edition was planned in vain; the next tick looks again", schedule=schedule.id, why=str(error))
        except StoreUnavailableError:  # no other could be stored either, and each would wait as long for it
            raise
        except Exception:  # whatever is wrong with one schedule must not stop the others
            failed += 1
            log.exception("an edition could not be planned", schedule=schedule.id)
        else:
            if edition is not None:
                planned.append(edition)
                await _report(schedule, edition, notifier, now)
    return DueReport(planned=tuple(planned), failed=failed)


def in_turns(due: Sequence[Schedule]) -> list[Schedule]:
    """Let servers take turns: the first due schedule of each, then the second of each; in the order of moments."""
    places: Counter[int] = Counter()
    turns: list[tuple[int, Schedule]] = []
    for schedule in due:
        turns.append((places[schedule.guild_id], schedule))
        places[schedule.guild_id] += 1
    return [schedule for _, schedule in sorted(turns, key=lambda turn: turn[0])]


async def _plan_as_it_is(
    schedules: ScheduleStore, schedule: Schedule, digests: DigestStore, plan: Plan, now: datetime
) -> Edition | None:
    """Plan the schedule's edition; if an admin changes it meanwhile, plan once more what is due then.

    Raises:
        ScheduleChangedError: it was changed each time.
    """
    for _ in range(_TRIES - 1):
        try:
            return await _plan_and_move_on(schedules, schedule, digests, plan, now)
        except ScheduleChangedError:
            due = {each.id: each for each in await schedules.due_schedules(now)}
            if schedule.id not in due:
                return None
            schedule = due[schedule.id]
    return await _plan_and_move_on(schedules, schedule, digests, plan, now)


async def _plan_and_move_on(
    schedules: ScheduleStore, schedule: Schedule, digests: DigestStore, plan: Plan, now: datetime
) -> Edition | None:
    edition = await _plan_latest(schedule, digests, plan, now)
    # Only now: if the process ends before this, the next tick finds the schedule due and its edition planned.
    await _move_on(schedules, schedule, now)
    return edition


async def _plan_latest(schedule: Schedule, digests: DigestStore, plan: Plan, now: datetime) -> Edition | None:
    due = due_edition(schedule, await digests.edition_keys(schedule.id), now)
    return None if due is None else await plan(schedule, edition_key(due[0]), due[1])


async def _move_on(schedules: ScheduleStore, schedule: Schedule, now: datetime) -> None:
    """Wait for the schedule's next edition, unless an admin paused it or changed when it is due meanwhile."""

    def change(current: Schedule, outlook: Outlook) -> tuple[Schedule, datetime] | None:
        is_waiting = outlook.next_due_at is not None and current.is_due_like(schedule)
        return (current, next_look(current, outlook.planned, now)) if is_waiting else None

    await schedules.change_schedule(schedule.id, change)


async def _pause_in_unknown_zone(schedules: ScheduleStore, schedule: Schedule) -> None:
    """Pause the schedule, unless an admin stopped it or gave it another time zone meanwhile."""

    def change(current: Schedule, _: Outlook) -> tuple[Schedule, None] | None:
        if current.timezone != schedule.timezone or not current.may_be_stopped_for(StopReason.UNKNOWN_ZONE):
            return None
        return replace(current, state=ScheduleState.PAUSED, state_reason=StopReason.UNKNOWN_ZONE), None

    await schedules.change_schedule(schedule.id, change)


async def _report(schedule: Schedule, edition: Edition, notifier: Notifier, now: datetime) -> None:
    log.info("planned", schedule=schedule.id, edition=edition.key, stories=len(edition.picks), skipped=edition.skipped)
    if edition.skipped == Skipped.LATE:
        await notifier.notify(late_notice(schedule, edition.due_at, at=now))
