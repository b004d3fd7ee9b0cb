"""The stores that every contract test is held to, each empty and in a folder of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from bot.store.port import Store
from bot.store.sqlite import store_of
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.shelves.files import StoreFiles, open_files
from tests.simulation.ledger import memory_ledger
from tests.support.clocks import ManualClock
from tests.support.ledger import Ledger, sqlite_ledger

# The simulation's store holds no articles: what these say is not asked of it.
_ABOUT_ARTICLES: Final = frozenset(
    {
        "test_purge_deletes_the_servers_own_articles",
        "test_purge_deletes_more_articles_than_go_in_one_batch",
        "test_purge_leaves_the_articles_of_other_shelves",
        "test_purged_server_can_begin_anew",
        "test_every_server_of_which_anything_is_kept_is_known",
    }
)
_MODULES_ABOUT_ARTICLES: Final = frozenset({"test_digest_candidates"})


@pytest.fixture
async def files(tmp_path: Path, clock: ManualClock) -> AsyncIterator[StoreFiles]:
    """The files of a new newsroom."""
    async with open_files(tmp_path / "newsdesk.db", clock=clock) as opened:
        yield opened


@pytest.fixture
def ledger_file(files: StoreFiles) -> Database:
    """The ledger's file: for what only SQLite's own tables can show."""
    return files.local


@pytest.fixture
def archive_file(files: StoreFiles) -> Database:
    """The archive's file: for what only SQLite's own tables can show."""
    return files.archive


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Hold every ledger to the tests that take one, but for modules that make their own."""
    if "ledger" not in metafunc.fixturenames or hasattr(metafunc.module, "ledger"):
        return
    module, name = metafunc.module.__name__.rpartition(".")[2], metafunc.function.__name__
    is_about_articles = module in _MODULES_ABOUT_ARTICLES or name in _ABOUT_ARTICLES
    metafunc.parametrize("ledger_maker", ["sqlite"] if is_about_articles else ["sqlite", "memory"], indirect=True)


@pytest.fixture
def ledger_maker(request: pytest.FixtureRequest) -> str:
    """Which implementation the test is about."""
    return str(request.param)


@pytest.fixture
def ledger(ledger_maker: str, files: StoreFiles) -> Ledger:
    """Schedules, editions, deliveries and what the bot remembers; each implementation in turn."""
    return sqlite_ledger(files) if ledger_maker == "sqlite" else memory_ledger(files)


@pytest.fixture(params=[store_of])
def store(request: pytest.FixtureRequest, files: StoreFiles, clock: ManualClock) -> Store:
    """All ports of a store; each implementation in turn."""
    made: Store = request.param(files, clock)
    return made
