"""Input components of messages and modals: finding a button or select, and filling in fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.sandbox.actions.answer import Answer, Modal
from bot.sandbox.actions.options import Resolved
from bot.sandbox.content import components as parts
from bot.sandbox.errors import SandboxError
from bot.sandbox.state.channel import KINDS, Channel
from bot.sandbox.state.guild import Role
from bot.sandbox.state.message import SandboxMessage
from bot.sandbox.state.upload import Upload
from bot.sandbox.wire import Json, utf16_length


def message_of(where: SandboxMessage | Answer) -> SandboxMessage:
    """Return the message itself, or an answer's message.

    Raises:
        SandboxError: There is no message, or it was deleted.
    """
    message = where.message if isinstance(where, Answer) else where
    if message is None or message.deleted:
        raise SandboxError("There is no message whose components could be used")
    return message


def find_button(message: SandboxMessage, label: str | None, custom_id: str | None, nth: int) -> Json:
    """Find a button by custom id or label.

    Raises:
        SandboxError: There is no such button, it is disabled, or it opens a link.
    """
    buttons = [one for one in parts.walk(message.raw["components"]) if one["type"] == parts.BUTTON]
    if custom_id is not None:
        fitting = [one for one in buttons if one.get("custom_id") == custom_id]
    else:
        fitting = [one for one in buttons if parts.button_label(one) == label]
    if nth >= len(fitting):
        seen = ", ".join(repr(one) for one in message.buttons) or "none"
        raise SandboxError(f"There is no button {custom_id or label!r} number {nth}", cure=f"The buttons are: {seen}.")
    button = fitting[nth]
    if button.get("url"):
        raise SandboxError(f"{parts.button_label(button)!r} opens {button['url']}: the application is not notified")
    if button.get("disabled"):
        raise SandboxError(f"The button {parts.button_label(button)!r} is disabled")
    return button


def find_select(message: SandboxMessage, nth: int, custom_id: str | None) -> Json:
    """Find a select by position or custom id.

    Raises:
        SandboxError: There is no such select, or it is disabled.
    """
    fitting = [one for one in message.selects if custom_id is None or one["custom_id"] == custom_id]
    if nth >= len(fitting):
        raise SandboxError(f"There is no select number {nth}: the message has {len(message.selects)}")
    if fitting[nth].get("disabled"):
        raise SandboxError(f"The select {fitting[nth].get('placeholder')!r} is disabled")
    return fitting[nth]


def chosen(select: Json, values: Iterable[Any], resolved: Resolved) -> list[str]:
    """Convert a selection to the values that the client sends.

    `values` are option labels or values, or channels, roles and members.

    Raises:
        SandboxError: A value isn't offered, or there are too few or too many.
    """
    picked = [_picked(select, value, resolved) for value in values]
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    if not least <= len(picked) <= most:
        raise SandboxError(f"This select takes {least} to {most} values, not {len(picked)}")
    return picked


def _picked(select: Json, value: Any, resolved: Resolved) -> str:
    if select["type"] == parts.STRING_SELECT:
        for option in select["options"]:
            if value in (option["value"], option["label"]):
                return str(option["value"])
        offered = ", ".join(repr(option["label"]) for option in select["options"])
        raise SandboxError(f"The select doesn't offer {value!r}", cure=f"It offers: {offered}.")
    if isinstance(value, Channel):
        allowed = select.get("channel_types")
        if select["type"] != parts.CHANNEL_SELECT or (allowed and KINDS[value.kind] not in allowed):
            raise SandboxError(f"The select doesn't offer {value!r}")
        return resolved.add(value)
    if isinstance(value, Role) != (select["type"] == parts.ROLE_SELECT) and select["type"] != parts.MENTIONABLE_SELECT:
        raise SandboxError(f"The select doesn't offer {value!r}")
    return resolved.add(value)


def filled(modal: Modal, fields: Mapping[str, Any], resolved: Resolved) -> list[Json]:
    """Build the components of a modal's submission.

    Args:
        modal: The modal.
        fields: Values by custom id or label; in labels, spaces may be written `_`, in any case.
        resolved: Collects the objects among the values.

    Raises:
        SandboxError: A field is unknown, a required one is missing, or a text is too short or too long.
    """
    inputs = modal.inputs()
    left = dict(fields)
    values: dict[str, Any] = {}
    for label, one in inputs.items():
        for name in (one["custom_id"], label, label.lower().replace(" ", "_")):
            if name in left:
                values[one["custom_id"]] = left.pop(name)
                break
    if left:
        known = ", ".join(f"{one['custom_id']} ({label})" for label, one in inputs.items())
        raise SandboxError(f"The modal has no field {', '.join(left)}", cure=f"Its fields are: {known}.")
    return [_row(row, values, resolved) for row in modal.raw["components"]]


def _row(row: Json, values: Mapping[str, Any], resolved: Resolved) -> Json:
    if row["type"] == parts.LABEL:
        return {"type": row["type"], "id": row.get("id", 0), "component": _field(row["component"], values, resolved)}
    if row["type"] == parts.ACTION_ROW:
        return {
            "type": row["type"],
            "id": row.get("id", 0),
            "components": [_field(one, values, resolved) for one in row["components"]],
        }
    return {"type": row["type"], "id": row.get("id", 0)}


def _field(one: Json, values: Mapping[str, Any], resolved: Resolved) -> Json:
    sent: Json = {"type": one["type"], "id": one.get("id", 0), "custom_id": one["custom_id"]}
    given = values.get(one["custom_id"])
    if one["type"] == parts.TEXT_INPUT:
        text = str(one.get("value") or "" if given is None else given)
        if one.get("required", True) and not text:
            raise SandboxError(f"The field {one.get('label') or one['custom_id']!r} is required")
        least, most = one.get("min_length") or 0, one.get("max_length") or 4000
        if text and not least <= utf16_length(text) <= most:
            raise SandboxError(f"The field {one['custom_id']!r} takes {least} to {most} characters")
        return sent | {"value": text}
    if one["type"] in parts.SELECTS:
        if given is None and not one.get("required", True):
            return sent | {"values": []}
        many = given if isinstance(given, (list, tuple)) else [] if given is None else [given]
        return sent | {"values": chosen(one, many, resolved)}
    if isinstance(given, Upload):
        return sent | {"values": [resolved.add(given)]}
    if isinstance(given, (list, tuple)):
        return sent | {"values": [resolved.add(v) if isinstance(v, Upload) else v for v in given]}
    return sent | {"value": given}
