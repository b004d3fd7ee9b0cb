"""What is to be delivered: editions of one to four parts over many channels, planned before and during the sending."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from bot.clock import Clock
from bot.news.delivery import DeliveryKey, DeliveryState, EditionKey, ScheduleId
from bot.sandbox import Sandbox
from tests.support.ledger import Ledger
from tests.support.makers import make_delivery, make_edition, make_schedule
from tests.support.postoffice import posted_draft

_FIRST_DAY: Final = date(2021, 5, 10)
_MOST_PARTS: Final = 4
_PARTS_A_CHANNEL: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An edition to be planned: which channel's, and its parts' keys."""

    guild_id: int
    keys: tuple[DeliveryKey, ...]


class Planner:
    """Plans a trial's editions, one after the other.

    Attributes:
        planned: The keys of all parts in the ledger so far; what is delivered is held against them.
    """

    def __init__(
        self, ledger: Ledger, sandbox: Sandbox, clock: Clock, *, deliveries: int, source: random.Random
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._issues = _issues(sandbox, deliveries, source)
        self._schedules: set[ScheduleId] = set()
        self._deliveries = deliveries
        self.planned: list[DeliveryKey] = []

    @property
    def is_done(self) -> bool:
        """Whether all is planned."""
        return len(self.planned) >= self._deliveries

    async def is_drained(self) -> bool:
        """Whether no row waits or is on its way."""
        counts = await self._ledger.deliveries.counts()
        return not counts.get(DeliveryState.PLANNED) and not counts.get(DeliveryState.SENDING)

    async def plan_up_to(self, count: int) -> None:
        """Plan until this many parts, or all, are in the ledger."""
        while not self.is_done and len(self.planned) < count:
            await self._plan(next(self._issues))

    async def _plan(self, issue: Issue) -> None:
        first = issue.keys[0]
        if first.schedule_id not in self._schedules:
            schedule = make_schedule(
                id=first.schedule_id,
                name=f"S{first.schedule_id}",
                guild_id=issue.guild_id,
                channel_id=first.channel_id,
            )
            await self._ledger.schedules.save_schedule(schedule, next_due_at=None)
            self._schedules.add(first.schedule_id)
        now = self._clock.now()
        edition = make_edition(schedule_id=first.schedule_id, key=first.edition, due_at=now, planned_at=now, picks=())
        row = make_delivery(edition, guild_id=issue.guild_id)
        rows = [replace(row, key=key, draft=posted_draft(key)) for key in issue.keys]
        await self._ledger.digest.plan(edition, (), rows)
        self.planned += issue.keys


def _issues(sandbox: Sandbox, deliveries: int, source: random.Random) -> Iterator[Issue]:
    guild = sandbox.add_guild("Town Square")
    channels = [guild.add_channel(f"news-{number}") for number in range(-(-deliveries // _PARTS_A_CHANNEL))]
    editions = [0] * len(channels)
    left = deliveries
    while left:
        number = source.randrange(len(channels))
        parts = min(left, source.randint(1, _MOST_PARTS))
        edition = EditionKey((_FIRST_DAY + timedelta(days=editions[number])).isoformat())
        editions[number] += 1
        left -= parts
        schedule = ScheduleId(number + 1)
        yield Issue(
            guild_id=guild.id,
            keys=tuple(
                DeliveryKey(channel_id=channels[number].id, schedule_id=schedule, edition=edition, part=part)
                for part in range(1, parts + 1)
            ),
        )
