"""The constraints that rules combine: lengths in UTF-16 code units, counts and types, with Discord's error codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from bot.sandbox.api_errors import Problem
from bot.sandbox.wire import Json, utf16_length

Path: TypeAlias = tuple[str | int, ...]
Problems: TypeAlias = Iterator[Problem]


def problem(path: Path, code: str, message: str) -> Problem:
    """An invalid field."""
    return Problem(path=path, code=code, message=message)


def length(path: Path, value: Any, most: int, least: int = 0) -> Problems:
    """Require a string of `least` to `most` UTF-16 code units; None is valid."""
    if value is None:
        return
    if not isinstance(value, str):
        yield problem(path, "STRING_TYPE_CONVERT", "Could not interpret value as string.")
    elif not least <= utf16_length(value) <= most:
        if least:
            yield problem(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        else:
            yield problem(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")


def count(path: Path, items: list[Any], most: int, least: int = 0) -> Problems:
    """Require `least` to `most` items."""
    if not least <= len(items) <= most:
        yield problem(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")


def required(path: Path, value: Any) -> Problems:
    """Require a value that isn't missing, null or empty."""
    if value is None or value in ("", []):
        yield problem(path, "BASE_TYPE_REQUIRED", "This field is required")


def one_of(path: Path, value: Any, choices: tuple[Any, ...]) -> Problems:
    """Require one of these values."""
    if value not in choices:
        yield problem(path, "BASE_TYPE_CHOICES", f"Value must be one of {choices}.")


def between(path: Path, value: Any, least: int, most: int) -> Problems:
    """Require an integer from `least` to `most`; None is valid."""
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        yield problem(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
    elif not least <= value <= most:
        yield problem(path, "NUMBER_TYPE_RANGE", f"int value should be between {least} and {most}.")


def url(path: Path, value: Any, most: int, *schemes: str) -> Problems:
    """Require a URL with one of these schemes and a host."""
    yield from required(path, value)
    yield from length(path, value, most)
    if not isinstance(value, str) or not value:
        return
    try:
        parts = urlsplit(value)
    except ValueError:
        yield problem(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        return
    if parts.scheme.lower() not in schemes:
        listed = ", ".join(schemes)
        yield problem(
            path,
            "URL_TYPE_INVALID_SCHEME",
            f'Scheme "{parts.scheme}" is not supported. Scheme must be one of ({listed}).',
        )
    elif not parts.netloc or any(character.isspace() for character in value):
        yield problem(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")


def objects(path: Path, value: Any, found: list[tuple[Path, Json]]) -> Problems:
    """Require a list of objects, or None; the objects are added to `found` with their places."""
    if value is None:
        return
    if not isinstance(value, list):
        yield problem(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return
    for number, one in enumerate(value):
        if isinstance(one, dict):
            found.append(((*path, number), one))
        else:
            yield problem((*path, number), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")


def entries(path: Path, value: Any) -> list[tuple[Path, Json]]:
    """The objects of a list with their places, however invalid the list is otherwise."""
    found: list[tuple[Path, Json]] = []
    for _ in objects(path, value, found):
        pass
    return found
