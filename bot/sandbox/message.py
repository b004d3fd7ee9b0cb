"""A message as Discord keeps it, and as a test or a reader looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox import components as parts
from bot.sandbox import reading
from bot.sandbox.markup import Kind
from bot.sandbox.reading import Mentions
from bot.sandbox.users import User
from bot.sandbox.wire import Json

if TYPE_CHECKING:
    from bot.sandbox.channel import Channel

CROSSPOSTED = 1 << 0
EPHEMERAL = 1 << 6
LOADING = 1 << 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that somebody sends."""

    filename: str
    content: bytes
    content_type: str = "application/octet-stream"


class SandboxMessage:
    """A message; it changes when it is edited.

    Attributes:
        id: Its snowflake.
        channel: Where it stands.
        author: Whose it is.
        raw: Its JSON, as `GET` returns it.
        allowed_mentions: What was sent with it; None if nothing was.
        files: What was uploaded with it.
        deleted: Whether it was deleted since.
    """

    __slots__ = ("allowed_mentions", "author", "channel", "deleted", "files", "id", "raw")

    def __init__(
        self,
        *,
        message_id: int,
        channel: Channel,
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
        """The message flags."""
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
        """What a reader sees, as plain text: see `reading.message_text`."""
        return reading.message_text(self.raw, self._name)

    @property
    def links(self) -> list[str]:
        """Every address that a client makes clickable."""
        return reading.links(self.raw)

    @property
    def mentions(self) -> Mentions:
        """Whom it pings, and which mentions it shows."""
        return self.channel.mentions_of(self.raw, self.allowed_mentions, self.author.id)

    def _name(self, kind: Kind, snowflake: str) -> str:
        return self.channel.name_of(kind, snowflake)
