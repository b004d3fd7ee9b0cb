"""The port through which editions leave: what can be asked of Discord, in the house's own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.news.message.draft import Draft

Cause = Literal[
    "unreachable",  # the request can't have reached Discord: refused connection, DNS, TLS, stopped at the fence
    "rate_limited",  # a 429 that was not waited out
    "no_permission",  # 50013, 50001 and other 403s
    "channel_gone",  # 10003, or the server was left
    "invalid_form",  # 50035
    "message_gone",  # 10008: the nonce is known, its message was deleted
    "token_refused",  # 401
    "refused",  # any other 4xx
    "circuit_open",  # not tried: Discord's ban page or too many invalid requests
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The message stands in the channel."""

    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The message certainly does not stand in the channel (but for `message_gone`: it stood there and was deleted).

    Attributes:
        cause: Why, as a word.
        detail: Why, as Discord or the network said it; for the log and a notice.
        retry_after_s: Seconds to wait at least before another try; None where none is named.
        can_retry: True where another try may succeed without anybody's doing.
    """

    cause: Cause
    detail: str = ""
    retry_after_s: float | None = None
    can_retry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Whether the message stands in the channel is not known: a 5xx, a time-out, a dropped connection."""

    detail: str = ""


Outcome = Posted | Refused | Unclear


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotRead:
    """The channel can't be read back: Read Message History is missing, or the channel is a forum out of reach."""

    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotThere:
    """The span was read in full and holds no message with the key."""


ReadBack = Posted | NotThere | CannotRead | Unclear | Refused
"""What reading back answers. `Refused` is only `token_refused`, `circuit_open` or `rate_limited`; of a channel that is
gone it is `NotThere`, and the post that follows says so."""


class Messenger(Protocol):
    """Posts Drafts to channels."""

    async def post(
        self,
        channel_id: int,
        draft: Draft,
        *,
        nonce: str,
        mention_role: int | None = None,
        title: str = "",
        fence_s: float = 20.0,
    ) -> Outcome:
        """Post `draft` once.

        Args:
            channel_id: A text, announcement, thread or forum channel.
            draft: The message; `draft.key` stays readable in it.
            nonce: At most 25 characters; Discord answers a second post with the first message while it remembers it.
            mention_role: The one role that may be pinged.
            title: The post's title where the channel is a forum.
            fence_s: Seconds from the call after which no request of this post may begin.

        Never raises for what Discord or the network does: every such thing is an `Outcome`.
        """
        ...

    async def publish(self, channel_id: int, message_id: int) -> Outcome:
        """Publish our own message in an announcement channel to its followers; `Posted` also where it was done before.

        It changes nothing to do it again, so what is not known is `Refused`, to be tried once more.
        """
        ...

    async def read_back(self, channel_id: int, key: str, *, after: datetime, before: datetime) -> ReadBack:
        """Look for our own message whose Draft carried `key`, between two moments of Discord's time."""
        ...

    async def tell_user(self, user_id: int, draft: Draft) -> Outcome:
        """Send a direct message."""
        ...

    def discord_offset_s(self) -> float | None:
        """Discord's clock minus ours in seconds; None before the first answer.

        Discord's clock is what its answers' dates say together (`news/clock_bounds`), carried on by our uptime: so a
        step of the wall clock shows in the offset at once, and `now + offset` does not step.
        """
        ...
