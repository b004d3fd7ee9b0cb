"""A server's uploads are a file: created with the first, copied with a backup, deleted with all that is in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.errors import StoreDamagedError
from bot.news.article import INSTANCE_SHELF, ShelfId, server_shelf
from bot.news.parsing.query import read_query
from bot.store.sqlite import SqliteStore, open_store
from bot.store.sqlite.archive.upsert import put_batch
from bot.store.sqlite.backup import back_up_store, restore_store
from bot.store.sqlite.file.kinds import archive_folder, instance_path
from bot.store.sqlite.shelves.names import find_shelf_files
from bot.store.sqlite.shelves.shelves import OPEN_AT_ONCE
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, make_seed, make_stub

OURS, THEIRS = server_shelf(1), server_shelf(2)
SECRET: Final = "Xylophone"
"""A word that only one server has."""


async def put(store: SqliteStore, shelf: ShelfId, *titles: str) -> None:
    """Upload an article with each title."""
    seeds = [make_seed(f"s{n}", shelf=shelf, title=title, excerpt="") for n, title in enumerate(titles)]
    await store.articles.put_seeds(shelf, seeds, seen_at=SOME_DAY)


async def titles(store: SqliteStore, shelf: ShelfId, typed: str) -> list[str]:
    """What a server finds."""
    query = read_query(typed, now=SOME_DAY)
    return [each.title for each in (await store.search.search((INSTANCE_SHELF, shelf), query, now=SOME_DAY)).articles]


async def leave(store: SqliteStore, guild: int) -> None:
    """A server removes the bot, and its time is over."""
    await store.schedules.guild_joined(guild)
    await store.schedules.guild_left(guild, at=SOME_DAY)
    assert await store.schedules.purge_guilds(left_before=SOME_DAY + timedelta(days=1)) == 1


def beside(ledger: Path) -> set[str]:
    """The names in the archive's folder, without the logs of open files."""
    return {path.name for path in archive_folder(ledger).iterdir() if not path.name.endswith(("-wal", "-shm"))}


async def test_server_without_uploads_has_no_file(tmp_path: Path, clock: ManualClock) -> None:
    """However much it asks."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await put(store, INSTANCE_SHELF, "Police")
        assert await titles(store, OURS, "police") == ["Police"]
        assert await store.articles.hide(OURS, make_seed("a", shelf=OURS).article.id) is False

        assert beside(tmp_path / "n.db") == {"instance.sqlite3"}


async def test_nothing_of_an_upload_is_in_another_file(tmp_path: Path, clock: ManualClock) -> None:
    """Not even a word."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await put(store, INSTANCE_SHELF, "Police")
        await put(store, THEIRS, f"{SECRET} {SECRET}s", "Police")
        assert await titles(store, THEIRS, SECRET) == [f"{SECRET} {SECRET}s"]

    own = find_shelf_files(tmp_path / "n.db")[THEIRS]
    assert files_with(tmp_path, SECRET) == {own}


def files_with(folder: Path, word: str) -> set[Path]:
    """The files below a folder whose bytes have a word, in any case."""
    return {path for path in folder.rglob("*") if path.is_file() and word.lower().encode() in path.read_bytes().lower()}


async def test_another_servers_words_are_neither_suggested_nor_completed(tmp_path: Path, clock: ManualClock) -> None:
    """Although a typo is near to one of theirs."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await put(store, INSTANCE_SHELF, "Police")
        await put(store, THEIRS, SECRET, f"{SECRET} again")
        query = read_query("xylophome", now=SOME_DAY)
        found = await store.search.search((INSTANCE_SHELF, OURS), query, now=SOME_DAY)

        assert (found.suggestion, found.corrected, found.articles) == ("", (), ())
        assert await store.search.complete_articles((INSTANCE_SHELF, OURS), "xyl") == ()


async def test_purge_deletes_the_file_and_its_logs(tmp_path: Path, clock: ManualClock) -> None:
    """And no other server's."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await put(store, OURS, "Ours")
        await put(store, THEIRS, "Theirs")
        await leave(store, 1)

        assert list(find_shelf_files(tmp_path / "n.db")) == [THEIRS]
        assert not list(archive_folder(tmp_path / "n.db").glob("1-*"))
        assert await titles(store, OURS, "ours") == []
        assert await titles(store, THEIRS, "theirs") == ["Theirs"]


