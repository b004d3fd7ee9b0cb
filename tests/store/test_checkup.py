"""The store's condition, as an operator sees it."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.news.delivery import DeliveryState, EditionKey, ScheduleId
from bot.news.edition import Skipped
from bot.store.port.checkup import CheckupStore
from bot.store.sqlite.backup import back_up_store
from bot.store.sqlite.checkup import SqliteCheckupStore
from bot.store.sqlite.shelves.files import StoreFiles, open_files
from tests.support.clocks import ManualClock
from tests.support.ledger import (
    DUE,
    SCHEDULE,
    claim_one,
    plan_edition,
    plan_part,
    save_schedule,
    send_all,
    sqlite_ledger,
    weeks_later,
)


@pytest.fixture
def checkup(files: StoreFiles, clock: ManualClock) -> CheckupStore:
    """The port of an empty file."""
    return SqliteCheckupStore(files, clock)


async def test_sound_file_is_found_sound_with_its_size_and_room(checkup: CheckupStore, files: StoreFiles) -> None:
    """What SQLite keeps beside the file counts as its size."""
    status = await checkup.database_status(within_s=5.0)
    assert (status.damage, status.is_checked, status.backed_up_at) == ("", True, None)
    assert status.bytes_used >= files.ledger.path.stat().st_size
    assert status.bytes_free


async def test_check_ends_when_its_time_is_over(checkup: CheckupStore) -> None:
    """And the connection goes on afterwards."""
    assert not (await checkup.database_status(within_s=0.0)).is_checked
    assert (await checkup.database_status(within_s=5.0)).is_checked


async def test_damage_in_the_ledger_is_named_without_the_machines_paths(tmp_path: Path, clock: ManualClock) -> None:
    """An admin of some server reads it."""
    path = tmp_path / "newsdesk.db"
    async with open_files(path, clock=clock) as files:
        await plan_edition(sqlite_ledger(files), parts=3)
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("UPDATE sqlite_schema SET sql = replace(sql, 'part >= 1', 'part >= 9') WHERE name = 'delivery'")
    raw.close()
    async with open_files(path, clock=clock) as files:
        status = await SqliteCheckupStore(files, clock).database_status(within_s=5.0)
    assert "delivery" in status.damage
    assert str(tmp_path) not in status.damage


async def test_backup_is_remembered(files: StoreFiles, checkup: CheckupStore, clock: ManualClock) -> None:
    """The newest one."""
    await back_up_store(files.ledger.path, files.ledger.path.with_name("copy"), clock=clock)
    clock.advance(60)
    await back_up_store(files.ledger.path, files.ledger.path.with_name("copy2"), clock=clock)
    assert (await checkup.database_status(within_s=5.0)).backed_up_at == clock.now()


async def test_backup_that_failed_is_not_remembered(
    files: StoreFiles, checkup: CheckupStore, clock: ManualClock
) -> None:
    """Nobody should rely on it."""
    with pytest.raises(StoreError):
        await back_up_store(files.ledger.path, files.ledger.path.parent / "no" / "copy", clock=clock)
    assert (await checkup.database_status(within_s=5.0)).backed_up_at is None


async def test_newest_edition_of_each_schedule_is_answered(checkup: CheckupStore, files: StoreFiles) -> None:
    """With its parts by state, and when the last was sent."""
    ledger = sqlite_ledger(files)
    await plan_part(ledger)
    await send_all(ledger)
    (first, _) = await plan_edition(ledger, parts=2, due_at=weeks_later(1))
    row = await claim_one(ledger, weeks_later(1))
    at = weeks_later(1) + timedelta(seconds=5)
    await ledger.deliveries.mark_sent(row.key, row.attempt, message_id=1, at=at)
    last = (await checkup.last_editions())[SCHEDULE]
    assert (last.key, last.due_at, last.sent_at) == (first.edition, weeks_later(1), at)
    assert last.states == {DeliveryState.SENT: 1, DeliveryState.PLANNED: 1}


async def test_reason_of_a_failure_is_answered(checkup: CheckupStore, files: StoreFiles) -> None:
    """What to fix."""
    ledger = sqlite_ledger(files)
    await plan_part(ledger)
    row = await claim_one(ledger)
    await ledger.deliveries.mark_failed(row.key, row.attempt, reason="50013")
    last = (await checkup.last_editions())[SCHEDULE]
    assert (last.state, last.reason) == (DeliveryState.FAILED, "50013")


async def test_extra_edition_without_stories_does_not_count(checkup: CheckupStore, files: StoreFiles) -> None:
    """The person who asked for it was told at once; the last edition is the one that was posted."""
    ledger = sqlite_ledger(files)
    (posted,) = await plan_edition(ledger)
    await plan_edition(
        ledger, parts=0, picks=(), skipped=Skipped.EMPTY, key=EditionKey("x1"), is_extra=True, due_at=weeks_later(1)
    )
    last = (await checkup.last_editions())[SCHEDULE]
    assert (last.key, last.skipped) == (posted.edition, None)


async def test_skipped_edition_is_answered_with_its_reason(checkup: CheckupStore, files: StoreFiles) -> None:
    """It has no parts."""
    ledger = sqlite_ledger(files)
    await plan_edition(ledger, parts=0, picks=(), skipped=Skipped.LATE)
    last = (await checkup.last_editions())[SCHEDULE]
    assert (last.states, last.reason, last.skipped, last.due_at) == ({}, "", Skipped.LATE, DUE)


async def test_editions_of_another_server_and_of_deleted_schedules_are_left_out(
    checkup: CheckupStore, files: StoreFiles
) -> None:
    """Nobody sees what is not theirs."""
    ledger = sqlite_ledger(files)
    await plan_part(ledger)
    other = await save_schedule(ledger, id=ScheduleId(12), guild_id=2, name="Other")
    await plan_part(ledger, schedule_id=other.id)
    assert set(await checkup.last_editions(2)) == {other.id}
    await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)
    assert set(await checkup.last_editions()) == {other.id}
