"""The application's registered commands, and those that a member's client offers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from bot.sandbox.errors import SandboxError
from bot.sandbox.state.channel import Channel
from bot.sandbox.state.platform import Platform
from bot.sandbox.wire import Json

CHAT_INPUT: Final = 1
USER_MENU: Final = 2
MESSAGE_MENU: Final = 3
SUBCOMMAND: Final = 1
GROUP: Final = 2

_IN_GUILD: Final = 0
_IN_DIRECT: Final = 1


class Commands:
    """The registry of the application's commands.

    Attributes:
        shared: The global commands.
        by_guild: The commands of single guilds, by the guild's id.
        sync_count: The number of requests that registered commands.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.shared: list[Json] = []
        self.by_guild: dict[int, list[Json]] = {}
        self.sync_count = 0

    def replace(self, sent: Iterable[Json], guild: int | None = None) -> list[Json]:
        """Replace all commands by these; one that keeps its name and type keeps its id."""
        self.sync_count += 1
        known = {(one["name"], one["type"]): one["id"] for one in self.of(guild)}
        fresh = [self._whole(one, known.get((one["name"], one.get("type") or CHAT_INPUT)), guild) for one in sent]
        self._set(guild, fresh)
        return fresh

    def add(self, sent: Json, guild: int | None = None) -> Json:
        """Register a command, replacing one of the same name and type."""
        self.sync_count += 1
        kind = sent.get("type") or CHAT_INPUT
        others = [one for one in self.of(guild) if (one["name"], one["type"]) != (sent["name"], kind)]
        same = [one["id"] for one in self.of(guild) if one not in others]
        fresh = self._whole(sent, same[0] if same else None, guild)
        self._set(guild, [*others, fresh])
        return fresh

    def remove(self, command_id: str, guild: int | None = None) -> bool:
        """Delete a command, and return whether the id was registered."""
        left = [one for one in self.of(guild) if one["id"] != command_id]
        found = len(left) < len(self.of(guild))
        self._set(guild, left)
        return found

    def of(self, guild: int | None) -> list[Json]:
        """The commands of one guild alone, or with None the global ones."""
        return self.shared if guild is None else self.by_guild.get(guild, [])

    def offered(self, channel: Channel, user_id: int, *, kind: int | None = None, hidden: bool = False) -> list[Json]:
        """List the commands that the client offers a member; a guild's command hides a global one of the same name.

        Args:
            channel: The channel that is open.
            user_id: The member.
            kind: Only commands of this type.
            hidden: Include those for which the member lacks the default permissions.
        """
        guild = channel.guild
        own = {(one["name"], one["type"]): one for one in self.of(guild.id)} if guild else {}
        every = {(one["name"], one["type"]): one for one in self.shared} | own
        return [
            one
            for one in every.values()
            if kind in (None, one["type"]) and _fits_place(one, channel) and (hidden or _may_see(one, channel, user_id))
        ]

    def find(self, channel: Channel, user_id: int, name: str, kind: int, *, force: bool) -> Json:
        """Find a command by its root name.

        Raises:
            SandboxError: It isn't registered, or (without `force`) the client doesn't show it to this member here.
        """
        for command in self.offered(channel, user_id, kind=kind, hidden=True):
            if command["name"] == name:
                if force or _may_see(command, channel, user_id):
                    return command
                raise SandboxError(
                    f"{name!r} needs permissions that this member lacks: the client doesn't show it",
                    cure="Pass force=True to send it as if an admin had changed the command's permissions.",
                )
        names = ", ".join(sorted(one["name"] for one in self.offered(channel, user_id, kind=kind, hidden=True)))
        raise SandboxError(f"No command {name!r} is registered here", cure=f"Registered are: {names or 'none'}.")

    def _set(self, guild: int | None, commands: list[Json]) -> None:
        if guild is None:
            self.shared = commands
        else:
            self.by_guild[guild] = commands
        self._platform.changes.notify()

    def _whole(self, sent: Json, known_id: str | None, guild: int | None) -> Json:
        needed = sent.get("default_member_permissions")
        whole: Json = {
            "id": known_id or str(self._platform.ids.new()),
            "application_id": str(self._platform.application_id),
            "version": str(self._platform.ids.new()),
            "type": sent.get("type") or CHAT_INPUT,
            "name": sent["name"],
            "name_localizations": sent.get("name_localizations"),
            "description": sent.get("description") or "",
            "description_localizations": sent.get("description_localizations"),
            "default_member_permissions": None if needed is None else str(needed),
            "contexts": sent.get("contexts"),
            "integration_types": sent.get("integration_types") or [0],
            "nsfw": bool(sent.get("nsfw")),
        }
        if sent.get("dm_permission") is not None:
            whole["dm_permission"] = sent["dm_permission"]
        if sent.get("options"):
            whole["options"] = [_without_nulls(one) for one in sent["options"]]
        if guild is not None:
            whole["guild_id"] = str(guild)
        return whole


def leaves(command: Json) -> Iterator[tuple[str, Json]]:
    """Yield each invocable command with its full name: the command itself, or each of its subcommands."""
    below = [one for one in command.get("options") or () if one["type"] in (SUBCOMMAND, GROUP)]
    if not below:
        yield command["name"], command
    for one in below:
        for name, leaf in leaves(one):
            yield f"{command['name']} {name}", leaf


def _without_nulls(option: Json) -> Json:
    kept = {key: value for key, value in option.items() if value is not None or key.endswith("_localizations")}
    if "options" in kept:
        kept["options"] = [_without_nulls(one) for one in kept["options"]]
    return kept


def _fits_place(command: Json, channel: Channel) -> bool:
    if command["contexts"] is not None:
        return (_IN_GUILD if channel.guild else _IN_DIRECT) in command["contexts"]
    return channel.guild is not None or bool(command.get("dm_permission", True))


def _may_see(command: Json, channel: Channel, user_id: int) -> bool:
    needed = command["default_member_permissions"]
    if channel.guild is None:
        return True
    if not channel.allows(user_id, "use_application_commands"):
        return False
    if needed is None or command["name"] in channel.guild.commands_shown_to(user_id):
        return True
    held = channel.guild.permissions_of(user_id)
    return channel.allows(user_id, "administrator") or (int(needed) != 0 and held & int(needed) == int(needed))
