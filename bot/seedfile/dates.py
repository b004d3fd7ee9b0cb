"""Read the dates of seed files."""

from __future__ import annotations

from datetime import datetime

from bot.news.parsing.written_dates import find_written
from bot.seedfile.values import Value


def moment_of(value: Value) -> datetime | None:
    """Parse a date or time as `find_written` does, to an aware datetime in UTC; no time zone means UTC."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return find_written(str(value).strip())
