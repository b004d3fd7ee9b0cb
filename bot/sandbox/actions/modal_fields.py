"""A modal's fields as a member fills them in: defaults, what the client refuses to send, and the submission."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.sandbox.actions import inputs
from bot.sandbox.actions.answer import Modal
from bot.sandbox.actions.options import Resolved
from bot.sandbox.content import components as parts
from bot.sandbox.errors import SandboxError
from bot.sandbox.state.upload import Upload
from bot.sandbox.wire import Json, utf16_length

Find = Callable[[int], Any]
"""Returns the channel, person or role with an id; None if there is none any more."""

_MOST_CHARACTERS: Final = 4000
_MOST_FILE_BYTES: Final = 10 * 1024 * 1024
_LEFT: Final = object()
"""The value of a field that the member doesn't touch."""


def filled(modal: Modal, fields: Mapping[str, Any], resolved: Resolved, find: Find) -> list[Json]:
    """Build the components of a modal's submission.

    Args:
        modal: The modal.
        fields: Values by custom id or label; in labels, spaces may be written `_`, in any case.
        resolved: Collects the objects among the values.
        find: Looks up the channels, people and roles that a select has by default.

    Raises:
        SandboxError: A field is unknown, or the client wouldn't submit its value.
    """
    form = _Form(_by_custom_id(modal, fields), {one["custom_id"]: name for name, one in modal.inputs().items()})
    return [form.row(row, resolved, find) for row in modal.raw["components"]]


def _by_custom_id(modal: Modal, fields: Mapping[str, Any]) -> dict[str, Any]:
    left, values = dict(fields), {}
    for label, one in modal.inputs().items():
        for name in (one["custom_id"], label, label.lower().replace(" ", "_")):
            if name in left:
                values[one["custom_id"]] = left.pop(name)
                break
    if left:
        known = ", ".join(f"{one['custom_id']} ({label})" for label, one in modal.inputs().items())
        raise SandboxError(f"The modal has no field {', '.join(left)}", cure=f"Its fields are: {known}.")
    return values


class _Form:
    """A modal's values and labels, by custom id."""

    def __init__(self, values: Mapping[str, Any], labels: Mapping[str, str]) -> None:
        self._values = values
        self._labels = labels

    def row(self, row: Json, resolved: Resolved, find: Find) -> Json:
        """One top-level component of the submission."""
        sent: Json = {"type": row["type"], "id": row["id"]}
        if row["type"] == parts.LABEL:
            sent["component"] = self._field(row["component"], resolved, find)
        elif row["type"] == parts.ACTION_ROW:
            sent["components"] = [self._field(one, resolved, find) for one in row["components"]]
        return sent

    def _field(self, one: Json, resolved: Resolved, find: Find) -> Json:
        given = self._values.get(one["custom_id"], _LEFT)
        sent: Json = {"type": one["type"], "id": one["id"], "custom_id": one["custom_id"]}
        try:
            return sent | _value(one, _default(one, find) if given is _LEFT else given, resolved)
        except SandboxError as error:
            label = self._labels[one["custom_id"]]
            raise SandboxError(f"The field {label!r}: {error}", cure=error.cure) from error


def _default(one: Json, find: Find) -> Any:
    kind = one["type"]
    if kind == parts.TEXT_INPUT:
        return one.get("value")
    if kind == parts.CHECKBOX:
        return one.get("default")
    if "options" in one:
        marked = [option["value"] for option in one["options"] if option.get("default")]
        return next(iter(marked), None) if kind == parts.RADIO_GROUP else marked
    found = [find(int(value["id"])) for value in one.get("default_values") or ()]
    return [thing for thing in found if thing is not None]


def _value(one: Json, given: Any, resolved: Resolved) -> Json:
    kind = one["type"]
    if kind == parts.TEXT_INPUT:
        return {"value": _text(one, "" if given is None else str(given))}
    if kind == parts.CHECKBOX:
        if not isinstance(given, bool | None):
            raise SandboxError(f"a checkbox is True or False, not {given!r}")
        return {"value": bool(given)}
    many = list(given) if isinstance(given, list | tuple) else [] if given in (None, "") else [given]
    if kind == parts.RADIO_GROUP:
        _check_amount(one, many, most=1)
        return {"value": inputs.pick(one, many[0], resolved) if many else None}
    if kind == parts.FILE_UPLOAD:
        _check_amount(one, many, most=one.get("max_values") or 1)
        return {"values": [_uploaded(value, resolved) for value in many]}
    everything = len(one["options"]) if kind == parts.CHECKBOX_GROUP else 1
    _check_amount(one, many, most=one.get("max_values") or everything)
    return {"values": [inputs.pick(one, value, resolved) for value in many]}


def _text(one: Json, text: str) -> str:
    if not text and one.get("required", True):
        raise SandboxError("it is required")
    least, most = one.get("min_length") or 0, one.get("max_length") or _MOST_CHARACTERS
    if text and not least <= utf16_length(text) <= most:
        raise SandboxError(f"it takes {least} to {most} characters, not {utf16_length(text)}")
    if one["style"] == 1 and "\n" in text:
        raise SandboxError("it takes one line")
    return text


def _check_amount(one: Json, values: list[Any], *, most: int) -> None:
    """Require as many values as the field takes; one that isn't required may be left empty (docs, String Select)."""
    if not values:
        if one.get("required", True):
            raise SandboxError("it is required")
        return
    least = one.get("min_values", 1)
    if not least <= len(values) <= most:
        raise SandboxError(f"it takes {least} to {most}, not {len(values)}")


def _uploaded(value: Any, resolved: Resolved) -> str:
    if not isinstance(value, Upload):
        raise SandboxError(f"it takes Uploads, not {value!r}")
    if len(value.content) > _MOST_FILE_BYTES:
        raise SandboxError(f"{value.filename} is above the limit of 10 MiB")
    return resolved.add(value)
