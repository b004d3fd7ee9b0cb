"""Another process holds the database: for less than the sender waits, and for longer.

A statement waits ten seconds for it. Here it waits a twentieth or less of that, and so long the database is held.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from bot.errors import StoreUnavailableError
from bot.store.sqlite.file.database import BUSY_TIMEOUT_S, Database
from tests.support.clocks import ManualClock
from tests.support.delivering_bot import open_square
from tests.support.fault_points import PARTS, POSTS, SENDING, SENT, Place, Scene, at_each_place, open_scene, until_met

_TWENTIETH: Final = 20
_FIFTIETH: Final = 50


@pytest.fixture
async def scene(tmp_path: Path, clock: ManualClock, place: Place) -> AsyncIterator[Scene]:
    """The next attempt is the place's."""
    async with open_scene(tmp_path, clock, place) as opened:
        yield opened


async def wait_a_share(database: Database, share: int) -> None:
    """Let the writing connection wait for others for a share of the time for which it does in earnest."""
    database.busy_timeout_s = BUSY_TIMEOUT_S / share


@contextmanager
def held(path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody else is in the middle of a write."""
    rival = sqlite3.connect(path, isolation_level=None)
    rival.execute("BEGIN IMMEDIATE")
    try:
        yield rival
    finally:
        rival.close()


@at_each_place
async def test_database_locked_for_5_s_is_waited_for(scene: Scene) -> None:
    """The claim comes when the other one is done; reads don't wait at all, and nobody is told of anything."""
    office = scene.office
    await wait_a_share(office.database, _TWENTIETH)
    with held(office.database.path) as rival:
        asyncio.get_running_loop().call_later(5 / _TWENTIETH, rival.rollback)
        passing = asyncio.ensure_future(scene.pass_over())
        assert len(await scene.states()) == PARTS
        assert rival.in_transaction
        await passing

    assert await scene.states() == [SENT] * PARTS
    assert not office.deliverer.is_on_hold
    await scene.ends_well()


@at_each_place
async def test_database_locked_for_60_s_pauses_the_sending_while_reads_go_on_and_health_says_so(
    tmp_path: Path, place: Place
) -> None:
    """The whole bot stays up: it answers, posts nothing, and goes on by itself."""
    async with open_square(tmp_path) as square:
        keys = await square.plan_up_to(place)
        database = square.running.store.files.local
        await wait_a_share(database, _FIFTIETH)

        with held(database.path):
            began_s = square.clock.uptime()
            await square.holds_its_posts_back(keys, "scheduler")
            assert square.clock.uptime() - began_s > BUSY_TIMEOUT_S / _FIFTIETH

        await square.ends_well(keys)


@at_each_place
async def test_database_locked_when_the_mark_is_written_gives_one_message(scene: Scene) -> None:
    """The message is posted, and its row says SENDING: it is read back when the database is free."""
    office = scene.office
    fault = office.sandbox.faults.delay(5, after=True, **POSTS)
    passing = asyncio.ensure_future(office.pass_over())
    await until_met(fault)
    with held(office.database.path):
        office.clock.advance(6)
        with pytest.raises(StoreUnavailableError, match="locked by another process"):
            await passing

    assert await scene.states() == [*scene.before, SENDING, *scene.after]
    assert len(scene.texts) == scene.part
    await scene.pass_over(60)
    assert await scene.state() is SENDING  # its lease holds, for its own process might still be writing
    await scene.ends_well()
