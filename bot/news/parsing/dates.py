"""Parse typed dates: a day, month or year, a moment, or a number of days or weeks ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

_DAY: Final = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?)?")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY_OF_MONTH: Final = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_NAMED: Final = tuple(
    re.compile(form + r",?\s+(?P<year>[0-9]{4})")
    for form in (rf"{_DAY_OF_MONTH}\s+{_MONTH}", rf"{_MONTH}\s+{_DAY_OF_MONTH}", _MONTH)
)
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9]{2}:[0-9]{2}.{0,20}")
_AGO: Final = re.compile(r"([0-9]{1,4})([dw])")
_DAYS_BACK: Final = {"today": 0, "yesterday": 1}
_SPANS: Final = {"d": timedelta(days=1), "w": timedelta(weeks=1)}


def find_moment(typed: str, *, now: datetime, zone: tzinfo = UTC) -> datetime | None:
    """Parse a typed date to the moment at which it begins.

    Args:
        typed: A year, month or day (`2021-05-07`, also with `/` or `.`, `7.5.2021`, `7 May 2021` or `May 7, 2021`), a
            moment (`2021-05-07 14:19`, also with an offset from UTC), `today`, `yesterday`, or a number of days or
            weeks before now (`7d`, `2w`).
        now: Aware.
        zone: The time zone in which days begin, and of moments without an offset.

    Returns:
        Aware, UTC; None if it is not a date.
    """
    text = typed.strip().casefold()
    try:
        return _find_local(text, now, zone)
    except (ValueError, OverflowError):  # 2021-02-30, or a year that has no UTC
        return None


def _find_local(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    if text in _DAYS_BACK:
        midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        return (midnight - timedelta(days=_DAYS_BACK[text])).astimezone(UTC)
    if ago := _AGO.fullmatch(text):
        return (now - int(ago[1]) * _SPANS[ago[2]]).astimezone(UTC)
    if day := _DAY_FIRST.fullmatch(text):
        return datetime(int(day[3]), int(day[2]), int(day[1]), tzinfo=zone).astimezone(UTC)
    if day := _DAY.fullmatch(text):
        return datetime(int(day[1]), int(day[2] or 1), int(day[3] or 1), tzinfo=zone).astimezone(UTC)
    if _MOMENT.fullmatch(text):
        moment = datetime.fromisoformat(text.upper())
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    return _find_named(text, zone)


def _find_named(text: str, zone: tzinfo) -> datetime | None:
    """Parse a date whose month is written in English."""
    parts = next((found.groupdict() for form in _NAMED if (found := form.fullmatch(text))), None)
    if parts is None:
        return None
    month = _MONTHS.index(parts["month"][:3]) + 1
    return datetime(int(parts["year"]), month, int(parts.get("day") or 1), tzinfo=zone).astimezone(UTC)
