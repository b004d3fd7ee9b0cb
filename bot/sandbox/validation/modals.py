"""The rules for modals: their title, their labels and the components in them (docs, Component Reference)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.sandbox.content import components as parts
from bot.sandbox.validation import components
from bot.sandbox.validation.constraints import (
    Path,
    Problems,
    between,
    count,
    entries,
    length,
    objects,
    one_of,
    problem,
    required,
)
from bot.sandbox.wire import Json

MOST_ROWS: Final = 5
MOST_FILES: Final = 10
_MOST_BOXES: Final = 10
_LEAST_RADIOS: Final = 2
_MOST_INPUT: Final = 4000
_AT_TOP: Final = (parts.LABEL, parts.TEXT_DISPLAY, parts.ACTION_ROW)


def problems(path: Path, data: Json) -> Problems:
    """Find the invalid fields of a modal."""
    for key, most in (("title", 45), ("custom_id", 100)):
        yield from required((*path, key), data.get(key))
        yield from length((*path, key), data.get(key), most, 1)
    rows: list[tuple[Path, Json]] = []
    yield from objects((*path, "components"), data.get("components"), rows)
    yield from count((*path, "components"), rows, MOST_ROWS, 1)
    for place, row in rows:
        yield from one_of((*place, "type"), row.get("type"), _AT_TOP)
        if row.get("type") == parts.LABEL:
            yield from _label(place, row)
        elif row.get("type") == parts.ACTION_ROW:
            yield from _old_row(place, row)
        elif row.get("type") == parts.TEXT_DISPLAY:
            yield from required((*place, "content"), row.get("content"))
            yield from length((*place, "content"), row.get("content"), _MOST_INPUT, 1)
    yield from components.unique(list(components.walk((*path, "components"), data.get("components"))))


def _label(path: Path, row: Json) -> Problems:
    yield from required((*path, "label"), row.get("label"))
    yield from length((*path, "label"), row.get("label"), 45, 1)
    yield from length((*path, "description"), row.get("description"), 100, 1)
    inner, place = row.get("component"), (*path, "component")
    if not isinstance(inner, dict):
        yield from required(place, None)
        return
    yield from one_of((*place, "type"), inner.get("type"), tuple(_RULES))
    if inner.get("type") in _RULES:
        yield from _RULES[inner["type"]](place, inner)
        yield from _answerable(place, inner)


def _old_row(path: Path, row: Json) -> Problems:
    """Find the invalid fields of a text input in an action row, which Discord still takes."""
    inputs = entries((*path, "components"), row.get("components"))
    yield from count((*path, "components"), inputs, 1, 1)
    for place, one in inputs:
        yield from one_of((*place, "type"), one.get("type"), (parts.TEXT_INPUT,))
        yield from required((*place, "label"), one.get("label"))
        yield from _input(place, one)


def _answerable(path: Path, one: Json) -> Problems:
    if one.get("disabled"):
        yield problem((*path, "disabled"), "COMPONENT_DISABLED_IN_MODAL", "Modals cannot have disabled components")
    if one.get("min_values") == 0 and one.get("required") is not False:
        yield problem(
            (*path, "min_values"), "COMPONENT_REQUIRED_MIN_VALUES", "min_values must be at least 1 if it is required"
        )


def _input(path: Path, one: Json) -> Problems:
    yield from components.custom_id(path, one)
    yield from length((*path, "label"), one.get("label"), 45, 1)
    yield from length((*path, "placeholder"), one.get("placeholder"), 100)
    yield from length((*path, "value"), one.get("value"), _MOST_INPUT)
    yield from one_of((*path, "style"), one.get("style"), (1, 2))
    yield from between((*path, "min_length"), one.get("min_length"), 0, _MOST_INPUT)
    yield from between((*path, "max_length"), one.get("max_length"), 1, _MOST_INPUT)


def _radios(path: Path, one: Json) -> Problems:
    yield from components.custom_id(path, one)
    yield from components.options(path, one, _MOST_BOXES, _LEAST_RADIOS)
    yield from _defaults(path, one, 1)


def _boxes(path: Path, one: Json) -> Problems:
    yield from components.custom_id(path, one)
    yield from components.amounts(path, one, _MOST_BOXES)
    yield from components.options(path, one, _MOST_BOXES)
    yield from _defaults(path, one, one.get("max_values") or _MOST_BOXES)


def _select(path: Path, one: Json) -> Problems:
    yield from components.select(path, one)
    if one.get("type") == parts.STRING_SELECT:
        yield from _defaults(path, one, one.get("max_values") or 1)


def _defaults(path: Path, one: Json, most: int) -> Problems:
    marked = [place for place, option in entries((*path, "options"), one.get("options")) if option.get("default")]
    for place in marked[most:]:
        yield problem((*place, "default"), "COMPONENT_TOO_MANY_DEFAULTS", f"At most {most} may be selected by default")


def _files(path: Path, one: Json) -> Problems:
    yield from components.custom_id(path, one)
    yield from components.amounts(path, one, MOST_FILES)


_RULES: Final[dict[int, Callable[[Path, Json], Problems]]] = {
    parts.TEXT_INPUT: _input,
    **dict.fromkeys(sorted(parts.SELECTS), _select),
    parts.FILE_UPLOAD: _files,
    parts.RADIO_GROUP: _radios,
    parts.CHECKBOX_GROUP: _boxes,
    parts.CHECKBOX: components.custom_id,
}
