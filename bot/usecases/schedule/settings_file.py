"""A server's settings as TOML: a table with the options of each schedule, and the editor roles.

What is written is read back to the same settings. A file may also leave options out: those stay as they are.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bot.errors import BadInputError, NewsdeskError
from bot.news.parsing.names import KnownNames
from bot.news.schedules.imported import ID_KINDS, written_options
from bot.news.schedules.options import BY_NAME, Option, OptionKind
from bot.news.schedules.schedule import Schedule
from bot.usecases.schedule.changes import ScheduleChanges

_KINDS: Final[Mapping[OptionKind, tuple[type, str]]] = {
    OptionKind.TEXT: (str, "text"),
    OptionKind.NUMBER: (int, "a whole number"),
    OptionKind.YES_NO: (bool, "true or false"),
}

Table: TypeAlias = tuple[str, ScheduleChanges | NewsdeskError]
"""A schedule's label, and its options or why they can't be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFile:
    """What a file says.

    Attributes:
        schedules: Its schedules, in its order.
        editor_roles: The ids of the editor roles; None if the file doesn't name them.
    """

    schedules: tuple[Table, ...] = ()
    editor_roles: frozenset[int] | None = None


_MOST_DOTS: Final = 250
"""In a line; a list of domains has a hundred. A key such as `a.a.a` takes the square of its dots to read."""


def read_settings(text: str, known: KnownNames) -> SettingsFile:
    """Read a file; a schedule that can't be used is its error.

    Raises:
        BadInputError: the text isn't TOML or takes too long to read, or it has neither schedules nor editor roles, or
            something else.
    """
    if any(line.count(".") > _MOST_DOTS for line in text.split("\n")):
        raise BadInputError(f"A line has more than {_MOST_DOTS} dots.", cure="Upload a file from /admin export.")
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"It isn't TOML: {error}.", cure="Correct that line.") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, or lists in thousands of lists
        raise BadInputError(
            "It can't be read: a value is too large.", cure="Upload a file from /admin export."
        ) from error
    tables = found.get("schedule", [])
    if not isinstance(tables, list) or not found.keys() & {"schedule", "editor_roles"}:
        raise BadInputError("It has no schedule.", cure="Write a [[schedule]] line above each schedule's options.")
    if others := found.keys() - {"schedule", "editor_roles"}:
        cure = "Write [[schedule]] above each schedule's options."
        raise BadInputError(f"Unknown setting {min(others)}.", cure=cure)
    return SettingsFile(
        schedules=tuple(_read(number, table, known) for number, table in enumerate(tables, start=1)),
        editor_roles=_roles(found["editor_roles"]) if "editor_roles" in found else None,
    )


def _roles(value: object) -> frozenset[int]:
    if not isinstance(value, list):
        raise BadInputError("editor_roles isn't a list.", cure='Write editor_roles = ["123", "456"].')
    try:
        return frozenset(_id(each) for each in value)
    except BadInputError as error:
        raise BadInputError(f"editor_roles: {error.message}", cure=error.cure) from error


def _read(number: int, table: object, known: KnownNames) -> Table:
    if not isinstance(table, dict):
        return f"Schedule {number}", BadInputError("It isn't a table.", cure="Write [[schedule]] above its options.")
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        return f"Schedule {number}", BadInputError("It has no name.", cure='Add a line such as name = "Weekly".')
    given: dict[str, str | int | bool] = {}
    problems: list[str] = []
    clear = table.get("clear", [])
    if not isinstance(clear, list) or not all(isinstance(each, str) for each in clear):
        problems.append('clear: Not a list of options. Write clear = ["topics"].')
        clear = []
    for key, value in table.items():
        if key in {"name", "clear"}:
            continue
        try:
            given[key] = _value(_option(key), value)
        except BadInputError as error:
            problems.append(f"{key}: {error}")
    if problems:
        return name, BadInputError(" ".join(problems))
    return name, ScheduleChanges(name=name, options=given, clear=frozenset(clear), known=known)


def _option(key: str) -> Option:
    if key in BY_NAME:
        return BY_NAME[key]
    near = difflib.get_close_matches(key, BY_NAME, 1)
    cure = f"Did you mean {near[0]}?" if near else f"Options: {', '.join(BY_NAME)}."
    raise BadInputError("Unknown option.", cure=cure)


def _value(option: Option, value: Any) -> str | int | bool:
    if option.kind in ID_KINDS:
        return _id(value)
    if option.kind is OptionKind.TEXT and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    kind, wanted = _KINDS[option.kind]
    if not isinstance(value, (str, int)) or type(value) is not kind:  # a bool is an int, too
        raise BadInputError(f"Not {wanted}.", cure=f"Write {wanted}.")
    return value


def _id(value: object) -> int:
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        digits = str(value)
        if digits.isascii() and digits.isdecimal() and int(digits) < 1 << 63:
            return int(digits)
    raise BadInputError("Not an id.", cure='Write the id in quotes, such as "1234567890"; names are not read.')


def write_settings(schedules: Sequence[Schedule], editor_roles: Collection[int] | None = None) -> str:
    """Write settings as TOML; `read_settings` reads them back.

    Left out is what isn't a setting: which edition is skipped, what the bot stopped, and who saved a schedule.

    Args:
        schedules: Of one server.
        editor_roles: Its editor roles; None leaves them out of the file.
    """
    lines = ["# Settings of Newsdesk. Channels and roles are named by their ids."]
    if editor_roles is not None:
        lines += ["", f"editor_roles = {_toml([str(role) for role in sorted(editor_roles)])}"]
    for schedule in schedules:
        lines += ["", "[[schedule]]", *_table(schedule)]
    return "\n".join(lines) + "\n"


def _table(schedule: Schedule) -> Iterator[str]:
    yield f"name = {_toml(schedule.name)}"
    for name, value in written_options(schedule).items():
        if value is not None:
            yield f"{name} = {_toml(value)}"
    if absent := [name for name, value in written_options(schedule).items() if value is None]:
        yield f"clear = {_toml(absent)}"


def _toml(value: str | int | bool | Sequence[str]) -> str:  # noqa: FBT001 - the value itself is a truth value
    """Write a value: TOML's form of text, numbers, truth values and lists of text is JSON's, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
