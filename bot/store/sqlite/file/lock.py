"""The lock that makes a process the only one which sends from a database (or migrates or replaces its file).

It is the kernel's (`flock`), on a file beside the database: it ends with its process, however that dies.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import StoreLockedError


def lock_path(database: Path) -> Path:
    """The file that is locked for `database`."""
    return database.with_name(database.name + ".lock")


@contextmanager
def holding_lock(database: Path) -> Iterator[None]:
    """Hold the lock of `database`; it is released on leaving, and when the process ends.

    Raises:
        StoreLockedError: another process (or another holder in this one) has it.
    """
    descriptor = os.open(lock_path(database), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, database)
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
            cure="Stop it first, or give this one a database of its own.",
        ) from error
