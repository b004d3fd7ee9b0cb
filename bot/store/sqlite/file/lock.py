"""The lock of the only process that may send from a database, migrate it or replace its file.

It is a kernel lock (`flock`) on a file beside the database, released when the process ends, even by a crash.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.errors import StoreLockedError
from bot.store.sqlite.file.errors import file_error


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
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, database: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 32).decode(errors="replace").strip() or "unknown"
        raise StoreLockedError(
            f"Another process (id {holder}) already sends from {database}.",
            cure="Stop it first, or use another database.",
        ) from error
