"""Verify the ledger before a process sends anything."""

from __future__ import annotations

from typing import Final

from bot.store.engine.ledger import LedgerDatabase
from bot.store.sqlite.ledger.delivery_rows import require_as_planned

LEDGER_TABLES: Final = ("schedule", "edition", "pick", "verdict", "delivery", "draft")

_NOT_SENT: Final = """
    SELECT * FROM delivery LEFT JOIN draft USING (delivery_id)
    WHERE state IN ('planned', 'sending', 'failed', 'unknown')
"""


async def check_ledger(database: LedgerDatabase) -> None:
    """Check the ledger's tables for damage, and compare the unsent parts with what was planned.

    Raises:
        StoreDamagedError: with the first findings, and how to restore.
    """
    await database.quick_check(*LEDGER_TABLES)
    await database.read(lambda connection: require_as_planned(connection.execute(_NOT_SENT)))
