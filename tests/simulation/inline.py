"""The real SQLite store without threads: each transaction is one step of its caller, so a loop decides their order."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, TypeVar

from typing_extensions import override

from bot.clock import Clock
from bot.store.sqlite.file.database import Database, _in_transaction, open_database

T = TypeVar("T")

_SETTINGS: Final = "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"

_READ_AND_WRITE_VERSION: Final = slice(18, 20)
"""Of the file's header: 2 is WAL, which a database in memory can't have."""


async def migrated_file(folder: Path, *, clock: Clock) -> bytes:
    """Create a database in a folder, and return its content."""
    path = folder / "migrated.sqlite3"
    async with open_database(path, clock=clock):
        pass
    content = bytearray(path.read_bytes())
    content[_READ_AND_WRITE_VERSION] = b"\x01\x01"
    return bytes(content)


async def _at_once() -> None:
    """Wait for nothing."""


class InlineDatabase(Database):
    """A database in memory.

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

    def content(self) -> bytes:
        """Copy the whole database."""
        return self.connection.serialize()

    def close(self) -> None:
        """Let go of the memory."""
        self.connection.close()

    @override
    async def _read(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        await self._before_read()
        answer = _in_transaction(self.connection, "BEGIN", fn)
        await self._after()
        return answer

    @override
    async def write(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        await self._before_write()
        changes = self.connection.total_changes
        answer = _in_transaction(self.connection, "BEGIN IMMEDIATE", fn)
        self.writes += self.connection.total_changes > changes
        await self._after()
        return answer

    @override
    async def give_way(self) -> None:
        # Nothing runs beside a transaction here.
        return
