"""Every time zone of the tz database, and when its offset changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)
LAST: Final = datetime(2031, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_NO_ZONES: Final = frozenset({"Factory", "localtime", "posixrules"})
"""Names that say nothing about a place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A moment from which on a zone's offset is another one."""

    at: datetime
    before: timedelta
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneClass:
    """Zones whose local time is the same at every moment from 2026 to 2030: what holds in one holds in all of them."""

    names: tuple[str, ...]
    offset: timedelta
    changes: tuple[Change, ...]


def zone_classes(last: datetime = LAST) -> tuple[ZoneClass, ...]:
    """All zones, in as few classes as there are; changes after `last` don't count."""
    classes: dict[tuple[timedelta, tuple[Change, ...]], list[str]] = {}
    for name in sorted(available_timezones() - _NO_ZONES):
        zone = ZoneInfo(name)
        classes.setdefault((offset_at(zone, FIRST), tuple(_changes(zone, last))), []).append(name)
    return tuple(
        ZoneClass(names=tuple(names), offset=offset, changes=changes) for (offset, changes), names in classes.items()
    )


def offset_at(zone: ZoneInfo, at: datetime) -> timedelta:
    """How far local time is ahead of UTC."""
    offset = at.astimezone(zone).utcoffset()
    if offset is None:
        raise ValueError(f"{zone} has no offset")
    return offset


def _changes(zone: ZoneInfo, last: datetime) -> Iterator[Change]:
    """Found day by day; no zone changes twice within one."""
    at = FIRST
    while at < last:
        before, after = offset_at(zone, at), offset_at(zone, at + _DAY)
        if before != after:
            yield Change(at=_moment(zone, at, before), before=before, after=after)
        at += _DAY


def _moment(zone: ZoneInfo, early: datetime, before: timedelta) -> datetime:
    late = early + _DAY
    while late - early > _SECOND:
        middle = early + (late - early) // 2
        if offset_at(zone, middle) == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def first_moment(zone: ZoneInfo, local_date: date, at: time) -> datetime:
    """When a local time first comes on a date, found by trying every offset near it, not by `fold`.

    Where it doesn't come at all, it is as much later as the gap is long.
    """
    wall = datetime.combine(local_date, at)
    noon = wall.replace(tzinfo=UTC)
    offsets = {offset_at(zone, noon + timedelta(hours=hours)) for hours in range(-36, 37, 3)}
    moments = [noon - offset for offset in offsets]
    there = [moment for moment in moments if moment.astimezone(zone).replace(tzinfo=None) == wall]
    # In a gap the offset from before it puts the moment after it: the gap's length later on the dial.
    return min(there) if there else noon - min(offsets)
