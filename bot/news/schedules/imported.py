"""What an import of settings changes: each schedule of the file before and after, and the editor roles."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from bot.errors import NewsdeskError
from bot.news.schedules.options import OPTIONS, OptionKind
from bot.news.schedules.schedule import Schedule

Difference: TypeAlias = tuple[str, object, object]
"""The name of an option with its value before and after; None for what is absent."""

ID_KINDS: Final = frozenset({OptionKind.CHANNEL, OptionKind.TEXT_CHANNEL, OptionKind.ROLE})


def written_options(schedule: Schedule) -> Mapping[str, str | int | bool | None]:
    """Write a schedule's options by name, ids as text; None for what is absent."""
    written: dict[str, str | int | bool | None] = {}
    for option in OPTIONS:
        value = option.write(schedule)
        if value is None and (option.is_several or not option.can_be_absent):
            continue
        written[option.name] = str(value) if option.kind in ID_KINDS and value is not None else value
    return written


def differences(before: Schedule | None, after: Schedule | None) -> tuple[Difference, ...]:
    """List the options, and the name, that differ between two states of a schedule; None for no schedule."""
    was = {} if before is None else {"name": before.name, **written_options(before)}
    then = {} if after is None else {"name": after.name, **written_options(after)}
    names = dict.fromkeys((*then, *was))
    return tuple((name, was.get(name), then.get(name)) for name in names if was.get(name) != then.get(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSchedule:
    """One schedule of the file.

    Attributes:
        name: Its name, or its number in the file if it has none.
        before: The schedule of that name as it was; None if it is new.
        after: As it is then; None if it can't be read.
        next_due_at: When its next edition is due; None if it can't be read, is paused or off.
        look_at: When a tick looks at it; None if that would be never.
        problem: Why it can't be used.
    """

    name: str
    before: Schedule | None = None
    after: Schedule | None = None
    next_due_at: datetime | None = None
    look_at: datetime | None = None
    problem: NewsdeskError | None = None

    @property
    def has_changed(self) -> bool:
        """True if it is new, or differs from what was stored."""
        return self.after != self.before

    def differences(self) -> tuple[Difference, ...]:
        """List the options that differ; of a new schedule all that it has."""
        return differences(self.before, self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import does.

    Attributes:
        schedules: Each schedule of the file.
        roles_before: The editor roles as they were.
        roles: As they are then; the same ones if the file doesn't name them.
        role_problems: Why editor roles can't be used.
        skips_roles: True if the file names editor roles and they are not imported.
    """

    schedules: tuple[ImportedSchedule, ...]
    roles_before: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    role_problems: tuple[NewsdeskError, ...] = ()
    skips_roles: bool = False

    @property
    def has_problems(self) -> bool:
        """True if something can't be used, so that nothing is imported."""
        return bool(self.role_problems) or any(each.problem is not None for each in self.schedules)

    @property
    def has_changed(self) -> bool:
        """True if it changes anything."""
        return self.roles != self.roles_before or any(each.has_changed for each in self.schedules)

    @property
    def shown(self) -> str:
        """A fingerprint of what it changes, as it is shown."""
        changes = [(each.name, each.before and each.before.id, each.differences()) for each in self.schedules]
        said = repr((changes, sorted(self.roles_before), sorted(self.roles)))
        return hashlib.sha256(said.encode(errors="replace")).hexdigest()
