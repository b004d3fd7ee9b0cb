"""Count IDENTIFYs and keep them apart, also while the store can't record them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.store.port.admin import AdminStore

log = structlog.get_logger(__name__)

MOST_IDENTIFIES: Final = 900
"""Per day. Past 1,000 Discord resets the token (docs/platform.md, Behaviour); other programs may use the same token."""

_BETWEEN_S: Final = 5.25
"""Discord accepts one IDENTIFY in 5 s (its documentation, Gateway); the rest is for one sent later than counted."""


class IdentifyBudgetError(Exception):
    """The day's IDENTIFYs are used up, and another one might cost the token; only commands wait, posting continues."""


class Identifies:
    """The day's IDENTIFYs: in the store, so that a crash loop doesn't use them up, or here while it can't be used."""

    def __init__(self, store: AdminStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._stored = 0
        self._unstored: list[datetime] = []
        self._last_s: float | None = None

    async def take_turn(self) -> None:
        """Wait until the next IDENTIFY may be sent, and count it.

        Raises:
            IdentifyBudgetError: none is left for today.
        """
        if (wait_s := _BETWEEN_S - await self._since_last_s()) > 0:
            await self._clock.sleep(wait_s)
        count = await self._count()
        self._last_s = self._clock.uptime()
        if count > MOST_IDENTIFIES:
            raise IdentifyBudgetError(f"{count} IDENTIFYs within 24 hours")

    async def _since_last_s(self) -> float:
        if self._last_s is not None:
            return self._clock.uptime() - self._last_s
        try:
            last_at = await self._store.last_identify()
        except StoreError:
            return 0.0  # an earlier process may have sent one just now
        if last_at is None:
            return _BETWEEN_S
        return abs((self._clock.now() - last_at).total_seconds())  # the clock may have been set back

    async def _count(self) -> int:
        self._unstored.append(self._clock.now())
        try:
            while self._unstored:
                self._stored = await self._store.count_identify(at=self._unstored[0])
                del self._unstored[0]
        except StoreError as error:
            log.warning("an IDENTIFY is counted in memory only", error=str(error))
        return self._stored + len(self._unstored)
