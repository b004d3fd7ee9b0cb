"""Channels, threads, forum posts and direct messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.sandbox.content import reading
from bot.sandbox.content.markdown import Kind
from bot.sandbox.content.reading import Mentions
from bot.sandbox.errors import SandboxError
from bot.sandbox.state import permissions
from bot.sandbox.state.guild import GuildState, Role
from bot.sandbox.state.message import SandboxMessage
from bot.sandbox.state.permissions import BITS, Overwrite
from bot.sandbox.state.platform import Platform
from bot.sandbox.state.users import Account
from bot.sandbox.wire import Json, iso

KINDS: Final = {
    "text": 0,
    "direct": 1,
    "voice": 2,
    "category": 4,
    "announcement": 5,
    "announcement_thread": 10,
    "thread": 11,
    "private_thread": 12,
    "forum": 15,
}
_THREADS: Final = frozenset({"announcement_thread", "thread", "private_thread"})
_WITHOUT_MESSAGES: Final = frozenset({"category", "forum"})
REQUIRE_TAG: Final = 1 << 4
"""A forum's flag, under which every post needs a tag: docs, Channel Object, Channel Flags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A forum's tag; only a member with Manage Threads may apply a `moderated` one."""

    id: int
    name: str
    moderated: bool = False

    def to_json(self) -> Json:
        """Discord's forum tag object."""
        return {
            "id": str(self.id),
            "name": self.name,
            "moderated": self.moderated,
            "emoji_id": None,
            "emoji_name": None,
        }


