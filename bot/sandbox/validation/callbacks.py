"""The rules for initial responses to interactions: messages, autocomplete choices, modals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from bot.sandbox.application.interactions import ANSWER, CHOICES, DEFERRED, DEFERRED_UPDATE, MODAL, UPDATE
from bot.sandbox.validation import messages, modals
from bot.sandbox.validation.commands import choice_problems
from bot.sandbox.validation.constraints import Path, Problems, count, objects, one_of, problem, required
from bot.sandbox.wire import Json

_TYPES: Final = (1, ANSWER, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL, 12)


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
            yield from _choices(data) if kind == CHOICES else modals.problems(("data",), data)


def _choices(data: Json) -> Problems:
    choices: list[tuple[Path, Json]] = []
    yield from objects(("data", "choices"), data.get("choices"), choices)
    yield from count(("data", "choices"), choices, 25)
    for path, choice in choices:
        yield from choice_problems(path, choice)
