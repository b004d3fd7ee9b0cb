"""The database's file alone: what a plain copy of it holds, and what happens when it is emptied or gone."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from bot.errors import StoreError, StoreLostError
from bot.store.sqlite import open_store
from bot.store.sqlite.backup import back_up_store
from bot.store.sqlite.file import checkpoint
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.file.kinds import instance_path
from bot.store.sqlite.file.opening import open_database
from bot.store.sqlite.shelves.files import open_files
from tests.faults.process import running
from tests.support.clocks import ManualClock
from tests.support.command_line import run_python


def _write_header(path: Path) -> None:
    """What a plain copy of a young database was before its schema left the log."""
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()


EMPTIED: Final[dict[str, Callable[[Path], object]]] = {
    "no bytes": lambda path: path.write_bytes(b""),
    "no file": lambda path: path.unlink(),
    "no schema": _write_header,
}


def copied(path: Path, sql: str) -> list[tuple[object, ...]]:
    """What a copy of the file alone answers; nothing where it lacks the table."""
    copy = path.with_name("copy.sqlite3")
    shutil.copyfile(path, copy)
    with closing(sqlite3.connect(copy)) as connection:
        try:
            return connection.execute(sql).fetchall()
        except sqlite3.Error:
            return []


def content_of(path: Path) -> bytes | None:
    """The file's bytes; None if there is none."""
    return path.read_bytes() if path.exists() else None


async def write(database: Database, text: str) -> None:
    """One more setting."""
    await database.write(lambda connection: connection.execute("INSERT INTO setting VALUES (?, ?)", (text, text)))


async def test_plain_copy_beside_a_running_bot_holds_what_was_written_before(tmp_path: Path) -> None:
    """The schema at once, articles as soon as nothing more is written."""
    async with running(tmp_path) as bot:
        await bot.until_connected()
        await bot.until(
            lambda: copied(instance_path(tmp_path / "newsdesk.sqlite3"), "SELECT count(*) FROM article") == [(1,)]
        )


async def test_plain_copy_holds_the_schema_right_after_the_migration(tmp_path: Path, clock: ManualClock) -> None:
    """And what an earlier process left in the log."""
    async with open_store(tmp_path / "n.db", clock=clock):
        assert copied(tmp_path / "n.db", "SELECT count(*) FROM delivery") == [(0,)]
        assert copied(instance_path(tmp_path / "n.db"), "SELECT count(*) FROM article") == [(0,)]


async def test_steady_writing_is_copied_now_and_then(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five minutes in earnest: nobody is idle, and the checkpoint comes all the same."""
    monkeypatch.setattr(checkpoint, "LATEST_S", 0.5)
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        for number in range(100):
            await write(store.files.local, str(number))
            await asyncio.sleep(0.01)
        assert copied(tmp_path / "n.db", "SELECT count(*) > 10 FROM setting") == [(1,)]


async def test_plain_copy_after_an_import_beside_a_bot_holds_it(tmp_path: Path, clock: ManualClock) -> None:
    """SQLite moves the log at the last connection's end only; this isn't the last."""
    path = tmp_path / "n.db"
    async with open_store(path, clock=clock):
        async with open_store(path, clock=clock) as other:
            await write(other.files.local, "x")
        assert copied(path, "SELECT count(*) FROM setting") == [(1,)]


async def newsroom(path: Path, clock: ManualClock) -> None:
    """A database that was a newsroom."""
    async with open_store(path, clock=clock) as store:
        await write(store.files.local, "x")


@pytest.fixture
async def emptied(tmp_path: Path, clock: ManualClock, request: pytest.FixtureRequest) -> Path:
    """The ledger of a newsroom as it is after somebody's mistake."""
    path = tmp_path / "newsdesk.sqlite3"
    await newsroom(path, clock)
    EMPTIED[request.param](path)
    return path


@pytest.mark.parametrize("file", [Path, instance_path], ids=["ledger", "archive"])
@pytest.mark.parametrize("mistake", EMPTIED)
async def test_emptied_newsroom_is_called_so_and_no_new_one_takes_its_place(
    tmp_path: Path, clock: ManualClock, mistake: str, file: Callable[[Path], Path]
) -> None:
    """Whichever file it is; reading and writing alike; nothing is created or deleted."""
    path = tmp_path / "newsdesk.sqlite3"
    await newsroom(path, clock)
    EMPTIED[mistake](file(path))
    before = content_of(file(path))
    for read_only in (True, False):
        with pytest.raises(StoreLostError, match="but there was a newsroom in it") as lost:
            async with open_files(path, clock=clock, read_only=read_only):
                pass
        assert str(file(path)) in str(lost.value)
    assert content_of(file(path)) == before


async def test_archive_that_is_lost_is_not_begun_anew_beside_a_copied_ledger(
    tmp_path: Path, clock: ManualClock
) -> None:
    """The ledger alone was copied to another machine: without its lock, and without its archive."""
    await newsroom(tmp_path / "newsdesk.sqlite3", clock)
    copy = tmp_path / "copy" / "newsdesk.sqlite3"
    copy.parent.mkdir()
    shutil.copyfile(tmp_path / "newsdesk.sqlite3", copy)

    with pytest.raises(StoreLostError, match=r"instance\.sqlite3 is missing"):
        async with open_files(copy, clock=clock):
            pass


@pytest.mark.parametrize("emptied", ["no bytes"], indirect=True)
async def test_emptied_newsroom_keeps_its_log(emptied: Path, clock: ManualClock) -> None:
    """SQLite deletes the log of an empty file: it may hold the only copy."""
    log = emptied.with_name(emptied.name + "-wal")
    log.write_bytes(b"x" * 100)
    with pytest.raises(StoreLostError):
        async with open_database(emptied, clock=clock):
            pass
    assert log.read_bytes() == b"x" * 100


@pytest.mark.parametrize("emptied", ["no file", "no schema"], indirect=True)
async def test_ingest_and_doctor_name_an_emptied_newsroom_and_restore_cures_it(
    emptied: Path, monkeypatch: pytest.MonkeyPatch, clock: ManualClock, tmp_path: Path
) -> None:
    """The commands that a person tries first."""
    monkeypatch.setenv("NEWSDESK_DATABASE", str(emptied))
    ingested, examined = run_python("-m", "bot", "ingest", "seeds"), run_python("-m", "bot", "doctor", "--quick")
    assert (ingested.status, "but there was a newsroom in it" in ingested.err) == (78, True)
    assert "but there was a newsroom in it" in examined.out

    async with open_store(tmp_path / "other.sqlite3", clock=clock):
        pass
    await back_up_store(tmp_path / "other.sqlite3", tmp_path / "backup", clock=clock)
    assert run_python("-m", "bot", "restore", str(tmp_path / "backup")).status == 0
    assert run_python("-m", "bot", "ingest", "seeds").status == 0


async def test_plain_copy_without_a_schema_is_named_and_not_brought_up_to_date(
    tmp_path: Path, clock: ManualClock
) -> None:
    """It is not an older Newsdesk's."""
    path = tmp_path / "copy.sqlite3"
    path.touch()
    _write_header(path)
    with pytest.raises(StoreError, match="there is no newsroom in it"):
        async with open_database(path, clock=clock, read_only=True):
            pass


async def test_first_start_that_was_killed_early_is_no_lost_newsroom(tmp_path: Path, clock: ManualClock) -> None:
    """The file and the lock are there, and nothing was ever in it."""
    path = tmp_path / "n.db"
    path.touch()
    path.with_name("n.db.lock").write_text("123\n")
    async with open_store(path, clock=clock):
        pass
