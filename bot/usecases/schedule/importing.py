"""Import schedules from TOML: the options of `/schedule create`, one table for each schedule.

A schedule whose name the server has already is changed as by `/schedule edit`: what the file leaves out stays. So the
same file can be imported again.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bot.errors import BadInputError, NewsdeskError
from bot.news.delivery import ScheduleId
from bot.news.parsing.names import KnownNames
from bot.news.schedules.options import BY_NAME, DEFAULT_DAYS, DEFAULT_TIME, Option, OptionKind
from bot.news.schedules.schedule import MOST_SCHEDULES, Schedule, ScheduleState, anchored, next_due
from bot.store.port.schedule import ScheduleStore
from bot.text.words import fold
from bot.usecases.schedule.changes import ScheduleChanges, apply_changes
from bot.usecases.schedule.lifecycle import create_schedule, edit_schedule

_IDS: Final = frozenset({OptionKind.CHANNEL, OptionKind.TEXT_CHANNEL, OptionKind.ROLE})
_KINDS: Final[Mapping[OptionKind, tuple[type, str]]] = {
    OptionKind.TEXT: (str, "text"),
    OptionKind.NUMBER: (int, "a whole number"),
    OptionKind.YES_NO: (bool, "true or false"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where schedules are imported to.

    Attributes:
        guild_id: The server.
        member_id: The admin, who gets the notices of schedules without a channel for them.
        default_timezone: The time zone of a schedule that names none.
        known: The names in the archive that the server sees.
    """

    guild_id: int
    member_id: int
    default_timezone: str
    known: KnownNames


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSchedule:
    """One schedule of the file.

    Attributes:
        name: Its name, or its number in the file if it has none.
        before: The schedule of that name as it was; None if it is new.
        after: As it is then; None if it can't be read.
        next_due_at: When its next edition is due; None if it can't be read, is paused or off.
        problem: Why it can't be read.
    """

    name: str
    before: Schedule | None = None
    after: Schedule | None = None
    next_due_at: datetime | None = None
    problem: NewsdeskError | None = None

    @property
    def has_changed(self) -> bool:
        """True if it is new, or differs from what was stored."""
        return self.after != self.before


def read_schedules(text: str, known: KnownNames) -> tuple[tuple[str, ScheduleChanges | NewsdeskError], ...]:
    """Read the file's tables, each with its label; one that can't be used is its error.

    Raises:
        BadInputError: the text isn't TOML, or has no schedule.
    """
    try:
        tables = tomllib.loads(text).get("schedule")
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"It isn't TOML: {error}.", cure="Correct that line.") from error
    if not isinstance(tables, list) or not tables:
        raise BadInputError("It has no schedule.", cure="Write a [[schedule]] line above each schedule's options.")
    return tuple(_read(number, table, known) for number, table in enumerate(tables, start=1))


def _read(number: int, table: object, known: KnownNames) -> tuple[str, ScheduleChanges | NewsdeskError]:
    if not isinstance(table, dict):
        return f"Schedule {number}", BadInputError("It isn't a table.", cure="Write [[schedule]] above its options.")
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        return f"Schedule {number}", BadInputError("It has no name.", cure='Add a line such as name = "Weekly".')
    given: dict[str, str | int | bool] = {}
    problems: list[str] = []
    for key, value in table.items():
        if key == "name":
            continue
        try:
            given[key] = _value(_option(key), value)
        except BadInputError as error:
            problems.append(f"{key}: {error}")
    if problems:
        return name, BadInputError(" ".join(problems))
    return name, ScheduleChanges(name=name, options=given, known=known)


def _option(key: str) -> Option:
    if key in BY_NAME:
        return BY_NAME[key]
    near = difflib.get_close_matches(key, BY_NAME, 1)
    cure = f"Did you mean {near[0]}?" if near else f"Options: {', '.join(BY_NAME)}."
    raise BadInputError("Unknown option.", cure=cure)


