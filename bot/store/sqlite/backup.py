"""Back up the files of a newsroom as one while the bot runs, verify the copy, and restore one while it is stopped.

A backup is a folder with a copy of each file and a manifest, which is written once all copies are verified. The ledger
is copied last: an edition in it holds its articles, so it goes with any older archive. Search pages are left out, and
so is the file of a server that is damaged or missing: the manifest names it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from bot.clock import Clock
from bot.errors import SchemaTooNewError, StoreDamagedError, StoreError
from bot.news.article import ShelfId
from bot.store.sqlite.admin import SqliteAdminStore
from bot.store.sqlite.file.connection import as_store_errors, uri_of
from bot.store.sqlite.file.kinds import ARCHIVE, LEDGER, SHELF, archive_folder, companions, instance_path
from bot.store.sqlite.file.lock import holding_lock
from bot.store.sqlite.file.migrate import Schema, back_up, shipped_schema, single_schema, version_of
from bot.store.sqlite.file.opening import open_database
from bot.store.sqlite.file.split import arriving, sync_folder, unused_name
from bot.store.sqlite.ledger.check import check_ledger
from bot.store.sqlite.shelves.files import StoreFiles, open_files
from bot.store.sqlite.shelves.names import delete_database, find_shelf_files

log = structlog.get_logger(__name__)

BACKED_UP_AT: Final = "backed_up_at"
"""Name of the setting with the time of the last backup."""

MANIFEST: Final = "manifest.json"
_LEFT_OUT: Final = "left_out"

LEDGER_NAME: Final = "newsdesk.sqlite3"
"""The ledger's name in a backup, whatever the original is called."""

_NAMES: Final = (LEDGER_NAME, str(instance_path(Path(LEDGER_NAME))))
"""The files that every backup has; it also has each server's shelf."""

_NOT_WHOLE: Final = "Name a folder written by `newsdesk backup`."


LeftOut = Mapping[str, str]
"""Servers' files that a backup lacks, by their names in it, each with a sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came of restoring a backup.

    Attributes:
        kept: The folder of the replaced files, named as in a backup; None if there were none.
        left_out: What the backup lacks.
    """

    kept: Path | None
    left_out: LeftOut


async def back_up_store(database: Path, target: Path, *, clock: Clock) -> LeftOut:
    """Copy a newsroom to the folder `target` and verify the copy; possible at any time, also while the bot runs.

    Args:
        database: The ledger's file.
        target: A folder that doesn't exist yet, in one that does.
        clock: See `open_files`.

    Returns:
        What the backup lacks because it is damaged or missing; empty for a whole one.

    Raises:
        StoreError: `target` exists or can't be written, or the files can't be read.
        StoreDamagedError: ledger or archive, and so the copy, is damaged; the copies are deleted.
    """
    _require_new(target)
    async with open_files(database, clock=clock, read_only=True) as files:
        left_out = await write_backup(files, target, clock=clock)
    with suppress(StoreError):  # the copy is complete and verified: that matters more than its time
        async with open_database(database, clock=clock) as opened:
            await SqliteAdminStore(opened).save_setting(BACKED_UP_AT, clock.now().isoformat())
    return left_out


async def write_backup(files: StoreFiles, target: Path, *, clock: Clock) -> LeftOut:
    """Copy open files, even deleted ones, as `back_up_store` does: it returns and raises the same."""
    _require_new(target)
    ledger = target / LEDGER_NAME
    left_out: dict[str, str] = {}
    try:
        for folder in (target, archive_folder(ledger)):
            folder.mkdir(mode=0o700)
        await files.archive.back_up_to(instance_path(ledger))
        for shelf in files.shelves.servers():
            file = files.shelves.find_file(shelf)
            if file is not None:  # unless it was deleted meanwhile
                copy = archive_folder(ledger) / file.name
                if trouble := await _copy_shelf(files, shelf, file, copy):
                    log.warning("a server's file is not in the backup", reason=trouble)
                    left_out[str(copy.relative_to(target))] = trouble
        await files.local.back_up_to(ledger)
        await _check_set(ledger, clock)
        await asyncio.to_thread(_write_manifest, target, clock, left_out)
    except StoreError:
        shutil.rmtree(target, ignore_errors=True)
        raise
    except OSError as error:
        shutil.rmtree(target, ignore_errors=True)
        cure = "Name a folder in another place."
        raise StoreError(f"{target} can't be written: {error.strerror}.", cure=cure) from error
    return left_out


