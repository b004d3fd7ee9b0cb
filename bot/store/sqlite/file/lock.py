"""The lock of the only process that may send from a database, migrate it or replace its file.

It is a kernel lock (`flock`) on a file beside the database, released when the process ends, even by a crash. The file
also records that a newsroom was created: if the database is empty or missing then, it was lost, and is not new.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from bot.errors import StoreLockedError
from bot.store.sqlite.file.errors import file_error

_KNOWN: Final = "newsroom"


def lock_path(database: Path) -> Path:
    """Return the path of the lock file of `database`."""
    return database.with_name(database.name + ".lock")


@contextmanager
def holding_lock(database: Path) -> Iterator[None]:
    """Hold the lock of `database` within the block.

    Raises:
        StoreLockedError: another process, or another holder in this one, has it.
        StoreError: the lock's file can't be created; `StoreUnavailableError` if trying again can help.
    """
    try:
        descriptor = os.open(lock_path(database), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise file_error(error, lock_path(database)) from error
    try:
        _lock(descriptor, database)
        with suppress(OSError):  # a full disk: the lock holds without the process id, which only helps a person
            known = f"{_KNOWN}\n" if is_known(database) else ""
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n{known}".encode())
        yield
    finally:
        os.close(descriptor)


def is_known(database: Path) -> bool:
    """Return True if there was a newsroom in this database before."""
    try:
        return _KNOWN in lock_path(database).read_text("utf-8", errors="replace").split()
    except OSError:
        return False


def remember(database: Path) -> None:
    """Record that there is a newsroom in this database. The caller holds its lock."""
    if not is_known(database):
        with suppress(OSError), lock_path(database).open("a", encoding="utf-8") as file:
            file.write(f"{_KNOWN}\n")


def _lock(descriptor: int, database: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 32).decode(errors="replace").partition("\n")[0].strip() or "unknown"
        raise StoreLockedError(
            f"Another process (id {holder}) already sends from {database}.",
            cure="Stop it first, or use another database.",
        ) from error
