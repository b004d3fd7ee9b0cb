"""The connections to one SQLite file: whole transactions in one hop, readers beside the writer, one sender."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from bot.errors import StoreDamagedError, StoreError
from bot.store.sqlite.file import database as database_module
from bot.store.sqlite.file.checkpoint import CHANGES
from bot.store.sqlite.file.database import GIVES_WAY_S, Database
from bot.store.sqlite.file.kinds import LEDGER
from bot.store.sqlite.file.lock import lock_path
from bot.store.sqlite.file.opening import open_database
from tests.support.clocks import ManualClock

PAGE = 4096


def keep(connection: sqlite3.Connection, name: str) -> None:
    """Write a setting."""
    connection.execute("INSERT INTO setting (name, value) VALUES (?, 'x')", (name,))


def names(connection: sqlite3.Connection) -> list[str]:
    """The settings that were written."""
    return [row["name"] for row in connection.execute("SELECT name FROM setting ORDER BY name")]


async def test_a_unit_of_work_runs_in_the_thread_of_its_connection(ledger_file: Database) -> None:
    """The hop that is made through two private names of aiosqlite: this fails when they change."""
    assert await ledger_file.read(lambda _: threading.get_ident()) != threading.get_ident()


async def test_a_unit_of_work_gets_the_connection_itself(ledger_file: Database) -> None:
    """Plain functions of the standard library's connection, with named columns."""
    row = await ledger_file.write(lambda connection: connection.execute("SELECT 1 AS one").fetchone())

    assert isinstance(row, sqlite3.Row)
    assert row["one"] == 1


async def test_what_was_written_is_read(ledger_file: Database) -> None:
    """A reader sees what the writer has committed."""
    await ledger_file.write(lambda connection: keep(connection, "a"))

    assert await ledger_file.read(names) == ["a"]


async def test_a_unit_of_work_that_fails_writes_nothing(ledger_file: Database) -> None:
    """All of it or nothing."""

    def fail_half_way(connection: sqlite3.Connection) -> None:
        keep(connection, "a")
        raise LookupError

    with pytest.raises(LookupError):
        await ledger_file.write(fail_half_way)

    assert await ledger_file.read(names) == []


async def test_a_unit_of_work_whose_caller_is_cancelled_is_written_whole(ledger_file: Database) -> None:
    """A command that its user gave up leaves no half of a batch."""
    begun, go_on = threading.Event(), threading.Event()

    def write_slowly(connection: sqlite3.Connection) -> None:
        keep(connection, "a")
        begun.set()
        go_on.wait(10)
        keep(connection, "b")

    task = asyncio.create_task(ledger_file.write(write_slowly))
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    go_on.set()
    await asyncio.gather(task, return_exceptions=True)
    await ledger_file.write(lambda _: None)

    assert await ledger_file.read(names) == ["a", "b"]


async def test_the_database_goes_on_after_a_unit_of_work_failed(ledger_file: Database) -> None:
    """No transaction is left open."""
    with pytest.raises(sqlite3.OperationalError):
        await ledger_file.write(lambda connection: connection.execute("SELECT nonsense"))

    await ledger_file.write(lambda connection: keep(connection, "a"))

    assert await ledger_file.read(names) == ["a"]


async def test_a_mistake_of_ours_stays_loud(ledger_file: Database) -> None:
    """Wrong SQL is not dressed up as something that a person could cure."""
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await ledger_file.read(lambda connection: connection.execute("SELECT * FROM nonsense"))


async def test_a_reader_can_not_write(ledger_file: Database) -> None:
    """Only what goes through `write` is on the disk when it returns."""
    with pytest.raises(StoreError):
        await ledger_file.read(lambda connection: keep(connection, "a"))


async def test_a_reader_sees_one_moment_of_the_store(ledger_file: Database) -> None:
    """Two statements of one read agree, whatever is written between them."""
    first_done, written = threading.Event(), threading.Event()

    def read_twice(connection: sqlite3.Connection) -> tuple[list[str], list[str]]:
        first = names(connection)
        first_done.set()
        written.wait(10)
        return first, names(connection)

    reading = asyncio.create_task(ledger_file.read(read_twice))
    await asyncio.to_thread(first_done.wait, 10)
    await ledger_file.write(lambda connection: keep(connection, "a"))
    written.set()

    assert await reading == ([], [])


async def test_a_slow_read_holds_up_no_other(ledger_file: Database) -> None:
    """A completion does not wait for a search."""
    release = threading.Event()
    slow = [asyncio.create_task(ledger_file.read(lambda _: release.wait(10))) for _ in range(LEDGER.readers - 1)]

    assert await asyncio.wait_for(ledger_file.read(names), 5) == []

    release.set()
    await asyncio.gather(*slow)


async def test_what_can_wait_gives_way_to_whoever_reads(ledger_file: Database) -> None:
    """An import goes on once the answer is there."""
    release = threading.Event()
    reading = asyncio.create_task(ledger_file.read(lambda _: release.wait(5)))
    await asyncio.sleep(0)

    waiting = asyncio.create_task(ledger_file.give_way())
    await asyncio.wait({waiting}, timeout=0.05)
    assert not waiting.done()

    release.set()
    await asyncio.wait_for(waiting, 5)
    assert await reading


async def test_nobody_who_reads_for_ever_stops_what_gives_way(ledger_file: Database) -> None:
    """It waits for as long as a search may take."""
    release = threading.Event()
    reading = asyncio.create_task(ledger_file.read(lambda _: release.wait(5)))
    await asyncio.sleep(0)

    await ledger_file.give_way()

    assert not reading.done()
    release.set()
    assert await reading


