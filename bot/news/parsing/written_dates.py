"""Read dates that are written out: ISO 8601, and the other forms that can mean only one moment.

Seeds and what people type are read by the same forms. `07/05/2021` is refused: it is a day in May or in July. So are
time zones that are named otherwise than in RFC 822: the same letters name zones of several countries.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES: Final = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0,
    "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8,
}  # fmt: skip
"""Hours from UTC (RFC 822, section 5.1)."""

_LONGEST: Final = 80
"""Characters; the longest form has 50."""

MONTH: Final = (
    r"(?P<month_name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
"""An English month; `month_of` says which."""

_DAY: Final = r"(?P<day>[0-9]{1,2})"
_YEAR: Final = r"(?P<year>[0-9]{4})"
_WEEKDAY: Final = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_TIME: Final = (
    r"(?:(?:t|,?\s+(?:at\s+)?)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"(?:\s?(?P<half>[ap])\.?m\.?)?(?:\s*(?P<zone>[a-z]{1,3}|(?P<sign>[-+])(?P<off_h>[0-9]{1,2}):?(?P<off_m>[0-9]{2})?))?)?"
)
_FORMS: Final = tuple(
    re.compile(form + _TIME, re.IGNORECASE | re.ASCII)
    for form in (
        rf"{_YEAR}(?P<mark>[-/.])(?P<month>[0-9]{{1,2}})(?P=mark){_DAY}",
        rf"{_WEEKDAY}{_DAY}(?:st|nd|rd|th|\.)?(?:-|\s+){MONTH},?[-\s]{_YEAR}",
        rf"{_WEEKDAY}{MONTH}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}",
    )
)


def find_written(text: str, *, zone: tzinfo = UTC) -> datetime | None:
    """Parse a date or a moment in a form that can mean only one; a date is its midnight.

    Read are ISO 8601, RFC 822 (`Fri, 07 May 2021 14:19:00 -0400`), years first (`2021-5-7`, `2021/05/07 14:19 UTC`) and
    English months (`May 7, 2021`, `7 May 2021`), each with a time or without.

    Args:
        text: In any case, without space around it.
        zone: Of a text that names none.

    Returns:
        Aware, UTC; None if it has none of these forms, or there is no such moment.
    """
    try:
        moment = _moment_in(text.upper(), zone)
        return moment if moment is None or moment.tzinfo is UTC else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # OverflowError: on the first and last day of the calendar
        return None


def month_of(name: str) -> int:
    """Return the number of a month that `MONTH` matched."""
    return _MONTHS.index(name[:3].lower()) + 1


def _moment_in(text: str, zone: tzinfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _loose_moment_in(text, zone)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def _loose_moment_in(text: str, zone: tzinfo) -> datetime | None:
    if len(text) > _LONGEST:
        return None
    found = next((found for form in _FORMS if (found := form.fullmatch(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    month = int(parts["month"]) if parts.get("month") else month_of(parts["month_name"])
    hour = _hour(int(parts["hour"] or 0), (parts["half"] or "").lower())
    try:
        zone = _zone(parts) or zone
        return datetime(
            int(parts["year"]), month, int(parts["day"]), hour, int(parts["minute"] or 0), int(parts["second"] or 0),
            tzinfo=zone,
        )  # fmt: skip
    except (ValueError, KeyError):  # no such day, hour or zone
        return None


def _hour(hour: int, half: str) -> int:
    """Convert an hour to that of 24; an impossible one stays impossible."""
    if not half:
        return hour
    if not 1 <= hour <= 12:  # noqa: PLR2004 - hours of half a day
        return 24
    return hour % 12 + (12 if half == "p" else 0)


def _zone(parts: dict[str, str | None]) -> timezone | None:
    """Read a time zone; None if there is none.

    Raises:
        KeyError: Its name isn't one of RFC 822.
        ValueError: It is a day or more from UTC.
    """
    name = parts["zone"]
    if not name:
        return None
    if parts["sign"] is None:
        return timezone(timedelta(hours=_ZONES[name.lower()]))
    minutes = int(parts["off_h"] or 0) * 60 + int(parts["off_m"] or 0)
    return timezone(timedelta(minutes=-minutes if parts["sign"] == "-" else minutes))
