"""Read an admin's options onto a schedule, collecting everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias, cast

from bot.errors import BadInputError, NewsdeskError
from bot.news.parsing.names import NOTHING_KNOWN, KnownNames
from bot.news.schedules.contradiction import contradiction, desk_contradiction
from bot.news.schedules.options import BY_NAME, defaults
from bot.news.schedules.posting import TopicRole
from bot.news.schedules.schedule import LONGEST_NAME, Schedule
from bot.text.clean import clean, is_visible
from bot.text.words import fold

Problem: TypeAlias = tuple[str, NewsdeskError]
"""The label of an option, and what is wrong with what was given for it."""


_FILTERS: Final = frozenset({"topics", "providers", "muted_topics", "muted_providers"})
_CHANNELS: Final = frozenset({"channel_id", "desk_channel_id"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleChanges:
    """What an admin gave for a new schedule or a change.

    Attributes:
        name: The schedule's new name; None leaves it as it is.
        options: By the names of `OPTIONS`: text, numbers and bools as typed, channels and roles by their id. What is
            not in it stays as it is (a new schedule's default).
        clear: Choices of `defaults`, to set back to their defaults; an option that is given as well wins.
        known: The names in the archive that the server sees, to which typed ones are resolved.
    """

    name: str | None = None
    options: Mapping[str, str | int | bool] = field(default_factory=dict)
    clear: frozenset[str] = frozenset()
    known: KnownNames = NOTHING_KNOWN

    @property
    def is_empty(self) -> bool:
        """True if nothing was given."""
        return self.name is None and not self.options and not self.clear

    def named(self) -> tuple[str, ...]:
        """Name what was given, for the log."""
        return (*(["name"] if self.name is not None else []), *self.options, *sorted(self.clear))


def apply_changes(changes: ScheduleChanges, schedule: Schedule) -> tuple[Schedule, list[Problem]]:
    """Apply an admin's options to a schedule.

    Returns:
        The schedule with every option that could be read, and the problems of those that could not.
    """
    problems: list[Problem] = []
    values = _cleared(changes.clear, problems)
    for name, given in changes.options.items():
        option = BY_NAME[name]
        try:
            values |= option.read(given, changes.known)
        except NewsdeskError as error:
            problems.append((option.label, error))
    by_topic = cast("tuple[TopicRole, ...]", values.get("topic_roles", ()))
    for name, roles in (
        ("mention_role", [values.get("mention_role")]),
        ("topic_roles", [each.role_id for each in by_topic]),
    ):
        if schedule.guild_id in roles:  # @everyone is the role with the server's own id
            del values[name]
            everyone = BadInputError("@everyone can't be mentioned.", cure="Choose a role that members opt in to.")
            problems.append((BY_NAME[name].label, everyone))
    if changes.name is not None:
        try:
            values["name"] = _read_name(changes.name)
        except NewsdeskError as error:
            problems.append(("Name", error))
    changed = replace(schedule, **values)  # type: ignore[arg-type] # each option reads its own field's type
    if values.keys() & _FILTERS and (contradicted := contradiction(changed)) is not None:
        problems.append((BY_NAME["mute"].label, contradicted))
    if values.keys() & _CHANNELS and (contradicted := desk_contradiction(changed)) is not None:
        problems.append((BY_NAME["desk"].label, contradicted))
    return changed, problems


def _cleared(clear: frozenset[str], problems: list[Problem]) -> dict[str, object]:
    choices = defaults()
    if unknown := clear - choices.keys():
        names = ", ".join(sorted(unknown))
        problems.append(("Clear", BadInputError(f"{names} can't be cleared.", cure="Give it another value.")))
    return {field: value for name in clear & choices.keys() for field, value in choices[name].items()}


def _read_name(typed: str) -> str:
    name = clean(typed)
    if not is_visible(fold(name)):
        raise BadInputError("A schedule needs a name.", cure="Give it one, such as Weekly.")
    if len(name) > LONGEST_NAME:
        raise BadInputError(f"The name has {len(name)} characters; the limit is {LONGEST_NAME}.", cure="Shorten it.")
    return name
