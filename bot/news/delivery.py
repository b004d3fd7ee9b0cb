"""Deliveries, their states and keys. The protocol that moves them is in `bot/usecases/delivery`."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType

from bot.errors import ConfigError
from bot.news.message.draft import Draft
from bot.news.schedules.posting import USUAL, Posting

EditionKey = NewType("EditionKey", str)
"""`<local date due>` (2026-11-16), or `x<interaction id>` for an extra edition; unique within a schedule."""

ScheduleId = NewType("ScheduleId", int)
"""Random, 63 bits, so that a restored or copied file never reuses one."""


DELETED_MESSAGE: Final = 0
"""The id recorded for a message that was posted and then deleted: Discord doesn't give one."""


class DeliveryState(StrEnum):
    """The state of a delivery."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The protocol's time limits in seconds, all counted from the claim; one value for the whole process.

    Raises:
        ConfigError: fence + wire < settle < lease does not hold.
    """

    fence_s: float = 20.0
    wire_s: float = 15.0
    settle_s: float = 45.0
    lease_s: float = 120.0

    def __post_init__(self) -> None:
        if not self.fence_s + self.wire_s < self.settle_s < self.lease_s:
            raise ConfigError(("delivery times: fence + wire < settle < lease does not hold",))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryKey:
    """The unique key of a delivery: (channel, schedule, edition, part)."""

    channel_id: int
    schedule_id: ScheduleId
    edition: EditionKey
    part: int
    """1-based."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One part of one edition, to be posted to one channel.

    Attributes:
        draft: The message as it was planned or last drawn; replaced only with a higher `revision`.
        revision: 0, incremented each time the stored Draft is replaced.
        attempt: The number of claims; also the attempt token: every state change is conditional on it.
        was_sending: True if the row was already SENDING when it was claimed: the outcome of that attempt is unknown.
        due_at: The edition's cutoff. planned_at: when it was planned.
        claimed_at: The latest claim; None before the first, and after a claim that never began a request.
        lease_until: When a row that is SENDING may be claimed again; None for others.
        first_attempt_at: The first earlier claim that may have reached Discord: the channel is read back from there
            on. None if there was none.
        not_before: When a PLANNED row may be claimed again; None for immediately.
        tries: Attempts that ended PLANNED again; sets the back-off. Reset to 0 when a person resolves the row.
        asked_at: When a member last asked for it to be sent again; its lateness counts from there.
        drawn_at: When `draft` was last drawn; None for when it was planned.
        reason: Why it FAILED, is UNKNOWN or was SKIPPED; of a SENT one, what went wrong after it was posted.
        title: A forum post's title.
    """

    key: DeliveryKey
    guild_id: int
    state: DeliveryState
    draft: Draft
    revision: int = 0
    attempt: int = 0
    was_sending: bool = False
    due_at: datetime
    planned_at: datetime
    claimed_at: datetime | None = None
    lease_until: datetime | None = None
    first_attempt_at: datetime | None = None
    not_before: datetime | None = None
    tries: int = 0
    asked_at: datetime | None = None
    drawn_at: datetime | None = None
    message_id: int | None = None
    reason: str = ""
    title: str = ""
    mention_role: int | None = None
    publish: bool = False
    posting: Posting = USUAL

    @property
    def mention_roles(self) -> tuple[int, ...]:
        """The roles that its message may ping, if it mentions them."""
        named = () if self.mention_role is None else (self.mention_role,)
        return tuple(dict.fromkeys((*named, *(each.role_id for each in self.posting.topic_roles))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A posted message that is to be published to its channel's followers, or to get a thread."""

    key: DeliveryKey
    guild_id: int
    message_id: int


def local_date(key: EditionKey) -> date | None:
    """Return the local date on which a scheduled edition is due; None for an extra edition."""
    return date.fromisoformat(key) if key[:1].isdigit() else None


def nonce_for(key: DeliveryKey) -> str:
    """Compute the nonce of a delivery: 25 base32 characters, the same for every attempt and every revision.

    It includes the channel, because Discord keeps nonces per author, not per channel. It doesn't depend on the message:
    a part that is drawn again is still the same part, and the one message of it is found whichever revision it has,
    also by an older copy of the database that doesn't know of the other revisions. Discord creates nothing for a nonce
    of which it has a message, and a refused message leaves no nonce, so its plain form can have the same one.
    """
    text = f"{key.channel_id}|{key.schedule_id}|{key.edition}|{key.part}|0"  # as in messages posted so far
    return base64.b32encode(hashlib.sha256(text.encode()).digest())[:25].decode().lower()


LONGEST_BACKOFF_S: Final = 40.0
"""With the request itself, a message is posted within a minute after its cause has ended."""


def backoff_s(tries: int, jitter: float) -> float:
    """Compute the exponential back-off after a transient refusal: 1 to `LONGEST_BACKOFF_S` seconds, doubling each time.

    Args:
        tries: Earlier refusals.
        jitter: A random number in [0, 1) that spreads the wait between half of it and all of it.
    """
    longest = min(LONGEST_BACKOFF_S, 2.0 ** min(tries, 6))
    return max(1.0, longest * (0.5 + jitter / 2))
