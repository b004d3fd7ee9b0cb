"""A crowd's searches are answered by two processes as by one, whatever happens to the second."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF, ShelfId, server_shelf
from bot.news.parsing.query import read_query
from bot.news.search import SearchResult
from bot.store.sqlite import SqliteStore, open_store
from bot.store.sqlite.file.kinds import instance_path
from bot.store.sqlite.search.search import SqliteSearchStore
from bot.store.sqlite.search.second.process import AHEAD, CROWD, LONGEST_S, SecondProcess
from bot.store.sqlite.shelves.names import find_shelf_files
from tests.faults.files import PAGE, overwrite
from tests.store.search.test_same_order import QUERIES, SEEDS
from tests.support.makers import SOME_DAY, make_seed

OURS: Final = server_shelf(1)
BOTH: Final = (INSTANCE_SHELF, OURS)
ALONE: Final = (INSTANCE_SHELF,)
_PATIENCE_S: Final = 60


class Newsroom:
    """A store, a search that has a second process, and that process."""

    def __init__(self, store: SqliteStore, path: Path, quiet_s: float) -> None:
        self.store = store
        self.path = path
        self.second = SecondProcess(path, quiet_s=quiet_s)
        self.search = SqliteSearchStore(store.files, SystemClock(), second=self.second)

    async def ask(self, shelves: Sequence[ShelfId] = ALONE, *, times: int = CROWD) -> list[SearchResult]:
        """Ask every question this many times, all at once."""
        queries = [read_query(text, now=SOME_DAY) for text in QUERIES] * times
        return await asyncio.gather(
            *(self.search.search(shelves, query, now=SOME_DAY, deadline_s=_PATIENCE_S) for query in queries)
        )

    async def ask_one_process(self, shelves: Sequence[ShelfId], *, times: int = CROWD) -> list[SearchResult]:
        """The answers to the same questions without a second process."""
        queries = [read_query(text, now=SOME_DAY) for text in QUERIES]
        return [
            await self.store.search.search(shelves, query, now=SOME_DAY, deadline_s=_PATIENCE_S) for query in queries
        ] * times

    async def until_started(self) -> int:
        """Let a crowd ask, wait until the second process can be asked, and return its number."""
        await self.ask()
        await until(lambda: self.second.pid is not None)
        assert self.second.pid is not None
        return self.second.pid

    async def ask_it(self, shelves: Sequence[ShelfId]) -> list[list[str]]:
        """The titles that a crowd finds for "quay"; the first answers are those of the second process."""
        query = read_query("quay", now=SOME_DAY)
        found = await asyncio.gather(
            *(self.search.search(shelves, query, now=SOME_DAY, deadline_s=_PATIENCE_S) for _ in range(CROWD + AHEAD))
        )
        return [[article.title for article in each.articles] for each in found]


@asynccontextmanager
async def newsroom(folder: Path, *, quiet_s: float = 600) -> AsyncIterator[Newsroom]:
    """Open a newsroom with some articles."""
    path = folder / "newsdesk.db"
    async with open_store(path, clock=SystemClock()) as store:
        await store.articles.put_seeds(INSTANCE_SHELF, SEEDS, seen_at=SOME_DAY)
        room = Newsroom(store, path, quiet_s)
        try:
            yield room
        finally:
            await room.second.close()


def is_running(pid: int) -> bool:
    """Whether there is a process with this number that hasn't ended."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except FileNotFoundError:
        return False


def environment_of(pid: int) -> bytes:
    """The environment that a process was started with."""
    return Path(f"/proc/{pid}/environ").read_bytes()


async def until(condition: Callable[[], bool]) -> None:
    """Look again and again until a condition holds."""
    for _ in range(_PATIENCE_S * 20):
        if condition():
            return
        await asyncio.sleep(0.05)
    pytest.fail("waited in vain")


async def test_two_processes_answer_as_one_does(tmp_path: Path) -> None:
    """Articles, order, counts and suggestions."""
    async with newsroom(tmp_path) as room:
        await room.until_started()

        assert await room.ask() == await room.ask_one_process(ALONE)


async def test_all_are_answered_if_it_hangs(tmp_path: Path) -> None:
    """Searches that it was given and doesn't answer are repeated."""
    async with newsroom(tmp_path) as room:
        pid = await room.until_started()
        os.kill(pid, signal.SIGSTOP)
        began = time.monotonic()

        assert await room.ask() == await room.ask_one_process(ALONE)
        assert time.monotonic() - began >= LONGEST_S
        assert room.second.pid is None


async def test_lone_search_starts_no_process(tmp_path: Path) -> None:
    """It would take memory for nothing."""
    async with newsroom(tmp_path) as room:
        for _ in range(CROWD * 2):
            await room.search.search(ALONE, read_query("police", now=SOME_DAY), now=SOME_DAY, deadline_s=_PATIENCE_S)

        assert room.second.pid is None


