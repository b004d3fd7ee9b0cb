"""The rules for initial responses to interactions: messages, autocomplete choices, modals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from bot.sandbox.application.interactions import ANSWER, CHOICES, DEFERRED, DEFERRED_UPDATE, MODAL, UPDATE
from bot.sandbox.content import components as parts
from bot.sandbox.validation import messages
from bot.sandbox.validation.commands import choice_problems
from bot.sandbox.validation.components import select
from bot.sandbox.validation.constraints import (
    Path,
    Problems,
    between,
    count,
    length,
    objects,
    one_of,
    problem,
    required,
)
from bot.sandbox.wire import Json

_TYPES: Final = (1, ANSWER, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL, 12)
_IN_MODAL: Final = (parts.ACTION_ROW, parts.TEXT_DISPLAY, parts.LABEL)


def problems(body: Any, *, existing_flags: int, files: Iterable[str]) -> Problems:
    """Find the invalid fields of a callback's body."""
    if not isinstance(body, dict):
        yield problem((), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return
    kind, data = body.get("type"), body.get("data")
    yield from one_of(("type",), kind, _TYPES)
    if kind in (ANSWER, UPDATE, DEFERRED, DEFERRED_UPDATE):
        flags = existing_flags if kind == UPDATE else 0
        yield from messages.problems(("data",), data, existing_flags=flags, files=files, settable=messages.ANSWER_FLAGS)
    elif kind in (CHOICES, MODAL):
        if not isinstance(data, dict):
            yield from required(("data",), None)
        else:
            yield from _choices(data) if kind == CHOICES else _modal(data)


def _choices(data: Json) -> Problems:
    choices: list[tuple[Path, Json]] = []
    yield from objects(("data", "choices"), data.get("choices"), choices)
    yield from count(("data", "choices"), choices, 25)
    for path, choice in choices:
        yield from choice_problems(path, choice)


def _modal(data: Json) -> Problems:
    for key, most in (("title", 45), ("custom_id", 100)):
        yield from required(("data", key), data.get(key))
        yield from length(("data", key), data.get(key), most, 1)
    rows: list[tuple[Path, Json]] = []
    yield from objects(("data", "components"), data.get("components"), rows)
    yield from count(("data", "components"), rows, 5, 1)
    for path, row in rows:
        yield from one_of((*path, "type"), row.get("type"), _IN_MODAL)
        if row.get("type") == parts.LABEL:
            yield from _label(path, row)
        elif row.get("type") == parts.ACTION_ROW:
            inputs: list[tuple[Path, Json]] = []
            yield from objects((*path, "components"), row.get("components"), inputs)
            yield from count((*path, "components"), inputs, 1, 1)
            for place, one in inputs:
                yield from required((*place, "label"), one.get("label"))
                yield from _input(place, one)
        elif row.get("type") == parts.TEXT_DISPLAY:
            yield from length((*path, "content"), row.get("content"), 4000, 1)


def _label(path: Path, row: Json) -> Problems:
    yield from required((*path, "label"), row.get("label"))
    yield from length((*path, "label"), row.get("label"), 45, 1)
    yield from length((*path, "description"), row.get("description"), 100, 1)
    inner = row.get("component")
    if not isinstance(inner, dict):
        yield from required((*path, "component"), None)
    elif inner.get("type") in parts.SELECTS:
        yield from select((*path, "component"), inner)
    elif inner.get("type") == parts.TEXT_INPUT:
        yield from _input((*path, "component"), inner)


def _input(path: Path, one: Json) -> Problems:
    yield from required((*path, "custom_id"), one.get("custom_id"))
    yield from length((*path, "custom_id"), one.get("custom_id"), 100, 1)
    yield from length((*path, "label"), one.get("label"), 45, 1)
    yield from length((*path, "placeholder"), one.get("placeholder"), 100)
    yield from length((*path, "value"), one.get("value"), 4000)
    yield from one_of((*path, "style"), one.get("style"), (1, 2))
    yield from between((*path, "min_length"), one.get("min_length"), 0, 4000)
    yield from between((*path, "max_length"), one.get("max_length"), 1, 4000)
