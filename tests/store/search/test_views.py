"""The pages of a search are there at once, and soon on the disk."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from bot.news.article import ArticleId
from bot.news.search import View
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.file.kinds import views_path
from bot.store.sqlite.file.lock import holding_lock
from bot.store.sqlite.search.views import KEPT_IN_MEMORY, Views
from bot.store.sqlite.shelves.files import StoreFiles, open_files
from tests.support.clocks import ManualClock

DAY = timedelta(days=1)


@pytest.fixture
def views(files: StoreFiles, clock: ManualClock) -> Views:
    """Those of a new database."""
    return Views(files, clock)


@pytest.fixture
def views_file(files: StoreFiles) -> Database:
    """Their file."""
    assert files.views is not None
    return files.views


def a_view(name: str, clock: ManualClock) -> View:
    """One that is kept for a day."""
    return View(id=name, title="Police", article_ids=(ArticleId("x"),), total=1, expires_at=clock.now() + DAY)


async def _on_disk(views_file: Database) -> set[str]:
    return await views_file.read(lambda connection: {row[0] for row in connection.execute("SELECT view_id FROM view")})


async def test_view_is_there_while_the_writer_is_held_up(
    views: Views, views_file: Database, clock: ManualClock
) -> None:
    """By an import, or by another process: a member's first page and its buttons don't wait for it."""
    other = sqlite3.connect(views_file.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        views.save(a_view("a", clock))

        assert await views.find("a", now=clock.now()) == a_view("a", clock)
        assert await _on_disk(views_file) == set()
    finally:
        other.close()


async def test_view_expires_whether_it_is_written_or_not(views: Views, clock: ManualClock) -> None:
    """After its day."""
    views.save(a_view("a", clock))
    before = await views.find("a", now=clock.now() + DAY)
    await views.flush()

    assert (before, await views.find("a", now=clock.now() + DAY)) == (None, None)


async def test_views_are_on_the_disk_when_they_have_settled(
    views: Views, views_file: Database, clock: ManualClock
) -> None:
    """All that were saved while the first was being written, too."""
    for name in "abc":
        views.save(a_view(name, clock))
    await views.flush()

    assert await _on_disk(views_file) == {"a", "b", "c"}


async def test_views_outlive_the_process_that_saved_them(tmp_path: Path, clock: ManualClock) -> None:
    """Closing the file waits for them."""
    async with open_files(tmp_path / "n.db", clock=clock) as files:
        Views(files, clock).save(a_view("a", clock))
    async with open_files(tmp_path / "n.db", clock=clock) as files:
        assert await Views(files, clock).find("a", now=clock.now()) == a_view("a", clock)


async def test_expired_views_are_dropped_when_another_is_saved(
    views: Views, views_file: Database, clock: ManualClock
) -> None:
    """They don't fill the disk."""
    views.save(a_view("old", clock))
    await views.flush()
    clock.advance(2 * 86400)
    views.save(a_view("new", clock))
    await views.flush()

    assert await _on_disk(views_file) == {"new"}


async def test_disk_that_takes_no_view_stops_no_later_one(
    views: Views, views_file: Database, clock: ManualClock
) -> None:
    """The view is lost, and that is all."""
    views_file.busy_timeout_s = 0.0
    other = sqlite3.connect(views_file.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    views.save(a_view("lost", clock))
    await views.flush()
    other.close()
    views.save(a_view("kept", clock))
    await views.flush()

    assert await _on_disk(views_file) == {"kept"}


@pytest.mark.parametrize("content", [b"not a database" * 999, b""], ids=["garbled", "emptied"])
async def test_damaged_file_of_views_is_replaced(tmp_path: Path, clock: ManualClock, content: bytes) -> None:
    """Nobody has to cure what may be thrown away."""
    path = tmp_path / "n.db"
    async with open_files(path, clock=clock) as files:
        Views(files, clock).save(a_view("lost", clock))
    views_path(path).write_bytes(content)

    async with open_files(path, clock=clock) as files:
        views = Views(files, clock)
        views.save(a_view("kept", clock))
        await views.flush()
        assert files.views is not None
        assert (await views.find("lost", now=clock.now()), await _on_disk(files.views)) == (None, {"kept"})


async def test_damaged_file_of_views_is_left_to_the_bot_that_has_it_open(tmp_path: Path, clock: ManualClock) -> None:
    """An import beside it deletes nothing, and goes on without."""
    path = tmp_path / "n.db"
    async with open_files(path, clock=clock):
        pass
    content = b"not a database" * 999
    views_path(path).write_bytes(content)

    with holding_lock(path):
        async with open_files(path, clock=clock) as files:
            views = Views(files, clock)
            views.save(a_view("kept", clock))
            assert (files.views, await views.find("kept", now=clock.now())) == (None, a_view("kept", clock))
    assert views_path(path).read_bytes() == content


async def test_views_are_kept_in_memory_where_nothing_is_written(tmp_path: Path, clock: ManualClock) -> None:
    """A command that only reads; the oldest go first, so that memory has an end."""
    async with open_files(tmp_path / "n.db", clock=clock):
        pass
    async with open_files(tmp_path / "n.db", clock=clock, read_only=True) as files:
        views = Views(files, clock)
        for number in range(KEPT_IN_MEMORY + 1):
            views.save(a_view(str(number), clock))
        assert await views.find("0", now=clock.now()) is None
        assert await views.find("1", now=clock.now()) == a_view("1", clock)
