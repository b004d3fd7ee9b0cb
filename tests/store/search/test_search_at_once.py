"""Concurrent searches don't slow down one another, and completion doesn't wait for them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.news.article import INSTANCE_SHELF
from bot.news.parsing.query import read_query
from bot.news.search import SearchResult
from bot.store.sqlite import SqliteStore, open_store
from bot.store.sqlite.file.kinds import READERS
from bot.store.sqlite.search.search import AT_ONCE
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, make_seed

SHELVES = (INSTANCE_SHELF,)


class HaltingClock(ManualClock):
    """A clock that stops a search, in its own thread, until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()
        self.halted = threading.Semaphore(0)
        self._home = threading.get_ident()

    def uptime(self) -> float:
        """As the test's clock says, once a search may go on."""
        if threading.get_ident() != self._home:
            self.halted.release()
            self.go_on.wait(10)
        return super().uptime()


@pytest.fixture
def clock() -> HaltingClock:
    """A clock that halts."""
    return HaltingClock()


@pytest.fixture
async def store(tmp_path: Path, clock: HaltingClock) -> AsyncIterator[SqliteStore]:
    """A store with one article."""
    clock.go_on.set()
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as opened:
        await opened.articles.put_seeds(INSTANCE_SHELF, [make_seed("a", title="Police news")], seen_at=SOME_DAY)
        clock.go_on.clear()
        yield opened
        clock.go_on.set()


def searches(store: SqliteStore, number: int) -> list[asyncio.Task[SearchResult]]:
    """This many searches for the article, begun."""
    query = read_query("police news", now=SOME_DAY)
    return [asyncio.ensure_future(store.search.search(SHELVES, query, now=SOME_DAY)) for _ in range(number)]


async def until_halted(clock: HaltingClock, number: int) -> None:
    """Wait until this many searches are stopped."""
    for _ in range(number):
        await asyncio.to_thread(clock.halted.acquire, timeout=10)


async def test_a_completion_is_answered_while_more_searches_are_under_way_than_there_are_readers(
    store: SqliteStore, clock: HaltingClock
) -> None:
    """A member who types sees titles at once."""
    under_way = searches(store, READERS + 1)
    await until_halted(clock, AT_ONCE)

    found = await asyncio.wait_for(store.search.complete_articles(SHELVES, "pol"), 5)

    assert [each.label for each in found] == ["Police news"]
    assert not any(task.done() for task in under_way)
    clock.go_on.set()
    await asyncio.gather(*under_way)


async def test_a_search_that_waited_for_others_has_its_own_time_all_the_same(
    store: SqliteStore, clock: HaltingClock
) -> None:
    """The last of many is answered as well as the first."""
    under_way = searches(store, READERS + 1)
    await until_halted(clock, AT_ONCE)

    clock.advance(60)
    clock.go_on.set()
    results = await asyncio.gather(*under_way)

    assert [(len(result.articles), result.is_cut_short) for result in results] == [(1, False)] * (READERS + 1)
