"""A damaged page, a changed row: a process that starts refuses to, and names the restore command."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from bot.app.doctor import examine
from bot.errors import StoreDamagedError, StoreError
from bot.store.sqlite.backup import back_up_store
from bot.store.sqlite.file.opening import open_database
from bot.store.sqlite.ledger.check import check_ledger
from tests.faults.files import PAGE, change, ledger_in, look, overwrite, start
from tests.support.clocks import ManualClock
from tests.support.ledger import DAMAGE, claim_one, plan_edition

LEDGER_TABLES: Final = ("schedule", "edition", "pick", "delivery", "draft")
OPEN_STATES: Final = ("planned", "sending", "failed", "unknown")
SETTLED_STATES: Final = ("sent", "skipped")


@pytest.fixture
async def path(tmp_path: Path, clock: ManualClock) -> Path:
    """A file whose ledger has an edition of three parts, one of them claimed."""
    file = tmp_path / "newsdesk.db"
    async with ledger_in(file, clock) as ledger:
        await plan_edition(ledger, parts=3)
        await claim_one(ledger)
    return file


def root_page(path: Path, table: str) -> int:
    """Where a table begins, counted from 0."""
    ((page,),) = look(path, f"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'")  # noqa: S608
    return int(page) - 1


def bad_pages(path: Path) -> dict[str, bytes]:
    """What may be in the place of a page."""
    pages = path.read_bytes()
    other = root_page(path, "setting") * PAGE
    return {
        "ones": b"\xff" * PAGE,
        "zeros": b"\0" * PAGE,
        "another table's page": pages[other : other + PAGE],
        "half of it": b"\x5a" * (PAGE // 2),
    }


@pytest.mark.parametrize("kind", ["ones", "zeros", "another table's page", "half of it"])
@pytest.mark.parametrize("table", LEDGER_TABLES)
async def test_damaged_page_of_the_ledger_refuses_to_start_and_names_the_restore_command(
    path: Path, clock: ManualClock, table: str, kind: str
) -> None:
    """A bad block of the disk, whatever table it lies in."""
    overwrite(path, root_page(path, table) * PAGE, bad_pages(path)[kind])

    with pytest.raises(StoreDamagedError, match="newsdesk restore"):
        await start(path, clock)


@pytest.mark.parametrize("kind", ["ones", "zeros", "half of it"])
async def test_damaged_first_page_refuses_to_start_and_names_the_restore_command(
    path: Path, clock: ManualClock, kind: str
) -> None:
    """Then it doesn't even look like a database of ours."""
    overwrite(path, 0, bad_pages(path)[kind])

    with pytest.raises(StoreError, match="newsdesk restore"):
        await start(path, clock)


async def what_is_posted(path: Path, clock: ManualClock) -> list[object] | None:
    """What a process would post from this file; None where it doesn't start."""
    try:
        async with open_database(path, clock=clock) as database:
            await check_ledger(database)
    except StoreError:
        return None
    return list(
        look(
            path,
            "SELECT channel_id, schedule_id, edition, part, revision, title, mention_role, publish, state, value "
            "FROM delivery JOIN draft USING (delivery_id) ORDER BY part",
        )
    )


def with_a_flipped_bit(path: Path, at: int) -> Iterator[tuple[Path, int]]:
    """The file with one bit of a page flipped: sixty of them, and the position of each."""
    sound, chance = path.read_bytes(), random.Random(at)  # noqa: S311 - repeatable, not secret
    used = [number for number in range(at, at + PAGE) if sound[number]]
    for number in chance.sample(used, 60):
        path.write_bytes(sound)
        overwrite(path, number, bytes([sound[number] ^ (1 << chance.randrange(8))]))
        yield path, number


@pytest.mark.parametrize("table", ["delivery", "draft"])
async def test_damaged_bit_of_the_ledger_is_found_at_the_start_or_changes_nothing_that_is_posted(
    path: Path, clock: ManualClock, table: str
) -> None:
    """One flipped bit at a time, anywhere in the page."""
    planned, at, refused = await what_is_posted(path, clock), root_page(path, table) * PAGE, 0
    for damaged, number in with_a_flipped_bit(path, at):
        found = await what_is_posted(damaged, clock)
        refused += found is None
        assert found in (None, planned), f"byte {number - at} of {table}"

    assert refused > 0


@pytest.mark.parametrize("state", OPEN_STATES)
@pytest.mark.parametrize("sql", DAMAGE.values(), ids=DAMAGE)
async def test_hash_of_every_row_that_is_not_sent_is_compared_at_the_start(
    path: Path, clock: ManualClock, sql: str, state: str
) -> None:
    """It would be posted as ours, now or when an admin asks for it."""
    change(path, "UPDATE delivery SET state = ?, claimed_at = 1, lease_until = 1", [state])
    change(path, sql)

    with pytest.raises(StoreDamagedError, match="newsdesk restore"):
        await start(path, clock)


@pytest.mark.parametrize("state", SETTLED_STATES)
async def test_hash_of_a_row_that_is_sent_or_skipped_stops_nothing(path: Path, clock: ManualClock, state: str) -> None:
    """It will never be posted again."""
    change(path, "UPDATE delivery SET state = ?", [state])
    change(path, "UPDATE draft SET value = '{}'")

    async with open_database(path, clock=clock) as database:
        await check_ledger(database)


async def test_damaged_page_elsewhere_is_found_after_each_backup_and_by_doctor_full(
    path: Path, clock: ManualClock, tmp_path: Path
) -> None:
    """At the start only the ledger is looked at; a copy that isn't sound is taken away again."""
    overwrite(path, root_page(path, "setting") * PAGE, b"\x5a" * PAGE)
    async with open_database(path, clock=clock) as database:
        await check_ledger(database)

    with pytest.raises(StoreDamagedError, match="newsdesk restore"):
        await back_up_store(path, tmp_path / "backup.db", clock=clock)

    assert not (tmp_path / "backup.db").exists()
    findings = await examine(None, {"NEWSDESK_DATABASE": str(path), "NEWSDESK_SEEDS": ""}, clock, depth="full")
    assert [finding.check for finding in findings if "newsdesk restore" in finding.cure] == ["database"]
