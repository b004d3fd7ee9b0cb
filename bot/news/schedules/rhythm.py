"""Which dates of a calendar a schedule repeats on, beside its weekdays: every week, every second week, once a month."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

_DAYS_OF_WEEK: Final = 7
_QUARTERS: Final = frozenset({1, 4, 7, 10})


class Every(StrEnum):
    """How often a schedule's days come.

    FIRST_OF_MONTH and LAST_OF_MONTH are the first and last week of a month: its first seven days, its last seven days.
    """

    WEEK = "week"
    SECOND_WEEK = "second week"
    FIRST_OF_MONTH = "first of month"
    LAST_OF_MONTH = "last of month"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How a schedule's weekdays repeat.

    Attributes:
        every: How often.
        month_day: For MONTH and QUARTER: the day of the month, 1 to 31, or its last day if it is shorter. A schedule
            with one of them has all weekdays.
        anchor: For SECOND_WEEK: a date in one of its weeks (Monday to Sunday), which fixes the others for all time, so
            that no edit, skip or restart moves them. None means those of 1 January of year 1.
    """

    every: Every = Every.WEEK
    month_day: int = 1
    anchor: date | None = None

    def has(self, local_date: date) -> bool:
        """True if a weekday of the schedule is due on this date."""
        match self.every:
            case Every.WEEK:
                return True
            case Every.SECOND_WEEK:
                return (_week(local_date) - _week(self.anchor or date.min)) % 2 == 0
            case Every.FIRST_OF_MONTH:
                return local_date.day <= _DAYS_OF_WEEK
            case Every.LAST_OF_MONTH:
                return local_date.day > _length(local_date) - _DAYS_OF_WEEK
            case Every.QUARTER if local_date.month not in _QUARTERS:
                return False
            case _:
                return local_date.day == min(self.month_day, _length(local_date))

    def longest_after(self, days: int) -> timedelta:
        """Compute the longest interval between two editions.

        Args:
            days: The longest interval between two weekdays of the schedule, in a week and the next one.
        """
        return timedelta(days=_LONGEST.get(self.every, days + (self.every is Every.SECOND_WEEK) * _DAYS_OF_WEEK))


WEEKLY: Final = Rhythm()

_LONGEST: Final = {Every.FIRST_OF_MONTH: 35, Every.LAST_OF_MONTH: 35, Every.MONTH: 31, Every.QUARTER: 92}
"""In days. The first Monday of a month comes 28 or 35 days after the one before."""

LONGEST_GAP: Final = timedelta(days=max(_LONGEST.values()))
"""Between two editions of any schedule."""


def _week(local_date: date) -> int:
    """The number of its week since year 1, which began on a Monday."""
    return (local_date.toordinal() - 1) // _DAYS_OF_WEEK


def _length(local_date: date) -> int:
    return monthrange(local_date.year, local_date.month)[1]
