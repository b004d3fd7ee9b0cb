"""A backup is all files of a newsroom, and whole or none."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from bot.errors import StoreDamagedError, StoreError
from bot.news.article import INSTANCE_SHELF, server_shelf
from bot.store.sqlite import open_store
from bot.store.sqlite.backup import MANIFEST, _write_manifest, back_up_store, restore_store
from bot.store.sqlite.file.kinds import ARCHIVE, instance_path
from bot.store.sqlite.file.kinds import LEDGER as LEDGER_KIND
from bot.store.sqlite.file.migrate import apply_migrations, is_behind, shipped_schema
from bot.store.sqlite.shelves.names import find_shelf_files
from tests.faults.files import PAGE, overwrite
from tests.support.clocks import ManualClock
from tests.support.makers import make_seed

LEDGER: Final = "newsdesk.sqlite3"


@pytest.fixture
async def backup(tmp_path: Path, clock: ManualClock) -> Path:
    """A backup of a newsroom with an article and a setting."""
    path = tmp_path / "n.db"
    async with open_store(path, clock=clock) as store:
        await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("a")], seen_at=clock.now())
        await store.admin.save_setting("name", "value")
    await back_up_store(path, tmp_path / "backup", clock=clock)
    return tmp_path / "backup"


def test_backup_lists_its_files_with_size_and_sum(backup: Path) -> None:
    """Ledger and archive; search pages aren't worth it."""
    listed = json.loads((backup / MANIFEST).read_text("utf-8"))["files"]

    found = [path for path in backup.rglob("*") if path.is_file() and path.name != MANIFEST]
    assert listed == {
        str(path.relative_to(backup)): {
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in found
    }
    assert {path.name for path in found} == {LEDGER, "instance.sqlite3"}


async def test_restored_backup_has_ledger_and_archive(backup: Path, clock: ManualClock, tmp_path: Path) -> None:
    """Both are as they were; what was there before is kept, both of it."""
    path = tmp_path / "other.db"
    async with open_store(path, clock=clock) as store:
        await store.admin.save_setting("name", "another")

    kept = (await restore_store(backup, path, clock=clock)).kept

    async with open_store(path, clock=clock) as store:
        assert await store.admin.find_setting("name") == "value"
        assert await store.articles.find_by_stem(INSTANCE_SHELF, "a") is not None
    assert kept is not None
    async with open_store(kept / LEDGER, clock=clock) as store:
        assert await store.admin.find_setting("name") == "another"


def names_in(folder: Path) -> set[str]:
    """What is in a folder."""
    return {file.name for file in folder.iterdir()}


def _lengthen(backup: Path) -> None:
    with (backup / LEDGER).open("ab") as file:
        file.write(b"x")


FLAWS: Final[dict[str, Callable[[Path], object]]] = {
    "no manifest": lambda backup: (backup / MANIFEST).unlink(),
    "a torn manifest": lambda backup: (backup / MANIFEST).write_text("{"),
    "no archive": lambda backup: instance_path(backup / LEDGER).unlink(),
    "no ledger": lambda backup: (backup / LEDGER).unlink(),
    "another archive": lambda backup: shutil.copy(backup / LEDGER, instance_path(backup / LEDGER)),
    "a longer ledger": _lengthen,
}


@pytest.mark.parametrize("flaw", FLAWS.values(), ids=FLAWS)
async def test_backup_that_is_not_whole_is_refused_and_nothing_changed(
    backup: Path, clock: ManualClock, tmp_path: Path, flaw: Callable[[Path], object]
) -> None:
    """A copy of files from different days, or one that was never finished."""
    flaw(backup)
    with pytest.raises((StoreError, StoreDamagedError), match="backup"):
        await restore_store(backup, tmp_path / "n.db", clock=clock)

    async with open_store(tmp_path / "n.db", clock=clock) as store:
        assert await store.admin.find_setting("name") == "value"


async def test_backup_of_an_earlier_version_is_restored_and_upgraded_on_the_next_start(
    clock: ManualClock, tmp_path: Path
) -> None:
    """A newsroom that has not been upgraded yet may need it."""
    ledger = tmp_path / "old" / LEDGER
    instance_path(ledger).parent.mkdir(parents=True)
    for path, kind in ((ledger, LEDGER_KIND), (instance_path(ledger), ARCHIVE)):
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            apply_migrations(connection, path, shipped_schema(kind).first)
    _write_manifest(ledger.parent, clock, {})

    assert (await restore_store(ledger.parent, tmp_path / "n.db", clock=clock)).kept is None

    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("a")], seen_at=clock.now())
    with closing(sqlite3.connect(instance_path(tmp_path / "n.db"))) as connection:
        assert not is_behind(connection, tmp_path, shipped_schema(ARCHIVE))


async def test_backup_of_a_damaged_archive_is_not_kept(backup: Path, clock: ManualClock, tmp_path: Path) -> None:
    """It is found when it is written, not when it is needed."""
    overwrite(instance_path(tmp_path / "n.db"), 8192, b"\xff" * 8192)

    with pytest.raises(StoreError):
        await back_up_store(tmp_path / "n.db", tmp_path / "second", clock=clock)
    assert "second" not in names_in(tmp_path)
    assert backup.name in names_in(tmp_path)


OURS, THEIRS = server_shelf(1), server_shelf(2)


@pytest.fixture
async def servers(tmp_path: Path, clock: ManualClock) -> Path:
    """A newsroom with the uploads of two servers; its ledger."""
    path = tmp_path / "n.db"
    async with open_store(path, clock=clock) as store:
        for shelf in (OURS, THEIRS):
            await store.articles.put_seeds(shelf, [make_seed("own", shelf=shelf)], seen_at=clock.now())
    return path


HARMS: Final[dict[str, Callable[[Path], object]]] = {
    "no database": lambda file: file.write_bytes(b"\x5a" * 8192),
    "damaged pages": lambda file: overwrite(file, 4 * PAGE, b"\xff" * 8 * PAGE),
    "an emptied file": lambda file: file.write_bytes(b""),
    "a missing file": lambda file: file.unlink(),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
async def test_backup_has_all_but_a_servers_file_that_cannot_be_read(
    servers: Path, clock: ManualClock, tmp_path: Path, harm: Callable[[Path], object]
) -> None:
    """A server's trouble costs no other its backup; what is lacking is named, then and when it is restored."""
    file = find_shelf_files(servers)[OURS]
    harm(file)

    left_out = await back_up_store(servers, tmp_path / "backup", clock=clock)

    assert [*left_out] == [f"newsdesk.archive/{file.name}"]
    assert str(file) in left_out[f"newsdesk.archive/{file.name}"]
    restored = await restore_store(tmp_path / "backup", tmp_path / "other.db", clock=clock)
    assert restored.left_out == left_out
    async with open_store(tmp_path / "other.db", clock=clock) as store:
        assert await store.articles.find_by_stem(THEIRS, "own") is not None
        assert [*store.files.shelves.find_unreadable()] == [OURS]


async def test_whole_backup_lacks_nothing(servers: Path, clock: ManualClock, tmp_path: Path) -> None:
    """Then nothing is said."""
    assert await back_up_store(servers, tmp_path / "backup", clock=clock) == {}
    assert (await restore_store(tmp_path / "backup", tmp_path / "other.db", clock=clock)).left_out == {}
