"""Parse typed dates: a day, month or year, a moment, or a number of days or weeks ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from bot.news.parsing.written_dates import MONTH, find_written, month_of

_YEAR: Final = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2}))?")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_NAMED_MONTH: Final = re.compile(MONTH + r",?\s+(?P<year>[0-9]{4})", re.IGNORECASE)
_AGO: Final = re.compile(r"([0-9]{1,4})([dw])")
_DAYS_BACK: Final = {"today": 0, "yesterday": 1}
_SPANS: Final = {"d": timedelta(days=1), "w": timedelta(weeks=1)}


def find_moment(typed: str, *, now: datetime, zone: tzinfo = UTC) -> datetime | None:
    """Parse a typed date to the moment at which it begins.

    Args:
        typed: Any date or moment that seeds may have (`find_written`); what would be too vague there, a year, a month
            (`2021-05`, `May 2021`) and a day in the order `7.5.2021`; `today`, `yesterday`, or a number of days or
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
    if year := _YEAR.fullmatch(text):
        return datetime(int(year[1]), int(year[2] or 1), 1, tzinfo=zone).astimezone(UTC)
    if month := _NAMED_MONTH.fullmatch(text):
        return datetime(int(month["year"]), month_of(month["month_name"]), 1, tzinfo=zone).astimezone(UTC)
    return find_written(text, zone=zone)
