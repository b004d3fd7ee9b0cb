"""Work that failed for a reason outside is tried again by the clock, and is named until it is done."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app.chores import EVERY_S, LONGEST_RETRY_S, Chore
from bot.errors import StoreUnavailableError
from bot.sandbox import Answer
from bot.store.sqlite.file.database import Database
from tests.support.clocks import ManualClock
from tests.support.delivering_bot import Square, open_square
from tests.support.running_bot import make_seed_text

FILES = 1_200
_UNLIMITED = 1 << 30


class Work:
    """Fails a number of times, and counts its attempts."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.attempts = 0

    async def __call__(self) -> None:
        """One attempt."""
        self.attempts += 1
        if self.attempts <= self.failures:
            raise StoreUnavailableError("The disk is full.", cure="Free up disk space.")


@given(st.integers(0, 20))
def test_work_is_always_tried_again_until_it_is_done(failures: int) -> None:
    """However often it fails, never later than forty seconds after; in between its reason is named."""
    asyncio.run(_try_until_done(failures))


async def _try_until_done(failures: int) -> None:
    clock, work, stop = ManualClock(), Work(failures), asyncio.Event()
    chore = Chore("seeds", work, clock=clock)
    running = asyncio.create_task(chore.run(stop))
    for attempt in range(1, failures + 1):
        await clock.sleepers_reach()
        assert work.attempts == attempt
        assert "The disk is full" in chore.findings()[0].text
        assert clock.next_wake <= LONGEST_RETRY_S
        clock.advance(clock.next_wake)
        await _settle()
    await clock.sleepers_reach()
    assert (work.attempts, chore.findings(), clock.next_wake) == (failures + 1, (), EVERY_S)
    stop.set()
    await running


async def _settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_work_that_is_asked_for_while_it_runs_is_done_once_more() -> None:
    """What came after it had looked would be missed otherwise."""
    clock, work, stop = ManualClock(), Work(0), asyncio.Event()
    chore = Chore("seeds", work, clock=clock)
    running = asyncio.create_task(chore.run(stop))
    await clock.sleepers_reach()

    chore.ask()
    await _settle()

    assert work.attempts == 2
    stop.set()
    await running


@pytest.fixture
async def square(tmp_path: Path) -> AsyncIterator[Square]:
    """The whole bot, whose clock runs fast, without seeds."""
    async with open_square(tmp_path) as opened:
        yield opened


async def limit_pages(database: Database, more: int | None) -> None:
    """Let the file grow by this many pages only, as a full disk does; None for any number."""

    def work(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        limit = _UNLIMITED if more is None else pages + more
        connection.execute(f"PRAGMA max_page_count = {limit}").fetchone()

    await database.write(work)


async def stop_an_import(square: Square) -> None:
    """Add more seeds than the disk has room for, and wait until the import has stopped."""
    await limit_pages(square.running.store.files.archive, 150)
    for number in range(FILES):
        text = make_seed_text(title=f"Ferry {number} to run on hydrogen", url=f"https://example.com/{number}")
        (square.seeds / f"{number}.md").write_text(text, "utf-8")
    await square.until(lambda: _stopped_by(square) != "", 60)


def _stopped_by(square: Square) -> str:
    reading = square.running._seeds.reading
    return reading.stopped_by if reading else ""


async def status(square: Square) -> Answer:
    """The answer of /content status."""
    return await square.admin.run(square.channel, "content status")


async def test_import_that_a_full_disk_stopped_is_finished_once_there_is_room(square: Square) -> None:
    """No file has to change for it."""
    await stop_an_import(square)

    await limit_pages(square.running.store.files.archive, None)
    await square.until(lambda: _stopped_by(square) == "", 60)

    assert f"For every server: {FILES:,} articles" in (await status(square)).text


async def test_import_that_stopped_is_named_in_status_health_and_doctor(square: Square) -> None:
    """Each says how far it came."""
    await stop_an_import(square)

    assert "Reading stopped at" in (await status(square)).text
    assert await square.health() == (503, ["seeds"])
    doctor = (await square.admin.run(square.channel, "admin doctor")).text
    assert f"of {FILES:,} files and is tried again" in doctor


async def test_import_that_stopped_goes_on_after_a_restart(square: Square) -> None:
    """Nothing has to be remembered for it: files without a stamp are read."""
    await stop_an_import(square)

    await square.stop_bot()
    await square.start_bot()
    await square.until(lambda: square.running._seeds.reading is None, 60)

    assert f"For every server: {FILES:,} articles" in (await status(square)).text
