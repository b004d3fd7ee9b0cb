"""The real SQLite store without threads: each transaction is one step of its caller, so a loop decides their order."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from typing_extensions import override

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF, ShelfId
from bot.store.sqlite.file.connection import in_transaction
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.file.kinds import KINDS, SHELF
from bot.store.sqlite.file.migrate import shipped_migrations
from bot.store.sqlite.file.whole import Whole
from bot.store.sqlite.shelves.files import StoreFiles
from bot.store.sqlite.shelves.shelves import OpenShelf, Shelves

T = TypeVar("T")

_SETTINGS: Final = "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that a newsroom stores.

    Attributes:
        newsroom: A database with the tables of all files.
        shelves: The file of each server's uploads.
    """

    newsroom: bytes
    shelves: Mapping[ShelfId, bytes] = field(default_factory=dict)


def empty_newsroom() -> Content:
    """Create the tables of all files."""
    # A kind without migrations of its own has another kind's tables.
    return Content(newsroom=_tables_of(*(kind.name for kind in KINDS if not kind.migrations)))


def _tables_of(*names: str) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        for name in names:
            connection.executescript("".join(step.sql for step in shipped_migrations(name)))
        return connection.serialize()


@dataclass(frozen=True, slots=True, kw_only=True)
class _InSteps:
    """Each piece of an import's work as a transaction of its own: nothing fails between them here."""

    database: Database

    async def run(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        return await self.database.write(fn)


class _InlineShelves(Shelves):
    """The servers' shelves, each a database in memory whose transactions are steps as well."""

    def __init__(self, newsroom: InlineDatabase) -> None:
        super().__init__(newsroom, newsroom.path, clock=SystemClock(), read_only=False)
        self._newsroom = newsroom
        self._files = dict.fromkeys(newsroom.shelves, newsroom.path)

    @override
    def _is_new(self, shelf: ShelfId) -> bool:
        return shelf != INSTANCE_SHELF and shelf not in self._files

    @override
    async def _create(self, shelf: ShelfId) -> None:
        if shelf not in self._files:
            self._newsroom.add_shelf(shelf, _tables_of(SHELF.migrations or SHELF.name))
            self._files[shelf] = self._newsroom.path

    @override
    async def _opened(self, shelf: ShelfId) -> OpenShelf | None:
        database = self._newsroom.shelves.get(shelf)
        return None if database is None else OpenShelf(database=database, stack=AsyncExitStack(), users=1)

    @override
    async def drop(self, shelf: ShelfId) -> None:
        self._files.pop(shelf, None)
        self._newsroom.shelves.pop(shelf, None)


async def _at_once() -> None:
    """Wait for nothing."""


class InlineDatabase(Database):
    """A database in memory, with the tables of all files but those of servers' uploads.

    Attributes:
        writes: Transactions so far that changed something in it.
        shelves: The databases of servers' uploads.
    """

    def __init__(
        self,
        content: Content,
        *,
        before_read: Callable[[], Awaitable[object]] = _at_once,
        before_write: Callable[[], Awaitable[object]] = _at_once,
        after: Callable[[], Awaitable[object]] = _at_once,
    ) -> None:
        """Open a copy of a database.

        Args:
            content: What is stored.
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
        self.connection.deserialize(content.newsroom)
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript(_SETTINGS)
        self.shelves: dict[ShelfId, InlineDatabase] = {}
        for shelf, stored in content.shelves.items():
            self.add_shelf(shelf, stored)

    @property
    def files(self) -> StoreFiles:
        """This database as each of a newsroom's files: what is written to them has one order."""
        return StoreFiles(ledger=self, local=self, archive=self, shelves=_InlineShelves(self), views=self)

    def add_shelf(self, shelf: ShelfId, stored: bytes) -> None:
        """Take the file of a server's uploads."""
        self.shelves[shelf] = InlineDatabase(
            Content(newsroom=stored),
            before_read=self._before_read,
            before_write=self._before_write,
            after=self._after,
        )

    def content(self) -> Content:
        """Copy all that is stored."""
        shelves = {shelf: each.connection.serialize() for shelf, each in self.shelves.items()}
        return Content(newsroom=self.connection.serialize(), shelves=shelves)

    def close(self) -> None:
        """Let go of the memory."""
        for each in self.shelves.values():
            each.close()
        self.connection.close()

    @override
    @asynccontextmanager
    async def lending(self) -> AsyncIterator[sqlite3.Connection]:
        yield self.connection

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
    @asynccontextmanager
    async def whole(self, *, most_bytes: int) -> AsyncIterator[Whole]:
        yield _InSteps(database=self)

    @override
    async def give_way(self) -> None:
        # Nothing runs beside a transaction here.
        return
