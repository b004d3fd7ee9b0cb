"""The form of a schedule: the five things that it asks for, and how what was sent becomes the schedule's options."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, TypeAlias

from bot.errors import BadInputError, NewsdeskError
from bot.news.message.form import Submission
from bot.news.parsing.names import as_item
from bot.news.parsing.times import parse_time
from bot.news.schedules.options import BY_NAME
from bot.news.schedules.rhythm import Every
from bot.news.schedules.schedule import EVERY_DAY, Schedule

CHANNEL, DAYS, WHEN, TOPICS, STORIES = "channel", "days", "when", "topics", "stories"
"""The names of the form's fields; Discord's limit is five."""

STORY_COUNTS: Final = (3, 5, 8)

_REPEATED: Final = {
    Every.SECOND_WEEK: "every second ",
    Every.FIRST_OF_MONTH: "first ",
    Every.LAST_OF_MONTH: "last ",
}

Options: TypeAlias = dict[str, str | int | bool]


def written_when(schedule: Schedule) -> str:
    """Write a schedule's time and zone as one text, as the form shows them."""
    return f"{schedule.at:%H:%M} {schedule.timezone}"


def read_when(typed: str) -> Options:
    """Split "9:00 Europe/Berlin" or "6 pm berlin" into the options `time` and, if it is given, `timezone`.

    The longest beginning that is a time of day is the time; without one the first word is, to be refused as such.
    """
    words = typed.split()
    times = [end for end in range(1, len(words) + 1) if _is_time(" ".join(words[:end]))]
    end = max(times, default=1)
    zone = " ".join(words[end:])
    return {"time": " ".join(words[:end]), **({"timezone": zone} if zone else {})}


def _is_time(text: str) -> bool:
    try:
        parse_time(text)
    except BadInputError:
        return False
    return True


def submitted_options(submission: Submission) -> Options:
    """Return what was sent as options of `/schedule create`; a field without a value gives none."""
    options: Options = {}
    for field, option in ((CHANNEL, "channel"), (STORIES, "count")):
        given = submission.one(field)
        if given.isascii() and given.isdecimal():
            options[option] = int(given)
    if days := submission.values.get(DAYS):
        options["day"] = ", ".join(days)
    if when := submission.one(WHEN).strip():
        options |= read_when(when)
    if topics := submission.values.get(TOPICS):
        options["topics"] = ", ".join(map(as_item, topics))
    return options


def changed_options(submission: Submission, schedule: Schedule) -> tuple[Options, frozenset[str]]:
    """Return the options that differ from a schedule, and those to set back to their defaults.

    What the form can't show stays as it is: other weekdays of a schedule of every second week, or of a month's first or
    last ones, repeat as before. Of a day of the month only other weekdays make a weekly schedule.
    """
    submitted = submitted_options(submission)
    days = submission.values.get(DAYS, ())
    if set(days) == set(schedule.days):
        submitted.pop("day", None)
    elif days and set(days) != set(EVERY_DAY):
        submitted["day"] = _REPEATED.get(schedule.rhythm.every, "") + ", ".join(days)
    options = {name: given for name, given in submitted.items() if _differs(name, schedule, given)}
    has_no_topics = TOPICS in submission.values and not submission.values[TOPICS]
    return options, frozenset({"topics"} if has_no_topics and schedule.topics else ())


def _differs(name: str, schedule: Schedule, given: object) -> bool:
    """True if an option would change the schedule, or can't be read: its reader then says why."""
    try:
        values = BY_NAME[name].read(given)
    except NewsdeskError:
        return True
    return any(_plain(value) != _plain(getattr(schedule, field)) for field, value in values.items())


def _plain(value: object) -> object:
    """A list's order means nothing."""
    return frozenset(value) if isinstance(value, tuple) else value


def free_name(days: Collection[str], taken: Collection[str]) -> str:
    """Choose a name for a schedule that has none: Daily or Weekly, with a number if the server has that one.

    Args:
        days: The schedule's weekdays.
        taken: The names of the server's schedules.
    """
    name = "Daily" if set(days) == set(EVERY_DAY) else "Weekly"
    used = {each.casefold() for each in taken}
    number = 1
    while (tried := name if number == 1 else f"{name} {number}").casefold() in used:
        number += 1
    return tried
