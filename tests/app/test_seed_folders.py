"""The operator's folders as the running bot reads them: after changes, and completely every night."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.app.seed_folders import AT_NIGHT, MOST_FILES, SeedFolders, next_night
from bot.news.article import INSTANCE_SHELF
from bot.store.port import Store
from bot.store.sqlite import open_store
from bot.usecases.story import Stories
from tests.support.clocks import ManualClock
from tests.support.newsroom import seed_of

DAY_S = 24 * 3600
ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "America/Santiago")


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Store]:
    """An empty store."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as opened:
        yield opened


def _folders(folder: Path, store: Store, clock: ManualClock, *, most_files: int = MOST_FILES) -> SeedFolders:
    zone = ZoneInfo("Europe/Berlin")
    return SeedFolders([folder], store, Stories(store, clock), clock, zone=zone, most_files=most_files)


async def _a_night(folders: SeedFolders, clock: ManualClock) -> None:
    """Let a task read at night, and a day go by."""
    stop = asyncio.Event()
    task = asyncio.create_task(folders.read_nightly(stop))
    for _ in range(24):
        await clock.sleepers_reach()
        clock.advance(DAY_S / 24)
        await asyncio.sleep(0)
    await clock.sleepers_reach()  # after the night it sleeps again
    stop.set()
    await task


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """A folder with one seed, which an edit will leave its size and time."""
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "a.md").write_bytes(seed_of("a", title="Before"))
    os.utime(folder / "a.md", ns=(1, 1))
    return folder


async def _edit(folders: SeedFolders, folder: Path) -> None:
    await folders.refresh()
    (folder / "a.md").write_bytes(seed_of("a", title="After!"))
    os.utime(folder / "a.md", ns=(1, 1))
    await folders.refresh()


async def test_an_edit_that_left_size_and_time_is_read_at_night(store: Store, clock: ManualClock, edited: Path) -> None:
    """The log says that all files were read."""
    folders = _folders(edited, store, clock)
    await _edit(folders, edited)

    with capture_logs() as logs:
        await _a_night(folders, clock)

    article = await store.articles.find_by_stem(INSTANCE_SHELF, "a")
    assert article is not None
    assert article.title == "After!"
    imported = [entry for entry in logs if entry["event"] == "imported seeds"]
    assert [(entry["full"], entry["changed"]) for entry in imported] == [(True, 1)]


async def test_a_folder_of_too_many_files_is_not_read_completely(
    store: Store, clock: ManualClock, edited: Path
) -> None:
    """The log names the command that does it."""
    folders = _folders(edited, store, clock, most_files=0)
    await _edit(folders, edited)

    with capture_logs() as logs:
        await _a_night(folders, clock)

    article = await store.articles.find_by_stem(INSTANCE_SHELF, "a")
    assert article is not None
    assert article.title == "Before"
    assert "newsdesk ingest --full" in logs[0]["event"]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from(ZONES))  # noqa: DTZ001 - UTC is added
def test_the_next_night_is_always_ahead_and_never_more_than_two_days(now: datetime, zone: str) -> None:
    """In summer time, winter time and the days between."""
    now = now.replace(tzinfo=UTC)

    night = next_night(now, ZoneInfo(zone))

    assert 0 < (night - now).total_seconds() <= 2 * DAY_S
    assert night.astimezone(ZoneInfo(zone)).time() == AT_NIGHT
