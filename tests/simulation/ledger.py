"""The simulation's store as the contract tests of `tests/store` take it."""

from __future__ import annotations

from bot.store.sqlite.archive.articles import SqliteArticleStore
from bot.store.sqlite.ledger.servers.editors import SqliteEditorStore
from bot.store.sqlite.shelves.files import StoreFiles
from tests.simulation.memory import (
    InstantDisk,
    MemoryAdminStore,
    MemoryDeliveryStore,
    MemoryDeskStore,
    MemoryDigestStore,
    MemoryScheduleStore,
    Tables,
)
from tests.support.ledger import Ledger


def memory_ledger(files: StoreFiles) -> Ledger:
    """The ports in memory, empty; articles and editor roles, which the simulation needs none of, are SQLite's."""
    tables, disk = Tables(), InstantDisk()
    return Ledger(
        articles=SqliteArticleStore(files),
        digest=MemoryDigestStore(tables, disk),
        schedules=MemoryScheduleStore(tables, disk),
        deliveries=MemoryDeliveryStore(tables, disk),
        desks=MemoryDeskStore(tables, disk),
        admin=MemoryAdminStore(tables, disk),
        editors=SqliteEditorStore(files),
    )
