"""Several processes on one file: the ledger gives each row, each edition and each key to one of them."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from bot.store.sqlite.file.database import Database
from bot.store.sqlite.shelves.files import StoreFiles, open_files
from tests.support.clocks import ManualClock
from tests.support.ledger import (
    SCHEDULE,
    Ledger,
    claim,
    find_delivery,
    parts_of,
    plan_part,
    save_schedule,
    sqlite_ledger,
    weeks_later,
)
from tests.support.makers import make_edition

ROOT = Path(__file__).parents[3]


@pytest.fixture
def ledger(files: StoreFiles) -> Ledger:
    """The ports of the file that the others open too."""
    return sqlite_ledger(files)


async def rivals(ledger_file: Database, what: str, *, count: int = 3) -> list[list[str]]:
    """What some processes at once got of it."""
    command = (sys.executable, "-m", "tests.store.rival", str(ledger_file.path), what)
    started = [
        await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE) for _ in range(count)
    ]
    answers = await asyncio.gather(*(process.communicate() for process in started))
    return [json.loads(answer) for answer, _ in answers]


async def test_no_two_processes_claim_the_same_row(ledger: Ledger, ledger_file: Database) -> None:
    """The ledger is safe even without the lock in front of it."""
    planned = [(await plan_part(ledger, due_at=weeks_later(week))).edition for week in range(60)]

    claimed = await rivals(ledger_file, "claim")

    assert sorted(key for keys in claimed for key in keys) == sorted(planned)


async def test_no_two_processes_plan_the_same_edition(ledger: Ledger, ledger_file: Database) -> None:
    """Each key is planned once, by one of them."""
    await save_schedule(ledger)

    planned = await rivals(ledger_file, "plan")

    assert sorted(key for keys in planned for key in keys) == sorted(
        make_edition(due_at=weeks_later(week)).key for week in range(30)
    )


async def test_editions_of_several_processes_are_numbered_without_gap_or_double(
    ledger: Ledger, ledger_file: Database
) -> None:
    """The number is given inside the transaction."""
    await save_schedule(ledger)
    await rivals(ledger_file, "plan")

    editions = [await ledger.digest.find_edition(SCHEDULE, number) for number in range(1, 31)]

    assert all(editions)


async def test_processes_that_start_together_sign_with_one_key(ledger: Ledger, ledger_file: Database) -> None:
    """A button of one is answered by the other."""
    keys = await rivals(ledger_file, "keys")

    assert keys == [[key.hex() for key in await ledger.admin.secrets()]] * 3


async def test_two_connections_share_no_row(ledger: Ledger, ledger_file: Database, clock: ManualClock) -> None:
    """Also where both live in one process."""
    for week in range(20):
        await plan_part(ledger, due_at=weeks_later(week))

    async with open_files(ledger_file.path, clock=clock) as second:
        claims = await asyncio.gather(claim(ledger, limit=15), claim(sqlite_ledger(second), limit=15))

    assert len({delivery.key for claimed in claims for delivery in claimed}) == sum(map(len, claims)) == 20


async def test_two_connections_make_one_edition(ledger: Ledger, ledger_file: Database, clock: ManualClock) -> None:
    """One of them is told that it came second."""
    await save_schedule(ledger)
    edition = make_edition()

    async with open_files(ledger_file.path, clock=clock) as second:
        answers = await asyncio.gather(
            *(
                each.digest.plan(edition, (), parts_of(edition, 1))
                for each in (ledger, sqlite_ledger(second), ledger, sqlite_ledger(second))
            )
        )

    assert sum(answer is not None for answer in answers) == 1


async def test_claim_of_one_connection_is_seen_by_the_other_at_once(
    ledger: Ledger, ledger_file: Database, clock: ManualClock
) -> None:
    """It is committed before it is answered."""
    key = await plan_part(ledger)
    (claimed,) = await claim(ledger)

    async with open_files(ledger_file.path, clock=clock, read_only=True) as reader:
        seen = await find_delivery(sqlite_ledger(reader).deliveries, key)

    assert seen == claimed
