"""Channels, threads, forum posts and direct messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from bot.sandbox import permissions, reading
from bot.sandbox.errors import SandboxError
from bot.sandbox.markup import Kind
from bot.sandbox.message import SandboxMessage
from bot.sandbox.permissions import BITS, Overwrite
from bot.sandbox.reading import Mentions
from bot.sandbox.wire import Json, iso

if TYPE_CHECKING:
    from bot.sandbox.guild import Guild, Role
    from bot.sandbox.member import Member
    from bot.sandbox.world import World

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


class Channel:
    """A place with messages. In a forum the posts are its `threads`.

    Attributes:
        kind: One of `KINDS`.
        guild: The server; None in direct messages.
        parent: Of a thread: its channel.
        recipient: Of direct messages: the person at the other end.
        archived: Of a thread: whether it is archived.
        locked: Of a thread: whether only moderators may unarchive it.
    """

    def __init__(
        self,
        world: World,
        *,
        name: str,
        kind: str,
        guild: Guild | None = None,
        parent: Channel | None = None,
        recipient: Member | None = None,
        channel_id: int | None = None,
    ) -> None:
        if kind not in KINDS:
            raise SandboxError(f"There is no kind of channel called {kind!r}", cure=f"Known are: {', '.join(KINDS)}.")
        self.world = world
        self.id = channel_id or world.ids.new()
        self.name = name
        self.kind = kind
        self.guild = guild
        self.parent = parent
        self.recipient = recipient
        self.topic: str | None = None
        self.archived = False
        self.locked = False
        self.owner_id = world.bot.id
        self.overwrites: dict[int, Overwrite] = {}
        self.created_at = self.archived_at = world.clock.now()
        self.by_id: dict[int, SandboxMessage] = {}
        world.channels[self.id] = self

    def __repr__(self) -> str:
        return f"<Channel #{self.name} ({self.kind})>"

    @property
    def is_thread(self) -> bool:
        """Whether it hangs on another channel; a forum's post does."""
        return self.kind in _THREADS

    @property
    def takes_messages(self) -> bool:
        """Whether messages can stand in it."""
        return self.kind not in _WITHOUT_MESSAGES

    @property
    def messages(self) -> list[SandboxMessage]:
        """What stands in it, oldest first, without private answers."""
        return list(self.by_id.values())

    @property
    def threads(self) -> list[Channel]:
        """Its threads or posts, oldest first."""
        return [one for one in self.world.channels.values() if one.parent is self]

    async def wait_for_messages(self, count: int, timeout: float = 5.0) -> list[SandboxMessage]:  # noqa: ASYNC109
        """Its messages, as soon as there are at least `count`.

        Args:
            count: How many to wait for, those already there included.
            timeout: Real seconds.

        Raises:
            SandboxError: There were fewer when the time was over.
        """
        if not await self.world.changes.until(lambda: len(self.by_id) >= count, timeout):
            raise SandboxError(f"#{self.name} has {len(self.by_id)} messages after {timeout} s, not {count}")
        return self.messages

    def add_thread(
        self, name: str, *, archived: bool = False, locked: bool = False, thread_id: int | None = None
    ) -> Channel:
        """Open a thread (in a forum: a post without a message); on a message, the thread has the message's id."""
        kind = "announcement_thread" if self.kind == "announcement" else "thread"
        thread = Channel(self.world, name=name, kind=kind, guild=self.guild, parent=self, channel_id=thread_id)
        thread.archived, thread.locked = archived, locked
        if not archived:
            self.tell("THREAD_CREATE", thread)
        return thread

    def set_archived(self, archived: bool = True, *, locked: bool = False) -> None:  # noqa: FBT001, FBT002 - the name says it
        """Archive or unarchive a thread, as a moderator would."""
        self.archived, self.locked = archived, locked
        self.archived_at = self.world.clock.now()
        self.tell("THREAD_UPDATE", self)

    def rename(self, name: str) -> None:
        """Give it another name, as an admin would."""
        self.name = name
        self.tell("THREAD_UPDATE" if self.is_thread else "CHANNEL_UPDATE", self)

    def delete(self) -> None:
        """Delete it with its threads, as an admin would; from then on it is unknown (10003)."""
        for thread in self.threads:
            thread.delete()
        self.world.channels.pop(self.id, None)
        self.tell("THREAD_DELETE" if self.is_thread else "CHANNEL_DELETE", self)

    def set_permissions(
        self,
        *,
        bot: Mapping[str, bool | None] | None = None,
        everyone: Mapping[str, bool | None] | None = None,
        members: Mapping[Member, Mapping[str, bool | None]] | None = None,
        roles: Mapping[Role, Mapping[str, bool | None]] | None = None,
    ) -> None:
        """Change the channel's overwrites: True allows, False denies, None leaves it to the roles.

        Raises:
            SandboxError: It is no server's channel, or a permission has an unknown name.
        """
        if self.guild is None or self.is_thread:
            raise SandboxError(f"#{self.name} has no permissions of its own")
        wishes = {self.world.bot.id: bot or {}, self.guild.id: everyone or {}}
        wishes |= {member.id: wish for member, wish in (members or {}).items()}
        wishes |= {role.id: wish for role, wish in (roles or {}).items()}
        for target, wish in wishes.items():
            if wish:
                self.overwrites[target] = self.overwrites.get(target, Overwrite()).changed(wish)
        self.tell("CHANNEL_UPDATE", self)

    def permissions_of(self, user_id: int) -> int:
        """What a user may do here, in bits."""
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
        """Whether a user may write here."""
        return self.allows(user_id, "send_messages_in_threads" if self.is_thread else "send_messages")

    def mentions_of(self, raw: Json, allowed: Json | None, author_id: int) -> Mentions:
        """Whom a message here pings: see `reading.mentions`."""
        everyone = self.allows(author_id, "mention_everyone")
        roles = self.guild.roles if self.guild else {}
        return reading.mentions(
            raw,
            allowed,
            may_ping_roles=lambda role: role in roles and (roles[role].mentionable or everyone),
            may_ping_all=everyone,
        )

    def name_of(self, kind: Kind, snowflake: str) -> str:
        """What a client shows for a mention."""
        wanted = int(snowflake)
        if kind is Kind.CHANNEL:
            channel = self.world.channels.get(wanted)
            return f"#{channel.name}" if channel else "#unknown"
        if kind is Kind.ROLE:
            role = self.guild.roles.get(wanted) if self.guild else None
            return f"@{role.name}" if role else "@unknown-role"
        if wanted == self.world.bot.id:
            return f"@{self.world.bot.name}"
        person = self.world.people.get(wanted)
        return f"@{person.name}" if person else "@unknown-user"

    def tell(self, event: str, channel: Channel) -> None:
        """Let the bot and the page know that something happened to `channel`."""
        if self.guild is not None:
            self.world.dispatch(event, channel.to_json, guild=self.guild.id)
        self.world.changes.notify()

    def to_json(self) -> Json:
        """Discord's channel object."""
        last = next(reversed(self.by_id), None)
        shape: Json = {
            "id": str(self.id),
            "type": KINDS[self.kind],
            "flags": 0,
            "last_message_id": None if last is None else str(last),
        }
        if self.recipient is not None:
            return shape | {"recipients": [self.recipient.user.to_json()]}
        if self.guild is None:
            return shape | {"recipients": []}
        shape |= {"guild_id": str(self.guild.id), "name": self.name, "rate_limit_per_user": 0}
        shape["parent_id"] = None if self.parent is None else str(self.parent.id)
        return shape | (self._thread_json() if self.is_thread else self._place_json(self.guild))

    def _thread_json(self) -> Json:
        return {
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

    def _place_json(self, guild: Guild) -> Json:
        shape: Json = {
            "position": 0,
            "topic": self.topic,
            "nsfw": False,
            "permission_overwrites": [
                {
                    "id": str(target),
                    "type": 0 if target in guild.roles else 1,
                    "allow": str(o.allow),
                    "deny": str(o.deny),
                }
                for target, o in self.overwrites.items()
            ],
        }
        if self.kind == "forum":
            shape |= {"available_tags": [], "default_reaction_emoji": None, "default_forum_layout": 0}
        if self.kind == "voice":
            shape |= {"bitrate": 64_000, "user_limit": 0, "rtc_region": None}
        return shape


def can_view(channel: Channel, user_id: int) -> bool:
    """Whether a user sees the channel at all."""
    return bool(channel.permissions_of(user_id) & BITS["view_channel"])
