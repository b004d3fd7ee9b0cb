"""A slash command's options, given by name and validated as the Discord client validates them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.sandbox.application.commands import GROUP, SUBCOMMAND
from bot.sandbox.errors import SandboxError
from bot.sandbox.state.channel import KINDS, Channel
from bot.sandbox.state.guild import Role
from bot.sandbox.state.upload import Upload
from bot.sandbox.state.users import Account
from bot.sandbox.wire import Json, utf16_length

STRING: Final = 3
INTEGER: Final = 4
BOOLEAN: Final = 5
USER: Final = 6
CHANNEL: Final = 7
ROLE: Final = 8
MENTIONABLE: Final = 9
NUMBER: Final = 10
ATTACHMENT: Final = 11
# docs, Receiving and Responding, Resolved Data: a channel has these, and the permissions of the member and of the app.
_PARTIAL_CHANNEL: Final = frozenset(
    {
        "id",
        "name",
        "type",
        "last_message_id",
        "last_pin_timestamp",
        "nsfw",
        "parent_id",
        "guild_id",
        "flags",
        "rate_limit_per_user",
        "topic",
        "position",
        "thread_metadata",
        # Of a thread, and required by discord.py's `AppCommandThread`.
        "owner_id",
        "member_count",
        "message_count",
        "total_message_sent",
        "applied_tags",
    }
)


class Resolved:
    """The objects that an interaction's values refer to: its `resolved` field.

    Args:
        channel: Where the interaction happens.
        viewer: The member who acts, whose permissions a resolved channel carries.
    """

    def __init__(self, channel: Channel, viewer: Account) -> None:
        self._channel = channel
        self._viewer = viewer
        self._found: Json = {}

    def add(self, thing: Account | Channel | Role | Upload) -> str:
        """Add an object and return its id, which is the option's value."""
        channel, platform = self._channel, self._channel.platform
        if isinstance(thing, Upload):
            attachment = platform.upload(thing, f"ephemeral-attachments/{channel.id}") | {"ephemeral": True}
            return self._put("attachments", attachment["id"], attachment)
        if isinstance(thing, Channel):
            return self._put("channels", str(thing.id), self._partial(thing))
        if isinstance(thing, Role):
            return self._put("roles", str(thing.id), thing.to_json())
        if channel.guild is not None and thing.id in channel.guild.memberships:
            member = channel.guild.member_json(thing.id) | {"permissions": str(channel.permissions_of(thing.id))}
            del member["user"]
            self._put("members", str(thing.id), member)
        return self._put("users", str(thing.id), thing.user.to_json())

    def to_json(self) -> Json:
        """The interaction's `resolved`; empty if there is no object."""
        return {"resolved": self._found} if self._found else {}

    def _partial(self, channel: Channel) -> Json:
        shown = {key: value for key, value in channel.to_json().items() if key in _PARTIAL_CHANNEL}
        return shown | {
            "permissions": str(channel.permissions_of(self._viewer.id)),
            "app_permissions": str(channel.permissions_of(channel.platform.bot.id)),
        }

    def _put(self, kind: str, key: str, shape: Json) -> str:
        self._found.setdefault(kind, {})[key] = shape
        return key


def leaf_of(command: Json, name: str) -> tuple[Json, list[tuple[str, int]]]:
    """The (sub)command that a full name means, and the steps to it below the root.

    Raises:
        SandboxError: There is no such subcommand, or the name stops at a group.
    """
    node, steps = command, []
    for word in name.split()[1:]:
        below = [one for one in node.get("options") or () if one["type"] in (SUBCOMMAND, GROUP)]
        found = next((one for one in below if one["name"] == word), None)
        if found is None:
            known = ", ".join(one["name"] for one in below) or "none"
            raise SandboxError(f"/{name}: {node['name']!r} has no subcommand {word!r}", cure=f"It has: {known}.")
        node = found
        steps.append((word, int(found["type"])))
    if any(one["type"] in (SUBCOMMAND, GROUP) for one in node.get("options") or ()):
        raise SandboxError(f"/{name} is a group: name one of its subcommands")
    return node, steps