def _value(option: Option, value: Any) -> str | int | bool:
    if option.kind in _IDS:
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).isdecimal():
            return int(value)
        raise BadInputError("Not an id.", cure='Write the id in quotes, such as "1234567890"; names are not read.')
    if option.kind is OptionKind.TEXT and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    kind, wanted = _KINDS[option.kind]
    if not isinstance(value, (str, int)) or type(value) is not kind:  # a bool is an int, too
        raise BadInputError(f"Not {wanted}.", cure=f"Write {wanted}.")
    return value


async def try_schedules(
    store: ScheduleStore, text: str, place: Place, *, now: datetime
) -> tuple[ImportedSchedule, ...]:
    """Compute what an import would do, and change nothing.

    Raises:
        BadInputError: as `read_schedules`, or the server would have too many schedules.
    """
    stored = {fold(each.name): each for each in await store.schedules(place.guild_id)}
    seen: set[str] = set()
    tried: list[ImportedSchedule] = []
    for name, changes in read_schedules(text, place.known):
        twice = BadInputError("Another schedule of the file has this name.", cure="Give it another one.")
        tried.append(_try(name, twice if fold(name) in seen else changes, stored.get(fold(name)), place, now))
        seen.add(fold(name))
    if (count := len(stored.keys() | seen)) > MOST_SCHEDULES:
        raise BadInputError(
            f"The server would have {count} schedules; the limit is {MOST_SCHEDULES}.", cure="Delete some first."
        )
    return tuple(tried)


def _try(
    name: str, changes: ScheduleChanges | NewsdeskError, before: Schedule | None, place: Place, now: datetime
) -> ImportedSchedule:
    if isinstance(changes, NewsdeskError):
        return ImportedSchedule(name=name, before=before, problem=changes)
    after, problems = apply_changes(changes, before or _blank(place, now))
    if before is None and "channel" not in changes.options:
        problems.append(("Channel", BadInputError("It has no channel.", cure='Add its id: channel = "123".')))
    if problems:
        said = " ".join(f"{label}: {error}" for label, error in problems)
        return ImportedSchedule(name=name, before=before, problem=BadInputError(said))
    after = anchored(after, before, now)
    next_due_at = next_due(after, now)[1] if after.state is ScheduleState.ACTIVE else None
    return ImportedSchedule(name=after.name, before=before, after=after, next_due_at=next_due_at)


def _blank(place: Place, now: datetime) -> Schedule:
    return Schedule(
        id=ScheduleId(0),
        guild_id=place.guild_id,
        channel_id=0,
        name="",
        days=DEFAULT_DAYS,
        at=DEFAULT_TIME,
        timezone=place.default_timezone,
        saved_by=place.member_id,
        created_at=now,
    )


async def import_schedules(
    store: ScheduleStore, text: str, place: Place, *, now: datetime
) -> tuple[ImportedSchedule, ...]:
    """Create or change the file's schedules; if one can't be used, none is.

    Raises:
        BadInputError: as `try_schedules`, or an admin created a schedule of the same name meanwhile.
        UnknownScheduleError: an admin deleted one meanwhile.
    """
    tried = await try_schedules(store, text, place, now=now)
    if any(each.problem for each in tried):
        return tried
    readable = [each for _, each in read_schedules(text, place.known) if isinstance(each, ScheduleChanges)]
    return tuple([await _save(store, each, changes, place, now) for each, changes in zip(tried, readable, strict=True)])


async def _save(
    store: ScheduleStore, tried: ImportedSchedule, changes: ScheduleChanges, place: Place, now: datetime
) -> ImportedSchedule:
    if not tried.has_changed:
        return tried
    if tried.before is None:
        status = await create_schedule(
            store,
            changes,
            guild_id=place.guild_id,
            member_id=place.member_id,
            default_timezone=place.default_timezone,
            now=now,
        )
    else:
        status = await edit_schedule(store, tried.before, changes, member_id=place.member_id, now=now)
    return replace(tried, after=status.schedule, next_due_at=status.next_due_at)


def problems_of(imported: Sequence[ImportedSchedule]) -> tuple[ImportedSchedule, ...]:
    """Return those that can't be used."""
    return tuple(each for each in imported if each.problem is not None)
