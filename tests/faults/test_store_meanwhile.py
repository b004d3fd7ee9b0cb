"""The database can't be written: the gateway's own count doesn't keep commands away, and members get an answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from bot.chat.account.identifies import MOST_IDENTIFIES, Identifies, IdentifyBudgetError
from bot.errors import StoreUnavailableError
from bot.store.sqlite import open_store
from bot.store.sqlite.file.database import BUSY_TIMEOUT_S
from tests.faults.test_store_full import lay_ballast, leave_room
from tests.faults.test_store_locked import held
from tests.support.clocks import ManualClock
from tests.support.delivering_bot import Square, open_square

OPTIONS: Final[dict[str, Any]] = {"name": "Weekly", "day": "monday", "time": "09:00", "timezone": "UTC"}


@pytest.fixture
async def square(tmp_path: Path) -> AsyncIterator[Square]:
    """The whole bot, connected."""
    async with open_square(tmp_path) as opened:
        yield opened


async def identify_again(square: Square) -> None:
    """Discord ends the session; the bot makes a new one."""
    before = square.sandbox.gateway.identify_count
    square.sandbox.gateway.invalidate()
    await square.until(lambda: square.sandbox.gateway.identify_count > before, patience_s=25)
    await square.until(lambda: square.running.client.is_connected)


async def test_new_identify_on_a_full_disk_is_counted_in_memory_and_commands_read(square: Square) -> None:
    """They were dead until the disk had room; and the count is stored then."""
    database = square.running.store.files.local
    await database.write(lay_ballast)
    await leave_room(database, 0)
    await database.write(
        lambda connection: connection.execute(
            "CREATE TEMP TRIGGER heavy_occurrence AFTER INSERT ON occurrence BEGIN "
            "INSERT INTO ballast VALUES (zeroblob(3500)); END"
        )
    )
    with pytest.raises(StoreUnavailableError):
        await square.running.store.admin.count_identify(at=square.clock.now())

    await identify_again(square)
    assert (await square.member.run(square.channel, "news latest")).text
    assert (await square.member.run(square.channel, "news search", query="ferry")).text

    await leave_room(database, None)
    await identify_again(square)
    count = await square.running.store.admin.count_identify(at=square.clock.now())
    assert count == square.sandbox.gateway.identify_count + 1


async def test_new_identify_under_a_lock_keeps_no_command_away(square: Square) -> None:
    """Another process is in the middle of a long write."""
    with held(square.running.store.files.local.path):
        await identify_again(square)
        assert (await square.member.run(square.channel, "news search", query="ferry")).text


async def test_command_that_writes_under_a_lock_is_answered_with_a_sentence_before_it_is_given_up(
    square: Square,
) -> None:
    """After three seconds, not after the ten that a write in the background waits; and nothing was written."""
    loop = asyncio.get_running_loop()
    with held(square.running.store.files.local.path):
        began_s = loop.time()
        answer = await square.admin.run(square.channel, "schedule create", channel=square.channel, **OPTIONS)
        await square.until(lambda: "save" in answer.text)
        assert loop.time() - began_s < BUSY_TIMEOUT_S - 1

    assert "I can't save or read that at the moment. Try again in a few minutes." in answer.text.replace("\n", " ")
    assert "sqlite" not in answer.text
    await asyncio.sleep(0.2)
    assert await square.running.store.schedules.schedules() == ()


async def test_writes_of_members_do_not_wait_behind_one_in_the_background(tmp_path: Path, clock: ManualClock) -> None:
    """A write that waits for another process leaves its thread to others between two attempts."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        with held(tmp_path / "n.db") as rival:
            long = asyncio.create_task(store.admin.save_setting("background", "x"))
            await asyncio.sleep(0.1)
            store.files.local.busy_timeout_s = 0.1
            with pytest.raises(StoreUnavailableError):
                await asyncio.wait_for(store.admin.save_setting("member", "x"), BUSY_TIMEOUT_S / 2)
            rival.rollback()
        await asyncio.wait_for(long, 5)
        assert (await store.admin.find_setting("background"), await store.admin.find_setting("member")) == ("x", None)


async def test_budget_holds_in_memory_too(tmp_path: Path, clock: ManualClock) -> None:
    """A disk that stays full costs no token."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        identifies = Identifies(store.admin, clock)
        store.files.local.busy_timeout_s = 0.0
        store.files.local._displaced = "It was deleted"  # the quickest way to a write that fails
        for _ in range(MOST_IDENTIFIES):
            turn = asyncio.create_task(identifies.take_turn())
            while not turn.done():
                await asyncio.sleep(0)
                clock.advance(6)
            await turn
        clock.advance(6)
        with pytest.raises(IdentifyBudgetError):
            await identifies.take_turn()