async def test_nothing_gives_way_to_nobody(ledger_file: Database) -> None:
    """Also after reads that failed."""
    with pytest.raises(sqlite3.OperationalError):
        await ledger_file.read(lambda connection: connection.execute("SELECT * FROM nowhere"))

    await asyncio.wait_for(ledger_file.give_way(), GIVES_WAY_S / 2)


async def test_more_reads_than_readers_all_get_their_answer(ledger_file: Database) -> None:
    """They wait for one another."""
    answers = await asyncio.gather(*(ledger_file.read(lambda _, n=n: n) for n in range(20)))  # type: ignore[misc]

    assert answers == list(range(20))


async def test_foreign_keys_are_enforced(ledger_file: Database) -> None:
    """SQLite forgets them unless it is told on each connection."""
    with pytest.raises(sqlite3.IntegrityError):
        await ledger_file.write(lambda connection: connection.execute("INSERT INTO draft VALUES (1, '', '', x'')"))


async def test_what_is_written_is_on_the_disk_when_write_returns(ledger_file: Database) -> None:
    """The ledger's promise: write-ahead log, each commit synchronised."""

    def settings(connection: sqlite3.Connection) -> tuple[str, int]:
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
        return mode, synchronous

    assert await ledger_file.write(settings) == ("wal", 2)


async def test_the_file_is_for_its_owner_alone(ledger_file: Database) -> None:
    """It holds the key of every button; its companions take its mode."""
    await ledger_file.write(lambda connection: keep(connection, "a"))
    files = [file for file in ledger_file.path.parent.iterdir() if file.name.startswith("newsdesk.db")]

    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_the_lock_is_free_again_after_closing(tmp_path: Path, clock: ManualClock) -> None:
    """The next process takes over."""
    for _ in range(2):
        async with open_database(tmp_path / "n.db", clock=clock) as database:
            database.lock_for_sending()

    assert lock_path(tmp_path / "n.db").exists()


async def test_a_sound_file_passes_its_checks(ledger_file: Database) -> None:
    """The whole of it, and single tables."""
    await ledger_file.write(lambda connection: keep(connection, "a"))

    await ledger_file.quick_check("setting", "delivery")
    await ledger_file.quick_check()
    await ledger_file.integrity_check()


async def damage(path: Path, clock: ManualClock) -> None:
    """Fill a database with settings, then overwrite the pages in its middle."""
    async with open_database(path, clock=clock) as database:
        await database.write(
            lambda connection: (
                connection.executemany(
                    "INSERT INTO setting VALUES (?, ?)", [(f"{n:04}", "x" * 1000) for n in range(200)]
                ).rowcount
            )
        )
        root = await database.read(
            lambda connection: connection.execute(
                "SELECT rootpage FROM sqlite_schema WHERE name = 'setting'"
            ).fetchone()[0]
        )
    with path.open("r+b") as file:
        file.seek((root - 1) * PAGE + 100)
        file.write(b"\x5a" * (PAGE - 100))


@pytest.mark.parametrize("check", ["quick_check", "integrity_check"])
async def test_a_damaged_page_is_found_and_names_the_cure(check: str, tmp_path: Path, clock: ManualClock) -> None:
    """Better no edition than one from a broken ledger."""
    await damage(tmp_path / "n.db", clock)

    async with open_database(tmp_path / "n.db", clock=clock, read_only=True) as database:
        with pytest.raises(StoreDamagedError, match="newsdesk restore"):
            await getattr(database, check)()


async def test_damage_elsewhere_does_not_fail_the_check_of_a_table(tmp_path: Path, clock: ManualClock) -> None:
    """At start only the ledger's tables are looked at."""
    await damage(tmp_path / "n.db", clock)

    async with open_database(tmp_path / "n.db", clock=clock, read_only=True) as database:
        await database.quick_check("delivery")


async def test_a_backup_holds_all_that_was_written(ledger_file: Database, tmp_path: Path, clock: ManualClock) -> None:
    """Also what is only in the write-ahead log; and it can be opened like any other."""
    await ledger_file.write(lambda connection: keep(connection, "a"))

    await ledger_file.back_up_to(tmp_path / "backup.db")

    async with open_database(tmp_path / "backup.db", clock=clock) as copy:
        assert await copy.read(names) == ["a"]


async def test_a_backup_replaces_an_older_one_and_leaves_nothing_unfinished(
    ledger_file: Database, tmp_path: Path
) -> None:
    """The target is either the old copy or the new one."""
    target = tmp_path / "backup.db"
    target.write_text("an older one")

    await ledger_file.back_up_to(target)

    assert target.read_bytes().startswith(b"SQLite format 3")
    assert not target.with_name("backup.db.unfinished").exists()


def test_the_private_names_of_aiosqlite_stand_in_one_place() -> None:
    """Code that needs them elsewhere should call the one function that has them."""
    folder = Path(database_module.__file__).parents[1]
    users = [file.name for file in folder.rglob("*.py") if re.search(r"\._(execute|conn)\b", file.read_text())]

    assert users == ["connection.py"]


async def test_what_was_committed_is_moved_into_the_file_beside_whoever_writes(tmp_path: Path) -> None:
    """Nobody's commit has to do it: the file grows while it is open."""
    path = tmp_path / "newsdesk.db"

    def keep_many(connection: sqlite3.Connection) -> None:
        connection.executemany("INSERT INTO setting (name, value) VALUES (?, 'x')", [(str(n),) for n in range(CHANGES)])

    async with open_database(path, clock=ManualClock()) as opened:
        before = path.stat().st_size
        await opened.write(keep_many)
        while path.stat().st_size == before:  # noqa: ASYNC110 - SQLite sends no event
            await asyncio.sleep(0.01)

        assert len(await opened.read(names)) == CHANGES
