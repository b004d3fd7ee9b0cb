"""Servers, their roles and their members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bot.sandbox import permissions
from bot.sandbox.channel import Channel
from bot.sandbox.errors import SandboxError
from bot.sandbox.permissions import BITS
from bot.sandbox.wire import Json, iso

if TYPE_CHECKING:
    from bot.sandbox.member import Member
    from bot.sandbox.world import World


@dataclass(eq=False, slots=True, kw_only=True)
class Role:
    """A role; `permissions` are bits, `mentionable` says whether anyone may ping it."""

    id: int
    name: str
    permissions: int = 0
    mentionable: bool = False
    managed: bool = False
    position: int = 1

    def to_json(self) -> Json:
        """Discord's role object."""
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(self.permissions),
            "position": self.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": self.managed,
            "mentionable": self.mentionable,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }


@dataclass(slots=True, kw_only=True)
class Membership:
    """Somebody's place in a server."""

    joined_at: datetime
    roles: set[int] = field(default_factory=set)


class Guild:
    """A server.

    Attributes:
        roles: By id; the first is @everyone and has the server's id.
        has_bot: Whether the bot is a member.
        available: Whether Discord's own part for this server works.
        locale: The server's language.
    """

    def __init__(self, world: World, name: str, *, locale: str = "en-US") -> None:
        self.world = world
        self.id = world.ids.new()
        self.name = name
        self.locale = locale
        self.owner_id = world.ids.new()
        self.has_bot = True
        self.available = True
        self.roles: dict[int, Role] = {}
        self.roles[self.id] = Role(id=self.id, name="@everyone", permissions=permissions.EVERYONE, position=0)
        self._humans: Role | None = None
        self._bot_role = self.add_role(world.bot.name, managed=True)
        self._bot_role.permissions = permissions.BOT
        self.memberships: dict[int, Membership] = {}
        self._join(world.bot.id, self._bot_role)
        world.guilds[self.id] = self

    def __repr__(self) -> str:
        return f"<Guild {self.name}>"

    @property
    def channels(self) -> list[Channel]:
        """Its channels, without threads."""
        return [one for one in self.world.channels.values() if one.guild is self and not one.is_thread]

    @property
    def members(self) -> list[Member]:
        """The people in it, without the bot."""
        return [self.world.people[user] for user in self.memberships if user in self.world.people]

    def add_channel(self, name: str, kind: str = "text") -> Channel:
        """Open a channel.

        Args:
            name: Without the #.
            kind: text, announcement, forum, voice or category.
        """
        channel = Channel(self.world, name=name, kind=kind, guild=self)
        channel.tell("CHANNEL_CREATE", channel)
        return channel

    def add_role(
        self, name: str, *, allowed: Iterable[str] = (), mentionable: bool = False, managed: bool = False
    ) -> Role:
        """Make a role that grants the permissions named in `allowed`."""
        role = Role(
            id=self.world.ids.new(),
            name=name,
            permissions=permissions.bits(allowed),
            mentionable=mentionable,
            managed=managed,
            position=len(self.roles),
        )
        self.roles[role.id] = role
        self._tell_role("GUILD_ROLE_CREATE", role)
        return role

    def add_member(
        self,
        person: str | Member,
        *,
        permissions: Iterable[str] = (),
        locale: str = "en-US",
        roles: Iterable[Role] = (),
    ) -> Member:
        """Let somebody join.

        Args:
            person: A name for a new account, or somebody who exists already.
            permissions: What a role of their own grants them, by name, e.g. `manage_guild`.
            locale: The language of a new account's client.
            roles: More roles of theirs.
        """
        member = self.world.new_person(person, locale) if isinstance(person, str) else person
        granted = tuple(permissions)
        own = [self.add_role(f"{member.name}'s role", allowed=granted)] if granted else []
        humans = [self._humans] if self._humans else []
        self._join(member.id, *own, *humans, *roles)
        self.world.dispatch("GUILD_MEMBER_ADD", lambda: self._with_guild(self.member_json(member.id)), guild=self.id)
        self.world.changes.notify()
        return member

    def set_permissions_of(self, member: Member, *names: str) -> None:
        """Replace what a member's own roles grant with exactly these permissions, beside @everyone's."""
        membership = self.memberships[member.id]
        humans = [self._humans] if self._humans else []
        membership.roles = {role.id for role in (self.add_role(f"{member.name}'s role", allowed=names), *humans)}

    def set_bot_permissions(self, **wishes: bool) -> None:
        """Grant the bot a permission in the whole server (True), or make sure that it hasn't got it (False).

        What is taken from the bot but granted to everyone is granted to the people by a role instead.
        """
        everyone = self.roles[self.id]
        for name, wish in wishes.items():
            bit = permissions.bits((name,))
            self._bot_role.permissions = self._bot_role.permissions | bit if wish else self._bot_role.permissions & ~bit
            if not wish and everyone.permissions & bit:
                everyone.permissions &= ~bit
                self._grant_humans(bit)
                self._tell_role("GUILD_ROLE_UPDATE", everyone)
        self._tell_role("GUILD_ROLE_UPDATE", self._bot_role)
        self.world.changes.notify()

    def remove_bot(self) -> None:
        """Throw the bot out; everything here is then beyond its reach (50001)."""
        self.has_bot = False
        self.world.dispatch("GUILD_DELETE", lambda: {"id": str(self.id)}, guild=self.id)
        self.world.changes.notify()

    def invite_bot(self) -> None:
        """Let the bot in again."""
        self.has_bot = True
        self.announce()

    def set_unavailable(self, unavailable: bool = True) -> None:  # noqa: FBT001, FBT002 - the name says it
        """Begin or end an outage of Discord's own for this server."""
        self.available = not unavailable
        if unavailable:
            self.world.dispatch("GUILD_DELETE", lambda: {"id": str(self.id), "unavailable": True}, guild=self.id)
            self.world.changes.notify()
        else:
            self.announce()

    def announce(self) -> None:
        """Tell the bot all about this server."""
        if self.has_bot and self.available:
            self.world.dispatch("GUILD_CREATE", self.gateway_json, guild=self.id)
        self.world.changes.notify()

    def permissions_of(self, user_id: int) -> int:
        """What a user may do in the whole server, in bits; nothing for one who isn't in it."""
        if user_id not in self.memberships or (user_id == self.world.bot.id and not self.has_bot):
            return 0
        if user_id == self.owner_id:
            return permissions.ALL
        total = self.roles[self.id].permissions
        for role in self.roles_of(user_id):
            total |= self.roles[role].permissions
        return permissions.ALL if total & BITS["administrator"] else total

    def roles_of(self, user_id: int) -> list[int]:
        """The ids of a member's roles, without @everyone."""
        membership = self.memberships.get(user_id)
        return [] if membership is None else sorted(role for role in membership.roles if role in self.roles)

    def member_json(self, user_id: int, channel: Channel | None = None) -> Json:
        """Discord's member object, with the permissions in `channel` if one is given."""
        person = self.world.people.get(user_id)
        membership = self.memberships[user_id]
        shape: Json = {
            "user": (person.user if person else self.world.bot).to_json(),
            "nick": None,
            "avatar": None,
            "banner": None,
            "roles": [str(role) for role in self.roles_of(user_id)],
            "joined_at": iso(membership.joined_at),
            "premium_since": None,
            "pending": False,
            "communication_disabled_until": None,
            "flags": 0,
            "mute": False,
            "deaf": False,
        }
        if channel is not None:
            shape["permissions"] = str(channel.permissions_of(user_id))
        return shape

    def to_json(self) -> Json:
        """Discord's guild object, as REST gives it."""
        nothing = dict.fromkeys(_EMPTY)
        return nothing | {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner_id),
            "roles": [role.to_json() for role in self.roles.values()],
            "preferred_locale": self.locale,
            "region": "rotterdam",
            "features": [],
            "emojis": [],
            "stickers": [],
            "afk_timeout": 300,
            "max_members": 500_000,
            "max_video_channel_users": 25,
            "max_stage_video_channel_users": 50,
            **dict.fromkeys(_ZEROES, 0),
            **dict.fromkeys(("widget_enabled", "premium_progress_bar_enabled", "nsfw"), False),
        }

    def gateway_json(self) -> Json:
        """The guild as GUILD_CREATE carries it, with channels, active threads and the bot as its one known member."""
        threads = [
            one for one in self.world.channels.values() if one.guild is self and one.is_thread and not one.archived
        ]
        return self.to_json() | {
            "joined_at": iso(self.memberships[self.world.bot.id].joined_at),
            "large": False,
            "unavailable": False,
            "member_count": len(self.memberships),
            "members": [self.member_json(self.world.bot.id)],
            "channels": [channel.to_json() for channel in self.channels],
            "threads": [thread.to_json() for thread in threads],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def _join(self, user_id: int, *roles: Role) -> None:
        self.memberships[user_id] = Membership(joined_at=self.world.clock.now(), roles={role.id for role in roles})

    def _grant_humans(self, bit: int) -> None:
        if self._humans is None:
            self._humans = self.add_role("Members")
            for user_id, membership in self.memberships.items():
                if user_id != self.world.bot.id:
                    membership.roles.add(self._humans.id)
        self._humans.permissions |= bit

    def _tell_role(self, event: str, role: Role) -> None:
        if self.id in self.world.guilds:
            self.world.dispatch(event, lambda: {"guild_id": str(self.id), "role": role.to_json()}, guild=self.id)

    def _with_guild(self, member: Json) -> Json:
        return member | {"guild_id": str(self.id)}

    def require_member(self, member: Member) -> None:
        """Raise unless `member` is in this server.

        Raises:
            SandboxError: They aren't.
        """
        if member.id not in self.memberships:
            raise SandboxError(f"{member.name} is not a member of {self.name}", cure="Call guild.add_member first.")


_EMPTY = (
    "icon",
    "description",
    "home_header",
    "splash",
    "discovery_splash",
    "banner",
    "application_id",
    "afk_channel_id",
    "system_channel_id",
    "widget_channel_id",
    "max_presences",
    "vanity_url_code",
    "rules_channel_id",
    "safety_alerts_channel_id",
    "public_updates_channel_id",
    "incidents_data",
)
_ZEROES = (
    "system_channel_flags",
    "verification_level",
    "default_message_notifications",
    "mfa_level",
    "explicit_content_filter",
    "premium_tier",
    "premium_subscription_count",
    "nsfw_level",
)