async def _copy_shelf(files: StoreFiles, shelf: ShelfId, file: Path, copy: Path) -> str:
    """Copy and check one server's file; if it is damaged or missing, say so instead."""
    if shelf in files.shelves.find_missing():
        return f"{file} is missing."
    try:
        async with files.shelves.file_of(shelf) as database:
            if database is not files.archive:  # unless it was deleted meanwhile
                await database.back_up_to(copy)
                await asyncio.to_thread(_check_file, copy, shipped_schema(SHELF))
    except StoreDamagedError as error:
        delete_database(copy)
        return files.shelves.troubles.find(shelf) or error.message.replace(str(copy), str(file))
    return ""


async def restore_store(backup: Path, database: Path, *, clock: Clock) -> Restored:
    """Replace a newsroom with a backup; the replaced files are kept beside it.

    Restoring posts nothing twice: before a message of a restored ledger is sent, its channel is read back.

    Args:
        backup: The folder, or the one file that an earlier version wrote; it is not changed.
        database: The bot's ledger file.
        clock: Gives the time in the kept files' names.

    Raises:
        StoreLockedError: the bot is running.
        StoreDamagedError: the backup is damaged; nothing was changed.
        StoreError: the backup is missing, not whole or not Newsdesk's; nothing was changed.
    """
    if await asyncio.to_thread(_check_backup, backup):
        await _check_set(backup / LEDGER_NAME, clock)
    database.parent.mkdir(parents=True, exist_ok=True)
    with holding_lock(database):
        _copy_in(backup, database)
        kept = _swap(database, f"{clock.now():%Y%m%dT%H%M%S}")
        return Restored(kept=kept, left_out=_left_out_of(backup))


def _check_backup(backup: Path) -> bool:
    """Check a backup's manifest and each of its files, or the one file that it is.

    Returns:
        True if it is a folder of the present version, whose content can be checked as well. Older ones are upgraded on
        the next start.
    """
    if not backup.exists():
        raise StoreError(f"There is no backup at {backup}.", cure=_NOT_WHOLE)
    if not backup.is_dir():
        _check_single(backup)
        return False
    _require_manifest(backup)
    ledger = backup / LEDGER_NAME
    kinds = {ledger: LEDGER, instance_path(ledger): ARCHIVE, **dict.fromkeys(find_shelf_files(ledger).values(), SHELF)}
    return sum(_check_file(path, shipped_schema(kind)) for path, kind in kinds.items()) == 0  # each, also after one


def _check_single(backup: Path) -> None:
    """Check the one file that earlier versions had; the ledger of a later one has the same name and no articles."""
    try:
        _check_file(backup, single_schema())
    except SchemaTooNewError:
        with _reading(backup) as connection:
            version_of(connection, backup, shipped_schema(LEDGER))
        raise StoreError(
            f"{backup} is not a whole backup: it is a ledger without its archive.", cure=_NOT_WHOLE
        ) from None


def _require_new(target: Path) -> None:
    if target.exists():
        raise StoreError(f"{target} exists already.", cure="Name another folder: backups are never overwritten.")


async def _check_set(ledger: Path, clock: Clock) -> None:
    async with open_files(ledger, clock=clock, read_only=True) as copies:
        await copies.integrity_check()
        await check_ledger(copies.local)


