"""The rules for registering commands."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final

from bot.sandbox.actions.options import INTEGER, NUMBER, STRING
from bot.sandbox.application.commands import CHAT_INPUT, GROUP, MESSAGE_MENU, SUBCOMMAND, USER_MENU
from bot.sandbox.validation.constraints import (
    Path,
    Problems,
    count,
    entries,
    length,
    objects,
    one_of,
    problem,
    required,
)
from bot.sandbox.wire import Json, utf16_length

MOST_CHARACTERS: Final = 8000
_MOST: Final = {CHAT_INPUT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
# Docs, Application Commands, Application Command Naming: ^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$ in lower case.
# Python's \w has letters, numbers and the underscore; the scripts' signs are Unicode's Scripts.txt.
_DEVANAGARI: Final = "\u0900-\u0950\u0955-\u0963\u0966-\u097f\ua8e0-\ua8ff\U00011b00-\U00011b09"
_THAI: Final = "\u0e01-\u0e3a\u0e40-\u0e5b"
_NAME: Final = re.compile(rf"[-_'\w{_DEVANAGARI}{_THAI}]{{1,32}}")


def bulk(body: Any) -> Problems:
    """Find the invalid fields of a list of commands that replaces all others."""
    commands: list[tuple[Path, Json]] = []
    yield from objects((), body, commands)
    kinds = Counter(one.get("type") or CHAT_INPUT for _, one in commands)
    for kind, most in _MOST.items():
        if kinds[kind] > most:
            yield problem((), "BASE_TYPE_BAD_LENGTH", f"Must be {most} or fewer commands of type {kind}.")
    names = Counter((one.get("name"), one.get("type") or CHAT_INPUT) for _, one in commands)
    for path, one in commands:
        yield from single(path, one)
        if names[one.get("name"), one.get("type") or CHAT_INPUT] > 1:
            yield problem(
                (*path, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
            )


def single(path: Path, command: Any) -> Problems:
    """Find the invalid fields of one command."""
    if not isinstance(command, dict):
        yield problem(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return
    kind = command.get("type") or CHAT_INPUT
    yield from one_of((*path, "type"), kind, (CHAT_INPUT, USER_MENU, MESSAGE_MENU))
    if kind == CHAT_INPUT:
        yield from _named(path, command)
        yield from _options(path, command, depth=0)
    else:
        yield from required((*path, "name"), command.get("name"))
        yield from length((*path, "name"), command.get("name"), 32, 1)
        if command.get("description"):
            yield problem(
                (*path, "description"),
                "APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED",
                "Context menu commands cannot have a description",
            )
    if _characters(command) > MOST_CHARACTERS:
        yield problem(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MOST_CHARACTERS})")


def _named(path: Path, one: Json) -> Problems:
    for key, most in (("name", 32), ("description", 100)):
        yield from required((*path, key), one.get(key))
        yield from length((*path, key), one.get(key), most, 1)
        localized = one.get(f"{key}_localizations")
        for locale, text in localized.items() if isinstance(localized, dict) else ():
            place = (*path, f"{key}_localizations", locale)
            yield from length(place, text, most, 1)
            if key == "name":
                yield from _name(place, text)
    yield from _name((*path, "name"), one.get("name"))


def _name(path: Path, name: Any) -> Problems:
    if isinstance(name, str) and name and not (_NAME.fullmatch(name) and name == name.lower()):
        yield problem(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _options(path: Path, one: Json, depth: int) -> Problems:
    options: list[tuple[Path, Json]] = []
    yield from objects((*path, "options"), one.get("options"), options)
    yield from count((*path, "options"), options, 25)
    names = Counter(option.get("name") for _, option in options)
    kinds = [option.get("type") in (SUBCOMMAND, GROUP) for _, option in options]
    if any(kinds) and not all(kinds):
        yield problem(
            (*path, "options"),
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        )
    optional_seen = False
    for place, option in options:
        yield from one_of((*place, "type"), option.get("type"), tuple(range(1, 12)))
        yield from _named(place, option)
        if names[option.get("name")] > 1:
            yield problem(
                (*place, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Command option names must be unique"
            )
        if option.get("required") and optional_seen:
            yield problem(
                (*place, "required"),
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not option.get("required")
        if option.get("type") in (SUBCOMMAND, GROUP):
            yield from _nested(place, option, depth)
        else:
            yield from _choices(place, option)


def _nested(path: Path, option: Json, depth: int) -> Problems:
    if (option["type"] == GROUP and depth > 0) or depth > 1:
        yield problem((*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Groups hold sub-commands only")
        return
    yield from _options(path, option, depth + 1 if option["type"] == GROUP else 2)


def _choices(path: Path, option: Json) -> Problems:
    choices = entries((*path, "choices"), option.get("choices"))
    yield from count((*path, "choices"), choices, 25)
    if choices and option.get("autocomplete"):
        yield problem(
            (*path, "autocomplete"),
            "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
            "Autocomplete and choices are mutually exclusive",
        )
    for place, choice in choices:
        yield from choice_problems(place, choice, option.get("type"))


def choice_problems(path: Path, choice: Json, kind: Any = None) -> Problems:
    """Find the invalid fields of one choice of an option, or of an autocomplete response."""
    yield from required((*path, "name"), choice.get("name"))
    yield from length((*path, "name"), choice.get("name"), 100, 1)
    value = choice.get("value")
    if value is None:
        yield from required((*path, "value"), None)
    elif kind == STRING or (kind is None and isinstance(value, str)):
        yield from length((*path, "value"), value, 100)
    elif isinstance(value, bool) or not isinstance(value, int if kind == INTEGER else (int, float)):
        known = {INTEGER: "int", NUMBER: "float"}.get(kind, "number")
        yield problem((*path, "value"), "NUMBER_TYPE_COERCE", f'Value "{value}" is not {known}.')


def _characters(one: Json) -> int:
    total = sum(_longest(one, key) for key in ("name", "description"))
    if isinstance(one.get("value"), str):
        total += utf16_length(one["value"])
    for key in ("options", "choices"):
        total += sum(_characters(inner) for _, inner in entries((), one.get(key)))
    return total


def _longest(one: Json, key: str) -> int:
    localized = one.get(f"{key}_localizations")
    texts = [one.get(key), *(localized.values() if isinstance(localized, dict) else ())]
    return max((utf16_length(text) for text in texts if isinstance(text, str)), default=0)
