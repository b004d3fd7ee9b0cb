"""The schema's versions: made, brought up to date after a backup, or refused."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Final

import pytest

from bot.errors import StoreError, StoreLockedError
from bot.store.sqlite.file.kinds import KINDS, LEDGER
from bot.store.sqlite.file.lock import holding_lock
from bot.store.sqlite.file.migrate import Migration, Schema, shipped_migrations
from bot.store.sqlite.file.opening import open_database
from tests.support.clocks import ManualClock

FIRST = Migration(
    number=1, name="0001_notes.sql", sql="CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('old');"
)
SECOND = Migration(number=2, name="0002_more.sql", sql="ALTER TABLE note ADD COLUMN author TEXT;")


async def open_with(path: Path, clock: ManualClock, *steps: Migration) -> None:
    """Open a database that knows these steps, and close it."""
    schema = Schema(application_id=LEDGER.application_id, migrations=steps)
    async with open_database(path, clock=clock, schema=schema):
        pass


def look(path: Path, sql: str) -> list[tuple[object, ...]]:
    """What a plain connection finds in a file."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def files(folder: Path) -> set[str]:
    """The names of the files beside a database, without the lock's."""
    return {file.name for file in folder.iterdir() if not file.name.endswith(".lock")}


@pytest.mark.parametrize("name", ["single", *(kind.migrations or kind.name for kind in KINDS)])
def test_shipped_migrations_are_numbered_without_a_gap(name: str) -> None:
    """Two colleagues who add a step at the same time find out here."""
    steps = shipped_migrations(name)

    assert [step.number for step in steps] == list(range(steps[0].number, steps[0].number + len(steps)))


def test_ledger_begins_after_the_last_version_of_the_single_file() -> None:
    """Both have the same mark in their headers: the number says which it is."""
    assert shipped_migrations("ledger")[0].number == shipped_migrations("single")[-1].number + 1


async def test_a_fresh_file_gets_every_step_and_no_backup(tmp_path: Path, clock: ManualClock) -> None:
    """There is nothing to lose yet."""
    await open_with(tmp_path / "n.db", clock, FIRST, SECOND)

    assert look(tmp_path / "n.db", "SELECT text, author FROM note") == [("old", None)]
    assert files(tmp_path) == {"n.db"}


async def test_a_file_that_is_up_to_date_is_left_as_it_is(tmp_path: Path, clock: ManualClock) -> None:
    """Opening is not upgrading."""
    await open_with(tmp_path / "n.db", clock, FIRST)

    await open_with(tmp_path / "n.db", clock, FIRST)

    assert files(tmp_path) == {"n.db"}


async def test_no_upgrade_while_another_process_sends(tmp_path: Path, clock: ManualClock) -> None:
    """The tables must not change under a running bot."""
    await open_with(tmp_path / "n.db", clock, FIRST)

    async def let_time_pass() -> None:
        while True:
            await clock.sleepers_reach()
            clock.advance(1)

    passing = asyncio.create_task(let_time_pass())
    with holding_lock(tmp_path / "n.db"), pytest.raises(StoreLockedError):
        await open_with(tmp_path / "n.db", clock, FIRST, SECOND)
    passing.cancel()

    assert look(tmp_path / "n.db", "PRAGMA user_version") == [(1,)]


async def test_two_that_make_the_same_file_at_once_both_get_it(tmp_path: Path, clock: ManualClock) -> None:
    """An import beside the first start of the bot: one waits for the other."""
    path = tmp_path / "n.db"

    async def let_the_other_finish() -> None:
        await clock.sleepers_reach()
        connection = sqlite3.connect(path)
        connection.executescript(f"{FIRST.sql} PRAGMA user_version = 1; PRAGMA application_id = {0x4E575344};")
        connection.close()
        clock.advance(1)

    with holding_lock(path):
        await asyncio.gather(open_with(path, clock, FIRST), let_the_other_finish())

    assert look(path, "SELECT text FROM note") == [("old",)]


async def test_another_programs_database_is_refused(tmp_path: Path, clock: ManualClock) -> None:
    """A path mistyped by one letter must not cost somebody their data."""
    connection = sqlite3.connect(tmp_path / "theirs.db")
    connection.execute("CREATE TABLE theirs (id)")
    connection.close()

    with pytest.raises(StoreError, match="is not a Newsdesk database"):
        await open_with(tmp_path / "theirs.db", clock, FIRST)

    assert look(tmp_path / "theirs.db", "SELECT name FROM sqlite_schema") == [("theirs",)]


CHANGED: Final = """
    INSERT INTO shelf (shelf_id, name) VALUES (1, 'instance'), (2, 'server:1');
    INSERT INTO provider (provider_id, shelf_id, domain, name, named_at) VALUES (1, 1, 'x.example', 'X', 0);
    INSERT INTO article (
        row_id, article_id, shelf_id, stem, is_stub, provider_id, published_at, first_seen_at, score, kind, category,
        title, excerpt, url, aliases, topics, pictures, content_hash, text_bytes
    ) VALUES
        (7, 'a', 1, 'a', 0, 1, 10, 10, 0, 'article', 'news', '', '', '', '[]', '[]', '[]', '', 0),
        (8, 'b', 2, 'b', 0, 1, 10, 10, 0, 'article', 'news', '', '', '', '[]', '[]', '[]', '', 0);
    INSERT INTO change (change_id, row_id, seen_at, quality, heat, listed, published_at) VALUES
        (1, 7, 30, 60, NULL, 1, 10), (2, 8, 20, 70, 5, NULL, 10), (3, 7, 40, 61, NULL, 1, 11),
        (4, 7, 40, 62, NULL, 1, 12), (5, 7, 20, 63, NULL, 0, 13);
"""
"""Two articles of two shelves; one changed twice at the same moment, and once before all that was known."""


async def test_changes_of_an_older_file_know_their_shelf_and_how_long_they_stood(
    tmp_path: Path, clock: ManualClock
) -> None:
    """And lose nothing."""
    path = tmp_path / "n.db"
    await open_with(path, clock, *shipped_migrations("single")[:6])
    connection = sqlite3.connect(path)
    connection.executescript(CHANGED)
    connection.close()

    await open_with(path, clock, *shipped_migrations("single"))

    assert look(path, "SELECT * FROM change ORDER BY change_id") == [
        (1, 7, 1, 30, 40, 60, None, 1, 10),
        (2, 8, 2, 20, None, 70, 5, None, 10),
        (3, 7, 1, 40, 40, 61, None, 1, 11),
        (4, 7, 1, 40, None, 62, None, 1, 12),
        (5, 7, 1, 20, 30, 63, None, 0, 13),
    ]


async def test_a_file_that_is_behind_is_not_opened_read_only(tmp_path: Path, clock: ManualClock) -> None:
    """Reading changes nothing, so it can't bring the file up to date: it says what does."""
    await open_with(tmp_path / "n.db", clock, FIRST)

    schema = Schema(application_id=LEDGER.application_id, migrations=(FIRST, SECOND))
    with pytest.raises(StoreError, match="newsdesk ingest"):
        async with open_database(tmp_path / "n.db", clock=clock, read_only=True, schema=schema):
            pass
