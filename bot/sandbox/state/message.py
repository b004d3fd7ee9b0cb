"""A message as Discord keeps it, and as a test or a reader sees it."""

from __future__ import annotations

from typing import Final, Protocol

from bot.sandbox.content import components as parts
from bot.sandbox.content import reading
from bot.sandbox.content.markdown import Kind
from bot.sandbox.content.reading import Mentions
from bot.sandbox.state.guild import GuildState
from bot.sandbox.state.platform import Platform
from bot.sandbox.state.upload import Upload
from bot.sandbox.state.users import User
from bot.sandbox.wire import Json

# Message flags: docs, Message Object, Message Flags.
CROSSPOSTED: Final = 1 << 0
SUPPRESS_EMBEDS: Final = 1 << 2
HAS_THREAD: Final = 1 << 5
EPHEMERAL: Final = 1 << 6
LOADING: Final = 1 << 7
SUPPRESS_NOTIFICATIONS: Final = 1 << 12
IS_VOICE_MESSAGE: Final = 1 << 13


class Place(Protocol):
    """The part of a channel that its messages need."""

    platform: Platform
    id: int
    guild: GuildState | None
    by_id: dict[int, SandboxMessage]

    def name_of(self, kind: Kind, snowflake: str, /) -> str:
        """The name that a client shows for a mention."""
        ...

    def mentions_of(self, raw: Json, allowed: Json | None, author_id: int) -> Mentions:
        """The mentions in a message of this channel."""
        ...


class SandboxMessage:
    """A message; an edit changes it in place.

    Attributes:
        id: Its snowflake.
        channel: The channel that it is in.
        author: The user who posted it.
        raw: Its JSON, as `GET` returns it.
        allowed_mentions: The `allowed_mentions` that were sent with it, or None.
        files: The files that were uploaded with it.
        deleted: Whether it has been deleted.
    """

    __slots__ = ("allowed_mentions", "author", "channel", "deleted", "files", "id", "raw")

    def __init__(
        self,
        *,
        message_id: int,
        channel: Place,
        author: User,
        raw: Json,
        allowed_mentions: Json | None = None,
        files: tuple[Upload, ...] = (),
    ) -> None:
        self.id = message_id
        self.channel = channel
        self.author = author
        self.raw = raw
        self.allowed_mentions = allowed_mentions
        self.files = files
        self.deleted = False

    def __repr__(self) -> str:
        return f"<SandboxMessage {self.id} by {self.author.name}: {self.text[:60]!r}>"

    @property
    def content(self) -> str:
        """The classic text field; empty with components v2."""
        return str(self.raw["content"])

    @property
    def components(self) -> list[Json]:
        """The top-level components."""
        return list(self.raw["components"])

    @property
    def embeds(self) -> list[Json]:
        """The embeds."""
        return list(self.raw["embeds"])

    @property
    def flags(self) -> int:
        """The message flags, in bits."""
        return int(self.raw["flags"])

    @property
    def nonce(self) -> str | None:
        """The nonce that it was posted with."""
        nonce = self.raw.get("nonce")
        return None if nonce is None else str(nonce)

    @property
    def crossposted(self) -> bool:
        """Whether it was published to the channel's followers."""
        return bool(self.flags & CROSSPOSTED)

    @property
    def silent(self) -> bool:
        """Whether readers got no notification of it."""
        return bool(self.flags & SUPPRESS_NOTIFICATIONS)

    @property
    def ephemeral(self) -> bool:
        """Whether only one member sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def edited(self) -> bool:
        """Whether it was edited."""
        return self.raw["edited_timestamp"] is not None

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons, in reading order."""
        return [parts.button_label(one) for one in parts.walk(self.raw["components"]) if one["type"] == parts.BUTTON]

    @property
    def selects(self) -> list[Json]:
        """Its select menus, in reading order."""
        return [one for one in parts.walk(self.raw["components"]) if one["type"] in parts.SELECTS]

    def custom_ids(self) -> list[str]:
        """The custom ids of its buttons and selects, in reading order."""
        return [one["custom_id"] for one in parts.walk(self.raw["components"]) if one.get("custom_id")]

    @property
    def text(self) -> str:
        """The plain text that a reader sees: `reading.message_text`."""
        return reading.message_text(self.raw, self.channel.name_of)

    @property
    def links(self) -> list[str]:
        """Every URL that a client makes clickable."""
        return reading.links(self.raw)

    @property
    def mentions(self) -> Mentions:
        """The users and roles that it pings, and the mentions that it shows."""
        return self.channel.mentions_of(self.raw, self.allowed_mentions, self.author.id)