async def test_it_sees_what_was_stored_a_moment_ago(tmp_path: Path) -> None:
    """Its answers are not those of the moment at which it was started."""
    async with newsroom(tmp_path) as room:
        await room.until_started()
        assert await room.ask_it(ALONE) == [[]] * (CROWD + AHEAD)
        await room.store.articles.put_seeds(INSTANCE_SHELF, [make_seed("q", title="Quay reopens")], seen_at=SOME_DAY)

        assert await room.ask_it(ALONE) == [["Quay reopens"]] * (CROWD + AHEAD)


async def test_it_follows_the_file_of_a_server_that_comes_and_goes(tmp_path: Path) -> None:
    """A server's first upload, and its deletion."""
    async with newsroom(tmp_path) as room:
        await room.until_started()
        seed = make_seed("own", shelf=OURS, title="Quay of ours")
        for _ in range(2):
            assert await room.ask_it(BOTH) == [[]] * (CROWD + AHEAD)
            await room.store.articles.put_seeds(OURS, [seed], seen_at=SOME_DAY)
            assert await room.ask_it(BOTH) == [["Quay of ours"]] * (CROWD + AHEAD)
            assert await room.ask_it(ALONE) == [[]] * (CROWD + AHEAD)
            await room.store.files.shelves.drop(OURS)


async def test_copy_that_took_the_archives_place_is_not_searched(tmp_path: Path) -> None:
    """In an older copy nothing is hidden yet: the bot goes on with the file that it has open, alone."""
    async with newsroom(tmp_path) as room:
        await room.store.articles.put_seeds(INSTANCE_SHELF, [make_seed("q", title="Quay reopens")], seen_at=SOME_DAY)
        await room.store.files.archive.back_up_to(tmp_path / "copy.sqlite3")
        query = read_query("quay", now=SOME_DAY)
        found = await room.search.search(ALONE, query, now=SOME_DAY, deadline_s=_PATIENCE_S)
        await room.store.articles.hide(INSTANCE_SHELF, found.ids[0])
        (tmp_path / "copy.sqlite3").rename(instance_path(room.path))

        await room.ask()
        await until(lambda: room.second._starting is not None and room.second._starting.done())
        assert await room.ask_it(ALONE) == [[]] * (CROWD + AHEAD)
        assert room.second.pid is None


async def test_damaged_file_of_a_server_is_named_by_the_bot(tmp_path: Path) -> None:
    """The second process says nothing of it: the bot searches itself, and finds out."""
    async with newsroom(tmp_path) as room:
        seed = make_seed("own", shelf=OURS, title="Quay of ours")
        await room.store.articles.put_seeds(OURS, [seed], seen_at=SOME_DAY)
        await room.until_started()
        await room.store.files.shelves.close()
        overwrite(find_shelf_files(room.path)[OURS], 0, b"\x5a" * PAGE)

        assert await room.ask_it(BOTH) == [[]] * (CROWD + AHEAD)
        assert OURS in room.store.files.shelves.find_unreadable()


async def test_all_are_answered_if_it_is_killed_while_it_searches(tmp_path: Path) -> None:
    """Its searches are repeated."""
    async with newsroom(tmp_path) as room:
        pid = await room.until_started()
        asking = asyncio.create_task(room.ask(times=20))
        await asyncio.sleep(0)
        os.kill(pid, signal.SIGKILL)

        assert await asking == await room.ask_one_process(ALONE, times=20)
        assert room.second.pid is None


async def test_question_that_is_given_up_leaves_no_answer_to_another(tmp_path: Path) -> None:
    """A member's command may be cancelled while the second process searches."""
    async with newsroom(tmp_path) as room:
        await room.until_started()
        for _ in range(5):
            given_up = [asyncio.create_task(room.ask()) for _ in range(2)]
            await asyncio.sleep(0.002)
            for task in given_up:
                task.cancel()

            assert await room.ask() == await room.ask_one_process(ALONE)


async def test_it_ends_when_it_is_not_needed_and_the_next_crowd_starts_another(tmp_path: Path) -> None:
    """It takes memory."""
    async with newsroom(tmp_path, quiet_s=0.5) as room:
        first = await room.until_started()
        await until(lambda: not is_running(first))

        assert await room.until_started() != first


async def test_it_ends_with_the_newsroom(tmp_path: Path) -> None:
    """Nothing is left that reads the files."""
    async with newsroom(tmp_path) as room:
        pid = await room.until_started()
    assert not is_running(pid)


async def test_it_does_not_get_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search needs none of the bot's settings."""
    monkeypatch.setenv("NEWSDESK_TOKEN", "a secret")
    async with newsroom(tmp_path) as room:
        pid = await room.until_started()
        assert b"NEWSDESK_TOKEN" not in environment_of(pid)


async def test_bot_searches_itself_if_no_process_can_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's own program may be gone after an upgrade of the machine."""
    monkeypatch.setattr("sys.executable", str(tmp_path / "nowhere"))
    async with newsroom(tmp_path) as room:
        assert await room.ask() == await room.ask_one_process(ALONE)
        assert room.second.pid is None
