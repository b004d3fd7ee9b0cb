"""Watching real folders: changes are told once things rest, and a folder that comes and goes is never lost."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app.supply.watch import watch_folders
from bot.seedfile.seed import EXTENSIONS

LOOK_EVERY_S = 0.2


class Told:
    """What a watch has told so far."""

    def __init__(self) -> None:
        self.calls: list[list[Path]] = []
        self._came = asyncio.Event()

    async def note(self, changed: list[Path]) -> None:
        """The `on_change` of the watch."""
        self.calls.append(changed)
        self._came.set()

    async def wait_for(self, path: Path) -> None:
        """Return once `path` was told; in doubt the test's own time limit ends the wait."""
        while not any(path in call for call in self.calls):
            self._came.clear()
            await self._came.wait()


@asynccontextmanager
async def _watching(*folders: Path, told: Told) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(watch_folders(folders, told.note, stop, look_every_s=LOOK_EVERY_S))
        try:
            yield
        finally:
            stop.set()


async def test_a_folder_is_reported_once_when_watching_begins(tmp_path: Path) -> None:
    """What changed before the watch began is not missed."""
    told = Told()

    async with _watching(tmp_path, told=told):
        await told.wait_for(tmp_path)

    assert told.calls == [[tmp_path]]


async def test_a_new_file_is_reported(tmp_path: Path) -> None:
    """By its path."""
    told = Told()

    async with _watching(tmp_path, told=told):
        await told.wait_for(tmp_path)
        (tmp_path / "a.txt").write_text("x")
        await told.wait_for(tmp_path / "a.txt")

    assert told.calls[-1] == [tmp_path / "a.txt"]


async def test_a_changed_and_a_removed_file_are_reported(tmp_path: Path) -> None:
    """In folders within the folder too."""
    told = Told()
    (tmp_path / "sub").mkdir()
    kept, gone = tmp_path / "sub" / "kept.md", tmp_path / "gone.txt"
    kept.touch()
    gone.touch()

    async with _watching(tmp_path, told=told):
        await told.wait_for(tmp_path)
        kept.write_text("x")
        await told.wait_for(kept)
        gone.unlink()
        await told.wait_for(gone)


async def test_files_that_come_together_are_reported_together(tmp_path: Path) -> None:
    """A hundred copied files are one import, not a hundred."""
    told = Told()

    async with _watching(tmp_path, told=told):
        await told.wait_for(tmp_path)
        for number in range(100):
            (tmp_path / f"{number:02}.txt").write_text("x")
        await told.wait_for(tmp_path / "99.txt")

    assert len(told.calls) == 2
    assert len(told.calls[-1]) == 100


async def test_what_is_not_a_seed_is_not_reported(tmp_path: Path) -> None:
    """Pictures, hidden files, what editors leave behind."""
    told = Told()

    async with _watching(tmp_path, told=told):
        await told.wait_for(tmp_path)
        for name in ("a.jpg", ".a.txt", "b.txt~", ".hidden"):
            (tmp_path / name).write_text("x")
        (tmp_path / "z.txt").write_text("x")
        await told.wait_for(tmp_path / "z.txt")

    assert {path for call in told.calls for path in call} == {tmp_path, tmp_path / "z.txt"}


async def test_a_folder_that_is_moved_in_is_reported(tmp_path: Path) -> None:
    """The system names the folder only, not the seeds in it."""
    told = Told()
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "a.txt").touch()

    async with _watching(inside, told=told):
        await told.wait_for(inside)
        outside.rename(inside / "2021")
        await told.wait_for(inside / "2021")


@pytest.mark.parametrize("extension", EXTENSIONS)
async def test_a_seed_of_any_extension_is_reported(tmp_path: Path, extension: str) -> None:
    """In upper case, too."""
    told = Told()
    seed = tmp_path / f"a{extension.upper()}"

    async with _watching(tmp_path, told=told):
        await told.wait_for(tmp_path)
        seed.write_text("x")
        await told.wait_for(seed)


