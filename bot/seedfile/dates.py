"""Read dates: ISO 8601, and the other forms that can mean only one moment.

`07/05/2021` is refused: it is a day in May or in July. So are time zones that are named otherwise than in RFC 822: the
same letters name zones of several countries.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from bot.seedfile.values import Value

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES: Final = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0,
    "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8,
}  # fmt: skip
"""Hours from UTC (RFC 822, section 5.1)."""

_LONGEST: Final = 80
"""Characters; the longest form has 50."""

_MONTH: Final = (
    r"(?P<month_name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
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
        rf"{_WEEKDAY}{_DAY}(?:st|nd|rd|th)?[-\s]{_MONTH},?[-\s]{_YEAR}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}",
    )
)


def moment_of(value: Value) -> datetime | None:
    """Parse a date or time to an aware datetime in UTC; a date is midnight, no time zone means UTC.

    Read are ISO 8601, RFC 822 (`Fri, 07 May 2021 14:19:00 -0400`), years first (`2021-5-7`, `2021/05/07 14:19 UTC`) and
    English months (`May 7, 2021`, `7 May 2021`), each with a time or without.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    text = str(value).strip().upper()
    try:
        moment = _moment_in(text)
        return moment if moment is None or moment.tzinfo is UTC else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # OverflowError: on the first and last day of the calendar
        return None


def _moment_in(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _loose_moment_in(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _loose_moment_in(text: str) -> datetime | None:
    if len(text) > _LONGEST:
        return None
    found = next((found for form in _FORMS if (found := form.fullmatch(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    month = int(parts["month"]) if parts.get("month") else _MONTHS.index(parts["month_name"][:3].lower()) + 1
    hour = _hour(int(parts["hour"] or 0), (parts["half"] or "").lower())
    try:
        zone = _zone(parts)
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


def _zone(parts: dict[str, str | None]) -> timezone:
    """Read a time zone.

    Raises:
        KeyError: Its name isn't one of RFC 822.
        ValueError: It is a day or more from UTC.
    """
    name = parts["zone"]
    if not name:
        return UTC
    if parts["sign"] is None:
        return timezone(timedelta(hours=_ZONES[name.lower()]))
    minutes = int(parts["off_h"] or 0) * 60 + int(parts["off_m"] or 0)
    return timezone(timedelta(minutes=-minutes if parts["sign"] == "-" else minutes))
