"""The one file of earlier versions becomes a ledger, an archive and search pages, whenever the process is killed."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from bot.errors import StoreError, StoreLockedError
from bot.news.article import INSTANCE_SHELF
from bot.news.search import SearchQuery
from bot.store.sqlite import open_store
from bot.store.sqlite.backup import restore_store
from bot.store.sqlite.file.kinds import archive_folder, instance_path, views_path
from bot.store.sqlite.file.lock import holding_lock
from bot.store.sqlite.file.migrate import shipped_migrations
from bot.store.sqlite.shelves.files import open_files
from bot.store.sqlite.shelves.names import find_shelf_files
from tests.store.golden import scenario
from tests.support.clocks import ManualClock
from tests.support.single_file import join_files

_KILLED_AT_EACH_STEP: Final = """
import asyncio, os, shutil, sys
from pathlib import Path
from bot.store.sqlite.shelves.files import open_files
from bot.store.sqlite.shelves.names import find_shelf_files
from tests.support.clocks import ManualClock

STEPS = ("fsync", "link", "replace", "rename", "unlink", "mkdir")

def dying(call):
    def step(*args, **options):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return call(*args, **options)
    return step

async def split(path):
    async with open_files(path, clock=ManualClock()):
        pass

single, folder = Path(sys.argv[1]), Path(sys.argv[2])
status, number = 9, 0
while status == 9:
    place = folder / str(number)
    place.mkdir()
    copy = shutil.copy(single, place)
    if not (child := os.fork()):
        left = number
        for name in STEPS:
            setattr(os, name, dying(getattr(os, name)))
        asyncio.run(split(Path(copy)))
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    number += 1
sys.exit(status)
"""
"""Splits copies of a single file; each process is killed one system call later, until one comes to its end."""


@pytest.fixture
async def single(tmp_path: Path, clock: ManualClock) -> Path:
    """The one file of an earlier version, with something in every table."""
    path = tmp_path / "n.db"
    async with open_store(path, clock=clock) as store:
        await scenario.fill(store)
    join_files(path)
    return path


def rows(*files: Path) -> list[str]:
    """All rows of closed files, their text index and secrets left out."""
    found: list[str] = []
    for file in files:
        with closing(sqlite3.connect(file)) as connection:
            found += scenario.dump(connection)
    return sorted(found)


def beside(path: Path) -> list[Path]:
    """What is in the folder of a file."""
    return sorted(path.parent.iterdir())


def files_of(ledger: Path) -> tuple[Path, ...]:
    """The files of a newsroom."""
    return ledger, instance_path(ledger), views_path(ledger), *find_shelf_files(ledger).values()


async def test_split_keeps_every_row_and_the_old_file(single: Path, clock: ManualClock) -> None:
    """What was in the one file is in the three, and what is searched is found without a rebuild."""
    before = rows(single)
    async with open_store(single, clock=clock) as store:
        query = SearchQuery(words=("robot",), typed="robot")
        found = await store.search.search((INSTANCE_SHELF, scenario.SERVER), query, now=scenario.NOON)

    assert [article.id for article in found.articles] == [scenario.SEED.article.id]
    assert rows(*files_of(single)) == before
    (kept,) = [file for file in beside(single) if file.name.startswith("n.db.before-")]
    assert rows(kept) == before


def schema(path: Path) -> dict[str, str]:
    """What was created in a file, however it is spaced and commented."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'sqlite_sequence'"
        ).fetchall()
    return {name: re.sub(r"\s+|--[^\n]*", "", sql).replace("'", "") for name, sql in found}


async def test_split_files_have_the_schema_of_new_ones(single: Path, clock: ManualClock) -> None:
    """Later migrations find the same, whichever way a file came about."""
    async with open_files(single, clock=clock), open_files(single.with_name("new.db"), clock=clock):
        pass

    for split, new in zip(files_of(single), files_of(single.with_name("new.db")), strict=True):
        assert schema(split) == schema(new)
        with closing(sqlite3.connect(split)) as one, closing(sqlite3.connect(new)) as other:
            for pragma in ("user_version", "application_id", "integrity_check"):
                assert one.execute(f"PRAGMA {pragma}").fetchall() == other.execute(f"PRAGMA {pragma}").fetchall()