async def test_name_of_a_deleted_file_is_never_used_again(tmp_path: Path, clock: ManualClock) -> None:
    """A log that was left would be replayed into the next file of that name."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await put(store, OURS, "Alpha")
        before = find_shelf_files(tmp_path / "n.db")[OURS]
        await leave(store, 1)
        clock.advance(1)
        await put(store, OURS, "Gamma")

        assert find_shelf_files(tmp_path / "n.db")[OURS] != before
        assert await titles(store, OURS, "alpha gamma") == ["Gamma"]


async def test_more_servers_than_files_are_kept_open_are_all_answered(tmp_path: Path, clock: ManualClock) -> None:
    """The one used longest ago is closed, and opened again when it is asked."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        servers = [server_shelf(guild) for guild in range(1, OPEN_AT_ONCE + 4)]
        for shelf in servers:
            await put(store, shelf, f"Police of {shelf[7:]}")

        assert [await titles(store, shelf, "police") for shelf in servers] == [
            [f"Police of {shelf[7:]}"] for shelf in servers
        ]


async def test_backup_and_restore_hold_every_shelf(tmp_path: Path, clock: ManualClock) -> None:
    """As they were when it was made."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await put(store, OURS, "Alpha")
    await back_up_store(tmp_path / "n.db", tmp_path / "backup", clock=clock)
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await put(store, OURS, "Gamma", "Later")
        await put(store, THEIRS, "Theirs")

    await restore_store(tmp_path / "backup", tmp_path / "n.db", clock=clock)

    async with open_store(tmp_path / "n.db", clock=clock) as store:
        assert await titles(store, OURS, "alpha") == ["Alpha"]
        assert await titles(store, OURS, "gamma later theirs") == []
        assert store.files.shelves.servers() == (OURS,)


async def test_backup_without_one_of_its_shelves_is_not_restored(tmp_path: Path, clock: ManualClock) -> None:
    """The manifest names them."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await put(store, OURS, "Alpha")
    await back_up_store(tmp_path / "n.db", tmp_path / "backup", clock=clock)
    for path in find_shelf_files(tmp_path / "backup" / "newsdesk.sqlite3").values():
        path.unlink()

    with pytest.raises(StoreDamagedError, match="is missing"):
        await restore_store(tmp_path / "backup", tmp_path / "n.db", clock=clock)


async def mixed(path: Path, clock: ManualClock) -> None:
    """A newsroom of an earlier version: the instance's file holds a server's shelf too."""
    ours = [
        make_seed(
            "o", shelf=OURS, title=f"{SECRET} Police", coverage=[make_stub(shelf=OURS, url="https://i.example/")]
        ),
        make_seed("p", shelf=OURS, title="Police of ours", topics=("AI",)),
    ]
    async with open_store(path, clock=clock) as store:
        await put(store, INSTANCE_SHELF, "Police")
        instance = make_seed("i", title="Named", url="https://i.example/")
        await store.articles.put_seeds(INSTANCE_SHELF, [instance], seen_at=SOME_DAY)
        await store.files.archive.write(
            lambda connection: put_batch(connection, OURS, ours, seen_at=SOME_DAY, is_first_import=False)
        )


async def test_shelf_of_an_earlier_version_gets_a_file_of_its_own(tmp_path: Path, clock: ManualClock) -> None:
    """With its articles, words, topics and ties, and nothing of it is left where it was."""
    await mixed(tmp_path / "n.db", clock)

    async with open_store(tmp_path / "n.db", clock=clock) as store:
        assert sorted(await titles(store, OURS, "police")) == ["Police", "Police of ours", f"{SECRET} Police"]
        assert await titles(store, THEIRS, "police") == ["Police"]
        own = await store.articles.find_by_stem(OURS, "o")
        assert own is not None
        named = await store.related.explicit_coverage((INSTANCE_SHELF, OURS), own.id)
        assert [each.title for each in named] == ["Named"]
        assert [each.label for each in await store.search.topics((INSTANCE_SHELF, OURS))] == ["AI"]
    with closing(sqlite3.connect(instance_path(tmp_path / "n.db"))) as connection:
        assert connection.execute("SELECT name FROM shelf").fetchall() == [(INSTANCE_SHELF,)]
        assert connection.execute("SELECT count(*) FROM word WHERE stem LIKE 'xyl%'").fetchone() == (0,)


async def test_move_that_was_interrupted_is_finished_by_the_next_start(tmp_path: Path, clock: ManualClock) -> None:
    """Once its file has its name it isn't written again: later uploads are in it."""
    await mixed(tmp_path / "n.db", clock)
    copy = tmp_path / "copy.sqlite3"
    copy.write_bytes(instance_path(tmp_path / "n.db").read_bytes())
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await put(store, OURS, "Later")
    instance_path(tmp_path / "n.db").write_bytes(copy.read_bytes())

    async with open_store(tmp_path / "n.db", clock=clock) as store:
        assert sorted(await titles(store, OURS, "later")) == ["Later"]
        assert await titles(store, THEIRS, "police") == ["Police"]
