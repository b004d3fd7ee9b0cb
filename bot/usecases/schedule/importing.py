"""Import a server's settings from TOML: schedules with the options of `/schedule create`, and editor roles.

A schedule whose name the server has already is changed as by `/schedule edit`: what the file leaves out stays. So the
same file can be imported again. All of it is stored in one transaction, or nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from bot.errors import BadInputError, ImportOutdatedError, NewsdeskError
from bot.news.delivery import ScheduleId
from bot.news.parsing.names import NOTHING_KNOWN, KnownNames
from bot.news.schedules.imported import ID_KINDS, Imported, ImportedSchedule, written_options
from bot.news.schedules.looking import Outlook, looked_at
from bot.news.schedules.options import BY_NAME, DEFAULT_DAYS, DEFAULT_TIME, OptionKind
from bot.news.schedules.schedule import MOST_SCHEDULES, Schedule, ScheduleState, anchored, next_due
from bot.news.servers.access import MOST_EDITOR_ROLES
from bot.news.servers.log import Act, Deed, entry_of
from bot.store.port.schedule import ScheduleStore, ServerChange
from bot.text.words import fold
from bot.threads import WorksFor, compute, working_for
from bot.usecases.schedule.changes import apply_changes
from bot.usecases.schedule.lifecycle import edited, resumed
from bot.usecases.schedule.settings_file import SettingsFile, Table, read_settings

Stored: TypeAlias = Sequence[tuple[Schedule, Outlook]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerIds:
    """The channels and roles that a server has.

    Attributes:
        channels: Those that an edition can be posted to.
        text_channels: Those for notices and drafts.
        roles: Each role, with the reason why it can't be an editor role; None if it can.
    """

    channels: Collection[int] = ()
    text_channels: Collection[int] = ()
    roles: Mapping[int, NewsdeskError | None] = field(default_factory=dict)

    def lacks(self, kind: OptionKind, asked: int) -> str:
        """Say what a server lacks; empty if it has it."""
        match kind:
            case OptionKind.CHANNEL:
                return "" if asked in self.channels else f"This server has no channel {asked} to post in."
            case OptionKind.TEXT_CHANNEL:
                return "" if asked in self.text_channels else f"This server has no text channel {asked}."
            case _:
                return "" if asked in self.roles else f"This server has no role {asked}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where settings are imported to.

    Attributes:
        guild_id: The server.
        member_id: The admin, who gets the notices of schedules without a channel for them.
        default_timezone: The time zone of a schedule that names none.
        known: The names in the archive that the server sees.
        ids: The channels and roles that it has; None if that isn't known. Editor roles are not imported then.
    """

    guild_id: int
    member_id: int
    default_timezone: str
    known: KnownNames = NOTHING_KNOWN
    ids: ServerIds | None = None


async def _read_file(text: str, place: Place) -> SettingsFile:
    """Read a file beside everything else: it may be made to take seconds."""
    with working_for(WorksFor.UPLOADS):
        return await compute(read_settings, text, place.known)


async def try_import(
    store: ScheduleStore, text: str, place: Place, *, now: datetime, roles: frozenset[int] = frozenset()
) -> Imported:
    """Compute what an import would do, and change nothing.

    Args:
        store: Keeps the schedules.
        text: The file.
        place: Where it would be imported to.
        now: The current moment.
        roles: The server's editor roles.

    Raises:
        BadInputError: the file can't be read, or the server would have too many schedules.
    """
    file = await _read_file(text, place)
    return _plan(file, place, await store.outlooks(place.guild_id), roles, now)


async def import_settings(
    store: ScheduleStore, text: str, place: Place, *, now: datetime, shown: str | None = None, deed: Deed | None = None
) -> Imported:
    """Store a file's settings in one transaction; if one of them can't be used, none is stored.

    Args:
        store: Keeps the schedules.
        text: The file.
        place: Where it is imported to.
        now: The current moment.
        shown: The fingerprint of what somebody looked at; None if nobody did.
        deed: The member who imports it, for the log; None for the operator.

    Raises:
        BadInputError: as `try_import`.
        ImportOutdatedError: it would change something else by now than what was shown.
    """
    file = await _read_file(text, place)
    imported = Imported(schedules=())

    def change(stored: Stored, roles: frozenset[int]) -> ServerChange:
        nonlocal imported
        imported = _plan(file, place, stored, roles, now)
        if shown is not None and imported.shown != shown:
            raise ImportOutdatedError("The settings have changed since the preview.", cure="Look at the new one.")
        if imported.has_problems:
            return ServerChange()
        changed = [each for each in imported.schedules if each.has_changed]
        return ServerChange(
            saved=tuple(_saved(each, place) for each in changed),
            editor_roles=imported.roles if imported.roles != imported.roles_before else None,
            entry=entry_of(deed, Act.SETTINGS, "this server", _what(imported)) if imported.has_changed else None,
        )

    await store.change_server(place.guild_id, change)
    return imported


