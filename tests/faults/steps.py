"""A small schema in steps; `python -m tests.faults.steps FILE` begins a migration that never ends, to be killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Final

from bot.store.sqlite.file.kinds import LEDGER
from bot.store.sqlite.file.migrate import Migration, Schema
from bot.store.sqlite.file.opening import open_database
from tests.support.clocks import ManualClock

FIRST: Final = Migration(number=1, name="0001_notes.sql", sql="CREATE TABLE note (text TEXT);")
SECOND: Final = Migration(number=2, name="0002_more.sql", sql="ALTER TABLE note ADD COLUMN author TEXT;")
BROKEN: Final = Migration(
    number=3, name="0003_broken.sql", sql="UPDATE note SET text = 'lost'; CREATE TABLE note (text TEXT);"
)
ENDLESS: Final = Migration(
    number=3,
    name="0003_endless.sql",
    sql="PRAGMA cache_size = 10; UPDATE note SET text = 'lost'; INSERT INTO note (text) "
    "WITH RECURSIVE more (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM more) SELECT zeroblob(200000) FROM more;",
)
THIRD: Final = Migration(number=3, name="0003_done.sql", sql="CREATE TABLE done (id INTEGER);")


async def open_with(path: Path, *steps: Migration) -> None:
    """Open a database that knows these steps, and close it."""
    schema = Schema(application_id=LEDGER.application_id, migrations=steps)
    async with open_database(path, clock=ManualClock(), schema=schema):
        pass


if __name__ == "__main__":
    asyncio.run(open_with(Path(sys.argv[1]), FIRST, SECOND, ENDLESS))
