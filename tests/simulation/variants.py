"""The protocol, and what it would be with a piece of it missing: a proof must be able to fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.news.delivery import Delivery, DeliveryState
from bot.news.message.messenger import NotThere, ReadBack
from tests.simulation.memory import MemoryDeliveryStore, Tables
from tests.simulation.messenger import SimulatedMessenger


class BlindMessenger(SimulatedMessenger):
    """Never finds anything when it reads back."""

    async def read_back(self, *_args: object, **_options: object) -> ReadBack:
        """Nothing, without a look."""
        return NotThere()


class NamelessMessenger(BlindMessenger):
    """Never finds anything, and gives each post another nonce."""

    def rename(self, nonce: str) -> str:
        """The nonce, and something that no other post has."""
        return f"{nonce}|{self._weather.source.random()}"


class AtMostOnceStore(MemoryDeliveryStore):
    """Takes whatever was being sent when it looks again as sent."""

    async def claim(self, *, now: datetime, lease_until: datetime, limit: int = 40) -> tuple[Delivery, ...]:
        """Only rows that nobody has claimed before."""
        claimed = await super().claim(now=now, lease_until=lease_until, limit=limit)
        for row in claimed:
            if row.was_sending:
                await self.mark_sent(row.key, row.attempt, message_id=0, at=now)
        return tuple(row for row in claimed if not row.was_sending)


def forget_marks(tables: Tables) -> None:
    """Every row as it was planned: what a process without a ledger knows after a crash."""
    for key, row in list(tables.rows.items()):
        tables.put(
            replace(
                Delivery(
                    key=key,
                    guild_id=row.guild_id,
                    state=DeliveryState.PLANNED,
                    draft=row.draft,
                    due_at=row.due_at,
                    planned_at=row.planned_at,
                )
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A way of putting the core together.

    Attributes:
        nonce_windows_s: How long Discord may remember a nonce; one is drawn for each world. The shortest for which
            discord.py may repeat a post is just above `world.LONGER_THAN_A_POST_S`.
        after_crash: What a crash does to what was committed.
    """

    name: str
    store: type[MemoryDeliveryStore] = MemoryDeliveryStore
    messenger: type[SimulatedMessenger] = SimulatedMessenger
    nonce_windows_s: tuple[float, ...] = (60.0, 300.0)
    after_crash: Callable[[Tables], None] = lambda _tables: None


PROTOCOL: Final = Variant(name="the protocol", nonce_windows_s=(0.0, 3.0, 10.0, 36.0, 60.0, 300.0))

CONTROLS: Final = (
    Variant(name="no ledger", messenger=NamelessMessenger, after_crash=forget_marks),
    Variant(name="ledger only", messenger=NamelessMessenger),
    Variant(name="at most once", store=AtMostOnceStore),
    Variant(name="nonce only, window passed", messenger=BlindMessenger, nonce_windows_s=(10.0,)),
)

VARIANTS: Final = {variant.name: variant for variant in (PROTOCOL, *CONTROLS)}