class Channel:
    """A channel with its messages. A forum's posts are its `threads`.

    Attributes:
        channels: Every channel of the sandbox, by id.
        kind: One of `KINDS`.
        guild: The guild; None in direct messages.
        parent: Of a thread: its channel.
        recipient: Of direct messages: the person on the other side.
        archived: Of a thread: whether it is archived.
        locked: Of a thread: whether only moderators may unarchive it.
        tags: Of a forum: the tags that a post may have.
        requires_tag: Of a forum: whether each post needs a tag.
        applied_tags: Of a forum's post: the ids of its tags.
    """

    def __init__(
        self,
        platform: Platform,
        channels: dict[int, Channel],
        *,
        name: str,
        kind: str,
        guild: GuildState | None = None,
        parent: Channel | None = None,
        recipient: Account | None = None,
        channel_id: int | None = None,
    ) -> None:
        if kind not in KINDS:
            raise SandboxError(f"Unknown channel kind {kind!r}", cure=f"Use one of: {', '.join(KINDS)}.")
        self.platform = platform
        self.channels = channels
        self.id = channel_id or platform.ids.new()
        self.name = name
        self.kind = kind
        self.guild = guild
        self.parent = parent
        self.recipient = recipient
        self.topic: str | None = None
        self.archived = False
        self.locked = False
        self.tags: list[Tag] = []
        self.requires_tag = False
        self.applied_tags: tuple[int, ...] = ()
        self.owner_id = platform.bot.id
        self.overwrites: dict[int, Overwrite] = {}
        self.created_at = self.archived_at = platform.clock.now()
        self.by_id: dict[int, SandboxMessage] = {}
        channels[self.id] = self

    def __repr__(self) -> str:
        return f"<Channel #{self.name} ({self.kind})>"

    @property
    def is_thread(self) -> bool:
        """Whether it is a thread; a forum's post is."""
        return self.kind in _THREADS

    @property
    def takes_messages(self) -> bool:
        """Whether messages can be posted in it."""
        return self.kind not in _WITHOUT_MESSAGES

    @property
    def messages(self) -> list[SandboxMessage]:
        """Its messages, oldest first, without ephemeral answers."""
        return list(self.by_id.values())

    @property
    def threads(self) -> list[Channel]:
        """Its threads or posts, oldest first."""
        return [one for one in self.channels.values() if one.parent is self]

    async def wait_for_messages(self, count: int, timeout: float = 5.0) -> list[SandboxMessage]:  # noqa: ASYNC109
        """Wait until there are at least `count` messages, and return all.

        Args:
            count: How many, those already there included.
            timeout: Real seconds.

        Raises:
            SandboxError: There are fewer after `timeout`.
        """
        if not await self.platform.changes.until(lambda: len(self.by_id) >= count, timeout):
            raise SandboxError(f"#{self.name} has {len(self.by_id)} messages after {timeout} s, not {count}")
        return self.messages

    def add_tag(self, name: str, *, moderated: bool = False) -> Tag:
        """Add a tag to a forum."""
        tag = Tag(id=self.platform.ids.new(), name=name, moderated=moderated)
        self.tags.append(tag)
        self.dispatch("CHANNEL_UPDATE", self)
        return tag

    def require_tag(self, required: bool = True) -> None:  # noqa: FBT001, FBT002 - the name says it
        """Require a tag of each post in a forum, or stop to."""
        self.requires_tag = required
        self.dispatch("CHANNEL_UPDATE", self)

    def add_thread(
        self,
        name: str,
        *,
        archived: bool = False,
        locked: bool = False,
        thread_id: int | None = None,
        tags: tuple[int, ...] = (),
    ) -> Channel:
        """Create a thread (in a forum: a post without a message); a thread on a message has the message's id."""
        kind = "announcement_thread" if self.kind == "announcement" else "thread"
        thread = Channel(
            self.platform, self.channels, name=name, kind=kind, guild=self.guild, parent=self, channel_id=thread_id
        )
        thread.archived, thread.locked, thread.applied_tags = archived, locked, tags
        if not archived:
            self.dispatch("THREAD_CREATE", thread)
        return thread

    def set_archived(self, archived: bool = True, *, locked: bool = False) -> None:  # noqa: FBT001, FBT002 - the name says it
        """Archive or unarchive a thread, as a moderator would."""
        self.archived, self.locked = archived, locked
        self.archived_at = self.platform.clock.now()
        self.dispatch("THREAD_UPDATE", self)

    def rename(self, name: str) -> None:
        """Rename it, as an admin would."""
        self.name = name
        self.dispatch("THREAD_UPDATE" if self.is_thread else "CHANNEL_UPDATE", self)

    def delete(self) -> None:
        """Delete it with its threads, as an admin would; it is then unknown (10003)."""
        for thread in self.threads:
            thread.delete()
        self.channels.pop(self.id, None)
        self.dispatch("THREAD_DELETE" if self.is_thread else "CHANNEL_DELETE", self)

    def set_permissions(
        self,
        *,
        bot: Mapping[str, bool | None] | None = None,
        everyone: Mapping[str, bool | None] | None = None,
        members: Mapping[Account, Mapping[str, bool | None]] | None = None,
        roles: Mapping[Role, Mapping[str, bool | None]] | None = None,
    ) -> None:
        """Change the channel's overwrites: True allows, False denies, None leaves it to the roles.

        Raises:
            SandboxError: The channel has no overwrites of its own, or a permission's name is unknown.
        """
        if self.guild is None or self.is_thread:
            raise SandboxError(f"#{self.name} has no permissions of its own")
        changes = {self.platform.bot.id: bot or {}, self.guild.id: everyone or {}}
        changes |= {member.id: change for member, change in (members or {}).items()}
        changes |= {role.id: change for role, change in (roles or {}).items()}
        for target, change in changes.items():
            if change:
                self.overwrites[target] = self.overwrites.get(target, Overwrite()).changed(change)
        self.dispatch("CHANNEL_UPDATE", self)

    def permissions_of(self, user_id: int) -> int:
        """A user's permissions in the channel, in bits."""
        if self.guild is None:
            return permissions.DIRECT
        if self.parent is not None:
            return self.parent.permissions_of(user_id)
        guild = self.guild
        return permissions.in_channel(
            guild.permissions_of(user_id),
            self.overwrites,
            everyone=guild.id,
            roles=guild.roles_of(user_id),
            member=user_id,
        )

    def allows(self, user_id: int, *names: str) -> bool:
        """Whether a user has all of these permissions here."""
        wanted = permissions.bits(names)
        return self.permissions_of(user_id) & wanted == wanted

    def may_post(self, user_id: int) -> bool:
        """Whether a user may post messages here."""
        return self.allows(user_id, "send_messages_in_threads" if self.is_thread else "send_messages")

    def mentions_of(self, raw: Json, allowed: Json | None, author_id: int) -> Mentions:
        """The mentions in a message of this channel: `reading.mentions`."""
        everyone = self.allows(author_id, "mention_everyone")
        roles = self.guild.roles if self.guild else {}
        return reading.mentions(
            raw,
            allowed,
            may_ping_roles=lambda role: role in roles and (roles[role].mentionable or everyone),
            may_ping_all=everyone,
        )

    def name_of(self, kind: Kind, snowflake: str, /) -> str:
        """The name that a client shows for a mention."""
        wanted = int(snowflake)
        if kind is Kind.CHANNEL:
            channel = self.channels.get(wanted)
            return f"#{channel.name}" if channel else "#unknown"
        if kind is Kind.ROLE:
            role = self.guild.roles.get(wanted) if self.guild else None
            return f"@{role.name}" if role else "@unknown-role"
        if wanted == self.platform.bot.id:
            return f"@{self.platform.bot.name}"
        user = self.platform.users.get(wanted)
        return f"@{user.name}" if user else "@unknown-user"

    def dispatch(self, event: str, channel: Channel) -> None:
        """Send an event about `channel` to the bot, and notify the page."""
        if self.guild is not None:
            self.platform.dispatch(event, channel.to_json, guild=self.guild.id)
        self.platform.changes.notify()

    def to_json(self) -> Json:
        """Discord's channel object."""
        last = next(reversed(self.by_id), None)
        shape: Json = {
            "id": str(self.id),
            "type": KINDS[self.kind],
            "flags": REQUIRE_TAG if self.requires_tag else 0,
            "last_message_id": None if last is None else str(last),
        }
        if self.guild is None:
            return shape | {"recipients": [self.recipient.user.to_json()] if self.recipient else []}
        shape |= {"guild_id": str(self.guild.id), "name": self.name, "rate_limit_per_user": 0}
        shape["parent_id"] = None if self.parent is None else str(self.parent.id)
        return shape | (self._thread_json() if self.is_thread else self._guild_channel_json(self.guild))

    def _thread_json(self) -> Json:
        shape: Json = {
            "owner_id": str(self.owner_id),
            "message_count": len(self.by_id),
            "total_message_sent": len(self.by_id),
            "member_count": 1,
            "thread_metadata": {
                "archived": self.archived,
                "archive_timestamp": iso(self.archived_at),
                "auto_archive_duration": 4320,
                "locked": self.locked,
                "create_timestamp": iso(self.created_at),
            },
        }
        if self.parent is not None and self.parent.kind == "forum":
            shape["applied_tags"] = [str(tag) for tag in self.applied_tags]
        return shape

    def _guild_channel_json(self, guild: GuildState) -> Json:
        shape: Json = {
            "position": 0,
            "topic": self.topic,
            "nsfw": False,
            "permission_overwrites": [
                {
                    "id": str(target),
                    "type": 0 if target in guild.roles else 1,
                    "allow": str(one.allow),
                    "deny": str(one.deny),
                }
                for target, one in self.overwrites.items()
            ],
        }
        if self.kind == "forum":
            tags = [tag.to_json() for tag in self.tags]
            shape |= {"available_tags": tags, "default_reaction_emoji": None, "default_forum_layout": 0}
        if self.kind == "voice":
            shape |= {"bitrate": 64_000, "user_limit": 0, "rtc_region": None}
        return shape


def can_view(channel: Channel, user_id: int) -> bool:
    """Whether a user sees the channel at all."""
    return bool(channel.permissions_of(user_id) & BITS["view_channel"])
