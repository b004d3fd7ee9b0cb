"""The open files of a newsroom, as one: the ledger's, the archive's, the servers' shelves, and that of search pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.errors import StoreDamagedError, StoreError, StoreLockedError, StoreUnavailableError
from bot.store.engine.ledger import LedgerDatabase
from bot.store.sqlite.file.database import DamagedDatabase, Database
from bot.store.sqlite.file.errors import RESTORE
from bot.store.sqlite.file.kinds import ARCHIVE, LEDGER, VIEWS, companions, instance_path, views_path
from bot.store.sqlite.file.lock import holding_lock, is_known, remember
from bot.store.sqlite.file.opening import Place, open_file
from bot.store.sqlite.file.split import is_begun, split_single_file
from bot.store.sqlite.shelves.shelves import PROMISED_BYTES, Shelves
from bot.store.sqlite.shelves.troubles import UnreadableShelfError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFiles:
    """The open files of a newsroom.

    Attributes:
        ledger: Schedules, editions, deliveries, settings, notices.
        local: The ledger's file on this machine, which records the servers' files; `ledger` itself unless that is in
            PostgreSQL.
        archive: The instance's articles, stories and text index, and the import log.
        shelves: The archive's files together: the instance's and the servers' own.
        views: Search pages; None if they are kept in memory alone.
    """

    ledger: LedgerDatabase
    local: Database
    archive: Database
    shelves: Shelves
    views: Database | None

    @property
    def kept(self) -> tuple[Database, Database]:
        """The files that are always open; a backup holds them and the servers' shelves."""
        return self.archive, self.local

    def lock_for_sending(self) -> None:
        """Become the only process that sends from these files, until they are closed.

        Raises:
            StoreLockedError: another process is.
        """
        self.local.lock_for_sending()
        if self.ledger is not self.local:
            self.ledger.lock_for_sending()

    async def find_displaced(self) -> Mapping[Database, str]:
        """Find the files that were deleted or replaced, each with a sentence; nothing is written to one that was."""
        found = {database: await database.check_place() for database in self.kept}
        return {database: text for database, text in found.items() if text}

    async def quick_check(self) -> None:
        """Check all tables for damage, without their indexes.

        Raises:
            StoreDamagedError: with the first findings, and how to restore.
        """
        for database in self.kept:
            await database.quick_check()

    async def integrity_check(self) -> None:
        """Check all files, their indexes and references for damage, but missing ones; slow for a large archive.

        Raises:
            StoreDamagedError: with the first findings, and how to restore.
        """
        for database in self.kept:
            await database.integrity_check()
        missing = self.shelves.find_missing()
        for shelf in self.shelves.servers():
            if shelf not in missing:
                try:
                    async with self.shelves.file_of(shelf) as database:
                        await database.integrity_check()
                except UnreadableShelfError as error:
                    raise StoreDamagedError(self.shelves.troubles.find(shelf) or str(error), cure=RESTORE) from error


@asynccontextmanager
async def open_files(
    path: Path,
    *,
    clock: Clock,
    read_only: bool = False,
    spares_archive: bool = False,
    shelf_bytes: int = PROMISED_BYTES,
    postgres: str = "",
) -> AsyncIterator[StoreFiles]:
    """Open the files of the newsroom whose ledger is at `path`, creating or upgrading them first.

    The one file of earlier versions is split first.

    Args:
        path: The ledger's file; the others are beside it.
        clock: As for `open_database`.
        read_only: Open existing files and change nothing; search pages are then kept in memory.
        spares_archive: Open the others if the archive is damaged; it then raises at each use.
        shelf_bytes: What the file of a server's uploads may take on disk, about (`SizeLimit`).
        postgres: The address of a PostgreSQL that has the ledger; empty if its file has it.

    Raises:
        StoreError: as `open_database`, for any of the files; as `open_postgres`.
    """
    if not read_only:
        await split_single_file(path, clock)
    async with AsyncExitStack() as stack:
        was_begun = await asyncio.to_thread(is_begun, path)
        # The archive first: once there is a ledger, a missing archive was lost.
        archive_place = Place(path=instance_path(path), ledger=path, was_there=was_begun)
        ledger_place = Place(path=path, ledger=path, was_there=is_known(path))
        if read_only or ledger_place.was_there:
            ledger = await stack.enter_async_context(open_file(ledger_place, LEDGER, clock=clock, read_only=read_only))
            archive = await _open_archive(stack, archive_place, clock, read_only=read_only, spares=spares_archive)
        else:
            archive = await stack.enter_async_context(open_file(archive_place, ARCHIVE, clock=clock))
            ledger = await stack.enter_async_context(open_file(ledger_place, LEDGER, clock=clock))
            with suppress(StoreLockedError), holding_lock(path):
                remember(path)
        views = None if read_only else await _open_views(stack, path, clock)
        shelves = Shelves(archive, path, clock=clock, read_only=read_only, promised_bytes=shelf_bytes, records=ledger)
        await shelves.find_lost()
        stack.push_async_callback(shelves.close)
        shared = await _open_postgres(stack, postgres, ledger, read_only=read_only) if postgres else ledger
        yield StoreFiles(ledger=shared, local=ledger, archive=archive, shelves=shelves, views=views)


async def _open_postgres(stack: AsyncExitStack, address: str, local: Database, *, read_only: bool) -> LedgerDatabase:
    if await local.read(lambda connection: connection.execute("SELECT 1 FROM schedule LIMIT 1").fetchone()):
        raise StoreError(
            f"{local.path} has schedules already, which PostgreSQL would not have.",
            cure="Name another file as `database`, or remove `ledger`.",
        )
    try:
        from bot.store.postgres.database import open_postgres  # noqa: PLC0415 - it needs an extra
    except ModuleNotFoundError as error:
        raise StoreError(
            f"{error.name} is not installed.", cure="Install the extra: pip install 'newsdesk[postgres]'."
        ) from error
    return await stack.enter_async_context(open_postgres(address, path=local.path, read_only=read_only))


async def _open_archive(
    stack: AsyncExitStack, place: Place, clock: Clock, *, read_only: bool, spares: bool
) -> Database:
    try:
        return await stack.enter_async_context(open_file(place, ARCHIVE, clock=clock, read_only=read_only))
    except StoreDamagedError as error:
        if not spares:
            raise
        log.error("the archive can't be opened; what is planned is sent", reason=str(error))  # noqa: TRY400 - no bug
        return DamagedDatabase(place.path, error.message)


async def _open_views(stack: AsyncExitStack, ledger: Path, clock: Clock) -> Database | None:
    """Open the file with search pages; a damaged one is deleted, unless another process may be using it."""
    place = Place(path=views_path(ledger), ledger=ledger, was_there=False)
    try:
        return await _open_sound_views(stack, place, clock)
    except StoreUnavailableError as error:
        log.warning("search pages are kept in memory only", reason=str(error))
        return None
    except StoreError as error:
        log.warning("search pages can't be read and are deleted", reason=str(error))
    try:
        with holding_lock(ledger):
            for part in (*companions(place.path), place.path):
                part.unlink(missing_ok=True)
        return await _open_sound_views(stack, place, clock)
    except (StoreError, OSError) as error:
        log.warning("search pages are kept in memory only", reason=str(error))
        return None


async def _open_sound_views(stack: AsyncExitStack, place: Place, clock: Clock) -> Database:
    async with AsyncExitStack() as opening:
        views = await opening.enter_async_context(open_file(place, VIEWS, clock=clock))
        await views.quick_check()
        stack.push_async_exit(opening.pop_all())
        return views