def _what(imported: Imported) -> str:
    roles = ["editor roles"] if imported.roles != imported.roles_before else []
    return ", ".join([*(each.name for each in imported.schedules if each.has_changed), *roles])


def _saved(each: ImportedSchedule, place: Place) -> tuple[Schedule, datetime | None]:
    if each.after is None:
        raise TypeError("a schedule without problems has its options")
    schedule = replace(each.after, saved_by=place.member_id)
    return (schedule if each.before else replace(schedule, id=ScheduleId(secrets.randbits(63) | 1))), each.look_at


def _plan(file: SettingsFile, place: Place, stored: Stored, roles: frozenset[int], now: datetime) -> Imported:
    by_name = {_folded(schedule.name): (schedule, outlook) for schedule, outlook in stored}
    seen: set[str] = set()
    tried: list[ImportedSchedule] = []
    for name, changes in file.schedules:
        twice = BadInputError("Another schedule of the file has this name.", cure="Give it another one.")
        table: Table = (name, twice if _folded(name) in seen else changes)
        tried.append(_try(table, by_name.get(_folded(name)), place, now))
        seen.add(_folded(name))
    if (count := len(by_name.keys() | seen)) > MOST_SCHEDULES:
        raise BadInputError(
            f"The server would have {count} schedules; the limit is {MOST_SCHEDULES}.", cure="Delete some first."
        )
    after = roles if file.editor_roles is None or place.ids is None else file.editor_roles
    return Imported(
        schedules=tuple(tried),
        roles_before=roles,
        roles=after,
        role_problems=() if place.ids is None else tuple(_role_problems(roles, after, place.ids)),
        skips_roles=file.editor_roles is not None and place.ids is None,
    )


def _folded(name: str) -> str:
    """As the store compares names."""
    return " ".join(fold(name).split())


def _role_problems(before: frozenset[int], after: frozenset[int], ids: ServerIds) -> Iterator[NewsdeskError]:
    for role in sorted(after - before):
        if said := ids.lacks(OptionKind.ROLE, role):
            yield BadInputError(f"editor_roles: {said}", cure="Give the id of another one.")
        elif (problem := ids.roles[role]) is not None:
            yield BadInputError(f"editor_roles: {role}: {problem.message}", cure=problem.cure)
    if len(after) > MOST_EDITOR_ROLES and after != before:
        text = f"editor_roles: {len(after)} given; the limit is {MOST_EDITOR_ROLES}."
        yield BadInputError(text, cure="Leave some out.")


def _try(table: Table, stored: tuple[Schedule, Outlook] | None, place: Place, now: datetime) -> ImportedSchedule:
    name, changes = table
    before, outlook = (None, Outlook(next_due_at=None)) if stored is None else stored
    if isinstance(changes, NewsdeskError):
        return ImportedSchedule(name=name, before=before, problem=changes)
    after, problems = apply_changes(changes, before or _blank(place, now))
    if before is None and "channel" not in changes.options:
        problems.append(("Channel", BadInputError("It has no channel.", cure='Add its id: channel = "123".')))
    if place.ids is not None:
        problems += _lacking(after, before, place.ids)
    if problems:
        said = " ".join(f"{label}: {error}" for label, error in problems)
        return ImportedSchedule(name=name, before=before, problem=BadInputError(said))
    settled, look_at = _settled(after, before, outlook, now)
    next_due_at = next_due(settled, now)[1] if settled.state is ScheduleState.ACTIVE else None
    return ImportedSchedule(name=settled.name, before=before, after=settled, next_due_at=next_due_at, look_at=look_at)


def _settled(
    after: Schedule, before: Schedule | None, outlook: Outlook, now: datetime
) -> tuple[Schedule, datetime | None]:
    """What follows from the options, as from `/schedule create`, `edit`, `pause` and `resume`."""
    if before is None:
        settled = anchored(after, None, now)
        return settled, looked_at(settled, next_due(settled, now)[1]) if _is_active(settled) else None
    settled, look_at = edited(after, before, outlook, now)
    if not _is_active(settled):
        return settled, look_at if settled.state is before.state else None
    return (settled, look_at) if _is_active(before) else resumed(settled, now)


def _is_active(schedule: Schedule) -> bool:
    return schedule.state is ScheduleState.ACTIVE


def _lacking(after: Schedule, before: Schedule | None, ids: ServerIds) -> Iterator[tuple[str, NewsdeskError]]:
    """What a schedule would use and the server doesn't have; what it used already is not looked at again."""
    was = {} if before is None else written_options(before)
    for name, value in written_options(after).items():
        option = BY_NAME[name]
        is_new_id = option.kind in ID_KINDS and value is not None and value != was.get(name)
        if is_new_id and (said := ids.lacks(option.kind, int(value or 0))):
            yield option.label, BadInputError(said, cure="Give the id of another one.")
    known = frozenset() if before is None else frozenset(before.topic_roles)
    for each in after.topic_roles:
        if each not in known and (said := ids.lacks(OptionKind.ROLE, each.role_id)):
            yield BY_NAME["topic_roles"].label, BadInputError(said, cure="Give the id of another one.")


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
