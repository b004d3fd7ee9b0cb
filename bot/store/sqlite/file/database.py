"""Connections to one SQLite file: one writer, a few readers, each in a thread of its own.

A unit of work is a plain function of a `sqlite3.Connection`. It runs as a whole in the connection's thread, inside one
transaction: if its caller is cancelled, either all of it is written or nothing, and a batch of hundreds of statements
costs one hop between threads.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

import aiosqlite

from bot.clock import Clock
from bot.errors import StoreBusyError, StoreDamagedError, StoreDisplacedError, StoreError, StoreLockedError
from bot.store.port.patience import patience_s
from bot.store.sqlite.file.checkpoint import Checkpoints
from bot.store.sqlite.file.errors import DISPLACED, RESTORE, as_store_error, empty_error, file_error
from bot.store.sqlite.file.lock import holding_lock, is_known, remember
from bot.store.sqlite.file.migrate import Migration, apply_migrations, back_up, is_behind, is_fresh, shipped_migrations
from bot.store.sqlite.file.place import OpenFiles

T = TypeVar("T")

READERS: Final = 3
"""Reading connections: a completion must not wait for a search, nor both for an edition's candidates."""

GIVES_WAY_S: Final = 0.25
"""Longest time that background writes let reads go first: a search's deadline."""

BUSY_TIMEOUT_S: Final = 10
"""Longest wait for another process's transaction; ours last under 200 ms."""

_ATTEMPT_MS: Final = 50
_PAUSE_S: Final = 0.05
"""A write waits in many short attempts: its thread is free between them for a write that has less patience."""

OLDEST_SQLITE: Final = (3, 37, 0)
"""The first version with STRICT tables."""

_MIGRATION_TRIES: Final = 100
_MIGRATION_PAUSE_S: Final = 0.05

_SETTINGS: Final = f"""
    PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000};
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
"""
# FULL costs one more fsync per transaction; the ledger's guarantees depend on it, and batches are large enough for it.
# A batch of seeds writes all over the file: with the default cache of 2 MB and a checkpoint every 1,000 pages, 10,000
# seeds took twice as long. `checkpoint` runs before the automatic checkpoint is due.
_WRITER_SETTINGS: Final = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -64000;
    PRAGMA wal_autocheckpoint = 16000;
    PRAGMA journal_size_limit = 67108864;
"""
_READER_SETTINGS: Final = """
    PRAGMA query_only = ON;
    PRAGMA cache_size = -16000;
