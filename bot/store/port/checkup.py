"""What whoever looks after the bot wants to know of its store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.news.checkup.condition import LastEdition, StoreCondition
from bot.news.delivery import ScheduleId


class CheckupStore(Protocol):
    """Reads that change nothing, for a person who asks now and then."""

    async def condition(self, *, within_s: float) -> StoreCondition:
        """How the database is; the reading of the ledger's tables is broken off after `within_s` seconds.

        Raises:
            StoreError: it can't be read at all.
        """
        ...

    async def last_editions(self, guild_id: int | None = None) -> Mapping[ScheduleId, LastEdition]:
        """The newest edition of each schedule that has one, of a server or of all; of deleted schedules none."""
        ...
