"""Of several processes with one PostgreSQL one runs the bot, and another takes over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from bot.errors import StoreTakenOverError, StoreUnavailableError
from bot.store.postgres.database import PostgresDatabase, open_postgres
from bot.store.postgres.turn import SILENCE_S


@pytest.fixture
async def first(postgres_address: str) -> AsyncIterator[PostgresDatabase]:
    """A process that has the turn."""
    async with open_postgres(postgres_address, path=Path("first.db")) as database:
        database.lock_for_sending()
        yield database


@pytest.fixture
async def second(postgres_address: str) -> AsyncIterator[PostgresDatabase]:
    """Another process."""
    async with open_postgres(postgres_address, path=Path("second.db")) as database:
        yield database


def end_session_of_the_turn(address: str) -> None:
    """What PostgreSQL does with a process that is silent for too long, or what its restart does."""
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())"
        )


async def test_second_process_waits(first: PostgresDatabase, second: PostgresDatabase) -> None:
    """Two that answer commands would answer each of them twice."""
    del first
    with pytest.raises(StoreUnavailableError, match="Another process runs the bot"):
        second.lock_for_sending()


async def test_second_process_takes_over_when_the_first_has_ended(postgres_address: str) -> None:
    """That takes no time: PostgreSQL notices the end of a process on its machine at once."""
    async with open_postgres(postgres_address, path=Path("first.db")) as first:
        first.lock_for_sending()
    async with open_postgres(postgres_address, path=Path("second.db")) as second:
        second.lock_for_sending()


async def test_turn_is_kept_through_a_lost_session(
    first: PostgresDatabase, second: PostgresDatabase, postgres_address: str
) -> None:
    """A restart of PostgreSQL ends all sessions; the process that ran goes on."""
    end_session_of_the_turn(postgres_address)
    stop = asyncio.Event()
    keeping = asyncio.create_task(first.keep_turn(stop))
    await asyncio.sleep(0.5)

    with pytest.raises(StoreUnavailableError, match="Another process runs the bot"):
        second.lock_for_sending()
    stop.set()
    await keeping


async def test_process_ends_once_another_has_taken_over(
    first: PostgresDatabase, second: PostgresDatabase, postgres_address: str
) -> None:
    """It was frozen or cut off: two must not go on answering."""
    end_session_of_the_turn(postgres_address)
    second.lock_for_sending()

    with pytest.raises(StoreTakenOverError, match="has taken over"):
        await first.keep_turn(asyncio.Event())


@pytest.mark.slow
async def test_silent_process_loses_its_turn(first: PostgresDatabase, second: PostgresDatabase) -> None:
    """PostgreSQL itself ends the session of a process that is frozen."""
    del first
    async with asyncio.timeout(SILENCE_S + 10):
        while True:
            try:
                second.lock_for_sending()
                break
            except StoreUnavailableError:
                await asyncio.sleep(0.5)
