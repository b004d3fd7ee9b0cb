"""Split the one file of earlier versions into a ledger, an archive and search pages.

The old file stays as `<name>.before-<moment>`. The archive is a copy of it, page by page, without the ledger's tables,
so that the text index comes along; the ledger and the pages are new files with the old rows. All are complete before
the first of them gets its name, so a process that is killed at any moment leaves the old newsroom or the new one:

    copies complete  ->  the ledger replaces the old file  ->  the archive's folder gets its name

A process that is killed before the second step starts again from the old file the next time: copies that another
version may have overtaken are never used. One killed before the third has only that left to do.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import structlog

from bot.clock import Clock
from bot.errors import StoreBusyError, StoreLockedError
from bot.store.sqlite.file.connection import as_store_errors, uri_of
from bot.store.sqlite.file.errors import file_error
from bot.store.sqlite.file.kinds import (
    ARCHIVE,
    LEDGER,
    VIEWS,
    FileKind,
    archive_folder,
    companions,
    instance_path,
    views_path,
)
from bot.store.sqlite.file.lock import holding_lock, remember
from bot.store.sqlite.file.migrate import (
    apply_migrations,
    apply_steps,
    back_up,
    shipped_schema,
    single_schema,
    version_of,
)

log = structlog.get_logger(__name__)

_TRIES: Final = 100
_PAUSE_S: Final = 0.05
"""While another process splits the same file."""

_REPORTS: Final = 10
"""Lines of progress in the log, for a file large enough."""

_TABLES_AND_VIEWS: Final = (
    "SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
)
_TABLES: Final = "SELECT name FROM {schema}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
_COLUMNS: Final = "SELECT name FROM pragma_table_info(?)"


async def split_single_file(path: Path, clock: Clock) -> None:
    """Split the file at `path` if an earlier version wrote it, or finish what a killed process began.

    Raises:
        StoreLockedError: another process sends from it.
        StoreError: the file is another program's or a newer Newsdesk's, or the copies can't be written.
    """
    moment = f"{clock.now():%Y%m%dT%H%M%S}"
    for tries_left in reversed(range(_TRIES)):
        if not await asyncio.to_thread(_has_work, path):
            return
        try:
            await asyncio.to_thread(_split, path, moment)
        except StoreLockedError:
            if not tries_left:
                raise
            await clock.sleep(_PAUSE_S)


def is_begun(path: Path) -> bool:
    """Return True if there is a ledger with its tables at `path`; raises as `version_of`."""
    return _version(path) > 0


def _version(path: Path) -> int:
    """Read the version of the ledger or of the single file at `path`; 0 if there is neither."""
    if not (path.is_file() and path.stat().st_size):
        return 0
    with as_store_errors(path), closing(sqlite3.connect(uri_of(path, "ro"), uri=True)) as connection:
        return version_of(connection, path, shipped_schema(LEDGER))


def _has_work(path: Path) -> bool:
    return 0 < _version(path) <= single_schema().version or _awaits_its_name(path)


def _awaits_its_name(path: Path) -> bool:
    return not archive_folder(path).exists() and arriving(archive_folder(path)).exists() and is_begun(path)


def _split(path: Path, moment: str) -> None:
    with holding_lock(path):
        try:
            if 0 < _version(path) <= single_schema().version:
                _copy(path)
                _replace(path, moment)
            if _awaits_its_name(path):
                arriving(archive_folder(path)).rename(archive_folder(path))
                sync_folder(path.parent)
        except OSError as error:
            raise file_error(error, path) from error


def _copy(path: Path) -> None:
    """Write the archive, the search pages and the ledger under the names of arriving files."""
    folder = arriving(archive_folder(path))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    with as_store_errors(path), closing(sqlite3.connect(path, isolation_level=None)) as old:
        apply_migrations(old, path, single_schema())
        with closing(sqlite3.connect(path, isolation_level=None)) as rival:
            rival.execute("BEGIN IMMEDIATE")  # an import beside this would be lost
            archive = folder / instance_path(path).name
            back_up(old, archive, progress=_reporting(path))
            _leave_archive(archive)
            for target, kind in ((views_path(path), VIEWS), (path, LEDGER)):
                _copy_tables(path, arriving(target), kind)
        _, logged, moved = old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if logged != moved:  # another process is still reading the old file
            raise StoreBusyError(f"{path} is locked by another process.", cure="Try again when it is done.")


def _leave_archive(copy: Path) -> None:
    """Turn a copy of the single file into an archive: drop what the other files have."""
    schema = shipped_schema(ARCHIVE)
    first = schema.first  # the tables as the single file has them
    with as_store_errors(copy), closing(sqlite3.connect(":memory:")) as wanted:
        wanted.executescript(first.migrations[0].sql)
        kept = {name for (name,) in wanted.execute("SELECT name FROM sqlite_schema")}
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            found = connection.execute(_TABLES_AND_VIEWS)
            others = [f"DROP {kind} {name};" for kind, name in found if name not in kept]
            others.sort(key=lambda statement: not statement.startswith("DROP view"))
            connection.executescript(
                f"BEGIN; {' '.join(others)} PRAGMA application_id = {first.application_id}; "
                f"PRAGMA user_version = {first.version}; COMMIT;"
            )
            apply_steps(connection, schema.migrations[1:], schema.application_id)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _sync_file(copy)


def _copy_tables(old: Path, target: Path, kind: FileKind) -> None:
    """Create a file of a kind with the rows that the single file has in its tables."""
    for part in (*companions(target), target):
        part.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with (
        as_store_errors(target),
        closing(sqlite3.connect(uri_of(target, "rw"), uri=True, isolation_level=None)) as connection,
    ):
        schema = shipped_schema(kind)
        apply_migrations(connection, target, schema.first)
        connection.execute("ATTACH ? AS old", (uri_of(old, "ro"),))
        connection.execute("BEGIN")
        for (table,) in connection.execute(_TABLES.format(schema="main")).fetchall():
            columns = ", ".join(name for (name,) in connection.execute(_COLUMNS, (table,)))
            connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM old.{table}")
        connection.execute("COMMIT")
        connection.execute("DETACH old")
        apply_steps(connection, schema.migrations[1:], schema.application_id)
    _sync_file(target)


def _replace(path: Path, moment: str) -> None:
    """Let the ledger take the place of the single file, which keeps a name beside it."""
    if archive_folder(path).exists():  # of a newsroom whose single file somebody has put back
        archive_folder(path).rename(unused_name(archive_folder(path), moment))
    kept = unused_name(path, moment)
    try:
        os.link(path, kept)
    except OSError:  # a file system without hard links
        shutil.copy2(path, kept)
    for part in companions(path):
        part.unlink(missing_ok=True)
    for part in companions(views_path(path)):
        part.unlink(missing_ok=True)
    arriving(views_path(path)).replace(views_path(path))
    remember(path)
    arriving(path).replace(path)
    sync_folder(path.parent)
    log.info("the database is split into a ledger and an archive", kept=str(kept))


def unused_name(path: Path, moment: str) -> Path:
    """Return the name `<name>.before-<moment>` beside a file or folder, with a number if that is taken."""
    name = path.with_name(f"{path.name}.before-{moment}")
    number = 1
    while name.exists():
        number += 1
        name = path.with_name(f"{path.name}.before-{moment}-{number}")
    return name


def arriving(path: Path) -> Path:
    """Return the name of a file or folder that is written whole before it gets its own."""
    return path.with_name(f"{path.name}.arriving")


def _reporting(path: Path) -> Callable[[int, int, int], None]:
    said = -1

    def report(_: int, left: int, total: int) -> None:
        nonlocal said
        done = (total - left) * _REPORTS // max(1, total)
        if done > said:
            said = done
            log.info("the archive gets a file of its own", database=str(path), percent=100 * done // _REPORTS)

    return report


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
