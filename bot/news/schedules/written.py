"""Write a schedule's options as a file of schedules has them: what the options' own parsers read back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time, timedelta
from typing import Any, Final, TypeAlias

from bot.news.parsing.names import as_item
from bot.news.schedules.posting import TopicRole
from bot.news.schedules.rhythm import Every
from bot.news.schedules.schedule import EVERY_DAY, Schedule, StopReason

Written: TypeAlias = str | int | bool

_BEFORE_DAYS: Final = {
    Every.WEEK: "",
    Every.SECOND_WEEK: "every second ",
    Every.FIRST_OF_MONTH: "first ",
    Every.LAST_OF_MONTH: "last ",
}
_BEFORE_DAY: Final = {Every.MONTH: "monthly", Every.QUARTER: "quarterly"}


def written_value(value: Any) -> Any:
    """Write the value of a field that one option sets: text, a number, yes or no, a time or a list of names."""
    if value is None or value == ():
        return None
    if isinstance(value, tuple):
        return _listed(map(str, value))
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value) if isinstance(value, str) else value


def written_days(schedule: Schedule) -> str:
    """Write the days of a schedule and how they repeat, with a date that fixes which weeks are every second one."""
    rhythm = schedule.rhythm
    if rhythm.every in _BEFORE_DAY:
        return f"{_BEFORE_DAY[rhythm.every]} {rhythm.month_day}"
    days = "daily" if schedule.days == EVERY_DAY else ", ".join(schedule.days)
    since = "" if rhythm.anchor is None else f" from {rhythm.anchor.isoformat()}"
    return f"{_BEFORE_DAYS[rhythm.every]}{days}{since}"


def written_rule(schedule: Schedule) -> str:
    """Write how a schedule chooses, and what breaking news is if it posts that."""
    if schedule.rule != "breaking":
        return schedule.rule
    news = schedule.breaking
    quiet = f"quiet {news.quiet_from:%H:%M}-{news.quiet_until:%H:%M}"
    return f"breaking {news.outlets} outlets in {news.hours} hours, {quiet}"


def written_roles(roles: Iterable[TopicRole]) -> str | None:
    """Write roles by topic: `ai=123, law=456`; None if there are none."""
    return _listed(f"{each.topic}={each.role_id}" for each in roles) or None


def written_pause(schedule: Schedule) -> bool | None:
    """Write whether a member paused a schedule; None if the bot stopped it, which isn't a setting."""
    return None if schedule.state_reason is not StopReason.NONE else schedule.is_paused_by_member


def in_hours(span: timedelta) -> int:
    """Write a length of time in whole hours."""
    return span // timedelta(hours=1)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(_item, names))


def _item(name: str) -> str:
    """Write a name as an item of a list; of an item only the beginning can be quoted, and only what is can have commas.

    So a name that was read has quotation marks behind its commas, if it has both.
    """
    mark = name.find('"')
    if mark < 0:
        return as_item(name)
    if "," not in name:
        return name if mark else f'""{name}'
    end = name.rfind(" ", 0, mark)
    return f'"{name[:end]}"{name[end + 1 :]}'
