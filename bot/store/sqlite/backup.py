"""Back up the database while the bot runs, verify the copy, and restore one while the bot is stopped."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from bot.clock import Clock
from bot.errors import StoreError
from bot.store.sqlite.admin import SqliteAdminStore
from bot.store.sqlite.file.database import open_database
from bot.store.sqlite.file.lock import holding_lock
from bot.store.sqlite.ledger.check import check_ledger

_BESIDE = ("-wal", "-shm")
"""Suffixes of SQLite's companion files, which belong to that one database file."""


BACKED_UP_AT: Final = "backed_up_at"
"""Name of the setting with the time of the last backup."""


async def back_up_store(database: Path, target: Path, *, clock: Clock) -> None:
    """Copy a database to `target` and verify the copy; possible at any time, also while the bot runs.

    Args:
        database: The file to copy.
        target: A file that doesn't exist yet, in a folder that does.
        clock: See `open_database`.

    Raises:
        StoreError: `target` exists or can't be written, or `database` can't be read.
        StoreDamagedError: the database, and so the copy, is damaged; the copy is deleted.
    """
    _require_new(target)
    try:
        async with open_database(database, clock=clock, read_only=True) as source:
            await source.back_up_to(target)
        await _check(target, clock)
    except StoreError:
        _delete(target)
        raise
    except OSError as error:
        raise StoreError(
            f"{target} can't be written: {error.strerror}.", cure="Name a file in another folder."
        ) from error
    await _remember(database, clock)


async def _remember(database: Path, clock: Clock) -> None:
    with suppress(StoreError):  # the copy is complete and verified: that matters more than its time
        async with open_database(database, clock=clock) as opened:
            await SqliteAdminStore(opened).save_setting(BACKED_UP_AT, clock.now().isoformat())


async def restore_store(backup: Path, database: Path, *, clock: Clock) -> Path | None:
    """Replace the database with a backup; the replaced file is kept beside it.

    Restoring posts nothing twice: before a message of a restored file is sent, its channel is read back.

    Args:
        backup: The copy, which is not changed.
        database: The bot's database file.
        clock: Gives the time in the kept file's name.

    Returns:
        The path of the replaced database; None if there was none.

    Raises:
        StoreLockedError: the bot is running.
        StoreDamagedError: the backup is damaged; nothing was changed.
        StoreError: the backup is missing or not a Newsdesk database; nothing was changed.
    """
    _require_backup(backup)
    await _check(backup, clock)
    database.parent.mkdir(parents=True, exist_ok=True)
    with holding_lock(database):
        arriving = database.with_name(database.name + ".arriving")
        arriving.unlink(missing_ok=True)
        async with open_database(backup, clock=clock, read_only=True) as source:
            await source.back_up_to(arriving)
        kept = _set_aside(database, f"{clock.now():%Y%m%dT%H%M%S}")
        arriving.replace(database)
        _sync_folder(database.parent)
    return kept


def _require_new(target: Path) -> None:
    if target.exists():
        raise StoreError(f"{target} exists already.", cure="Name another file: backups are never overwritten.")


def _require_backup(backup: Path) -> None:
    if not backup.exists():
        raise StoreError(f"There is no backup at {backup}.", cure="Name a file written by `newsdesk backup`.")


def _delete(target: Path) -> None:
    target.unlink(missing_ok=True)


async def _check(path: Path, clock: Clock) -> None:
    async with open_database(path, clock=clock, read_only=True) as copy:
        await copy.integrity_check()
        await check_ledger(copy)


def _set_aside(database: Path, moment: str) -> Path | None:
    if not database.exists():
        return None
    kept = database.with_name(f"{database.name}.before-{moment}")
    for ending in ("", *_BESIDE):
        part = database.with_name(database.name + ending)
        if part.exists():
            part.replace(kept.with_name(kept.name + ending))
    return kept


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
