"""State of the store, for an operator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.news.checkup.condition import LastEdition, StoreCondition
from bot.news.delivery import ScheduleId


class CheckupStore(Protocol):
    """Read-only checks that a person runs occasionally."""

    async def condition(self, *, within_s: float) -> StoreCondition:
        """Check the database; checking the ledger's tables stops after `within_s` seconds.

        Raises:
            StoreError: it can't be read at all.
        """
        ...

    async def last_editions(self, guild_id: int | None = None) -> Mapping[ScheduleId, LastEdition]:
        """Read the latest edition of each schedule of a server (of all for None), except deleted schedules."""
        ...