async def test_split_that_is_killed_at_any_step_is_done_by_the_next_start(single: Path, clock: ManualClock) -> None:
    """No row is lost or doubled, nothing half-written is used, and the old file keeps a name."""
    before = rows(single)
    folder = single.with_name("killed")
    folder.mkdir()
    killing = [sys.executable, "-c", _KILLED_AT_EACH_STEP, str(single), str(folder)]
    assert (await asyncio.to_thread(subprocess.run, killing, check=False)).returncode == 0

    copies = sorted(folder.glob("*/n.db"))
    assert len(copies) > 15
    for copy in copies:
        async with open_files(copy, clock=clock):
            pass
        assert rows(*files_of(copy)) == before
        assert any(rows(kept) == before for kept in copy.parent.glob("n.db.before-*"))
        assert not [file.name for file in copy.parent.iterdir() if "arriving" in file.name]


async def test_copies_of_a_killed_split_are_not_used_after_the_old_version_ran_again(
    single: Path, clock: ManualClock
) -> None:
    """Somebody goes back to the old version for a week, and then upgrades."""
    folder = archive_folder(single).with_name(f"{archive_folder(single).name}.arriving")
    folder.mkdir()
    shutil.copyfile(single, folder / "instance.sqlite3")
    with closing(sqlite3.connect(single)) as connection:
        connection.execute("UPDATE article SET title = 'Written since'")
        connection.commit()
    before = rows(single)

    async with open_files(single, clock=clock):
        pass

    assert rows(*files_of(single)) == before


async def test_single_file_that_is_put_back_is_split_again_and_the_archive_set_aside(
    single: Path, clock: ManualClock
) -> None:
    """By hand, where `newsdesk restore` would do it."""
    before = rows(single)
    async with open_store(single, clock=clock) as store:
        await store.articles.delete(INSTANCE_SHELF, scenario.SEED.article.id)
    (kept,) = [file for file in beside(single) if file.name.startswith("n.db.before-")]
    shutil.copyfile(kept, single)

    async with open_files(single, clock=clock):
        pass

    assert rows(*files_of(single)) == before
    assert [file.name for file in beside(single) if file.name.startswith("n.archive.before-")]


async def test_single_file_of_a_running_older_bot_is_not_split(single: Path, clock: ManualClock) -> None:
    """Its rows would be written into a file without a name."""

    async def let_time_pass() -> None:
        while True:
            await clock.sleepers_reach()
            clock.advance(1)

    passing = asyncio.create_task(let_time_pass())
    with holding_lock(single), pytest.raises(StoreLockedError):
        async with open_files(single, clock=clock):
            pass
    passing.cancel()


async def test_single_file_is_not_split_by_reading(single: Path, clock: ManualClock) -> None:
    """A search beside it changes nothing, and says what does."""
    before = rows(single)
    with pytest.raises(StoreError, match="newsdesk ingest"):
        async with open_files(single, clock=clock, read_only=True):
            pass
    assert rows(single) == before


async def test_single_file_of_an_earlier_version_is_restored_as_a_backup(single: Path, clock: ManualClock) -> None:
    """The copies that people have."""
    before = rows(single)
    database = single.with_name("restored.db")
    async with open_store(database, clock=clock):
        pass

    await restore_store(single, database, clock=clock)
    async with open_files(database, clock=clock):
        pass

    assert rows(*files_of(database)) == before
    assert [file.name for file in beside(single) if file.name.startswith("restored.db.before-")]


async def test_ledger_alone_is_not_a_backup(tmp_path: Path, clock: ManualClock) -> None:
    """Its archive would be missing."""
    async with open_files(tmp_path / "n.db", clock=clock):
        pass
    with pytest.raises(StoreError, match="not a whole backup"):
        await restore_store(tmp_path / "n.db", tmp_path / "other.db", clock=clock)
    assert tmp_path / "other.db" not in beside(tmp_path / "n.db")


@pytest.mark.parametrize("number", range(1, len(shipped_migrations("single")) + 1))
async def test_file_of_each_earlier_version_is_split(number: int, tmp_path: Path, clock: ManualClock) -> None:
    """Through the versions in between, with a copy of what it was."""
    path = tmp_path / "n.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("".join(step.sql for step in shipped_migrations("single")[:number]))
        connection.executescript(f"PRAGMA application_id = {0x4E575344}; PRAGMA user_version = {number};")

    async with open_files(path, clock=clock) as files:
        count = await files.ledger.read(lambda ledger: ledger.execute("SELECT count(*) FROM delivery").fetchone()[0])

    assert count == 0
    names = {file.name for file in beside(path)}
    assert (f"n.db.v{number}.bak" in names) == (number < len(shipped_migrations("single")))
    assert "n.archive.arriving" not in names
