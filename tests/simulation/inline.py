"""The real SQLite store without threads: each transaction is one step of its caller, so a loop decides their order."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Final, TypeVar

from typing_extensions import override

from bot.clock import SystemClock
from bot.store.sqlite.file.connection import in_transaction
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.file.kinds import KINDS
from bot.store.sqlite.file.migrate import shipped_schema
from bot.store.sqlite.shelves.files import StoreFiles
from bot.store.sqlite.shelves.shelves import Shelves

T = TypeVar("T")

_SETTINGS: Final = "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"


def empty_newsroom() -> bytes:
    """Create one database with the tables of all files, and return its content."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for kind in KINDS:
            if kind.migrations:
                continue  # another kind's tables
            connection.executescript("".join(step.sql for step in shipped_schema(kind).migrations))
        return connection.serialize()


async def _at_once() -> None:
    """Wait for nothing."""


class InlineDatabase(Database):
    """A database in memory, with the tables of all files.

    Attributes:
        writes: Transactions so far that changed something.
    """

    def __init__(
        self,
        content: bytes,
        *,
        before_read: Callable[[], Awaitable[object]] = _at_once,
        before_write: Callable[[], Awaitable[object]] = _at_once,
        after: Callable[[], Awaitable[object]] = _at_once,
    ) -> None:
        """Open a copy of a database.

        Args:
            content: The file.
            before_read: Awaited before each transaction that reads.
            before_write: Awaited before each one that writes; what it raises is what the caller gets.
            after: Awaited between a transaction and the moment at which its caller hears of it.
        """
        super().__init__(Path(":memory:"), AsyncExitStack(), writer=None, readers=(), checkpoints=None)
        self._before_read = before_read
        self._before_write = before_write
        self._after = after
        self.writes = 0
        self.connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
        self.connection.deserialize(content)
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript(_SETTINGS)

    @property
    def files(self) -> StoreFiles:
        """This database as each of a newsroom's files: what is written to them has one order."""
        shelves = Shelves(self, self.path, clock=SystemClock(), read_only=False)
        return StoreFiles(ledger=self, archive=self, shelves=shelves, views=self)

    def content(self) -> bytes:
        """Copy the whole database."""
        return self.connection.serialize()

    def close(self) -> None:
        """Let go of the memory."""
        self.connection.close()

    @override
    async def _read(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        await self._before_read()
        answer = in_transaction(self.connection, "BEGIN", fn)
        await self._after()
        return answer

    @override
    async def write(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        await self._before_write()
        changes = self.connection.total_changes
        answer = in_transaction(self.connection, "BEGIN IMMEDIATE", fn)
        self.writes += self.connection.total_changes > changes
        await self._after()
        return answer

    @override
    async def give_way(self) -> None:
        # Nothing runs beside a transaction here.
        return
