"""The ledger in PostgreSQL: a pool of connections, each used by a thread for one unit of work.

A unit of work that writes is serialisable: what several processes write at once is as if one had written after the
other, as it is with SQLite's single writer. One that PostgreSQL undid because of another is run again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import psycopg
import structlog
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool

from bot.errors import StoreDamagedError, StoreError, StoreUnavailableError
from bot.store.engine.connection import Connection
from bot.store.port.patience import patience_s
from bot.store.postgres.connection import NamedRow, UnitConnection, prepare_connection
from bot.store.postgres.errors import CONFLICTS, as_store_errors
from bot.store.postgres.migrate import Migration, migrate, require_current, shipped_migrations
from bot.store.postgres.turn import Turn

T = TypeVar("T")

log = structlog.get_logger(__name__)

OLDEST_SERVER: Final = 15

CONNECTIONS: Final = 6
"""Connections of one process, and threads that use them."""

PATIENCE_S: Final = 10.0
"""Longest time that a unit of work is tried again, as a write waits for SQLite's lock."""

_LONGEST_PAUSE_S: Final = 0.2

_CONNECT_S: Final = 5.0

# A peer that is gone without a word is noticed within ten seconds.
_LINK: Final[dict[str, Any]] = {
    "connect_timeout": int(_CONNECT_S),
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "application_name": "newsdesk",
}

# The timeline changes when a server was restored to an earlier moment, or a standby was promoted.
_IDENTITY: Final = """
    SELECT system_identifier, timeline_id, (SELECT oid FROM pg_database WHERE datname = current_database())
    FROM pg_control_system(), pg_control_checkpoint()
"""

_SIGN_OF_LIFE_S: Final = 2.0

_NO_DUMP: Final = "Use PostgreSQL's own tools (docs/two-machines.md)."


class PostgresDatabase:
    """One open database, from `open_postgres`; an implementation of `LedgerDatabase`.

    Attributes:
        path: The place that the ledger's file would have.
        name: The database's, without user or password.
        identity: The server's identifier, its timeline, and the database's number.
        damage: The first damage that a read or write met; empty for none.
    """

    def __init__(
        self,
        pool: ConnectionPool[psycopg.Connection[NamedRow]],
        threads: ThreadPoolExecutor,
        *,
        path: Path,
        name: str,
        identity: str,
        turn: Turn,
    ) -> None:
        self.path = path
        self.name = name
        self.identity = identity
        self.damage = ""
        self.conflicts = 0
        self._pool = pool
        self._threads = threads
        self._turn = turn

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """As `LedgerDatabase.read`."""
        within_s = patience_s(_CONNECT_S)
        return await self._run(lambda: self._in_snapshot(fn, within_s))

    async def write(self, fn: Callable[[Connection], T]) -> T:
        """As `LedgerDatabase.write`."""
        loop = asyncio.get_running_loop()
        deadline_s, pause_s = loop.time() + patience_s(PATIENCE_S), 0.002
        within_s = patience_s(_CONNECT_S)
        while True:
            try:
                return await self._run(lambda: self._in_transaction(fn, within_s))
            except StoreError as error:
                if not isinstance(error.__cause__, CONFLICTS) or loop.time() >= deadline_s:
                    raise
                self.conflicts += 1
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.5))  # noqa: S311 - so that two don't meet again
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except StoreDamagedError as error:
            if isinstance(error.__cause__, psycopg.Error):  # not a single value that can't be read
                self.damage = self.damage or error.message
            raise

    def _in_snapshot(self, fn: Callable[[Connection], T], within_s: float) -> T:
        with as_store_errors(self.name), self._pool.connection(timeout=within_s) as raw:
            raw.isolation_level, raw.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
            return fn(UnitConnection(raw))

    def _in_transaction(self, fn: Callable[[Connection], T], within_s: float) -> T:
        with as_store_errors(self.name), self._pool.connection(timeout=within_s) as raw:
            raw.isolation_level, raw.read_only = psycopg.IsolationLevel.SERIALIZABLE, False
            return fn(UnitConnection(raw))  # committed when the block ends, undone if it raises

    def lock_for_sending(self) -> None:
        """As `LedgerDatabase.lock_for_sending`; one that waits takes over when the other is gone."""
        self._turn.take()

    async def keep_turn(self, stop: asyncio.Event) -> None:
        """As `LedgerDatabase.keep_turn`."""
        while self._turn.is_taken and not stop.is_set():
            with suppress(StoreUnavailableError):  # nobody else can reach it either, or it is known next time
                await self._run(self._turn.keep)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _SIGN_OF_LIFE_S)
        await stop.wait()

    async def quick_check(self, *tables: str) -> None:
        """Read these tables whole, whose pages PostgreSQL verifies; all for none."""

        def work(connection: Connection) -> None:
            for table in tables or _tables(connection):
                connection.execute(f'SELECT count(t.*) FROM "{table}" AS t').fetchone()

        await self.read(work)

    async def integrity_check(self) -> None:
        """As `quick_check` for all tables; PostgreSQL keeps references whole itself."""
        await self.quick_check()

    async def back_up_to(self, target: Path) -> None:
        """Refuse: the database has its own backups."""
        raise StoreError(f"{self.name} can't be copied to {target}.", cure=_NO_DUMP)


