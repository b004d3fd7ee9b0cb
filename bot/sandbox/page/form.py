"""A modal as HTML: each of its fields as the client shows it, with the defaults entered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Final

from bot.sandbox.content import components as parts
from bot.sandbox.page.drawing import Drawing, element
from bot.sandbox.wire import Json

_PARAGRAPH: Final = 2


def draw_form(drawing: Drawing, rows: Iterable[Json]) -> str:
    """Render the rows of a modal; `data-field` and `data-kind` say how the page reads each field."""
    drawn = []
    for row in rows:
        if row["type"] == parts.TEXT_DISPLAY:
            drawn.append(element("div", drawing.text(row["content"]), _class="text"))
        elif row["type"] == parts.LABEL:
            drawn.append(_field(drawing, row["component"], row["label"], row.get("description")))
        else:
            drawn += [_field(drawing, one, one["label"], None) for one in row["components"]]
    return "".join(drawn)


def _field(drawing: Drawing, one: Json, label: str, description: str | None) -> str:
    needed = one["type"] != parts.CHECKBOX and one.get("required", True)
    identifier = f"field-{one['id']}"
    shown = element("b", escape(label), _class="needed" if needed else None)
    heading = element("label", shown, _for=identifier)
    if description:
        heading += element("span", escape(description))
    inside = drawing.select(one, identifier) if one["type"] in parts.SELECTS else _INPUTS[one["type"]](one, identifier)
    return element("div", heading + inside, _class="field", data_field=one["custom_id"], data_kind=str(one["type"]))


def _text(one: Json, identifier: str) -> str:
    long = one["style"] == _PARAGRAPH
    limits = {
        key: str(one[name]) for key, name in (("minlength", "min_length"), ("maxlength", "max_length")) if one.get(name)
    }
    value = str(one.get("value") or "")
    shared: dict[str, str | bool | None] = {
        "id": identifier,
        "placeholder": one.get("placeholder"),
        "required": bool(one.get("required", True)),
        **limits,
    }
    if long:
        return element("textarea", escape(value), rows="4", **shared)
    return element("input", value=value, **shared)


def _choices(one: Json, identifier: str) -> str:
    kind = "radio" if one["type"] == parts.RADIO_GROUP else "checkbox"
    drawn = []
    for option in one["options"]:
        box = element("input", type=kind, name=identifier, value=option["value"], checked=bool(option.get("default")))
        words = element("span", escape(option["label"]))
        if option.get("description"):
            words += element("small", escape(option["description"]))
        drawn.append(element("label", box + words, _class="choice"))
    return element("div", "".join(drawn), id=identifier, role="radiogroup" if kind == "radio" else "group")


def _checkbox(one: Json, identifier: str) -> str:
    return element("input", type="checkbox", id=identifier, checked=bool(one.get("default")))


def _files(one: Json, identifier: str) -> str:
    return element("input", type="file", id=identifier, multiple=(one.get("max_values") or 1) > 1)


_INPUTS: Final[dict[int, Callable[[Json, str], str]]] = {
    parts.TEXT_INPUT: _text,
    parts.RADIO_GROUP: _choices,
    parts.CHECKBOX_GROUP: _choices,
    parts.CHECKBOX: _checkbox,
    parts.FILE_UPLOAD: _files,
}
