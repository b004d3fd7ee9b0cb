"""The ledger. Its rows are moved by the protocol of `bot/usecases/delivery.py`, and by nothing else.

Every mark is conditional on the attempt token: `attempt` as the claim answered it. A mark that comes too late (the row
was claimed again) changes nothing and answers False.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, EditionKey, Publication, ScheduleId
from bot.news.message.draft import Draft


class DeliveryStore(Protocol):
    """Claims and marks, each in a durable (synchronous FULL) transaction when it is answered."""

    async def claim(self, *, now: datetime, lease_until: datetime, limit: int = 40) -> tuple[Delivery, ...]:
        """Take rows to work on, oldest edition first.

        These are PLANNED rows whose `not_before` has come and SENDING ones whose lease has ended. Part n only when part
        n - 1 of its edition is SENT; of paused, switched-off or deleted schedules none.

        Claimed rows are SENDING with `attempt` + 1, `claimed_at` = `now` and the lease, committed before this returns;
        `was_sending` tells those whose earlier outcome is unknown.

        Raises:
            StoreDamagedError: a row is not as it was planned; nothing is claimed.
        """
        ...

    async def mark_sent(self, key: DeliveryKey, attempt: int, *, message_id: int, at: datetime) -> bool:
        """SENDING → SENT; where the row asks for it and the message has an id, it is to be published from `at` on."""
        ...

    async def mark_planned(
        self, key: DeliveryKey, attempt: int, *, not_before: datetime, reason: str, forget_attempt: bool = False
    ) -> bool:
        """SENDING → PLANNED, one try more.

        `forget_attempt`: no request was begun, so there is nothing to read back: the claim counts neither as
        `claimed_at` nor, later, among the attempts.
        """
        ...

    async def mark_unclear(self, key: DeliveryKey, attempt: int, *, lease_until: datetime, reason: str) -> bool:
        """Stays SENDING with a shorter lease."""
        ...

    async def mark_failed(self, key: DeliveryKey, attempt: int, *, reason: str) -> bool:
        """SENDING → FAILED."""
        ...

    async def mark_unknown(self, key: DeliveryKey, attempt: int, *, reason: str) -> bool:
        """SENDING → UNKNOWN: a person is asked."""
        ...

    async def mark_skipped(self, keys: Sequence[DeliveryKey], *, reason: str) -> int:
        """PLANNED, FAILED or UNKNOWN → SKIPPED; how many."""
        ...

    async def replace_draft(self, key: DeliveryKey, attempt: int, draft: Draft, *, revision: int) -> bool:
        """SENDING → PLANNED with another Draft and `revision`, to be claimed at once.

        False also where `revision` is not one more than the stored one.
        """
        ...

    async def resolve(
        self, key: DeliveryKey, state: DeliveryState, *, reason: str, message_id: int | None = None
    ) -> bool:
        """A person's answer: UNKNOWN or FAILED → PLANNED (send again), SENT (it is there) or SKIPPED.

        Sent again is at once and with no tries counted. Skipped takes the later PLANNED parts along, which waited for
        it. False where the row is in another state.

        Raises:
            ValueError: `state` is none of the three.
        """
        ...

    async def skip_schedule_parts(self, schedules: Sequence[ScheduleId], *, reason: str) -> int:
        """Every PLANNED part of these schedules → SKIPPED; how many."""
        ...

    async def shorten_leases(self, *, until: datetime) -> int:
        """Leases of SENDING rows that end later end at `until`: for a process that took over; how many."""
        ...

    async def to_publish(self, *, now: datetime, limit: int = 200) -> tuple[Publication, ...]:
        """Messages that are to be published and may be by now, those that may longest first."""
        ...

    async def count_unpublished(self) -> int:
        """How many messages are to be published, now or later."""
        ...

    async def mark_published(self, key: DeliveryKey) -> bool:
        """Nothing of the row is to be published any more; False where nothing was."""
        ...

    async def publish_later(self, channel_id: int, *, at: datetime) -> int:
        """What is to be published in a channel may not be before `at`; how many."""
        ...

    async def deliveries(self, schedule: ScheduleId, edition: EditionKey) -> tuple[Delivery, ...]:
        """The parts of an edition, by part."""
        ...

    async def unresolved(self, guild_id: int | None = None) -> tuple[Delivery, ...]:
        """Rows that are UNKNOWN or FAILED and wait for a person, oldest first; those of deleted schedules don't."""
        ...

    async def counts(self) -> Mapping[DeliveryState, int]:
        """Rows by state; every state is there."""
        ...

    async def oldest_open_due(self) -> datetime | None:
        """The oldest `due_at` among PLANNED and SENDING rows of ACTIVE schedules; None where there is none."""
        ...
