"""Every zone through every change of its offset: exactly one edition a period, at the right moment."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.news.delivery import EditionKey, ScheduleId
from bot.news.schedules.schedule import EVERY_DAY, Schedule
from tests.simulation.periods import Planner
from tests.simulation.rhythms import falls_on, schedules_in_rhythm
from tests.simulation.zones import FIRST, Change, ZoneClass, first_moment

HOURS: Final = tuple(time(hour, minute) for hour in range(5) for minute in (0, 30))
_REACH: Final = timedelta(days=8)
_YEAR: Final = timedelta(days=400)
_IN_A_GAP: Final = time(2, 30)
"""When many zones change their clocks."""
_TICK_S: Final = 30.0


def weekly_schedules(zone: str, created_at: datetime, hours: Sequence[time] = HOURS) -> list[Schedule]:
    """One for each weekday and each of the hours, all in which clocks are changed where none are named."""
    wanted = [(day, at) for day in EVERY_DAY for at in hours]
    return [
        Schedule(
            id=ScheduleId(number),
            guild_id=number,
            channel_id=number,
            name="Weekly",
            days=(day,),
            at=at,
            timezone=zone,
            saved_by=7,
            created_at=created_at,
        )
        for number, (day, at) in enumerate(wanted, start=1)
    ]


def check_zone(zone: ZoneClass, source: random.Random) -> Iterator[str]:
    """Tick through each of the zone's changes, or a fortnight where it has none; what was not as it must be."""
    for change in zone.changes or (Change(at=FIRST + _REACH, before=zone.offset, after=zone.offset),):
        yield from check_change(zone.names[0], change, source)
    yield from check_rhythms(zone.names[0], source)


def check_change(
    name: str,
    change: Change,
    source: random.Random,
    *,
    process: type[Planner] = Planner,
    hours: Sequence[time] = HOURS,
) -> Iterator[str]:
    """Tick from eight days before a change to eight days after it."""
    start, end = change.at - _REACH, change.at + _REACH
    schedules = weekly_schedules(name, start - timedelta(seconds=1), hours)
    planner = process(schedules, start)
    yield from _check(planner, start, end, f"{name} at {change.at:%Y-%m-%d}", source)


def check_rhythms(name: str, source: random.Random, *, process: type[Planner] = Planner) -> Iterator[str]:
    """Tick through more than a year of every rhythm: every second week, weekdays of a month, days of a month."""
    schedules = tuple(schedules_in_rhythm(name, FIRST - timedelta(seconds=1), _IN_A_GAP))
    yield from _check(process(schedules, FIRST), FIRST, FIRST + _YEAR, name, source)


def _check(planner: Planner, start: datetime, end: datetime, where: str, source: random.Random) -> Iterator[str]:
    planner.tick_until(end, after=lambda: timedelta(seconds=source.uniform(0.0, _TICK_S)))
    for schedule in planner.schedules:
        expected = dict(_periods(schedule, ZoneInfo(schedule.timezone), start, end))
        planned = [EditionKey(day.isoformat()) for day in planner.dates_of(schedule)]
        what = f"{where}: every {schedule.rhythm.every}, {schedule.days[0]} {schedule.at}"
        if sorted(planned) != sorted(EditionKey(day.isoformat()) for day in expected):
            yield f"{what} has {planned}, not {[day.isoformat() for day in expected]}"
        for day, due_at in expected.items():
            edition = planner.tables.editions[schedule.id].get(EditionKey(day.isoformat()))
            if edition is not None and edition.skipped:
                yield f"{what}: the edition of {day} was skipped: {edition.skipped}"
            if edition is not None and edition.due_at != due_at:
                yield f"{what}: the edition of {day} is due at {edition.due_at}, not {due_at}"


def _periods(schedule: Schedule, zone: ZoneInfo, start: datetime, end: datetime) -> Iterable[tuple[date, datetime]]:
    """Each local date of the schedule whose moment lies between two, said without the rules under test."""
    day = start.astimezone(zone).date() - timedelta(days=1)
    while day <= end.astimezone(zone).date() + timedelta(days=1):
        is_due = f"{day:%A}".casefold() in schedule.days and falls_on(schedule.rhythm, day)
        if is_due and start <= (due_at := first_moment(zone, day, schedule.at)) < end:
            yield day, due_at
        day += timedelta(days=1)
