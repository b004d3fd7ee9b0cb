"""Guilds as an admin changes them: channels, roles, members, and the bot's membership."""

from __future__ import annotations

from collections.abc import Iterable

from bot.sandbox.actions.member import Member
from bot.sandbox.state import permissions
from bot.sandbox.state.channel import Channel
from bot.sandbox.state.guild import GuildState, Membership, Role
from bot.sandbox.world import World


class Guild(GuildState):
    """A guild (Discord's word for a server), with the bot in it."""

    def __init__(self, world: World, name: str, *, locale: str = "en-US") -> None:
        super().__init__(world, name, locale=locale)
        self.world = world
        self.roles[self.id] = Role(id=self.id, name="@everyone", permissions=permissions.INVITE, position=0)
        self._bot_role = self._new_role(world.bot.name, permissions.INVITE, managed=True)
        self._members_role = self._new_role("Members", permissions.MEMBERS)
        self._join(world.bot.id, self._bot_role)
        world.guilds[self.id] = self

    @property
    def channels(self) -> list[Channel]:
        """Its channels, without threads."""
        return self.world.channels_of(self)

    @property
    def members(self) -> list[Member]:
        """The people in it, without the bot."""
        people = (self.world.people.get(user) for user in self.memberships)
        return [one for one in people if isinstance(one, Member)]

    def add_channel(self, name: str, kind: str = "text") -> Channel:
        """Create a channel.

        Args:
            name: Without the #.
            kind: text, announcement, forum, voice or category.
        """
        channel = Channel(self.world, self.world.channels, name=name, kind=kind, guild=self)
        channel.dispatch("CHANNEL_CREATE", channel)
        return channel

    def add_role(self, name: str, *, allowed: Iterable[str] = (), mentionable: bool = False) -> Role:
        """Create a role that grants the permissions named in `allowed`."""
        role = self._new_role(name, permissions.bits(allowed), mentionable=mentionable)
        self._dispatch_role("GUILD_ROLE_CREATE", role)
        return role

    def add_member(
        self,
        person: str | Member,
        *,
        permissions: Iterable[str] = (),
        locale: str = "en-US",
        roles: Iterable[Role] = (),
    ) -> Member:
        """Add a member.

        Args:
            person: A name for a new account, or an existing person.
            permissions: The permissions of a role of their own, by name, e.g. `manage_guild`.
            locale: The language of a new account's client.
            roles: Further roles.
        """
        member = Member(self.world, person, locale=locale) if isinstance(person, str) else person
        granted = tuple(permissions)
        own = [self.add_role(f"{member.name}'s role", allowed=granted)] if granted else []
        self._join(member.id, *own, self._members_role, *roles)
        joined = self.member_json(member.id) | {"guild_id": str(self.id)}
        self.world.dispatch("GUILD_MEMBER_ADD", lambda: joined, guild=self.id)
        self.world.changes.notify()
        return member

    def set_permissions_of(self, member: Member, *names: str) -> None:
        """Replace a member's own roles by one that grants exactly these permissions."""
        own = self.add_role(f"{member.name}'s role", allowed=names)
        self.memberships[member.id].roles = {own.id, self._members_role.id}

    def set_bot_permissions(self, **changes: bool) -> None:
        """Grant the bot a permission in the whole guild (True), or take it away (False).

        A permission that is taken from the bot and that @everyone has is granted to the people by a role instead.
        """
        everyone = self.roles[self.id]
        for name, granted in changes.items():
            bit = permissions.bits((name,))
            if granted:
                self._bot_role.permissions |= bit
                continue
            self._bot_role.permissions &= ~bit
            if everyone.permissions & bit:
                everyone.permissions &= ~bit
                self._members_role.permissions |= bit
                self._dispatch_role("GUILD_ROLE_UPDATE", everyone)
        self._dispatch_role("GUILD_ROLE_UPDATE", self._bot_role)
        self.world.changes.notify()

    def invite_bot(self) -> None:
        """Invite the bot again."""
        self.has_bot = True
        self._join(self.world.bot.id, self._bot_role)
        self.announce()
        self.authorize()

    def set_system_channel(self, channel: Channel | None) -> None:
        """Choose the channel for Discord's own messages; None for none."""
        self.system_channel_id = None if channel is None else channel.id
        self.world.dispatch("GUILD_UPDATE", self.to_json, guild=self.id)

    def set_unavailable(self, unavailable: bool = True) -> None:  # noqa: FBT001, FBT002 - the name says it
        """Begin or end an outage of this guild at Discord."""
        self.available = not unavailable
        if unavailable:
            self.world.dispatch("GUILD_DELETE", lambda: {"id": str(self.id), "unavailable": True}, guild=self.id)
            self.world.changes.notify()
        else:
            self.announce()

    def announce(self) -> None:
        """Send GUILD_CREATE to the bot."""
        if self.has_bot and self.available:
            self.world.dispatch("GUILD_CREATE", lambda: self.world.guild_create(self), guild=self.id)
        self.world.changes.notify()

    def authorize(self) -> None:
        """Send APPLICATION_AUTHORIZED to the application, if it has an endpoint for events."""
        if self.world.webhooks is not None:
            who = self.world.users.get(self.invited_by or 0, self.world.owner.user).to_json()
            added = {"integration_type": 0, "user": who, "scopes": ["bot", "applications.commands"]}
            self.world.webhooks.announce("APPLICATION_AUTHORIZED", added | {"guild": self.to_json()})

    def _new_role(self, name: str, bits: int, *, mentionable: bool = False, managed: bool = False) -> Role:
        role = Role(
            id=self.world.ids.new(),
            name=name,
            permissions=bits,
            mentionable=mentionable,
            managed=managed,
            position=len(self.roles),
        )
        self.roles[role.id] = role
        return role

    def delete_role(self, role: Role) -> None:
        """Delete a role; messages that mention it stay as they are."""
        del self.roles[role.id]
        ids = {"guild_id": str(self.id), "role_id": str(role.id)}
        self.world.dispatch("GUILD_ROLE_DELETE", lambda: ids, guild=self.id)

    def _join(self, user_id: int, *roles: Role) -> None:
        self.memberships[user_id] = Membership(joined_at=self.world.clock.now(), roles={role.id for role in roles})

    def _dispatch_role(self, event: str, role: Role) -> None:
        self.world.dispatch(event, lambda: {"guild_id": str(self.id), "role": role.to_json()}, guild=self.id)
