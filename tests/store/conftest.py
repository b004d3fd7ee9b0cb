"""The stores that every contract test is held to, each empty and in a folder of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.sqlite.database import Database, open_database
from tests.clocks import ManualClock
from tests.store.ledgers import Ledger, sqlite_ledger


@pytest.fixture
async def database(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Database]:
    """A new database: for what only SQLite's own tables can show."""
    async with open_database(tmp_path / "newsdesk.db", clock=clock) as opened:
        yield opened


@pytest.fixture(params=[sqlite_ledger])
def ledger(request: pytest.FixtureRequest, database: Database) -> Ledger:
    """Schedules, editions, deliveries and what the bot remembers; each implementation in turn."""
    made: Ledger = request.param(database)
    return made
