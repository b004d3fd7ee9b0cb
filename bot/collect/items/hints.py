"""What a feed's document says beside its items: how often to ask, its language, what links are relative to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_HEAD: Final = 16_384
"""Characters in which a document says so: before its items."""

_FIRST_ITEM: Final = re.compile(r"<(?:item|entry)[\s>]")
_TTL: Final = re.compile(r"<ttl>\s*([0-9]{1,6})\s*</ttl>")
_SKIPPED: Final = ("<skipHours>", "</skipHours>")
_HOUR: Final = re.compile(r"<hour>\s*([0-9]{1,2})\s*</hour>")
_PERIOD: Final = re.compile(r"<(?:\w+:)?updatePeriod>\s*(hourly|daily|weekly|monthly|yearly)\s*</")
_FREQUENCY: Final = re.compile(r"<(?:\w+:)?updateFrequency>\s*([0-9]{1,4})\s*</")
_LANGUAGE: Final = re.compile(
    r"<(?:\w+:)?language>\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*</|xml:lang=[\"']([\w-]{2,12})"
)
_BASE: Final = re.compile(r"xml:base=[\"']([^\"'<>]{1,2000})")
_PERIODS_S: Final = {
    "hourly": 3600,
    "daily": 86_400,
    "weekly": 7 * 86_400,
    "monthly": 30 * 86_400,
    "yearly": 365 * 86_400,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """As in `Document`; `base` is what relative links are relative to, empty if it isn't said."""

    ttl_s: int = 0
    skip_hours: frozenset[int] = frozenset()
    language: str = ""
    base: str = ""


def read_hints(text: str) -> Hints:
    """Read what a document says before its first item."""
    head = text[:_HEAD]
    first = _FIRST_ITEM.search(head)
    head = head[: first.start()] if first else head
    language = _LANGUAGE.search(head)
    base = _BASE.search(head)
    return Hints(
        ttl_s=_ttl_s(head),
        skip_hours=_skip_hours(text),
        language=(language[1] or language[2]) if language else "",
        base=base[1] if base else "",
    )


def _ttl_s(head: str) -> int:
    """Read `ttl` (minutes), else what the syndication module says."""
    found = _TTL.search(head)
    if found is not None:
        return int(found[1]) * 60
    period, frequency = _PERIOD.search(head), _FREQUENCY.search(head)
    return _PERIODS_S[period[1]] // max(1, int(frequency[1]) if frequency else 1) if period else 0


def _skip_hours(text: str) -> frozenset[int]:
    """Read `skipHours`; RSS 0.91 counts the hours from 1 to 24."""
    start, end = map(text.find, _SKIPPED)
    return frozenset(int(hour) % 24 for hour in _HOUR.findall(text, start, end)) if 0 <= start < end else frozenset()
