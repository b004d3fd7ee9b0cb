"""The stores that every contract test is held to, each empty and in a folder of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import psycopg
import pytest

from bot.store.port import Store
from bot.store.postgres.database import open_postgres
from bot.store.postgres.migrate import migrate, shipped_migrations
from bot.store.sqlite import store_of
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.shelves.files import StoreFiles, open_files
from tests.simulation.ledger import memory_ledger
from tests.support.clocks import ManualClock
from tests.support.ledger import Ledger, sqlite_ledger
from tests.support.postgres import empty, new_database, server_for_tests

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
_MODULES_ABOUT_LEDGERS: Final = frozenset({"test_admin", "test_checkup", "test_suggestions"})


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
    module, name = metafunc.module.__name__.rpartition(".")[2], metafunc.function.__name__
    if "store" in metafunc.fixturenames and module in _MODULES_ABOUT_LEDGERS:
        metafunc.parametrize("ledger_maker", ["sqlite", "postgres"], indirect=True)
    if "ledger" not in metafunc.fixturenames or hasattr(metafunc.module, "ledger"):
        return
    is_about_articles = module in _MODULES_ABOUT_ARTICLES or name in _ABOUT_ARTICLES
    makers = ["sqlite", "postgres"] if is_about_articles else ["sqlite", "memory", "postgres"]
    metafunc.parametrize("ledger_maker", makers, indirect=True)


@pytest.fixture
def ledger_maker(request: pytest.FixtureRequest) -> str:
    """Which implementation the test is about."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def postgres_session() -> Iterator[str]:
    """The address of a ledger in PostgreSQL."""
    with server_for_tests() as server, new_database(server) as address:
        with psycopg.connect(address) as connection:
            migrate(connection, "the tests' database", shipped_migrations())
        yield address


@pytest.fixture
def postgres_address(postgres_session: str) -> str:
    """The address of an empty ledger in PostgreSQL."""
    empty(postgres_session)
    return postgres_session


@pytest.fixture
async def ledger_files(
    ledger_maker: str, files: StoreFiles, request: pytest.FixtureRequest
) -> AsyncIterator[StoreFiles]:
    """The files of a new newsroom, with the ledger where the implementation keeps it."""
    if ledger_maker == "postgres":
        async with open_postgres(request.getfixturevalue("postgres_address"), path=files.local.path) as database:
            yield replace(files, ledger=database)
    else:
        yield files


@pytest.fixture
def ledger(ledger_maker: str, ledger_files: StoreFiles) -> Ledger:
    """Schedules, editions, deliveries and what the bot remembers; each implementation in turn."""
    return memory_ledger(ledger_files) if ledger_maker == "memory" else sqlite_ledger(ledger_files)


@pytest.fixture
def store(ledger_files: StoreFiles, clock: ManualClock) -> Store:
    """All ports of a store."""
    return store_of(ledger_files, clock)
