"""Parse typed times of day, time zones and weekdays; each error shows an example of the format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Final, NoReturn
from zoneinfo import available_timezones

from bot.errors import BadInputError, UnknownZoneError
from bot.news.schedules.schedule import EVERY_DAY, NAME_A_ZONE, Weekday, zone_of
from bot.text.words import fold

_LONGEST_INPUT: Final = 200
"""Characters of a time zone or of days that are read; there is no longer name, and longer lists are refused."""

_CLOCK: Final = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2})?)?\s*(am|pm|a\.m\.|p\.m\.)?", re.ASCII)
_OFFSET: Final = re.compile(r"(?:utc|gmt)_?([+-])_?([0-9]{1,2})", re.ASCII)
_NAMED_TIMES: Final = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_NAMED_DAYS: Final = {
    "daily": EVERY_DAY,
    "every day": EVERY_DAY,
    "everyday": EVERY_DAY,
    "weekdays": EVERY_DAY[:5],
    "weekend": EVERY_DAY[5:],
    "weekends": EVERY_DAY[5:],
}
_NO_ZONES: Final = frozenset({"Factory", "localtime", "posixrules"})
"""Names in the tz database that don't identify a time zone: the last two depend on the machine's settings."""

_UTC: Final = frozenset({"UTC", "UCT", "Etc/UTC", "Etc/UCT"})


def parse_time(typed: str) -> time:
    """Parse a time of day: `18:30`, `18.30`, `18h30`, `9`, `6pm`, `6:30 pm`, `noon`, `midnight`.

    Raises:
        BadInputError: The text is not a time of day.
    """
    text = typed.strip().casefold()
    if text in _NAMED_TIMES:
        return _NAMED_TIMES[text]
    found = _CLOCK.fullmatch(text)
    if found is None:
        _refuse_time(typed)
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").replace(".", "")
    if half:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - hours of a 12-hour clock
            _refuse_time(typed)
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        _refuse_time(typed)


def _refuse_time(typed: str) -> NoReturn:
    raise BadInputError(f"{_shown(typed)} is not a time of day.", cure="Write it as 18:30 or 6pm.")


def parse_zone(typed: str) -> str:
    """Parse a time zone: a name of the tz database in any case (`europe/berlin`), or the city alone if it is unique.

    Raises:
        UnknownZoneError: There is no such time zone; the cure suggests the nearest names.
    """
    wanted = _zone_key(typed[:_LONGEST_INPUT])
    names = _zones_by_key()
    if wanted in names:
        return names[wanted]
    # A city's name is enough, but not `GMT+2` for `Etc/GMT+2`, whose sign is reversed (it is UTC-2).
    of_city = {name for key, name in names.items() if key.rpartition("/")[2] == wanted and not key.startswith("etc/")}
    if len(of_city) == 1:
        return of_city.pop()
    near = ", ".join(sorted(of_city) or _with_offset(wanted) or _nearest(wanted))
    cure = f"Did you mean {near}?" if near else NAME_A_ZONE
    raise UnknownZoneError(f"There is no time zone {_shown(typed)}.", cure=cure)


def _with_offset(wanted: str) -> list[str]:
    """Name the zone of an offset such as `utc+2`, whose sign is the other one, and the offset behind it."""
    match = _OFFSET.fullmatch(wanted)
    if match is None:
        return []
    name = _zones_by_key().get(f"etc/gmt{'-' if match[1] == '+' else '+'}{int(match[2])}")
    return [f"{name} ({fixed_offset(name)})"] if name else []


def _nearest(wanted: str) -> list[str]:
    names = _zones_by_key()
    by_city = {key.rpartition("/")[2]: name for key, name in names.items()}
    found = [names[key] for key in get_close_matches(wanted, names, n=3, cutoff=0.75)]
    found += [by_city[city] for city in get_close_matches(wanted.rpartition("/")[2], by_city, n=3, cutoff=0.75)]
    return list(dict.fromkeys(found))[:3]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneChoice:
    """A time zone to choose.

    Attributes:
        name: As in the tz database.
        note: What sets it apart from the others; empty for a place's zone.
    """

    name: str
    note: str = ""

    @property
    def label(self) -> str:
        """The name and its note, for a list."""
        return f"{self.name} ({self.note})" if self.note else self.name


def complete_zones(typed: str = "", *, limit: int = 25) -> tuple[ZoneChoice, ...]:
    """Autocomplete names of time zones that contain the typed text, whatever its case and diacritics.

    Names and cities that begin with it come first; zones without a place and fixed offsets from UTC come last.
    """
    wanted = _zone_key(typed[:_LONGEST_INPUT])
    found = [(key, name) for key, name in _zones_by_key().items() if wanted in key]
    found.sort(key=lambda zone: (_is_bare(zone[1]), zone[0] != wanted, not _begins(zone[0], wanted), zone[1]))
    return tuple(ZoneChoice(name=name, note=_note(name)) for _, name in found[:limit])


def _is_bare(name: str) -> bool:
    """True for an abbreviation such as EST, and for a distance from UTC such as Etc/GMT+5; of UTC itself False."""
    return (name.isupper() or name.startswith("Etc/")) and name not in _UTC


def _note(name: str) -> str:
    offset = fixed_offset(name)
    return f"always {offset}, no summer time" if offset else ""


def fixed_offset(name: str) -> str:
    """Return the offset of an abbreviation's zone that has no summer time, as `UTC-5`; empty for any other zone.

    A place's zone may have no summer time, but it follows its place if that changes; of UTC nobody expects one.

    Raises:
        UnknownZoneError: there is no zone with that name.
    """
    if not _is_bare(name):
        return ""
    zone = zone_of(name)
    offsets = {datetime(2024, month, 1, tzinfo=zone).utcoffset() or timedelta(0) for month in (1, 7)}
    return _offset(offsets.pop()) if len(offsets) == 1 else ""


def _offset(offset: timedelta) -> str:
    minutes = round(abs(offset).total_seconds() / 60)
    if not minutes:
        return "UTC"
    sign = "+" if offset > timedelta(0) else "-"
    return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")


def _begins(key: str, wanted: str) -> bool:
    return key.startswith(wanted) or key.rpartition("/")[2].startswith(wanted)


def _zone_key(name: str) -> str:
    return "_".join(fold(name).replace("_", " ").split())


@cache
def _zones_by_key() -> dict[str, str]:
    names = sorted(available_timezones() - _NO_ZONES)
    return {_zone_key(name): name for name in names if not name.startswith("SystemV/")}


def parse_days(typed: str) -> tuple[Weekday, ...]:
    """Parse weekdays, in the week's order: `monday`, `mon, thu`, `mon-fri`, `weekdays`, `weekend`, `daily`.

    Raises:
        BadInputError: The text has a word that is not a weekday, or no weekday at all.
    """
    text = " ".join(typed.casefold().split())
    if len(text) > _LONGEST_INPUT:
        _refuse_days(typed)
    if text in _NAMED_DAYS:
        return _NAMED_DAYS[text]
    parts = re.sub(r"\s*(?:-|–|\bto\b)\s*", "-", text)  # noqa: RUF001 - people type the long dash, too
    wanted: set[Weekday] = set()
    for part in re.split(r"\s*(?:,|;|\+|&|/|\band\b|\s)\s*", parts):
        if part:
            wanted.update(_run_of_days(part, typed))
    if not wanted:
        _refuse_days(typed)
    return tuple(day for day in EVERY_DAY if day in wanted)


def _run_of_days(part: str, typed: str) -> tuple[Weekday, ...]:
    if part in _NAMED_DAYS:
        return _NAMED_DAYS[part]
    first, dash, last = part.partition("-")
    start = EVERY_DAY.index(_day(first, typed))
    if not dash:
        return (EVERY_DAY[start],)
    length = (EVERY_DAY.index(_day(last, typed)) - start) % 7 + 1
    return tuple(EVERY_DAY[(start + step) % 7] for step in range(length))


def _day(word: str, typed: str) -> Weekday:
    """Parse a weekday by its name, its plural or an unambiguous prefix."""
    name = word.rstrip(".")
    fitting = [day for day in EVERY_DAY if len(name) > 1 and (day.startswith(name) or name == f"{day}s")]
    if len(fitting) != 1:
        _refuse_days(typed)
    return fitting[0]


def _refuse_days(typed: str) -> NoReturn:
    raise BadInputError(f"{_shown(typed)} is not a day of the week.", cure="Write monday, mon-fri or daily.")


def _shown(typed: str) -> str:
    return f"“{' '.join(typed.split())[:40]}”"
