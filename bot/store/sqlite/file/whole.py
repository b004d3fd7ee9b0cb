"""One write transaction of several pieces of work, on a file whose size has a limit: all of it is kept, or nothing.

An import of a server is one. Its file never takes more than its limit, however often it is filled again: SQLite refuses
the page that would be one too many. Changed pages are in the write-ahead log first, so while a transaction runs the log
can become as large as the file; it is emptied before the next one begins. So file and log take `SHARE` of what is
promised each, and `LOG_SHARE` was left in the log: less than 1.5 times the promise together.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeVar

from bot.errors import StoreBusyError, StoreFullError
from bot.store.sqlite.file.kinds import companions

T = TypeVar("T")

SHARE: Final = 0.7
"""The part of what is promised that the file may take. Imports take less (`ImportLimits.file_bytes`): what is left is
for hiding articles, and for stories."""

LOG_SHARE: Final = 0.05
"""The part of what is promised that may be in the log when a transaction begins."""

_SPARE_BYTES: Final = 1 << 20
"""Free space on the disk from which on it is not the disk that is full."""


class Whole(Protocol):
    """Runs pieces of work within one transaction."""

    async def run(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Run `fn`, which reads and writes; if it raises, the caller must give the whole up."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InThread:
    """Runs pieces of work in the thread of a connection that is in a transaction."""

    hop: Callable[[Callable[[sqlite3.Connection], object]], Awaitable[object]]

    async def run(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """As `Whole.run`."""
        answers: list[T] = []
        await self.hop(lambda connection: answers.append(fn(connection)))
        return answers[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeLimit:
    """How much of the disk one file and its log may take.

    Attributes:
        path: The file.
        promised: Bytes.
    """

    path: Path
    promised: int

    @property
    def usual(self) -> int:
        """Bytes that the file may take while no import runs."""
        return int(self.promised * SHARE)

    def set_on(self, connection: sqlite3.Connection, most_bytes: int) -> None:
        """Limit the file's size; SQLite keeps the limit with the connection, and never below the present size."""
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute(f"PRAGMA max_page_count = {max(1, most_bytes // size)}").fetchone()

    def empty_log(self, connection: sqlite3.Connection) -> None:
        """Move a long log into the file and truncate it, outside a transaction.

        Raises:
            StoreBusyError: a reader still needs it.
        """
        try:
            logged = os.stat(companions(self.path)[0]).st_size  # noqa: PTH116 - before each write
        except FileNotFoundError:
            return
        if logged > self.promised * LOG_SHARE and connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise StoreBusyError(f"{self.path} is being read.", cure="Try again in a moment.")

    def checking(self, fn: Callable[[sqlite3.Connection], T]) -> Callable[[sqlite3.Connection], T]:
        """Distinguish a file at its limit from a full disk, which holds all sending."""

        def run(connection: sqlite3.Connection) -> T:
            try:
                return fn(connection)
            except sqlite3.Error as error:
                code = getattr(error, "sqlite_errorcode", 0) & 0xFF
                if code != sqlite3.SQLITE_FULL or shutil.disk_usage(self.path.parent).free < _SPARE_BYTES:
                    raise
                cure = "Ask the operator for a larger quota (`shelf_megabytes`)."
                raise StoreFullError(
                    "The articles of this server have reached their limit on disk.", cure=cure
                ) from error

        return run