def _tables(connection: Connection) -> list[str]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
    return [row["tablename"] for row in rows]


@asynccontextmanager
async def open_postgres(address: str, *, path: Path, read_only: bool = False) -> AsyncIterator[PostgresDatabase]:
    """Open the database at an address, creating or upgrading its tables first; it is closed on leaving.

    Args:
        address: A URI of PostgreSQL, `postgresql://user@host/database`; what it lacks comes from libpq's environment.
        path: The place that the ledger's file would have.
        read_only: Change no table; a unit of work that writes is refused.

    Raises:
        SchemaTooNewError: a newer Newsdesk took away what this one needs.
        StoreError: it can't be reached or used; `StoreUnavailableError` if trying again can help.
    """
    try:
        link = {**_LINK, **conninfo_to_dict(address)}
    except psycopg.ProgrammingError as error:
        raise StoreError(
            "The address of the database can't be read.", cure="Compare it with docs/two-machines.md."
        ) from error
    name = (
        f"PostgreSQL {link.get('host') or 'of this machine'}, database {link.get('dbname') or link.get('user') or ''}"
    )
    async with AsyncExitStack() as stack:
        threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="postgres")
        stack.callback(threads.shutdown)
        loop = asyncio.get_running_loop()
        migrations = shipped_migrations()
        identity = await loop.run_in_executor(threads, lambda: _set_up(link, name, migrations, read_only=read_only))
        pool = ConnectionPool(
            kwargs=link,
            connection_class=psycopg.Connection[NamedRow],
            min_size=1,
            max_size=CONNECTIONS,
            open=False,
            configure=prepare_connection,
            check=ConnectionPool.check_connection,
            reconnect_timeout=_CONNECT_S,
            name="newsdesk",
        )
        turn = Turn(link, name)
        stack.push_async_callback(asyncio.to_thread, pool.close, _CONNECT_S)
        stack.push_async_callback(asyncio.to_thread, turn.give_up)
        with as_store_errors(name):
            await loop.run_in_executor(threads, lambda: pool.open(wait=True, timeout=_CONNECT_S))
        yield PostgresDatabase(pool, threads, path=path, name=name, identity=identity, turn=turn)


def _set_up(link: dict[str, Any], name: str, migrations: tuple[Migration, ...], *, read_only: bool) -> str:
    """Create or check the tables, and return the database's identity."""
    with as_store_errors(name), psycopg.connect(**link) as raw:
        version = raw.info.server_version // 10_000
        if version < OLDEST_SERVER:
            raise StoreError(f"{name} is version {version}; {OLDEST_SERVER} is needed.", cure="Upgrade PostgreSQL.")
        if read_only:
            require_current(raw, name, migrations)
        else:
            migrate(raw, name, migrations)
        return "/".join(map(str, raw.execute(_IDENTITY).fetchone() or ()))
