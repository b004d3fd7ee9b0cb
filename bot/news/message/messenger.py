"""Port for posting messages, and its outcomes, independent of Discord's library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.news.message.draft import Draft
from bot.news.schedules.posting import USUAL, Posting

Cause = Literal[
    "unreachable",  # the request can't have reached Discord: refused connection, DNS, TLS, stopped at the fence
    "rate_limited",  # a 429 that was not waited out
    "no_permission",  # 50013, 50001 and other 403s
    "channel_gone",  # 10003, or the server was left
    "invalid_form",  # 50035
    "role_gone",  # not tried: a role to mention was deleted
    "message_gone",  # 10008: the nonce is known, its message was deleted
    "token_refused",  # 401
    "refused",  # any other 4xx
    "circuit_open",  # not tried: Discord's ban page or too many invalid requests
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The message was posted and is in the channel."""

    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The message is certainly not in the channel (with `message_gone`, it was posted and then deleted).

    Attributes:
        cause: The kind of refusal.
        detail: The error message of Discord or the network, for the log and a notice.
        retry_after_s: The least number of seconds before another attempt; None if Discord gives none.
        can_retry: True if another attempt may succeed without intervention.
        roles: The roles that were deleted, with `role_gone`.
    """

    cause: Cause
    detail: str = ""
    retry_after_s: float | None = None
    can_retry: bool = False
    roles: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Whether the message was posted is unknown: a 5xx, a time-out, a dropped connection."""

    detail: str = ""


Outcome = Posted | Refused | Unclear


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotRead:
    """The channel can't be read back: Read Message History is missing, or the channel is a forum out of reach."""

    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotThere:
    """The whole span was read and contains no message with the key."""


ReadBack = Posted | NotThere | CannotRead | Unclear | Refused
"""The outcome of reading back. `Refused` is only `token_refused`, `circuit_open` or `rate_limited`; a deleted channel
gives `NotThere`, and the following post reports it."""


class Messenger(Protocol):
    """Posts Drafts to channels."""

    async def post(
        self,
        channel_id: int,
        draft: Draft,
        *,
        nonce: str,
        mention_roles: tuple[int, ...] = (),
        title: str = "",
        posting: Posting = USUAL,
        fence_s: float = 20.0,
    ) -> Outcome:
        """Post `draft` once.

        Errors of Discord and the network are outcomes, never exceptions.

        Args:
            channel_id: A text, announcement, thread or forum channel.
            draft: The message; `draft.key` stays readable in it.
            nonce: At most 25 characters; while Discord remembers it, a second post returns the first message.
            mention_roles: The roles that may be pinged; nothing is posted if one that it mentions was deleted.
            title: The post's title if the channel is a forum.
            posting: With a notification or without, and a forum's tags.
            fence_s: Seconds from the call after which no request of this post may begin.
        """
        ...

    async def edit(self, channel_id: int, message_id: int, draft: Draft, *, fence_s: float = 20.0) -> Outcome:
        """Replace the content of our own message; nobody is pinged. Repeating it changes nothing.

        Args:
            channel_id: The message's channel.
            message_id: The message; if it was deleted, the outcome is `Refused` with `message_gone`.
            draft: What it is to show.
            fence_s: As for `post`.
        """
        ...

    async def publish(self, channel_id: int, message_id: int) -> Outcome:
        """Publish our own message in an announcement channel to its followers; `Posted` even if already published.

        Publishing is idempotent, so an unknown outcome is `Refused`, to be retried.
        """
        ...

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> Outcome:
        """Open a discussion thread under our own message; `Posted` also if it has one, or is a forum's post.

        A message has at most one thread, whose id is the message's, so an unknown outcome is `Refused`, to be retried.
        """
        ...

    async def read_back(self, channel_id: int, key: str, *, after: datetime, before: datetime) -> ReadBack:
        """Find our own message whose Draft has `key`, between two moments of Discord's clock."""
        ...

    async def tell_user(self, user_id: int, draft: Draft) -> Outcome:
        """Send a direct message."""
        ...

    def discord_offset_s(self) -> float | None:
        """Return Discord's clock minus ours in seconds; None before the first response.

        Discord's clock is estimated from the Date headers of its responses (`bot.news.checkup.clock_bounds`), and
        advanced by our monotonic clock: a step of the wall clock shows in the offset at once, and `now + offset` does
        not step.
        """
        ...