async def test_a_folder_with_a_dot_in_its_name_that_is_moved_in_is_reported(tmp_path: Path) -> None:
    """Its files raise no changes of their own."""
    outside = tmp_path / "outside" / "2026.11"
    outside.mkdir(parents=True)
    (outside / "a.txt").touch()
    watched = tmp_path / "watched"
    watched.mkdir()
    told = Told()

    async with _watching(watched, told=told):
        await told.wait_for(watched)
        moved = outside.rename(watched / "2026.11")
        await told.wait_for(moved)


async def test_a_missing_folder_is_waited_for(tmp_path: Path) -> None:
    """The bot starts without it, and takes it up when it is there."""
    told = Told()
    folder = tmp_path / "seeds"

    async with _watching(folder, told=told):
        await asyncio.sleep(2 * LOOK_EVERY_S)
        nothing = list(told.calls)
        folder.mkdir()
        await told.wait_for(folder)
        (folder / "a.txt").write_text("x")
        await told.wait_for(folder / "a.txt")

    assert nothing == []


async def test_a_folder_that_is_there_is_watched_while_another_is_missing(tmp_path: Path) -> None:
    """And the other joins it later."""
    told = Told()
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()

    async with _watching(here, there, told=told):
        await told.wait_for(here)
        there.mkdir()
        await told.wait_for(there)
        (here / "a.txt").write_text("x")
        await told.wait_for(here / "a.txt")
        (there / "b.txt").write_text("x")
        await told.wait_for(there / "b.txt")


async def test_a_folder_that_is_replaced_is_watched_again(tmp_path: Path) -> None:
    """A deployment that swaps the folder, or one that empties it by creating it again."""
    told = Told()
    folder = tmp_path / "seeds"
    folder.mkdir()

    async with _watching(folder, told=told):
        await told.wait_for(folder)
        folder.rmdir()
        folder.mkdir()
        file = folder / "a.txt"
        while not any(file in call for call in told.calls):  # until the new folder is watched, it is told as a whole
            file.write_text(f"{asyncio.get_running_loop().time()}")
            await asyncio.sleep(0.5)


async def test_an_import_that_fails_does_not_end_the_watch(tmp_path: Path) -> None:
    """The database was locked; the next change is a new chance."""
    told = Told()
    stop = asyncio.Event()

    async def fail_once(changed: list[Path]) -> None:
        await told.note(changed)
        if len(told.calls) == 1:
            raise RuntimeError("the import failed")

    async with asyncio.TaskGroup() as group:
        group.create_task(watch_folders([tmp_path], fail_once, stop, look_every_s=LOOK_EVERY_S))
        await told.wait_for(tmp_path)
        (tmp_path / "a.txt").write_text("x")
        await told.wait_for(tmp_path / "a.txt")
        stop.set()


async def test_folders_are_looked_at_in_turns_where_the_system_gives_no_notices(tmp_path: Path) -> None:
    """As when its watches, or here its descriptors, are used up."""
    told = Told()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_open_files(), hard))
    try:
        async with _watching(tmp_path, told=told):
            await asyncio.sleep(LOOK_EVERY_S)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            await told.wait_for(tmp_path)
            (tmp_path / "a.txt").write_text("x")
            await told.wait_for(tmp_path / "a.txt")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) - 1  # one of them lists the others


@pytest.mark.parametrize("exists", [True, False])
async def test_stop_ends_the_watch_at_once(tmp_path: Path, *, exists: bool) -> None:
    """Also while a missing folder is waited for."""
    stop = asyncio.Event()
    folder = tmp_path if exists else tmp_path / "nowhere"
    task = asyncio.create_task(watch_folders([folder], Told().note, stop, look_every_s=3600))
    await asyncio.sleep(0.1)

    stop.set()
    await asyncio.wait_for(task, 5)
