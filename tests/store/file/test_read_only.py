"""Opening a file, also read-only: at any time, and with a sentence for a person who can't."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.news.article import INSTANCE_SHELF
from bot.store.sqlite import open_store
from bot.store.sqlite.file.opening import require_sqlite
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, make_article, make_seed


async def test_a_read_only_store_reads_beside_a_running_bot(tmp_path: Path, clock: ManualClock) -> None:
    """What the bot has written is seen at once."""
    async with open_store(tmp_path / "n.db", clock=clock) as bot:
        bot.files.lock_for_sending()
        async with open_store(tmp_path / "n.db", clock=clock, read_only=True) as reader:
            await bot.articles.put_seeds(INSTANCE_SHELF, [make_seed()], seen_at=SOME_DAY)

            assert await reader.articles.find_article([INSTANCE_SHELF], make_article().id) is not None


async def test_a_read_only_store_refuses_to_write(tmp_path: Path, clock: ManualClock) -> None:
    """In a sentence, before anything is tried."""
    async with open_store(tmp_path / "n.db", clock=clock):
        pass

    async with open_store(tmp_path / "n.db", clock=clock, read_only=True) as reader:
        with pytest.raises(StoreError, match="open for reading only"):
            await reader.articles.put_seeds(INSTANCE_SHELF, [make_seed()], seen_at=SOME_DAY)


async def test_a_missing_file_is_not_made_and_says_what_makes_it(tmp_path: Path, clock: ManualClock) -> None:
    """Somebody searches before anything was imported."""
    with pytest.raises(StoreError, match="There is no database at") as refused:
        async with open_store(tmp_path / "n.db", clock=clock, read_only=True):
            pass

    assert "newsdesk ingest" in refused.value.cure
    assert not (tmp_path / "n.db").exists()


@pytest.mark.parametrize("read_only", [True, False])
async def test_a_file_that_is_no_database_is_refused(read_only: bool, tmp_path: Path, clock: ManualClock) -> None:  # noqa: FBT001
    """Somebody names the wrong file."""
    (tmp_path / "notes.txt").write_text("Not a database, but a text that is long enough to look into. " * 20)

    with pytest.raises(StoreError, match="is not a Newsdesk database"):
        async with open_store(tmp_path / "notes.txt", clock=clock, read_only=read_only):
            pass


@pytest.mark.parametrize("read_only", [True, False])
async def test_a_folder_is_no_database(read_only: bool, tmp_path: Path, clock: ManualClock) -> None:  # noqa: FBT001
    """Somebody names the folder in which it lies."""
    with pytest.raises(StoreError, match="can't be opened"):
        async with open_store(tmp_path, clock=clock, read_only=read_only):
            pass


async def test_a_folder_that_is_a_file_is_said_in_a_sentence(tmp_path: Path, clock: ManualClock) -> None:
    """The database can't be made there."""
    (tmp_path / "state").write_text("")

    with pytest.raises(StoreError, match="can't be opened"):
        async with open_store(tmp_path / "state" / "n.db", clock=clock):
            pass


async def test_a_database_is_made_with_its_folder(tmp_path: Path, clock: ManualClock) -> None:
    """The state folder is there after the first start."""
    async with open_store(tmp_path / "a" / "b" / "n.db", clock=clock):
        pass

    assert (tmp_path / "a" / "b" / "n.db").exists()


@pytest.mark.parametrize("name", ["a b.db", "q?mode=memory.db", "h#.db", "p%41.db", "\u00e4.db"])
async def test_a_file_is_opened_by_its_name_whatever_is_in_it(name: str, tmp_path: Path, clock: ManualClock) -> None:
    """Nothing in a name is read as part of an address."""
    async with open_store(tmp_path / name, clock=clock):
        pass

    assert sqlite3.connect(tmp_path / name).execute("PRAGMA user_version").fetchone() != (0,)


def test_a_sqlite_that_is_too_old_is_refused_in_a_sentence() -> None:
    """Some distributions have a new Python on an old library."""
    with pytest.raises(StoreError, match=r"SQLite 3\.34\.1; 3\.37\.0 is needed"):
        require_sqlite((3, 34, 1))
