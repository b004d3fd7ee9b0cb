"""A guild's data: its roles, its members and their permissions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.sandbox.errors import SandboxError
from bot.sandbox.state import permissions
from bot.sandbox.state.permissions import BITS
from bot.sandbox.state.platform import Platform
from bot.sandbox.state.users import Account
from bot.sandbox.wire import Json, iso


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
    """When a user joined a guild, and the ids of their roles."""

    joined_at: datetime
    roles: set[int] = field(default_factory=set)


class GuildState:
    """A guild without its channels.

    Attributes:
        locale: The guild's preferred language.
        has_bot: Whether the bot is a member.
        available: False during an outage of this guild at Discord.
        roles: By id; the first is @everyone and has the guild's id.
        memberships: By the user's id, the bot included.
        system_channel_id: Where Discord posts its own messages, about new members for example; None for nowhere.
        invited_by: The id of the member who added the bot, as the audit log names them; None if its entry has expired.
    """

    def __init__(self, platform: Platform, name: str, *, locale: str) -> None:
        self.platform = platform
        self.id = platform.ids.new()
        self.name = name
        self.locale = locale
        self.owner_id = platform.ids.new()
        self.has_bot = True
        self.available = True
        self.roles: dict[int, Role] = {}
        self.memberships: dict[int, Membership] = {}
        self.system_channel_id: int | None = None
        self.invited_by: int | None = None
        self._shown_commands: dict[int, set[str]] = {}

    def __repr__(self) -> str:
        return f"<Guild {self.name}>"

    def require_member(self, account: Account) -> None:
        """Raise unless the account is a member.

        Raises:
            SandboxError: It is not.
        """
        if account.id not in self.memberships:
            raise SandboxError(f"{account.name} is not a member of {self.name}", cure="Call guild.add_member first.")

    def permissions_of(self, user_id: int) -> int:
        """A user's permissions in the whole guild, in bits; 0 for a user who is not a member."""
        if user_id not in self.memberships or (user_id == self.platform.bot.id and not self.has_bot):
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

    def show_commands(self, role: Role, *names: str) -> None:
        """Show commands to a role, as an admin does in the server's settings, Integrations."""
        self._shown_commands.setdefault(role.id, set()).update(names)

    def commands_shown_to(self, user_id: int) -> set[str]:
        """The commands that the server's settings show to a member, whatever permissions the member has."""
        return {name for role in self.roles_of(user_id) for name in self._shown_commands.get(role, ())}

    def remove_bot(self) -> None:
        """Remove the bot from the guild; any request of its to the guild is then refused (50001)."""
        self.has_bot = False
        self.platform.dispatch("GUILD_DELETE", lambda: {"id": str(self.id)}, guild=self.id)
        if self.platform.webhooks is not None:
            self.platform.webhooks.announce("APPLICATION_DEAUTHORIZED", {"user": self.platform.bot.to_json()})
        self.platform.changes.notify()

    def member_json(self, user_id: int) -> Json:
        """Discord's guild member object."""
        membership = self.memberships[user_id]
        return {
            "user": self.platform.users.get(user_id, self.platform.bot).to_json(),
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

    def to_json(self) -> Json:
        """Discord's guild object, as REST returns it."""
        return {
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
            "system_channel_id": None if self.system_channel_id is None else str(self.system_channel_id),
            **dict.fromkeys(_NULLS),
            **dict.fromkeys(_ZEROES, 0),
            **dict.fromkeys(("widget_enabled", "premium_progress_bar_enabled", "nsfw"), False),
        }


_NULLS: Final = (
    "icon",
    "description",
    "home_header",
    "splash",
    "discovery_splash",
    "banner",
    "application_id",
    "afk_channel_id",
    "widget_channel_id",
    "max_presences",
    "vanity_url_code",
    "rules_channel_id",
    "safety_alerts_channel_id",
    "public_updates_channel_id",
    "incidents_data",
)
_ZEROES: Final = (
    "system_channel_flags",
    "verification_level",
    "default_message_notifications",
    "mfa_level",
    "explicit_content_filter",
    "premium_tier",
    "premium_subscription_count",
    "nsfw_level",
)
