"""Clocks that are set while the bot runs, special days, downtimes: which editions are planned, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import Skipped
from bot.news.schedules.schedule import EVERY_DAY, Schedule, Weekday, due_on
from tests.simulation.periods import Planner

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_TICK: Final = timedelta(seconds=30)

STEPS: Final = (_HOUR, -_HOUR, 365 * _DAY, -365 * _DAY)
OFFSETS: Final = (
    timedelta(minutes=-30),
    timedelta(minutes=-1),
    timedelta(0),
    timedelta(minutes=1),
    timedelta(minutes=30),
)
"""When the clock is set, around the moment at which an edition is due."""

DOWNTIMES: Final = (_HOUR, 23 * _HOUR, 25 * _HOUR, 30 * _DAY)

# A change of summer time in Berlin, a leap day, and the days around the ISO week 53 of 2026: nine o'clock of each.
DAYS: Final = (
    datetime(2026, 3, 29, 7, tzinfo=UTC),
    datetime(2026, 6, 10, 7, tzinfo=UTC),
    datetime(2026, 10, 25, 8, tzinfo=UTC),
    datetime(2026, 12, 31, 8, tzinfo=UTC),
    datetime(2027, 1, 3, 8, tzinfo=UTC),
    datetime(2028, 2, 29, 8, tzinfo=UTC),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a case covers."""

    start: datetime
    end: datetime


def daily_and_weekly(day: datetime) -> list[Schedule]:
    """One schedule of each kind in Berlin, both due at nine on this day."""
    weekday = Weekday(f"{day:%A}".casefold())
    return [
        Schedule(
            id=ScheduleId(number),
            guild_id=number,
            channel_id=number,
            name="Digest",
            days=days,
            at=time(9),
            timezone="Europe/Berlin",
            saved_by=7,
            created_at=day - 10 * _DAY,
        )
        for number, days in enumerate((EVERY_DAY, (weekday,)), start=1)
    ]


def check_step(
    day: datetime,
    step: timedelta,
    offset: timedelta,
    *,
    right_again_after: timedelta,
    restarts: bool = False,
    process: type[Planner] = Planner,
) -> Iterator[str]:
    """Set the clock wrong around a due moment, and right again later; what was not as it must be.

    With `restarts` a new process meets the clock when it is wrong already, and another one when it is right again.
    """
    span = Span(start=day - 2 * _DAY, end=day + 9 * _DAY)
    planner = process(daily_and_weekly(day), span.start - 8 * _DAY)
    planner.tick_until(day - _HOUR, after=lambda: _TICK)
    planner.tick_every(_TICK, until=day + offset)
    planner.clock.wrong_by = step
    if restarts:
        planner.restart()
    planner.tick_every(_TICK, until=day + offset + right_again_after)
    planner.clock.wrong_by = timedelta(0)
    if restarts:
        planner.restart()
    planner.tick_every(_TICK, until=day + offset + right_again_after + _HOUR)
    planner.tick_until(span.end, after=lambda: _TICK)
    name = f"{day:%Y-%m-%d}, clock set by {step} at {offset} for {right_again_after}"
    for schedule in planner.schedules:
        yield from (f"{name}: {problem}" for problem in _once_each(planner, schedule, span))


def _once_each(planner: Planner, schedule: Schedule, span: Span) -> Iterator[str]:
    """Every edition that was due in the span once, none before its moment, and no other one after the span's start."""
    due = dict(_due(schedule, span))
    planned = {key: moments for (each, key), moments in planner.planned_at.items() if each is schedule}
    for key, at in due.items():
        if len(planned.get(key, ())) != 1:
            yield f"{schedule.days[0]}: {key} planned {len(planned.get(key, ()))} times"
        elif planned[key][0] < at:
            yield f"{schedule.days[0]}: {key} planned at {planned[key][0]}, before {at}"
    for key in planned.keys() - due.keys():
        if planned[key][0] >= span.start:
            yield f"{schedule.days[0]}: {key} was not due"


def _due(schedule: Schedule, span: Span) -> Iterator[tuple[EditionKey, datetime]]:
    day = span.start.date() - _DAY
    while day <= span.end.date() + _DAY:
        at = due_on(schedule, day)
        if at is not None and span.start <= at < span.end:
            yield EditionKey(day.isoformat()), at
        day += _DAY


def check_downtime(day: datetime, down: timedelta, offset: timedelta) -> Iterator[str]:
    """Be down from around a due moment on; of what fell due meanwhile only the latest is made up for."""
    span = Span(start=day - 2 * _DAY, end=day + down + 9 * _DAY)
    planner = Planner(daily_and_weekly(day), span.start - 8 * _DAY)
    died_at, back_at = day + offset, day + offset + down
    planner.tick_until(died_at, after=lambda: timedelta(0))
    planner.clock.true_at = back_at
    planner.restart()
    planner.tick()
    planner.tick_until(span.end, after=lambda: _TICK)
    for schedule in planner.schedules:
        name = f"{day:%Y-%m-%d}, down for {down} from {offset} on, {len(schedule.days)} days a week"
        yield from (f"{name}: {problem}" for problem in _made_up(planner, schedule, span, died_at, back_at))


def _made_up(planner: Planner, schedule: Schedule, span: Span, died_at: datetime, back_at: datetime) -> Iterator[str]:
    missed = [key for key, at in _due(schedule, span) if died_at <= at <= back_at]
    for key, at in _due(schedule, span):
        edition = planner.tables.editions[schedule.id].get(key)
        if key in missed[:-1]:
            if edition is not None:
                yield f"{key} was planned, though a later one was missed, too"
        elif edition is None:
            yield f"{key} was not planned"
        elif (edition.skipped == Skipped.LATE) != (back_at - at > schedule.max_lateness and key in missed):
            yield f"{key} is skipped: {edition.skipped!r}"
    late = [notice for notice in planner.noticed.notices if notice.schedule_id == schedule.id]
    skipped = [each for each in planner.tables.editions[schedule.id].values() if each.skipped == Skipped.LATE]
    if len(late) != len(skipped):
        yield f"{len(late)} notices of {len(skipped)} skipped editions"
