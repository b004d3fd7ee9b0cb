"""The greeting of a server that the bot has joined: who gets it, once ever, and what is remembered of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

GREETED_WITHIN: Final = timedelta(days=1)
"""A server that was joined longer ago is not greeted: nobody waits for it any more, or it knows an older version."""


class GreetingState(StrEnum):
    """How far a greeting got. Each server has one, which never begins again.

    SENDING may have been posted: it is looked for before it is sent again. POSTED was. NOBODY could get it. UNKNOWN may
    have been posted and can't be looked for, so it is not sent again.
    """

    SENDING = "sending"
    POSTED = "posted"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """A server's greeting.

    Attributes:
        channel_id: The channel that it was sent to; None for a direct message.
        at: When its last attempt began.
    """

    guild_id: int
    state: GreetingState
    channel_id: int | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedServer:
    """A server that the bot is in.

    Attributes:
        joined_at: When the bot was added to it, by Discord's clock.
        channel_id: Its system channel, if the bot may write there.
    """

    guild_id: int
    name: str
    joined_at: datetime
    channel_id: int | None


def greeting_key(guild_id: int) -> str:
    """Build the nonce of a server's greeting, which its button carries: 25 characters at most."""
    return f"greet-{guild_id}"
