"""The store in memory under any order of everything; its contract is asked of it in `tests/store`."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from bot.store.sqlite.shelves.files import open_files
from tests.simulation.ledger import memory_ledger
from tests.simulation.memory import Tables
from tests.store.ledger.test_ledger_in_any_order import LedgerInAnyOrder
from tests.support.clocks import ManualClock
from tests.support.examples import up_to
from tests.support.ledger import Ledger


class MemoryLedgerInAnyOrder(LedgerInAnyOrder):
    """The same machine on the other store."""

    async def open_ledger(self, folder: Path, stack: AsyncExitStack) -> Ledger:
        """An empty ledger."""
        return memory_ledger(await stack.enter_async_context(open_files(folder / "n.db", clock=ManualClock())))


TestMemoryLedgerInAnyOrder = MemoryLedgerInAnyOrder.TestCase
TestMemoryLedgerInAnyOrder.settings = up_to(30, steps=40)


def test_backup_is_not_changed_by_what_comes_after_it() -> None:
    """Tables and their copy share no row that moves."""
    tables = Tables()
    backup = tables.copy()

    tables.settings["a"] = "1"

    assert backup.settings == {}
