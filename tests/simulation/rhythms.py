"""A schedule of every rhythm, and the calendar of each, said with the standard library's weeks and months."""

from __future__ import annotations

from calendar import monthcalendar, monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.news.delivery import ScheduleId
from bot.news.schedules.rhythm import Every, Rhythm
from bot.news.schedules.schedule import EVERY_DAY, Schedule, Weekday

_A_MONDAY: Final = date(2026, 1, 5)
_SOME_DAYS: Final = (Weekday.MONDAY, Weekday.FRIDAY)

RHYTHMS: Final = (
    Rhythm(every=Every.SECOND_WEEK, anchor=_A_MONDAY),
    Rhythm(every=Every.FIRST_OF_MONTH),
    Rhythm(every=Every.LAST_OF_MONTH),
    Rhythm(every=Every.MONTH),
    Rhythm(every=Every.MONTH, month_day=31),
    Rhythm(every=Every.QUARTER),
)
"""At least one of each that isn't weekly."""


def schedules_in_rhythm(zone: str, created_at: datetime, at: time) -> Iterator[Schedule]:
    """One for each rhythm."""
    for number, rhythm in enumerate(RHYTHMS, start=1):
        yield Schedule(
            id=ScheduleId(number),
            guild_id=number,
            channel_id=number,
            name=f"Every {rhythm.every}",
            days=EVERY_DAY if rhythm.every in {Every.MONTH, Every.QUARTER} else _SOME_DAYS,
            rhythm=rhythm,
            at=at,
            timezone=zone,
            saved_by=7,
            created_at=created_at,
        )


def falls_on(rhythm: Rhythm, day: date) -> bool:
    """Whether a weekday of a schedule is due on a date, without the rules under test."""
    column = [week[day.weekday()] for week in monthcalendar(day.year, day.month) if week[day.weekday()]]
    if rhythm.every is Every.SECOND_WEEK:
        monday, other = (each - timedelta(days=each.weekday()) for each in (rhythm.anchor or date.min, day))
        return (other - monday).days % 14 == 0
    if rhythm.every is Every.FIRST_OF_MONTH:
        return day.day == column[0]
    if rhythm.every is Every.LAST_OF_MONTH:
        return day.day == column[-1]
    if rhythm.every is Every.WEEK:
        return True
    is_month = rhythm.every is Every.MONTH or (day.month - 1) % 3 == 0
    wanted = rhythm.month_day if rhythm.month_day <= monthrange(day.year, day.month)[1] else 0
    return is_month and (day.day == wanted or (not wanted and (day + timedelta(days=1)).day == 1))
