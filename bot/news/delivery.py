"""The ledger's row, its states and keys. The protocol that moves it stands in `bot/usecases/delivery.py`."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from bot.errors import ConfigError
from bot.news.message.draft import Draft

EditionKey = NewType("EditionKey", str)
"""`<local date due>` (2026-11-16), or `x<interaction id>` for an extra edition sent now; unique within a schedule."""

ScheduleId = NewType("ScheduleId", int)
"""Random, 63 bits, so that a restored or copied file never reuses one."""


class DeliveryState(StrEnum):
    """Where a part of an edition stands on its way to its channel."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The protocol's spans in seconds, all counted from the claim. Frozen: one value for the whole process.

    Raises:
        ConfigError: unless fence + wire < settle < lease.
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
    """What makes a delivery the only one of its kind: (channel, schedule, edition, part)."""

    channel_id: int
    schedule_id: ScheduleId
    edition: EditionKey
    part: int
    """1-based."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One part of one edition on its way to one channel.

    Attributes:
        draft: What is posted, fixed when it was planned; replaced only with `revision` + 1.
        revision: 0, and one more each time the stored Draft was replaced; part of the nonce.
        attempt: How often it was claimed; also the attempt token: every mark is conditional on it.
        was_sending: True where the row was already SENDING when it was claimed: its outcome is unknown.
        due_at: The edition's cutoff. planned_at: when it was planned.
        claimed_at: The latest claim; None before the first, and after one that never began a request.
        lease_until: When a row that is SENDING may be claimed again; None for others.
        first_attempt_at: The first claim before the latest one that may have reached Discord: from there on the channel
            is read back. None if there was none.
        not_before: When a PLANNED row may be claimed again; None for at once.
        tries: Attempts so far that ended PLANNED again; drives the back-off. 0 again when a person settles the row.
        reason: Why it FAILED, is UNKNOWN or was SKIPPED.
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
    message_id: int | None = None
    reason: str = ""
    title: str = ""
    mention_role: int | None = None
    publish: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A message that stands in an announcement channel and is to be published to its followers."""

    key: DeliveryKey
    guild_id: int
    message_id: int


def local_date(key: EditionKey) -> date | None:
    """The local date on which a scheduled edition was due; None for an extra edition."""
    return date.fromisoformat(key) if key[:1].isdigit() else None


def nonce_for(key: DeliveryKey, revision: int) -> str:
    """The nonce of a delivery: 25 base32 characters, the same at every try, another for every revision.

    The channel is in it because Discord keeps nonces per author, not per channel.
    """
    text = f"{key.channel_id}|{key.schedule_id}|{key.edition}|{key.part}|{revision}"
    return base64.b32encode(hashlib.sha256(text.encode()).digest())[:25].decode().lower()


def backoff_s(tries: int, jitter: float) -> float:
    """How long to wait after a refusal that may pass by itself: 1 to 60 seconds, twice as long each time.

    Args:
        tries: Refusals before this one.
        jitter: A random number in [0, 1): it spreads the wait between half of it and all of it.
    """
    longest = min(60.0, 2.0 ** min(tries, 6))
    return max(1.0, longest * (0.5 + jitter / 2))
