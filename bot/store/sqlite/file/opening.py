"""Open one file: create or upgrade it first; refuse one that was lost, is too new, or belongs to another program."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal

import aiosqlite

from bot.clock import Clock
from bot.errors import StoreError, StoreLockedError
from bot.store.sqlite.file.checkpoint import Checkpoints
from bot.store.sqlite.file.connection import as_store_errors, connect, run_in_thread
from bot.store.sqlite.file.database import ATTEMPT_MS, BUSY_TIMEOUT_S, Database
from bot.store.sqlite.file.errors import empty_error, file_error
from bot.store.sqlite.file.kinds import LEDGER, FileKind
from bot.store.sqlite.file.lock import holding_lock, is_known
from bot.store.sqlite.file.migrate import Schema, apply_migrations, is_behind, is_fresh, shipped_schema
from bot.store.sqlite.file.whole import SizeLimit

OLDEST_SQLITE: Final = (3, 37, 0)
"""The first version with STRICT tables."""

_TRIES: Final = 100
_PAUSE_S: Final = 0.05
"""While another process creates or upgrades the same file."""

_SETTINGS: Final = f"""
    PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000};
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file is, and what is known of it.

    Attributes:
        path: The file.
        ledger: The ledger that it belongs to; itself if it is one. Its lock is held while the file is upgraded.
        was_there: True if the file had content before: an empty or missing one is lost then.
    """

    path: Path
    ledger: Path
    was_there: bool


@asynccontextmanager
async def open_database(
    path: Path, *, clock: Clock, read_only: bool = False, schema: Schema | None = None
) -> AsyncIterator[Database]:
    """Open a ledger's file alone, creating or upgrading it first; it is closed on leaving.

    Args:
        path: The file; it and its folder are created if missing, with access for this user only.
        clock: Waits between two tries while another process upgrades the file.
        read_only: Open an existing file and change nothing; possible at any time, also while the bot runs.
        schema: Another schema than the shipped one, for tests.

    Raises:
        SchemaTooNewError: a newer Newsdesk wrote it.
        StoreLockedError: it must be upgraded and another process sends from it.
        StoreLostError: it is empty or missing although there was a newsroom in it.
        StoreError: it is missing (read only), not a database, another program's, or can't be opened.
    """
    place = Place(path=path, ledger=path, was_there=is_known(path))
    async with open_file(place, LEDGER, clock=clock, read_only=read_only, schema=schema) as database:
        yield database


@asynccontextmanager
async def open_file(
    place: Place,
    kind: FileKind,
    *,
    clock: Clock,
    read_only: bool = False,
    schema: Schema | None = None,
    promised_bytes: int | None = None,
) -> AsyncIterator[Database]:
    """Open one of a newsroom's files as `open_database` does, with the same errors.

    Args:
        place: Where it is.
        kind: What it is.
        clock: As there.
        read_only: As there.
        schema: As there.
        promised_bytes: What the file and its log may take on disk, about (`SizeLimit`); None for any size.
    """
    require_sqlite(sqlite3.sqlite_version_info)
    path = place.path
    schema = schema or shipped_schema(kind)
    async with AsyncExitStack() as stack:
        writer = None
        limit = None if promised_bytes is None else SizeLimit(path=path, promised=promised_bytes)
        _require_content(place)
        if read_only:
            _require_file(path)
        else:
            _make_file(path)
            writer = await connect(stack, path, "rw", _SETTINGS + kind.writer_settings)
            await _migrate(writer, place, schema, clock)
            if limit is not None:
                await run_in_thread(writer, partial(limit.set_on, most_bytes=limit.usual), path)
            await run_in_thread(writer, _set_short_attempts, path)
        mode: Literal["ro", "rw"] = "ro" if read_only else "rw"
        settings = f"{_SETTINGS} PRAGMA query_only = ON; PRAGMA cache_size = -{kind.reader_cache_kib};"
        # A reader may be lent to another thread, one at a time (`Database.lending`).
        readers = [await connect(stack, path, mode, settings, is_lent=True) for _ in range(kind.readers)]
        if read_only:
            await _require_current(readers[0], place, schema)
        checkpoints = None
        if not read_only and kind.has_keeper:
            keeper = await connect(stack, path, mode, _SETTINGS)
            checkpoints = Checkpoints(lambda work: run_in_thread(keeper, work, path))
            stack.push_async_callback(checkpoints.end)
            await checkpoints.after_opening()
        yield Database(path, stack, writer=writer, readers=readers, checkpoints=checkpoints, limit=limit)


def create_file(path: Path, schema: Schema) -> None:
    """Create a file with the tables of a schema, under its name once it is whole.

    Raises:
        StoreError: it can't be created.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    _make_file(unfinished)
    with as_store_errors(path), closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
        apply_migrations(connection, unfinished, schema)
    unfinished.replace(path)


def _set_short_attempts(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout = {ATTEMPT_MS}").fetchall()


async def _migrate(writer: aiosqlite.Connection, place: Place, schema: Schema, clock: Clock) -> None:
    path = place.path
    for tries_left in reversed(range(_TRIES)):
        if not await run_in_thread(writer, lambda raw: is_behind(raw, path, schema), path):
            return
        if place.was_there and await run_in_thread(writer, is_fresh, path):
            raise empty_error(path, place.ledger, was_there=True)
        try:
            with holding_lock(place.ledger):
                await run_in_thread(writer, lambda raw: apply_migrations(raw, path, schema), path)
        except StoreLockedError:
            # Another process may be creating the same file; then it is soon up to date without us.
            if not tries_left:
                raise
            await clock.sleep(_PAUSE_S)


async def _require_current(reader: aiosqlite.Connection, place: Place, schema: Schema) -> None:
    path = place.path
    if await run_in_thread(reader, is_fresh, path):
        raise empty_error(path, place.ledger, was_there=place.was_there)
    if await run_in_thread(reader, lambda raw: is_behind(raw, path, schema), path):
        raise StoreError(
            f"{path} was written by an older Newsdesk.", cure="`newsdesk ingest` brings it up to date; run it once."
        )


def require_sqlite(version: tuple[int, int, int]) -> None:
    """Reject a SQLite version without STRICT tables.

    Raises:
        StoreError: it is too old.
    """
    if version < OLDEST_SQLITE:
        found, needed = ".".join(map(str, version)), ".".join(map(str, OLDEST_SQLITE))
        raise StoreError(f"This Python has SQLite {found}; {needed} is needed.", cure="Use a newer build of Python.")


def _require_content(place: Place) -> None:
    """Reject an empty or missing file that had content, before SQLite opens it and deletes its log.

    Raises:
        StoreLostError: it is.
    """
    path = place.path
    if place.was_there and not (path.exists() and path.stat().st_size):
        raise empty_error(path, place.ledger, was_there=True)


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
