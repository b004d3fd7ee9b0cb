"""The stores that delivery reads and writes."""

from __future__ import annotations

from typing import Protocol

from bot.store.port.delivery import CorrectionStore, DeliveryStore
from bot.store.port.schedule import ScheduleStore


class LedgerStores(Protocol):
    """The part of a `Store` that delivery needs, so that a ledger alone will do in its place."""

    @property
    def deliveries(self) -> DeliveryStore:
        """The ledger of deliveries."""
        ...

    @property
    def schedules(self) -> ScheduleStore:
        """The schedules that a refusal pauses or switches off."""
        ...


class PostedStores(LedgerStores, Protocol):
    """What is done with messages after posting needs the corrections, too."""

    @property
    def corrections(self) -> CorrectionStore:
        """Corrections of posted messages."""
        ...
