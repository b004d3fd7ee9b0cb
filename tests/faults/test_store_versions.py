"""A schema that is newer than the code is refused; an older one is migrated, all of it or nothing, after a backup."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from pathlib import Path

import pytest

from bot.errors import SchemaTooNewError
from bot.store.sqlite.file.migrate import shipped_migrations
from tests.faults.files import change, ledger_in, look, start
from tests.faults.steps import BROKEN, FIRST, SECOND, THIRD, open_with
from tests.support.clocks import ManualClock
from tests.support.ledger import claim_one, plan_edition


@pytest.fixture
async def older(tmp_path: Path) -> Path:
    """A file of the first version, with something in it."""
    path = tmp_path / "n.db"
    await open_with(path, FIRST)
    change(path, "INSERT INTO note VALUES ('old')")
    return path


async def test_newer_schema_than_the_code_is_refused_and_left_alone(tmp_path: Path, clock: ManualClock) -> None:
    """An older program would write what the newer one can't read."""
    path = tmp_path / "newsdesk.db"
    async with ledger_in(path, clock) as ledger:
        await plan_edition(ledger)
    change(path, f"PRAGMA user_version = {shipped_migrations('ledger')[-1].number + 1}")
    before = path.read_bytes()

    with pytest.raises(SchemaTooNewError, match="newer Newsdesk") as refused:
        await start(path, clock)

    assert (refused.value.exit_status, path.read_bytes()) == (78, before)
    assert refused.value.cure


async def test_older_schema_is_migrated_after_a_backup(older: Path) -> None:
    """The backup carries the version in its name and holds what was there."""
    await open_with(older, FIRST, SECOND, THIRD)

    assert look(older, "PRAGMA user_version") == [(3,)]
    assert look(older, "SELECT text, author FROM note") == [("old", None)]
    backup = older.with_name("n.db.v1.bak")
    assert (look(backup, "PRAGMA user_version"), look(backup, "SELECT * FROM note")) == ([(1,)], [("old",)])


async def test_older_schema_is_migrated_in_one_transaction(older: Path) -> None:
    """A step that fails takes those before it back, too: no file is of a version that nobody ever ran."""
    with pytest.raises(sqlite3.OperationalError):
        await open_with(older, FIRST, SECOND, BROKEN)

    assert look(older, "PRAGMA user_version") == [(1,)]
    assert look(older, "SELECT * FROM note") == [("old",)]


async def test_older_schema_whose_migration_is_killed_in_the_middle_is_as_it_was(older: Path) -> None:
    """A process dies half-way, with pages of it in the log already; the next one starts again."""
    migrating = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.faults.steps", str(older))
    log = older.with_name("n.db-wal")
    try:
        await asyncio.wait_for(grows(log, 1_000_000), 20)
    finally:
        migrating.kill()
        await migrating.wait()

    backup = older.with_name("n.db.v1.bak")
    assert look(backup, "SELECT * FROM note") == [("old",)]
    assert look(older, "SELECT * FROM note") == [("old",)]
    await open_with(older, FIRST, SECOND, THIRD)
    assert look(older, "SELECT text, author FROM note") == [("old", None)]
    assert look(older, "PRAGMA user_version") == [(3,)]


async def grows(file: Path, size: int) -> None:
    """Return when a file is so large."""
    while not (file.exists() and file.stat().st_size > size):  # noqa: ASYNC110, ASYNC240 - another process writes it
        await asyncio.sleep(0.005)


async def test_older_schema_of_the_shipped_steps_keeps_its_ledger(tmp_path: Path, clock: ManualClock) -> None:
    """From each version on, a file comes to the newest, and its ledger is sound."""
    steps = shipped_migrations("single")
    for number in range(1, len(steps) + 1):
        path = tmp_path / f"{number}.db"
        await open_with(path, *steps[:number])
        async with ledger_in(path, clock) as ledger:
            await plan_edition(ledger)
            assert (await claim_one(ledger)).attempt == 1
