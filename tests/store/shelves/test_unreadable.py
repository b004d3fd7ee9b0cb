"""A server's file that is damaged or missing: it is answered from the instance's, and nobody else notices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from bot.app.database.file_guard import FileGuard
from bot.checkup.check import check_bot
from bot.errors import StoreDamagedError
from bot.news.article import INSTANCE_SHELF, ShelfId, server_shelf
from bot.news.notices.notice import Notice
from bot.news.parsing.query import read_query
from bot.store.sqlite import SqliteStore, open_store
from bot.store.sqlite.backup import back_up_store
from bot.store.sqlite.shelves.names import find_shelf_files
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, make_seed

OURS, THEIRS = server_shelf(1), server_shelf(2)


def replace_all(path: Path) -> None:
    """Write something else."""
    path.write_bytes(b"no database" * 1000)


def spare_first_page(path: Path) -> None:
    """Keep what says that it is a database."""
    path.write_bytes(path.read_bytes()[:4096] + b"\x5a" * (path.stat().st_size - 4096))


def empty(path: Path) -> None:
    """Leave a file of no bytes."""
    path.write_bytes(b"")


RUINS: Final[dict[str, Callable[[Path], None]]] = {
    "another file": replace_all,
    "all pages but the first": spare_first_page,
    "emptied": empty,
    "deleted": Path.unlink,
}


class Notices:
    """Keeps what is noticed."""

    def __init__(self) -> None:
        self.kept: list[Notice] = []

    async def notify(self, notice: Notice) -> None:
        """As `Notifier.notify`."""
        self.kept.append(notice)


async def put(store: SqliteStore, shelf: ShelfId, *titles: str) -> None:
    """Upload an article with each title."""
    seeds = [make_seed(f"{shelf[-1]}-{n}", shelf=shelf, title=title, excerpt="") for n, title in enumerate(titles)]
    await store.articles.put_seeds(shelf, seeds, seen_at=SOME_DAY)


async def titles(store: SqliteStore, shelf: ShelfId) -> list[str]:
    """What a server finds."""
    query = read_query("police", now=SOME_DAY)
    found = await store.search.search((INSTANCE_SHELF, shelf), query, now=SOME_DAY)
    return sorted(each.title for each in found.articles)


async def ruined(folder: Path, clock: ManualClock, ruin: Callable[[Path], None]) -> tuple[Path, bytes]:
    """A newsroom with uploads of two servers, the file of one of which is ruined; that file, and what it was."""
    async with open_store(folder / "n.db", clock=clock) as store:
        await put(store, INSTANCE_SHELF, "Police")
        await put(store, OURS, "Police of ours")
        await put(store, THEIRS, "Police of theirs")
    path = find_shelf_files(folder / "n.db")[OURS]
    whole = path.read_bytes()
    ruin(path)
    return path, whole


@pytest.mark.parametrize("ruin", RUINS.values(), ids=RUINS)
async def test_server_is_answered_from_the_instances_articles(
    tmp_path: Path, clock: ManualClock, ruin: Callable[[Path], None]
) -> None:
    """The other one as ever."""
    await ruined(tmp_path, clock, ruin)

    async with open_store(tmp_path / "n.db", clock=clock) as store:
        found = [await titles(store, shelf) for shelf in (OURS, THEIRS)]
        unreadable = [store.articles.is_unreadable(shelf) for shelf in (OURS, THEIRS)]

    assert found == [["Police"], ["Police", "Police of theirs"]]
    assert unreadable == [True, False]


@pytest.mark.parametrize("ruin", RUINS.values(), ids=RUINS)
async def test_file_is_tried_again_when_it_is_put_back(
    tmp_path: Path, clock: ManualClock, ruin: Callable[[Path], None]
) -> None:
    """While the bot runs."""
    path, whole = await ruined(tmp_path, clock, ruin)

    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await titles(store, OURS)
        path.write_bytes(whole)

        assert await titles(store, OURS) == ["Police", "Police of ours"]
        assert not store.articles.is_unreadable(OURS)


@pytest.mark.parametrize("ruin", [spare_first_page, Path.unlink])
async def test_file_that_is_ruined_while_it_is_open_is_found_too(
    tmp_path: Path, clock: ManualClock, ruin: Callable[[Path], None]
) -> None:
    """At the next question that needs it."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await put(store, INSTANCE_SHELF, "Police")
        await put(store, OURS, *(f"Police of ours {n}" for n in range(50)))
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await store.articles.is_empty_shelf(OURS)
        ruin(find_shelf_files(tmp_path / "n.db")[OURS])

        assert await titles(store, OURS) == ["Police"]


@pytest.mark.parametrize("ruin", RUINS.values(), ids=RUINS)
async def test_server_gets_one_notice(tmp_path: Path, clock: ManualClock, ruin: Callable[[Path], None]) -> None:
    """However often it is found."""
    await ruined(tmp_path, clock, ruin)
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        notices = Notices()
        guard = FileGuard(store.files, clock, notices)
        for _ in range(3):
            await titles(store, OURS)
            assert await guard.may_plan()

    assert [(notice.guild_id, notice.schedule_id) for notice in notices.kept] == [(1, None)]


@pytest.mark.parametrize("ruin", RUINS.values(), ids=RUINS)
async def test_doctor_names_the_file_and_what_to_do(
    tmp_path: Path, clock: ManualClock, ruin: Callable[[Path], None]
) -> None:
    """In another process, which looks at each file; an admin of another server reads nothing of it."""
    path, _ = await ruined(tmp_path, clock, ruin)
    async with open_store(tmp_path / "n.db", clock=clock, read_only=True) as store:
        health = await check_bot(store, None, now=clock.now(), within_s=10)
        of_theirs = await check_bot(store, None, now=clock.now(), within_s=10, guild_id=2)

    (finding,) = [each for each in health.findings if each.check == "articles"]
    assert path.name in finding.text
    assert str(tmp_path) not in finding.text
    assert "restore" in finding.cure
    assert [each for each in of_theirs.findings if each.check == "articles"] == []


async def test_server_can_upload_again_once_its_file_is_deleted(tmp_path: Path, clock: ManualClock) -> None:
    """Until then an upload is refused: it might still be put back."""
    path, _ = await ruined(tmp_path, clock, replace_all)
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        with pytest.raises(StoreDamagedError, match="own articles can't be read"):
            await put(store, OURS, "Police again")
        path.unlink()
        clock.advance(1)
        await put(store, OURS, "Police again")

        assert await titles(store, OURS) == ["Police", "Police again"]


async def test_backup_of_a_newsroom_with_a_missing_file_has_the_others(tmp_path: Path, clock: ManualClock) -> None:
    """One server's loss costs no other its backup."""
    await ruined(tmp_path, clock, Path.unlink)
    await back_up_store(tmp_path / "n.db", tmp_path / "backup", clock=clock)

    assert list(find_shelf_files(tmp_path / "backup" / "newsdesk.sqlite3")) == [THEIRS]


async def test_old_stories_of_others_are_forgotten_beside_a_damaged_file(tmp_path: Path, clock: ManualClock) -> None:
    """A chore passes over it."""
    await ruined(tmp_path, clock, replace_all)
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        assert await store.stories.forget_stories(SOME_DAY) == 0
