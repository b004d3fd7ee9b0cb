"""The archive's files: the instance's, which is always open, and the servers' shelves, opened when they are needed.

What a server uploads is in a file of its own. So whatever is in it, other servers' answers can't depend on it: nothing
of it is there when they are asked. A reader sees the instance's file and at most one shelf's, as one `View`; writes go
to one file. A shelf's connection serves one reader at a time, so a server never takes more than one of the instance's.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import structlog

from bot.clock import Clock
from bot.errors import StoreDamagedError, StoreError, StoreUnavailableError
from bot.news.article import INSTANCE_SHELF, ShelfId
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.file.kinds import SHELF, archive_folder
from bot.store.sqlite.file.migrate import shipped_schema
from bot.store.sqlite.file.opening import Place, create_file, open_file
from bot.store.sqlite.file.whole import Whole
from bot.store.sqlite.index.known import Known
from bot.store.sqlite.index.lexicon import Lexicon, read_lexicon
from bot.store.sqlite.index.rebuild import is_index_current, rebuild_index
from bot.store.sqlite.index.view import Part, View, part_of, view_of
from bot.store.sqlite.shelves.names import delete_shelf_files, find_shelf_files, new_shelf_path, server_among
from bot.store.sqlite.shelves.snapshots import Failed, in_snapshot, unbroken
from bot.store.sqlite.shelves.takedowns import Takedowns
from bot.store.sqlite.shelves.troubles import Troubles, UnreadableShelfError, identify, inode_of, unreadable

T = TypeVar("T")

log = structlog.get_logger(__name__)

PROMISED_BYTES: Final = 128 << 20
"""What the file of a server may take on disk, about (`SizeLimit`), unless the configuration says otherwise."""

NO_SHELF: Final = ShelfId("")
"""Seen by a reader who sees nothing."""

OPEN_AT_ONCE: Final = 16
"""Shelves kept open, the last used ones: each takes two connections, six descriptors and 1 to 2 MB."""

_RECORDED: Final = "SELECT shelf, name FROM shelf_file"
_RECORD: Final = "INSERT OR REPLACE INTO shelf_file (shelf, name) VALUES (?, ?)"
_FORGET: Final = "DELETE FROM shelf_file WHERE shelf = ?"


@dataclass(slots=True, kw_only=True, eq=False)
class OpenShelf:
    """An open shelf.

    Attributes:
        users: How many use it at this moment.
        known: What its reading connection knows of it.
        inode: Of the file that is open.
        is_given_up: It is closed once nobody uses it: it is damaged, or not the file of that name any longer.
    """

    database: Database
    stack: AsyncExitStack
    users: int = 0
    known: Known = field(default_factory=Known)
    lexicon: Lexicon | None = field(default=None)
    inode: int = 0
    is_given_up: bool = False


class Shelves:
    """All shelves of a newsroom, the instance's and the servers'.

    Attributes:
        takedowns: Keeps takedowns apart from editions that are being stored.
        troubles: The servers' files that can't be used.
    """

    def __init__(
        self,
        instance: Database,
        ledger: Path,
        *,
        clock: Clock,
        read_only: bool,
        promised_bytes: int = PROMISED_BYTES,
        records: Database | None = None,
    ) -> None:
        self._instance = instance
        self._ledger = ledger
        self._clock = clock
        self._read_only, self._promised_bytes, self._records = read_only, promised_bytes, records
        self._known: dict[sqlite3.Connection, Known] = {}  # by the instance's reading connections, which stay open
        self._files = find_shelf_files(ledger)
        self._open: OrderedDict[ShelfId, OpenShelf] = OrderedDict()
        self._opening = defaultdict[ShelfId, asyncio.Lock](asyncio.Lock)
        self._unused = asyncio.Condition()
        self.takedowns = Takedowns()
        self.troubles = Troubles()

    async def find_lost(self) -> None:
        """Compare the files with the ledger's record of them: one that is missing was lost."""
        if self._records is None:
            return
        names = await self._records.read(lambda connection: dict(connection.execute(_RECORDED).fetchall()))
        self._files = {
            ShelfId(shelf): archive_folder(self._ledger) / name for shelf, name in names.items()
        } | self._files
        new = [(shelf, path.name) for shelf, path in self._files.items() if names.get(shelf) != path.name]
        if new and not self._read_only:
            await self._records.write(lambda connection: connection.executemany(_RECORD, new).rowcount)

    def servers(self) -> tuple[ShelfId, ...]:
        """List the servers' shelves that have a file."""
        return tuple(self._files)

    def find_unreadable(self) -> Mapping[ShelfId, str]:
        """Find the files that can't be used, as far as is known, and those that are missing: a sentence by server."""
        for shelf, path in self.find_missing().items():
            self.troubles.note(shelf, path, f"{path} is missing.")
        return self.troubles.all()

    def find_missing(self) -> Mapping[ShelfId, Path]:
        """Find the files that are missing, by server."""
        return {shelf: path for shelf, path in self._files.items() if identify(path) is None}

    def find_file(self, shelf: ShelfId) -> Path | None:
        """Find a server's file; None if it has none."""
        return self._files.get(shelf)

    def follow(self, shelf: ShelfId, path: Path | None) -> None:
        """Take what is a server's file by now, which somebody else wrote; None for none."""
        self._files.pop(shelf, None)
        if path is not None:
            self._files[shelf] = path

    async def read(
        self, shelves: Sequence[ShelfId], fn: Callable[[View], T], *, turn: asyncio.Semaphore | None = None
    ) -> T:
        """Run `fn` on what a reader sees, a snapshot of each file, and return its result.

        Args:
            shelves: The instance's, a server's, or both.
            fn: Only reads.
            turn: As for `Database.read`.

        Raises:
            StoreError: a file can't be read.
        """
        answer = await self._read(shelves, fn, turn)
        if isinstance(answer, Failed):
            raise answer.error
        return answer

    async def _read(
        self, shelves: Sequence[ShelfId], fn: Callable[[View], T], turn: asyncio.Semaphore | None
    ) -> T | Failed:
        server = server_among(shelves)
        try:
            answer = await self._read_with(server, shelves, fn, turn)
            if server is not None and isinstance(answer, Failed) and isinstance(answer.error, StoreDamagedError):
                await self._require_sound(server)  # it may be the instance's file
            return answer
        except UnreadableShelfError:
            if INSTANCE_SHELF not in shelves:
                raise
            return await self._instance.read(lambda each: fn(self._instance_view(each, shelves)), turn=turn)

    async def _require_sound(self, server: ShelfId) -> None:
        async with self._using(server) as shelf:
            if shelf is not None:
                await shelf.database.quick_check()

    async def _read_with(
        self,
        server: ShelfId | None,
        shelves: Sequence[ShelfId],
        fn: Callable[[View], T],
        turn: asyncio.Semaphore | None,
    ) -> T | Failed:
        async with self._using(server) as shelf:
            if server is None or shelf is None:
                return await self._instance.read(lambda each: fn(self._instance_view(each, shelves)), turn=turn)
            async with shelf.database.lending() as own:
                if INSTANCE_SHELF in shelves:
                    return await unbroken(self._instance.read(self._both(server, shelf, own, fn), turn=turn))
                path, known = shelf.database.path, shelf.known
                work = in_snapshot(own, lambda: fn(view_of(own, server, file=str(path), known=known)), path)
                return await unbroken(self._instance.read(lambda _: work(), turn=turn))

    def _instance_view(self, connection: sqlite3.Connection, shelves: Sequence[ShelfId]) -> View:
        seen = INSTANCE_SHELF if INSTANCE_SHELF in shelves else next(iter(shelves), NO_SHELF)
        return View(parts=[self._instance_part(connection, seen)])

    def _instance_part(self, connection: sqlite3.Connection, seen: ShelfId) -> Part:
        known = self._known.setdefault(connection, Known())
        return part_of(connection, seen, file=str(self._instance.path), known=known)

    def _both(
        self, server: ShelfId, shelf: OpenShelf, own: sqlite3.Connection, fn: Callable[[View], T]
    ) -> Callable[[sqlite3.Connection], T | Failed]:
        def read(instance: sqlite3.Connection) -> T:
            theirs = self._instance_part(instance, INSTANCE_SHELF)
            shelf.lexicon = read_lexicon(own, instance, shelf.lexicon)
            part = part_of(own, server, file=str(shelf.database.path), known=shelf.known, lexicon=shelf.lexicon)
            return fn(View(parts=[theirs, part]))

        return lambda instance: in_snapshot(own, lambda: read(instance), shelf.database.path)()

    async def read_file(
        self, shelf: ShelfId, fn: Callable[[sqlite3.Connection], T], *, turn: asyncio.Semaphore | None = None
    ) -> T:
        """Run `fn` on one shelf's file; on the instance's, where it finds nothing of the shelf, if that has none."""
        async with self._using(shelf) as opened:
            return await (opened.database if opened else self._instance).read(fn, turn=turn)

    async def write(self, shelf: ShelfId, fn: Callable[[sqlite3.Connection], T], *, creates: bool = False) -> T:
        """Run `fn` in a write transaction on one shelf's file and return its result.

        Args:
            shelf: The one that the file is of.
            fn: The work.
            creates: Create the file if there is none; otherwise `fn` runs on the instance's, where it finds nothing.

        Raises:
            StoreError: as `Database.write`.
        """
        if creates and self._is_new(shelf):
            await self._create(shelf)
        async with self._using(shelf) as opened:
            return await (opened.database if opened else self._instance).write(fn)

    @asynccontextmanager
    async def whole(self, shelf: ShelfId, *, most_bytes: int) -> AsyncIterator[Whole]:
        """Keep several pieces of work on one shelf's file in one transaction; it is created if there is none.

        Args:
            shelf: The one that the file is of.
            most_bytes: As for `Database.whole`.

        Raises:
            StoreError: as `Database.whole`.
        """
        is_new = self._is_new(shelf)
        if is_new:
            await self._create(shelf)
        try:
            async with self.file_of(shelf) as database, database.whole(most_bytes=most_bytes) as whole:
                yield whole
        except BaseException:
            if is_new:
                await asyncio.shield(self.drop(shelf))
            raise

    @asynccontextmanager
    async def file_of(self, shelf: ShelfId) -> AsyncIterator[Database]:
        """Keep one shelf's file open for work of several transactions."""
        async with self._using(shelf) as opened:
            yield opened.database if opened else self._instance

    def reading(self) -> AbstractContextManager[None]:
        """Count a read that is under way elsewhere, or has yet to begin, for `give_way`."""
        return self._instance.reading()

    async def give_way(self) -> None:
        """Wait a little until no read is running; as `Database.give_way`."""
        await self._instance.give_way()

    async def drop(self, shelf: ShelfId) -> None:
        """Delete a server's file, once nobody in this process uses it."""
        self._files.pop(shelf, None)
        async with self._opening[shelf]:
            await self._close(shelf)
            if self._records is not None:
                await self._records.write(lambda connection: connection.execute(_FORGET, (shelf,)).rowcount)
            await asyncio.to_thread(delete_shelf_files, self._ledger, shelf)
        self.troubles.forget(shelf)

    async def close(self) -> None:
        """Close all shelves."""
        for shelf in list(self._open):
            async with self._opening[shelf]:
                await self._close(shelf)

    def _is_new(self, shelf: ShelfId) -> bool:
        """Return True if a server has no file, also if it had one that is gone."""
        return shelf != INSTANCE_SHELF and (shelf not in self._files or identify(self._files[shelf]) is None)

    async def _create(self, shelf: ShelfId) -> None:
        async with self._opening[shelf]:
            if not self._is_new(shelf):
                return
            number = int(self._clock.now().timestamp() * 1_000_000)
            path = new_shelf_path(self._ledger, shelf, number)
            while await asyncio.to_thread(path.exists):
                number += 1
                path = new_shelf_path(self._ledger, shelf, number)
            await asyncio.to_thread(create_file, path, shipped_schema(SHELF))
            if self._records is not None:
                await self._records.write(lambda connection: connection.execute(_RECORD, (shelf, path.name)).rowcount)
            self._files[shelf] = path
            self.troubles.forget(shelf)

    @asynccontextmanager
    async def _using(self, shelf: ShelfId | None) -> AsyncIterator[OpenShelf | None]:
        opened = None if shelf is None or shelf not in self._files else await self._opened(shelf)
        if opened is None:
            yield None
            return
        try:
            yield opened
        except StoreDamagedError as error:
            if shelf is None or not opened.database.damage:
                raise
            self._give_up(shelf, opened)
            self.troubles.note(shelf, opened.database.path, opened.database.damage)
            log.error("a server is answered without its own articles", reason=opened.database.damage)  # noqa: TRY400
            raise unreadable() from error
        finally:
            opened.users -= 1
            if opened.is_given_up and not opened.users:
                await opened.stack.aclose()
            async with self._unused:
                self._unused.notify_all()

    async def _opened(self, shelf: ShelfId) -> OpenShelf | None:
        """Open a shelf's file unless it is open, and count one more user; None if it was deleted meanwhile.

        Raises:
            UnreadableShelfError: it can't be used.
        """
        async with self._opening[shelf]:
            path = self._files.get(shelf)
            if path is None:
                return None
            if self.troubles.find(shelf):
                raise unreadable()
            known = self._open.get(shelf)
            if known is not None and known.inode != inode_of(path):
                self._give_up(shelf, known)
                if not known.users:
                    await known.stack.aclose()
            if shelf not in self._open:
                self._open[shelf] = await self._open_sound(shelf, path)
            opened = self._open[shelf]
            opened.users += 1
            self._open.move_to_end(shelf)
        await self._close_some()
        return opened

    async def _open_sound(self, shelf: ShelfId, path: Path) -> OpenShelf:
        try:
            return await self._open_file(path)
        except StoreUnavailableError:
            raise
        except StoreError as error:
            self.troubles.note(shelf, path, error.message)
            log.error("a server is answered without its own articles", reason=str(error))  # noqa: TRY400 - no bug
            raise unreadable() from error

    def _give_up(self, shelf: ShelfId, opened: OpenShelf) -> None:
        """Let nobody else use an open file; its last user closes it."""
        opened.is_given_up = True
        if self._open.get(shelf) is opened:
            del self._open[shelf]

    async def _close_some(self) -> None:
        """Close the files that were unused for longest, if too many are open."""
        idle = [(shelf, opened) for shelf, opened in self._open.items() if not opened.users]
        closed = idle[: max(0, len(self._open) - OPEN_AT_ONCE)]
        for shelf, opened in closed:
            self._give_up(shelf, opened)
        for _, opened in closed:
            await opened.stack.aclose()

    async def _open_file(self, path: Path) -> OpenShelf:
        # With a lock of its own: the ledger's is held for as long as the bot sends.
        place = Place(path=path, ledger=path, was_there=True)
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(
                open_file(
                    place, SHELF, clock=self._clock, read_only=self._read_only, promised_bytes=self._promised_bytes
                )
            )
            if not self._read_only and not await database.read(is_index_current):
                await rebuild_index(database, self._clock)
            return OpenShelf(database=database, stack=stack.pop_all(), inode=inode_of(path))

    async def _close(self, shelf: ShelfId) -> None:
        opened = self._open.get(shelf)
        if opened is not None:
            async with self._unused:
                await self._unused.wait_for(lambda: not opened.users)
            self._open.pop(shelf, None)
            await opened.stack.aclose()
