"""Parse the days of a schedule: weekdays of every week or every second one, of a month, or a day of a month."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from bot.errors import BadInputError
from bot.news.parsing.times import parse_days
from bot.news.schedules.rhythm import WEEKLY, Every, Rhythm
from bot.news.schedules.schedule import EVERY_DAY, Weekday

_LONGEST_INPUT: Final = 200
_LAST_DAY: Final = 31
_OF_MONTH: Final = r"(?: of (?:the|every|each) month)?"
_SECOND_WEEK: Final = re.compile(
    r"(?:every (?:(?:second|other|2nd)(?: week)?|(?:two|2) weeks)|fortnightly)(?: on)? (?P<days>.+?)"
    r"(?: from (?P<anchor>[0-9]{4}-[0-9]{2}-[0-9]{2}))?"
)
_OF_A_MONTH: Final = re.compile(rf"(?:the |every )?(?P<which>first|1st|last) (?P<days>.+?){_OF_MONTH}")
_DAY_OF_MONTH: Final = re.compile(
    rf"(?:(?P<every>monthly|quarterly)(?: on)?(?: the)?(?: day)?|the|day)"
    rf" (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?{_OF_MONTH}"
    rf"|(?P<ordinal>[0-9]{{1,2}})(?:st|nd|rd|th){_OF_MONTH}"
)
_NAMED: Final = {
    "monthly": Rhythm(every=Every.MONTH),
    "every month": Rhythm(every=Every.MONTH),
    "quarterly": Rhythm(every=Every.QUARTER),
    "every quarter": Rhythm(every=Every.QUARTER),
    "first day": Rhythm(every=Every.MONTH),
    "last day": Rhythm(every=Every.MONTH, month_day=_LAST_DAY),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """The days of a schedule, and how they repeat."""

    days: tuple[Weekday, ...]
    rhythm: Rhythm = WEEKLY


def parse_recurrence(typed: str) -> Recurrence:
    """Parse when a schedule is due: weekdays as `parse_days` does, alone or after a word for how they repeat.

    `every second monday`, `every second monday from 2026-01-05` (any date of such a week), `first monday`,
    `last friday of the month`, `monthly`, `monthly 15`, `last day`, `quarterly`.

    Raises:
        BadInputError: The text is nothing of this kind.
    """
    text = " ".join(typed[: _LONGEST_INPUT + 1].casefold().split())
    named = _NAMED.get(re.sub(f"{_OF_MONTH}$", "", text.removeprefix("the ")))
    if named is not None:
        return Recurrence(days=EVERY_DAY, rhythm=named)
    if found := _DAY_OF_MONTH.fullmatch(text):
        return _day_of_month(found, typed)
    if found := _SECOND_WEEK.fullmatch(text):
        return _second_week(found, typed)
    if found := _OF_A_MONTH.fullmatch(text):
        every = Every.LAST_OF_MONTH if found["which"] == "last" else Every.FIRST_OF_MONTH
        return _some_days(found["days"], typed, every)
    return Recurrence(days=_days(text, typed))


def _day_of_month(found: re.Match[str], typed: str) -> Recurrence:
    day = int(found["day"] or found["ordinal"])
    if not 1 <= day <= _LAST_DAY:
        raise _refusal(typed)
    every = Every.QUARTER if found["every"] == "quarterly" else Every.MONTH
    return Recurrence(days=EVERY_DAY, rhythm=Rhythm(every=every, month_day=day))


def _second_week(found: re.Match[str], typed: str) -> Recurrence:
    every = _some_days(found["days"], typed, Every.SECOND_WEEK)
    if found["anchor"] is None:
        return every
    try:
        anchor = date.fromisoformat(found["anchor"])
    except ValueError as error:
        raise _refusal(typed) from error
    return replace(every, rhythm=replace(every.rhythm, anchor=anchor))


def _some_days(text: str, typed: str, every: Every) -> Recurrence:
    days = _days(text, typed)
    if days == EVERY_DAY:
        raise _refusal(typed)
    return Recurrence(days=days, rhythm=Rhythm(every=every))


def _days(text: str, typed: str) -> tuple[Weekday, ...]:
    try:
        return parse_days(text)
    except BadInputError:
        pass
    try:
        return parse_days(text.removeprefix("every "))
    except BadInputError as error:
        raise _refusal(typed) from error


def _refusal(typed: str) -> BadInputError:
    return BadInputError(
        f"“{' '.join(typed.split())[:40]}” is not a day.",
        cure="Write monday, mon-fri, daily, every second monday, last friday, monthly or monthly 15.",
    )
