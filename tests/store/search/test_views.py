"""The pages of a search are there at once, and soon on the disk."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from bot.news.article import ArticleId
from bot.news.search import View
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.file.files import StoreFiles, open_files
from bot.store.sqlite.search.views import Views
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
