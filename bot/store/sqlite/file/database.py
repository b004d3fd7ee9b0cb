"""Connections to one SQLite file: one writer, a few readers, each in a thread of its own.

A unit of work is a plain function of a `sqlite3.Connection`. It runs as a whole in the connection's thread, inside one
transaction: if its caller is cancelled, either all of it is written or nothing, and a batch of hundreds of statements
costs one hop between threads.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Final, TypeVar

import aiosqlite
from typing_extensions import override

from bot.errors import StoreBusyError, StoreDamagedError, StoreDisplacedError, StoreError
from bot.store.port.patience import patience_s
from bot.store.sqlite.file.checkpoint import Checkpoints
from bot.store.sqlite.file.connection import in_transaction, raw_of, run_in_thread
from bot.store.sqlite.file.errors import DISPLACED, RESTORE
from bot.store.sqlite.file.lock import holding_lock, remember
from bot.store.sqlite.file.migrate import back_up
from bot.store.sqlite.file.place import OpenFiles
from bot.store.sqlite.file.whole import InThread, SizeLimit, Whole

T = TypeVar("T")

GIVES_WAY_S: Final = 0.25
"""Longest time that background writes let reads go first: a search's deadline."""

BUSY_TIMEOUT_S: Final = 10
"""Longest wait for another process's transaction; ours last under 200 ms."""

ATTEMPT_MS: Final = 50
_PAUSE_S: Final = 0.05
"""A write waits in many short attempts: its thread is free between them for a write that has less patience."""


class Database:
    """One open SQLite file, from `open_database`. Rows are `sqlite3.Row`.

    Attributes:
        path: The file.
        busy_timeout_s: Longest wait of a write for another process's transaction.
        damage: The first damage that a read, a write or a check met; empty for none.
    """

    def __init__(
        self,
        path: Path,
        stack: AsyncExitStack,
        *,
        writer: aiosqlite.Connection | None,
        readers: Sequence[aiosqlite.Connection],
        checkpoints: Checkpoints | None,
        limit: SizeLimit | None = None,
    ) -> None:
        self.path = path
        self._limit = limit
        self.busy_timeout_s = float(BUSY_TIMEOUT_S)
        self.damage = ""
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

    @property
    def identity(self) -> str:
        """As `LedgerDatabase.identity`: a copied file is another one."""
        return str(self.path.stat().st_ino)

    async def read(self, fn: Callable[[sqlite3.Connection], T], *, turn: asyncio.Semaphore | None = None) -> T:
        """Run `fn` in a read transaction, a snapshot of the store, and return its result.

        Args:
            fn: Only reads.
            turn: A semaphore to wait for first, which limits how many connections this kind of read takes.

        Raises:
            StoreError: the file can't be read; `StoreUnavailableError` if trying again can help.
        """
        with self.reading():
            async with turn or nullcontext():
                return await self._read(fn)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Count what is within the block as a read, for `give_way`."""
        self._reads += 1
        self._is_quiet.clear()
        try:
            yield
        finally:
            self._reads -= 1
            if not self._reads:
                self._is_quiet.set()

    async def _read(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        reader = await self._readers.get()
        try:
            with self._noting_damage():
                return await run_in_thread(
                    reader, lambda connection: in_transaction(connection, "BEGIN", fn), self.path
                )
        finally:
            self._readers.put_nowait(reader)

    @asynccontextmanager
    async def lending(self) -> AsyncIterator[sqlite3.Connection]:
        """Lend a reading connection, for a thread that reads another file with it; it is in no transaction."""
        reader = await self._readers.get()
        try:
            yield raw_of(reader)
        finally:
            self._readers.put_nowait(reader)

    @contextmanager
    def _noting_damage(self) -> Iterator[None]:
        try:
            yield
        except StoreDamagedError as error:
            if isinstance(error.__cause__, sqlite3.Error):  # not a single value that can't be read
                self.damage = self.damage or error.message
            raise

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

        def work(connection: sqlite3.Connection) -> tuple[T, int]:
            self._prepare(connection)
            return in_transaction(connection, "BEGIN IMMEDIATE", fn), connection.total_changes

        answer, changes = await self._in_attempts(lambda: self._in_writer(work))
        if self._checkpoints is not None:
            self._checkpoints.after_write(changes)
        return answer

    @asynccontextmanager
    async def whole(self, *, most_bytes: int) -> AsyncIterator[Whole]:
        """Keep several pieces of work in one write transaction, meanwhile others wait; nothing is kept if it raises.

        Args:
            most_bytes: What the file may take at most, for a file whose size is limited.

        Raises:
            StoreFullError: the file would take more.
            StoreError: as `write`.
        """

        def begin(connection: sqlite3.Connection) -> None:
            self._prepare(connection)
            if self._limit is not None:
                self._limit.set_on(connection, most_bytes)
            connection.execute("BEGIN IMMEDIATE")

        await self._in_attempts(lambda: self._in_writer(begin))
        try:
            yield InThread(hop=self._in_writer)
            await self._in_writer(lambda connection: connection.execute("COMMIT"))
        finally:
            if self._writer is not None:
                await run_in_thread(self._writer, self._end, self.path)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            raise StoreBusyError("An import is under way.", cure="Try again once it has been answered.")
        if self._limit is not None:
            self._limit.empty_log(connection)

    def _end(self, connection: sqlite3.Connection) -> None:
        """End a transaction that was given up, and move one that was kept into the file unless that must wait."""
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if self._limit is not None:
            self._limit.set_on(connection, self._limit.usual)
        with suppress(sqlite3.Error):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    async def _in_writer(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._writer is None:
            raise StoreError(f"{self.path} is open for reading only.")
        if self._displaced:
            raise StoreDisplacedError(f"{self._displaced} while the bot runs.", cure=DISPLACED)
        with self._noting_damage():
            return await run_in_thread(self._writer, self._limit.checking(work) if self._limit else work, self.path)

    def lock_for_sending(self) -> None:
        """Become the only process that sends from this file, until the database is closed.

        Raises:
            StoreLockedError: another process is.
        """
        self._stack.enter_context(holding_lock(self.path))
        remember(self.path)

    async def keep_turn(self, stop: asyncio.Event) -> None:
        """As `LedgerDatabase.keep_turn`: the lock of a file is kept until it is closed."""
        await stop.wait()

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
            await run_in_thread(reader, lambda connection: back_up(connection, target), self.path)
        finally:
            self._readers.put_nowait(reader)

    async def _check(self, statements: Sequence[str]) -> None:
        def find_problems(connection: sqlite3.Connection) -> list[str]:
            answers = [tuple(row) for statement in statements for row in connection.execute(statement)]
            return [" ".join(map(str, answer)) for answer in answers if answer != ("ok",)]

        problems = await self.read(find_problems)
        if problems:
            self.damage = f"{self.path} is damaged: {'; '.join(problems[:3])}."
            raise StoreDamagedError(self.damage, cure=RESTORE)


class DamagedDatabase(Database):
    """A file that can't be opened because it is damaged: each read and write raises `StoreDamagedError`."""

    def __init__(self, path: Path, damage: str) -> None:
        super().__init__(path, AsyncExitStack(), writer=None, readers=(), checkpoints=None)
        self.damage = damage

    @override
    async def read(self, fn: Callable[[sqlite3.Connection], T], *, turn: asyncio.Semaphore | None = None) -> T:
        raise self._error()

    @override
    async def write(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        raise self._error()

    @override
    async def back_up_to(self, target: Path) -> None:
        raise self._error()

    def _error(self) -> StoreDamagedError:
        return StoreDamagedError(self.damage, cure=RESTORE)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