def _write_manifest(folder: Path, clock: Clock, left_out: LeftOut) -> None:
    files = {name: _identify(folder / name) for name in (*_NAMES, *_shelf_names(folder))}
    content = {"made_at": clock.now().isoformat(), "files": files, _LEFT_OUT: left_out}
    path = folder / MANIFEST
    path.write_text(f"{json.dumps(content, indent=2)}\n", encoding="utf-8")
    with path.open("rb") as file:
        os.fsync(file.fileno())
    sync_folder(folder)


def _shelf_names(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in find_shelf_files(folder / LEDGER_NAME).values()]


def _identify(path: Path) -> Mapping[str, object]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _require_manifest(backup: Path) -> None:
    """Compare a backup's files with its manifest.

    Raises:
        StoreDamagedError: a file differs or is missing.
        StoreError: there is no manifest that can be read: the backup was never finished, or is none.
    """
    stored = _read_manifest(backup)["files"]
    for name in dict.fromkeys((*_NAMES, *stored, *_shelf_names(backup))):
        found = _identify(backup / name) if (backup / name).is_file() else None
        if found is None or found != stored.get(name):
            state = "is missing" if found is None else f"differs from what {MANIFEST} says of it"
            raise StoreDamagedError(f"{backup / name} {state}.", cure="Use another backup.")


def _left_out_of(backup: Path) -> LeftOut:
    """Read what a backup lacks; the one file of earlier versions lacks nothing."""
    left_out: LeftOut = _read_manifest(backup).get(_LEFT_OUT, {}) if backup.is_dir() else {}
    return left_out


def _read_manifest(backup: Path) -> Mapping[str, Any]:
    try:
        content: Mapping[str, Any] = json.loads((backup / MANIFEST).read_text("utf-8"))
        dict(content["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{backup} is not a whole backup: its {MANIFEST} can't be read.", cure=_NOT_WHOLE) from error
    return content


def _check_file(path: Path, schema: Schema) -> bool:
    """Check a file for damage without changing it; True if it is of an earlier version.

    Raises:
        StoreDamagedError: it is damaged.
        StoreError: it is not such a file, or of a newer version.
    """
    with _reading(path) as connection:
        version = version_of(connection, path, schema)
        if version == 0:
            raise StoreError(f"{path} is not a whole backup.", cure=_NOT_WHOLE)
        for statement in ("PRAGMA integrity_check", "PRAGMA foreign_key_check"):
            for answer in connection.execute(statement):
                if answer != ("ok",):
                    raise StoreDamagedError(f"{path} is damaged: {answer[0]}.", cure="Use another backup.")
        return version < schema.version


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    with as_store_errors(path), closing(sqlite3.connect(uri_of(path, "ro"), uri=True)) as connection:
        yield connection


def _copy_in(backup: Path, database: Path) -> None:
    """Copy a backup beside the files that it replaces."""
    folder = arriving(archive_folder(database))
    shutil.rmtree(folder, ignore_errors=True)
    ledger = backup
    if backup.is_dir():
        ledger = backup / LEDGER_NAME
        folder.mkdir(mode=0o700)
        for path in (instance_path(ledger), *find_shelf_files(ledger).values()):
            with _reading(path) as archive:
                back_up(archive, folder / path.name)
        sync_folder(folder)
    with _reading(ledger) as connection:
        back_up(connection, arriving(database))


def _swap(database: Path, moment: str) -> Path | None:
    """Set the files aside, into a folder, and give their names to the copies; return it, None for no files."""
    kept = None
    if database.exists() or archive_folder(database).exists():
        kept = unused_name(database, moment)
        _set_aside(database, kept / LEDGER_NAME)
    arriving(database).replace(database)
    if arriving(archive_folder(database)).exists():
        arriving(archive_folder(database)).rename(archive_folder(database))
    sync_folder(database.parent)
    return kept


def _set_aside(database: Path, kept: Path) -> None:
    kept.parent.mkdir(mode=0o700)
    for part, kept_part in zip((database, *companions(database)), (kept, *companions(kept)), strict=True):
        if part.exists():
            part.rename(kept_part)
    if archive_folder(database).exists():
        archive_folder(database).rename(archive_folder(kept))
