"""Input components of messages: finding a button or select, and converting what is chosen in a select."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from bot.sandbox.actions.answer import Answer
from bot.sandbox.actions.options import Resolved
from bot.sandbox.content import components as parts
from bot.sandbox.errors import SandboxError
from bot.sandbox.state.channel import KINDS, Channel
from bot.sandbox.state.guild import Role
from bot.sandbox.state.message import SandboxMessage
from bot.sandbox.state.users import Account
from bot.sandbox.wire import Json


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
    picked = [pick(select, value, resolved) for value in values]
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    if not least <= len(picked) <= most:
        raise SandboxError(f"This select takes {least} to {most} values, not {len(picked)}")
    return picked


def pick(select: Json, value: Any, resolved: Resolved) -> str:
    """Convert one chosen thing to the value that the client sends.

    Raises:
        SandboxError: It isn't offered.
    """
    if "options" in select:
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
    if not isinstance(value, _OFFERED.get(select["type"], ())):
        raise SandboxError(f"The select doesn't offer {value!r}")
    return resolved.add(value)


_OFFERED: Final[dict[int, tuple[type[Account | Role], ...]]] = {
    parts.USER_SELECT: (Account,),
    parts.ROLE_SELECT: (Role,),
    parts.MENTIONABLE_SELECT: (Account, Role),
}
