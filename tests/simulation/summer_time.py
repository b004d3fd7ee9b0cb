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
from tests.simulation.zones import FIRST, Change, ZoneClass, first_moment

HOURS: Final = tuple(time(hour, minute) for hour in range(5) for minute in (0, 30))
_REACH: Final = timedelta(days=8)
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
    planner.tick_until(end, after=lambda: timedelta(seconds=source.uniform(0.0, _TICK_S)))
    zone = ZoneInfo(name)
    for schedule in schedules:
        expected = dict(_periods(schedule, zone, start, end))
        planned = [EditionKey(day.isoformat()) for day in planner.dates_of(schedule)]
        if sorted(planned) != sorted(EditionKey(day.isoformat()) for day in expected):
            what = f"{name} at {change.at:%Y-%m-%d}: {schedule.days[0]} {schedule.at}"
            yield f"{what} has {planned}, not {[day.isoformat() for day in expected]}"
        for day, due_at in expected.items():
            edition = planner.tables.editions[schedule.id].get(EditionKey(day.isoformat()))
            if edition is not None and edition.skipped:
                yield f"{name}: the edition of {day} {schedule.at} was skipped: {edition.skipped}"
            if edition is not None and edition.due_at != due_at:
                yield f"{name}: the edition of {day} {schedule.at} is due at {edition.due_at}, not {due_at}"


def _periods(schedule: Schedule, zone: ZoneInfo, start: datetime, end: datetime) -> Iterable[tuple[date, datetime]]:
    """Each local date of the schedule whose moment lies between two, said without the rules under test."""
    day = start.astimezone(zone).date() - timedelta(days=1)
    while day <= end.astimezone(zone).date() + timedelta(days=1):
        if f"{day:%A}".casefold() in schedule.days and start <= (due_at := first_moment(zone, day, schedule.at)) < end:
            yield day, due_at
        day += timedelta(days=1)
