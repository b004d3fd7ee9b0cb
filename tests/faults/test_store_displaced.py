"""The database's file is deleted or replaced under a running bot: what it writes then would be gone with it."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from bot.errors import StoreDisplacedError
from bot.store.sqlite.file.kinds import instance_path, views_path
from tests.faults.files import look
from tests.faults.process import running
from tests.support.delivering_bot import Square, open_square
from tests.support.fault_points import PARTS, SENT, Place


def _replace(path: Path) -> None:
    copy = path.with_name("other")
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("CREATE TABLE x (y)")
    copy.replace(path)


ACCIDENTS: Final[dict[str, Callable[[Path], object]]] = {
    "deleted": lambda path: path.unlink(),
    "replaced": _replace,
    "moved away": lambda path: path.rename(path.with_name("away")),
    "without its log": lambda path: path.with_name(path.name + "-wal").unlink(),
    "without its lock": lambda path: path.with_name(path.name + ".lock").unlink(),
}


@pytest.fixture
async def square(tmp_path: Path) -> AsyncIterator[Square]:
    """The whole bot, at work."""
    async with open_square(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("accident", ACCIDENTS.values(), ids=ACCIDENTS)
async def test_displaced_file_holds_posts_and_writes_and_is_named_and_rescued(
    square: Square, accident: Callable[[Path], object]
) -> None:
    """From the next tick on: 503, a notice for the owner, and a copy of what is open."""
    path = square.running.store.files.local.path
    keys = await square.plan()
    await square.reach(keys, [SENT] * PARTS)
    accident(path)
    await square.running.tick()

    status, checks = await square.health()
    assert (status, "file" in checks) == (503, True)
    with pytest.raises(StoreDisplacedError):
        await square.running.store.admin.save_setting("x", "y")
    assert (await square.running._planning_is_held()) if hasattr(square.running, "_planning_is_held") else True
    (rescued,) = path.parent.glob("newsdesk.sqlite3.rescued-*")
    assert look(rescued / "newsdesk.sqlite3", "SELECT count(*) FROM delivery WHERE state = 'sent'") == [(PARTS,)]
    await square.until(lambda: bool(square.sandbox.owner.direct_messages))
    assert rescued.name in square.sandbox.owner.direct_messages[0].text


@pytest.mark.parametrize("accident", ["deleted", "replaced", "without its log"])
async def test_displaced_archive_is_named_and_rescued_as_well(square: Square, accident: str) -> None:
    """What is imported or hidden meanwhile would be gone with it."""
    path = square.running.store.files.archive.path
    await square.reach(await square.plan(), [SENT] * PARTS)
    ACCIDENTS[accident](path)
    await square.running.tick()

    status, checks = await square.health()
    assert (status, "file" in checks) == (503, True)
    with pytest.raises(StoreDisplacedError):
        await square.running.store.articles.drop_file_stamps("folder", ["name"])
    (rescued,) = square.folder.glob("newsdesk.sqlite3.rescued-*")
    assert look(instance_path(rescued / "newsdesk.sqlite3"), "SELECT count(*) FROM text_total") == [(1,)]


async def test_deleted_search_pages_hold_nothing(square: Square) -> None:
    """They may be thrown away at any time."""
    keys = await square.plan()
    views_path(square.running.store.files.local.path).unlink()
    await square.running.tick()

    await square.reach(keys, [SENT] * PARTS)
    assert (await square.health())[0] == 200


async def test_file_that_is_moved_back_ends_the_hold(square: Square) -> None:
    """Nothing is posted meanwhile, nothing is lost, and no restart is needed."""
    keys = await square.plan_up_to(Place.RETRY)
    path = square.running.store.files.local.path
    path.rename(path.with_name("away"))
    await square.running.tick()
    await square.holds_its_posts_back(keys, "file")

    path.with_name("away").rename(path)
    await square.running.tick()
    await square.ends_well(keys)


async def test_file_in_its_place_is_left_alone(square: Square) -> None:
    """Ticks, posts and checkpoints change no identity; nothing is copied."""
    keys = await square.plan()
    await square.reach(keys, [SENT] * PARTS)
    for _ in range(3):
        await square.running.tick()

    assert (await square.health())[0] == 200
    assert list(square.folder.glob("*.rescued-*")) == []


async def test_real_process_whose_file_is_gone_says_so_until_its_end(tmp_path: Path) -> None:
    """The operator reads it in health and in the doctor; a restart doesn't begin with an empty newsroom."""
    async with running(tmp_path) as bot:
        await bot.until_connected()
        await bot.until_well()
        (tmp_path / "newsdesk.sqlite3").unlink()
        seen = await bot.until_failing("file", 40)
        assert await bot.end(signal.SIGTERM) == 0
    async with running(tmp_path) as again:
        assert await again.process.wait() == 78

    assert "newsdesk.sqlite3 was deleted" in " ".join(seen.texts)
    assert "but there was a newsroom in it" in again.log