"""


class Database:
    """One open SQLite file, from `open_database`. Rows are `sqlite3.Row`.

    Attributes:
        path: The file.
        busy_timeout_s: Longest wait of a write for another process's transaction.
    """

    def __init__(
        self,
        path: Path,
        stack: AsyncExitStack,
        *,
        writer: aiosqlite.Connection | None,
        readers: Sequence[aiosqlite.Connection],
        checkpoints: Checkpoints | None,
    ) -> None:
        self.path = path
        self.busy_timeout_s = float(BUSY_TIMEOUT_S)
        self._stack = stack
        self._writer = writer
        self._checkpoints = checkpoints
        self._readers: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        for reader in readers:
            self._readers.put_nowait(reader)
        self._reads = 0
        self._open_files = OpenFiles(path)
        self._displaced = self._open_files.find_displaced()
        self._is_quiet = asyncio.Event()
        self._is_quiet.set()

    async def read(self, fn: Callable[[sqlite3.Connection], T], *, turn: asyncio.Semaphore | None = None) -> T:
        """Run `fn` in a read transaction, a snapshot of the store, and return its result.

        Args:
            fn: Only reads.
            turn: A semaphore to wait for first, which limits how many connections this kind of read takes.

        Raises:
            StoreError: the file can't be read; `StoreUnavailableError` if trying again can help.
        """
        self._reads += 1
        self._is_quiet.clear()
        try:
            async with turn or nullcontext():
                return await self._read(fn)
        finally:
            self._reads -= 1
            if not self._reads:
                self._is_quiet.set()

    async def _read(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        reader = await self._readers.get()
        try:
            return await _run_in_thread(reader, lambda connection: _in_transaction(connection, "BEGIN", fn), self.path)
        finally:
            self._readers.put_nowait(reader)

    async def give_way(self) -> None:
        """Wait until no read is running, at most `GIVES_WAY_S`: an import shares the GIL with members' searches."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_quiet.wait(), GIVES_WAY_S)

    async def write(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Run `fn` in a write transaction and return its result once that is on disk; if it raises, nothing is written.

        Raises:
            StoreDisplacedError: `check_place` found a file deleted or replaced.
            StoreError: the file can't be written; `StoreUnavailableError` if trying again can help.
        """
        if self._writer is None:
            raise StoreError(f"{self.path} is open for reading only.")
        if self._displaced:
            raise StoreDisplacedError(f"{self._displaced} while the bot runs.", cure=DISPLACED)

        def work(connection: sqlite3.Connection) -> tuple[T, int]:
            return _in_transaction(connection, "BEGIN IMMEDIATE", fn), connection.total_changes

        writer = self._writer
        answer, changes = await self._in_attempts(lambda: _run_in_thread(writer, work, self.path))
        if self._checkpoints is not None:
            self._checkpoints.after_write(changes)
        return answer

    def lock_for_sending(self) -> None:
        """Become the only process that sends from this file, until the database is closed.

        Raises:
            StoreLockedError: another process is.
        """
        self._stack.enter_context(holding_lock(self.path))
        remember(self.path)

    async def _in_attempts(self, attempt: Callable[[], Awaitable[T]]) -> T:
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + patience_s(self.busy_timeout_s)
        while True:
            try:
                return await attempt()
            except StoreBusyError:
                if loop.time() >= deadline_s:
                    raise
            await asyncio.sleep(_PAUSE_S)

    async def check_place(self) -> str:
        """Say which of the open files was deleted or replaced, empty for none; nothing is written while one is."""
        self._displaced = await asyncio.to_thread(self._open_files.find_displaced)
        return self._displaced

    def before_closing(self, wait: Callable[[], Awaitable[None]]) -> None:
        """Await `wait`, which writes what is pending, before the file is closed."""
        self._stack.push_async_callback(wait)

    async def quick_check(self, *tables: str) -> None:
        """Check these tables (the whole file for none) for damage, without their indexes.

        Raises:
            StoreDamagedError: with the first findings, and how to restore.
        """
        statements = [f"PRAGMA quick_check({_quoted(table)})" for table in tables] or ["PRAGMA quick_check"]
        await self._check(statements)

    async def integrity_check(self) -> None:
        """Check the whole file, its indexes and references for damage; slow for a large file.

        Raises:
            StoreDamagedError: with the first findings, and how to restore.
        """
        await self._check(["PRAGMA integrity_check", "PRAGMA foreign_key_check"])

    async def back_up_to(self, target: Path) -> None:
        """Copy a snapshot of the file to `target`, which is replaced once the copy is complete."""
        reader = await self._readers.get()
        try:
            await _run_in_thread(reader, lambda connection: back_up(connection, target), self.path)
        finally:
            self._readers.put_nowait(reader)

    async def _check(self, statements: Sequence[str]) -> None:
        def find_problems(connection: sqlite3.Connection) -> list[str]:
            answers = [tuple(row) for statement in statements for row in connection.execute(statement)]
            return [" ".join(map(str, answer)) for answer in answers if answer != ("ok",)]

        problems = await self.read(find_problems)
        if problems:
            raise StoreDamagedError(f"{self.path} is damaged: {'; '.join(problems[:3])}.", cure=RESTORE)


@asynccontextmanager
async def open_database(
    path: Path, *, clock: Clock, read_only: bool = False, migrations: Sequence[Migration] | None = None
) -> AsyncIterator[Database]:
    """Open the database at `path`, creating or upgrading it first; it is closed on leaving.

    Args:
        path: The file; it and its folder are created if missing, with access for this user only.
        clock: Waits between two tries while another process upgrades the file.
        read_only: Open an existing file and change nothing; possible at any time, also while the bot runs.
        migrations: Another schema than the shipped one, for tests.

    Raises:
        SchemaTooNewError: a newer Newsdesk wrote it.
        StoreLockedError: it must be upgraded and another process sends from it.
        StoreLostError: it is empty or missing although there was a newsroom in it.
        StoreError: it is missing (read only), not a database, another program's, or can't be opened.
    """
    require_sqlite(sqlite3.sqlite_version_info)
    steps = shipped_migrations() if migrations is None else migrations
    async with AsyncExitStack() as stack:
        writer = None
        _require_newsroom(path)
        if read_only:
            _require_file(path)
        else:
            _make_file(path)
            writer = await _connect(stack, path, "rw", _SETTINGS + _WRITER_SETTINGS)
            await _migrate(writer, path, steps, clock)
            await _run_in_thread(writer, _set_short_attempts, path)
        mode = "ro" if read_only else "rw"
        readers = [await _connect(stack, path, mode, _SETTINGS + _READER_SETTINGS) for _ in range(READERS)]
        if read_only and await _run_in_thread(readers[0], is_fresh, path):
            raise empty_error(path, was_known=is_known(path))
        if read_only and await _run_in_thread(readers[0], lambda raw: is_behind(raw, path, steps), path):
            raise StoreError(
                f"{path} was written by an older Newsdesk.", cure="`newsdesk ingest` brings it up to date; run it once."
            )
        checkpoints = None
        if not read_only:
            keeper = await _connect(stack, path, mode, _SETTINGS)
            checkpoints = Checkpoints(lambda work: _run_in_thread(keeper, work, path))
            stack.push_async_callback(checkpoints.end)
            await checkpoints.after_opening()
        yield Database(path, stack, writer=writer, readers=readers, checkpoints=checkpoints)


def _set_short_attempts(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout = {_ATTEMPT_MS}").fetchall()


async def _migrate(writer: aiosqlite.Connection, path: Path, steps: Sequence[Migration], clock: Clock) -> None:
    for tries_left in reversed(range(_MIGRATION_TRIES)):
        if not await _run_in_thread(writer, lambda raw: is_behind(raw, path, steps), path):
            return
        if is_known(path) and await _run_in_thread(writer, is_fresh, path):
            raise empty_error(path, was_known=True)
        try:
            with holding_lock(path):
                await _run_in_thread(writer, lambda raw: apply_migrations(raw, path, steps), path)
                remember(path)
        except StoreLockedError:
            # Another process may be creating the same file; then it is soon up to date without us.
            if not tries_left:
                raise
            await clock.sleep(_MIGRATION_PAUSE_S)


async def _connect(stack: AsyncExitStack, path: Path, mode: str, settings: str) -> aiosqlite.Connection:
    uri = _uri(path, mode)
    with _as_store_errors(path):
        connection = await stack.enter_async_context(
            aiosqlite.connect(uri, uri=True, isolation_level=None, cached_statements=256)
        )

    def prepare(raw: sqlite3.Connection) -> None:
        raw.row_factory = sqlite3.Row
        for statement in filter(str.strip, settings.split(";")):
            raw.execute(statement).fetchall()

    await _run_in_thread(connection, prepare, path)
    return connection


async def _run_in_thread(connection: aiosqlite.Connection, fn: Callable[[sqlite3.Connection], T], path: Path) -> T:
    # aiosqlite has no public way to run a function in a connection's thread; its own methods take one hop per
    # statement, which makes 500 seeds slow and leaves a transaction half done if the caller is cancelled. So two of its
    # private names are used, only here; tests/store/file/test_database.py fails when they change.
    with _as_store_errors(path):
        answer: T = await connection._execute(fn, connection._conn)  # type: ignore[no-untyped-call]  # noqa: SLF001
        return answer


def _in_transaction(connection: sqlite3.Connection, begin: str, fn: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute(begin)
    try:
        answer = fn(connection)
        connection.execute("COMMIT")
    except BaseException:
        # SQLite itself ends the transaction on some errors (a full disk).
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return answer


@contextmanager
def _as_store_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        known = as_store_error(error, path)
        if known is None:
            raise
        raise known from error


def _uri(path: Path, mode: str) -> str:
    return f"file:{quote(str(path.absolute()))}?mode={mode}"


def require_sqlite(version: tuple[int, int, int]) -> None:
    """Reject a SQLite version without STRICT tables.

    Raises:
        StoreError: it is too old.
    """
    if version < OLDEST_SQLITE:
        found, needed = ".".join(map(str, version)), ".".join(map(str, OLDEST_SQLITE))
        raise StoreError(f"This Python has SQLite {found}; {needed} is needed.", cure="Use a newer build of Python.")


def _require_newsroom(path: Path) -> None:
    """Reject an empty or missing file that was a newsroom, before SQLite opens it and deletes its log.

    Raises:
        StoreLostError: it is.
    """
    if is_known(path) and not (path.exists() and path.stat().st_size):
        raise empty_error(path, was_known=True)


def _require_file(path: Path) -> None:
    if not path.exists():
        raise StoreError(f"There is no database at {path}.", cure="Run `newsdesk ingest` first.")
    if not path.is_file():
        raise StoreError(f"{path} can't be opened: it is not a file.", cure="Name a file as `database`.")


def _make_file(path: Path) -> None:
    # The file has the key of every button: no other user of the machine may read it. Its companion files get its mode.
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise file_error(error, path) from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