def nested(steps: list[tuple[str, int]], values: list[Json]) -> list[Json]:
    """Nest options below the subcommands that lead to them."""
    for name, kind in reversed(steps):
        values = [{"name": name, "type": kind, "options": values}]
    return values


def fill(leaf: Json, given: Mapping[str, Any], resolved: Resolved, *, focused: str | None = None) -> list[Json]:
    """Build an interaction's options.

    Args:
        leaf: The (sub)command's definition.
        given: Values by option name; a `-` in a name may be written `_`.
        resolved: Collects the objects among the values.
        focused: The option that is still being typed: it is not validated, and no option is required.

    Raises:
        SandboxError: The client wouldn't send these values.
    """
    known = {one["name"]: one for one in leaf.get("options") or ()}
    by_word = {name.replace("-", "_"): name for name in known} | {name: name for name in known}
    values = {}
    for word, value in given.items():
        if word not in by_word:
            raise SandboxError(
                f"/{leaf['name']} has no option {word!r}", cure=f"Its options are: {', '.join(known) or 'none'}."
            )
        values[by_word[word]] = value
    missing = [name for name, one in known.items() if one.get("required") and values.get(name) is None]
    if missing and focused is None:
        raise SandboxError(f"/{leaf['name']} requires {', '.join(missing)}")
    filled = []
    for name, option in known.items():
        if values.get(name) is None:
            continue
        if name == focused:
            filled.append({"name": name, "type": option["type"], "value": values[name], "focused": True})
        else:
            filled.append({"name": name, "type": option["type"], "value": _value(option, values[name], resolved)})
    return filled


def _value(option: Json, value: Any, resolved: Resolved) -> Any:
    kind = option["type"]
    if option.get("choices"):
        return _chosen(option, value)
    if kind == STRING:
        return _within(option, _typed(option, value, str), utf16_length, "length")
    if kind in (INTEGER, NUMBER) and not isinstance(value, bool):
        return _within(option, _typed(option, value, int if kind == INTEGER else (int, float)), float, "value")
    if kind == BOOLEAN:
        return _typed(option, value, bool)
    if kind == CHANNEL:
        channel = _typed(option, value, Channel)
        allowed = option.get("channel_types")
        if allowed and KINDS[channel.kind] not in allowed:
            raise SandboxError(f"option {option['name']!r} doesn't offer {channel.kind} channels like #{channel.name}")
        return resolved.add(channel)
    things: Mapping[int, Any] = {USER: Account, ROLE: Role, MENTIONABLE: (Account, Role), ATTACHMENT: Upload}
    if kind in things:
        return resolved.add(_typed(option, value, things[kind]))
    raise SandboxError(f"option {option['name']!r} doesn't take {value!r}")


def _typed(option: Json, value: Any, wanted: Any) -> Any:
    if not isinstance(value, wanted):
        names = " or ".join(one.__name__ for one in (wanted if isinstance(wanted, tuple) else (wanted,)))
        raise SandboxError(f"option {option['name']!r} takes a {names}, not {value!r}")
    return value


def _within(option: Json, value: Any, measure: Any, noun: str) -> Any:
    size = measure(value)
    least, most = option.get(f"min_{noun}"), option.get(f"max_{noun}")
    if least is not None and size < least:
        raise SandboxError(f"option {option['name']!r} has a minimum {noun} of {least}: {value!r} is below it")
    if most is not None and size > most:
        raise SandboxError(f"option {option['name']!r} has a maximum {noun} of {most}: {value!r} is above it")
    return value


def _chosen(option: Json, value: Any) -> Any:
    for choice in option["choices"]:
        if value == choice["value"] or value == choice["name"]:
            return choice["value"]
    offered = ", ".join(repr(choice["name"]) for choice in option["choices"])
    raise SandboxError(f"option {option['name']!r} has no choice {value!r}", cure=f"Its choices are: {offered}.")
