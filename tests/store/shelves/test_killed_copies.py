"""Backup and restore of many files, killed at any step: all files as they were, or all of the copies."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from bot.errors import StoreError
from bot.news.article import INSTANCE_SHELF, server_shelf
from bot.store.sqlite import open_store
from bot.store.sqlite.backup import MANIFEST, back_up_store, restore_store
from bot.store.sqlite.shelves.names import find_shelf_files
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, make_seed

SERVERS: Final = 50
FEW: Final = 3

_KILLED_AT_EACH_STEP: Final = """
import asyncio, os, shutil, sys
from pathlib import Path
from bot.store.sqlite.backup import back_up_store, restore_store
from tests.support.clocks import ManualClock

STEPS = ("fsync", "link", "replace", "rename", "unlink", "mkdir")

def dying(call):
    def step(*args, **options):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return call(*args, **options)
    return step

async def work(place):
    if sys.argv[1] == "backup":
        await back_up_store(place / "n.db", place / "copy", clock=ManualClock())
    else:
        await restore_store(place / "backup", place / "n.db", clock=ManualClock())

made, folder = Path(sys.argv[2]), Path(sys.argv[3])
status, number = 9, 0
while status == 9:
    place = shutil.copytree(made, folder / str(number))
    if not (child := os.fork()):
        left = number
        for name in STEPS:
            setattr(os, name, dying(getattr(os, name)))
        asyncio.run(work(place))
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    number += 1
sys.exit(status)
"""
"""Works on copies of a folder; each process is killed one system call later, until one comes to its end."""


async def fill(path: Path, clock: ManualClock, *, servers: int, name: str) -> None:
    """Give a newsroom a setting, and each of its shelves an article, of this name."""
    async with open_store(path, clock=clock) as store:
        await store.admin.save_setting("name", name)
        for shelf in (INSTANCE_SHELF, *map(server_shelf, range(1, servers + 1))):
            await store.articles.put_seeds(shelf, [make_seed("a", shelf=shelf, title=name)], seen_at=SOME_DAY)


async def names_of(path: Path, clock: ManualClock, *, servers: int) -> set[str]:
    """Read the name from each file of a newsroom."""
    async with open_store(path, clock=clock) as store:
        found = {str(await store.admin.find_setting("name"))}
        for shelf in (INSTANCE_SHELF, *map(server_shelf, range(1, servers + 1))):
            article = await store.articles.find_by_stem(shelf, "a")
            found.add("nothing" if article is None else article.title)
        return found


def kill_at_each_step(work: str, made: Path, folder: Path) -> list[Path]:
    """Do the work in copies of what was made, and list them."""
    folder.mkdir()
    command = [sys.executable, "-c", _KILLED_AT_EACH_STEP, work, str(made), str(folder)]
    assert subprocess.run(command, check=False).returncode == 0
    return sorted(folder.iterdir())


@pytest.mark.slow
async def test_backup_and_restore_hold_fifty_shelves(tmp_path: Path, clock: ManualClock) -> None:
    """As one: a backup has a file for each, and a restore replaces them all."""
    await fill(tmp_path / "n.db", clock, servers=SERVERS, name="First")
    await back_up_store(tmp_path / "n.db", tmp_path / "backup", clock=clock)
    await fill(tmp_path / "n.db", clock, servers=SERVERS, name="Second")

    assert len(find_shelf_files(tmp_path / "backup" / "newsdesk.sqlite3")) == SERVERS
    await restore_store(tmp_path / "backup", tmp_path / "n.db", clock=clock)
    assert await names_of(tmp_path / "n.db", clock, servers=SERVERS) == {"First"}


@pytest.mark.slow
async def test_backup_that_is_killed_at_any_step_is_whole_or_refused(tmp_path: Path, clock: ManualClock) -> None:
    """And the newsroom is as it was."""
    made = tmp_path / "made"
    made.mkdir()
    await fill(made / "n.db", clock, servers=FEW, name="First")

    for place in await asyncio.to_thread(kill_at_each_step, "backup", made, tmp_path / "killed"):
        assert await names_of(place / "n.db", clock, servers=FEW) == {"First"}
        restored = place / "restored" / "n.db"
        if (place / "copy" / MANIFEST).exists():
            await restore_store(place / "copy", restored, clock=clock)
            assert await names_of(restored, clock, servers=FEW) == {"First"}
        else:
            with pytest.raises(StoreError, match=r"not a whole backup|There is no backup"):
                await restore_store(place / "copy", restored, clock=clock)


@pytest.mark.slow
async def test_restore_that_is_killed_at_any_step_leaves_one_newsroom_or_says_to_restore(
    tmp_path: Path, clock: ManualClock
) -> None:
    """Never some files of the one and some of the other; done again, it is done."""
    made = tmp_path / "made"
    made.mkdir()
    await fill(made / "n.db", clock, servers=FEW, name="First")
    await back_up_store(made / "n.db", made / "backup", clock=clock)
    await fill(made / "n.db", clock, servers=FEW, name="Second")
    seen = set()

    for place in await asyncio.to_thread(kill_at_each_step, "restore", made, tmp_path / "killed"):
        again = shutil.copytree(place, place.with_name(f"{place.name}-again"))
        try:
            found = await names_of(place / "n.db", clock, servers=FEW)
        except StoreError as error:
            found = {"told to restore"} if "restore" in f"{error.message} {error.cure}" else {str(error)}
        assert len(found) == 1, place
        seen |= found
        await restore_store(again / "backup", again / "n.db", clock=clock)
        assert await names_of(again / "n.db", clock, servers=FEW) == {"First"}

    assert seen == {"First", "Second", "told to restore"}
