"""The tables in PostgreSQL: created once, the same as SQLite's, and used by two versions of the bot at once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.errors import SchemaTooNewError, StoreError
from bot.store.postgres.database import open_postgres
from bot.store.postgres.migrate import Migration, migrate, shipped_migrations
from bot.store.sqlite.file.kinds import LEDGER
from bot.store.sqlite.file.migrate import shipped_schema
from tests.support.postgres import new_database


@pytest.fixture
def empty_address(postgres_session: str) -> Iterator[str]:
    """The address of a database without tables."""
    with new_database(postgres_session) as address:
        yield address


def numbers(address: str) -> list[int]:
    """The migrations that were applied."""
    with psycopg.connect(address) as connection:
        rows = connection.execute("SELECT number FROM newsdesk.migration ORDER BY number").fetchall()
    return [number for (number,) in rows]


async def open_once(address: str, *, read_only: bool = False) -> None:
    """Open the database and close it."""
    async with open_postgres(address, path=Path("newsdesk.db"), read_only=read_only):
        pass


async def test_processes_that_start_together_create_the_tables_once(empty_address: str) -> None:
    """One migrates, the others wait for it."""
    await asyncio.gather(*(open_once(empty_address) for _ in range(3)))

    assert numbers(empty_address) == [migration.number for migration in shipped_migrations()]


def test_tables_are_those_of_sqlites_ledger(postgres_session: str) -> None:
    """A column that is added to one engine alone would be missed by the other's statements."""
    with sqlite3.connect(":memory:") as file:
        for migration in shipped_schema(LEDGER).migrations:
            file.executescript(migration.sql)
        wanted = set(
            file.execute(
                "SELECT m.name, c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c"
                " WHERE m.type IN ('table', 'view') AND m.name NOT IN ('sqlite_sequence', 'shelf_file')"
            )
        )
    file.close()
    with psycopg.connect(postgres_session) as connection:
        found = set(
            connection.execute(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = 'newsdesk' AND table_name <> 'migration'"
            )
        )

    assert found == wanted


async def test_database_that_a_newer_version_has_only_expanded_is_used(empty_address: str) -> None:
    """While one machine is upgraded, the other goes on."""
    with psycopg.connect(empty_address) as connection:
        newer = Migration(number=9_000, kind="expand", sql="ALTER TABLE setting ADD COLUMN more text DEFAULT ''")
        migrate(connection, "the database", (*shipped_migrations(), newer))

    await open_once(empty_address)

    assert numbers(empty_address)[-1] == 9_000


async def test_database_from_which_a_newer_version_took_something_is_refused(empty_address: str) -> None:
    """This version would write what is not there."""
    with psycopg.connect(empty_address) as connection:
        newer = Migration(number=9_000, kind="contract", sql="DROP TABLE greeting")
        migrate(connection, "the database", (*shipped_migrations(), newer))

    with pytest.raises(SchemaTooNewError, match="schema 9000"):
        await open_once(empty_address)


async def test_reader_creates_no_table(empty_address: str) -> None:
    """A question to the wrong database must not leave a newsroom in it."""
    with pytest.raises(StoreError, match="There is no newsroom"):
        await open_once(empty_address, read_only=True)

    with psycopg.connect(empty_address) as connection:
        assert connection.execute("SELECT to_regnamespace('newsdesk')").fetchone() == (None,)


def test_failed_migration_leaves_nothing(empty_address: str) -> None:
    """All that is needed is applied, or nothing."""
    broken = Migration(number=9_000, kind="expand", sql="CREATE TABLE once (a int); SELECT 1 / 0")
    with psycopg.connect(empty_address) as connection, pytest.raises(psycopg.errors.DivisionByZero):
        migrate(connection, "the database", (*shipped_migrations(), broken))

    with psycopg.connect(empty_address) as connection:
        assert connection.execute("SELECT to_regnamespace('newsdesk')").fetchone() == (None,)
