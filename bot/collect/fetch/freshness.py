"""When an address may be asked again: what servers and feeds ask for, and how failures are waited out."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

LONGEST_FRESH_S: Final = 24 * 3600
"""No feed is left alone for longer than a day, whatever it asks for: it may have been a mistake."""

FIRST_BACK_OFF_S: Final = 15 * 60
LONGEST_BACK_OFF_S: Final = 24 * 3600
_MOST_DOUBLINGS: Final = 10

_MAX_AGE: Final = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?([0-9]{1,10})", re.IGNORECASE)
_NO_CACHE: Final = re.compile(r"\bno-(?:cache|store)\b", re.IGNORECASE)


def fresh_s(headers: Mapping[str, str], now: datetime) -> int:
    """Read for how many seconds a server asks not to be asked again, by Cache-Control, else Expires; at most a day."""
    control = headers.get("Cache-Control", "")
    if _NO_CACHE.search(control):
        return 0
    found = _MAX_AGE.search(control)
    if found is not None:
        return min(LONGEST_FRESH_S, int(found[1]))
    return min(LONGEST_FRESH_S, _seconds_until(headers.get("Expires", ""), now))


def retry_after_s(headers: Mapping[str, str], now: datetime) -> int:
    """Read Retry-After, seconds or a date; 0 if there is none; at most a day."""
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,10}", text):
        return min(LONGEST_FRESH_S, int(text))
    return min(LONGEST_FRESH_S, _seconds_until(text, now))


def _seconds_until(text: str, now: datetime) -> int:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return 0
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return max(0, int((moment - now).total_seconds()))


def due_again(now: datetime, *, fresh_s: int, ttl_s: int, skip_hours: frozenset[int]) -> datetime:
    """Compute when a feed may be fetched again.

    Args:
        now: When it was fetched.
        fresh_s: As `fresh_s` reads it.
        ttl_s: What the feed itself asks for, in seconds.
        skip_hours: Hours of the day (UTC) that the feed asks to leave out; all 24 are a mistake.
    """
    due = now + timedelta(seconds=max(fresh_s, min(ttl_s, LONGEST_FRESH_S)))
    for _ in range(24):
        if due.hour not in skip_hours:
            return due
        due = due.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return now


def back_off_s(failures: int, chance: float) -> float:
    """Compute how long to wait after failures in a row: 15 minutes, doubled each time, at most a day, with jitter.

    Args:
        failures: At least 1.
        chance: From 0 to 1: half of the time is fixed, the other half is spread.
    """
    full = float(min(LONGEST_BACK_OFF_S, FIRST_BACK_OFF_S * (1 << min(_MOST_DOUBLINGS, failures - 1))))
    return full * (0.5 + chance / 2)
