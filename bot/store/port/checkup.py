"""What a check reads of the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.news.checkup.database import DatabaseStatus
from bot.news.checkup.schedule import LastEdition
from bot.news.delivery import ScheduleId


class CheckupStore(Protocol):
    """Reads for a check; they change nothing."""

    async def database_status(self, *, within_s: float) -> DatabaseStatus:
        """Read the database's status, and look for damage for at most `within_s` seconds, in the ledger's tables first.

        Damage of the archive that was met before is reported as well, whatever `within_s` is.

        Raises:
            StoreError: it can't be read at all.
        """
        ...

    async def last_editions(self, guild_id: int | None = None) -> Mapping[ScheduleId, LastEdition]:
        """Read the newest edition of each schedule that has one, of one server or of all, but of no deleted one.

        An extra edition for which there was nothing to send doesn't count: its answer said so, and nothing was missed.
        """
        ...
