"""Format the days of a schedule in words: "Every second Monday", "The last Friday of every month"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.news.schedules.rhythm import Every, Rhythm
from bot.news.schedules.schedule import EVERY_DAY, Schedule

_LAST_DAY: Final = 31
_SHORTEST_MONTH: Final = 28
_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}


def days_in_words(schedule: Schedule) -> str:
    """Format when a schedule is due, without its time, as the beginning of a sentence."""
    days = "day" if schedule.days == EVERY_DAY else listed([day.value.capitalize() for day in schedule.days])
    match schedule.rhythm.every:
        case Every.WEEK:
            return f"Every {days}"
        case Every.SECOND_WEEK:
            return f"Every second week on {days}" if len(schedule.days) > 1 else f"Every second {days}"
        case Every.FIRST_OF_MONTH:
            return f"The first {days} of every month"
        case Every.LAST_OF_MONTH:
            return f"The last {days} of every month"
        case Every.MONTH:
            return f"{_day_of_month(schedule.rhythm)} of every month"
        case _:
            return f"{_day_of_month(schedule.rhythm)} of January, April, July and October"


def _day_of_month(rhythm: Rhythm) -> str:
    day = rhythm.month_day
    if day == _LAST_DAY:
        return "The last day"
    shorter = ", or the last day," if day > _SHORTEST_MONTH else ""
    return f"The {day}{_ENDINGS.get(day, 'th')}{shorter}"


def listed(words: Sequence[str]) -> str:
    """Join words: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
