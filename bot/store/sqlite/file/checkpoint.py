"""Checkpoints: moving committed pages from SQLite's write-ahead log (WAL) into the file, in a thread of their own.

SQLite would do it inside the commit that makes the log too long, while somebody waits for that commit. So a checkpoint
runs once many rows have changed, beside readers and the writer; SQLite's automatic one remains as a fallback.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.errors import StoreError

log = structlog.get_logger(__name__)

CHANGES: Final = 15_000
"""Changed rows after which a checkpoint runs: a thousand seeds, or a day of deliveries. With a lower number, pages that
an import changes repeatedly are moved as often; with a higher one, SQLite's automatic checkpoint comes first."""

Run = Callable[[Callable[[sqlite3.Connection], None]], Awaitable[None]]
"""Runs a function of a connection in that connection's thread."""


class Checkpoints:
    """Starts checkpoints, one at a time."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._changes = 0
        self._task: asyncio.Task[None] | None = None

    def after_write(self, changes: int) -> None:
        """Start a checkpoint if enough has changed; `changes` is the writing connection's total so far."""
        is_running = self._task is not None and not self._task.done()
        if changes - self._changes >= CHANGES and not is_running:
            self._changes = changes
            self._task = asyncio.create_task(self._move(), name="checkpoint")

    async def end(self) -> None:
        """Wait until no checkpoint is running."""
        if self._task is not None:
            await self._task

    async def _move(self) -> None:
        try:
            await self._run(_checkpoint)
        except StoreError as error:
            # Nothing is lost: committed pages are in the log, and SQLite moves them when it grows long.
            log.info("checkpoint postponed", reason=str(error))


def _checkpoint(connection: sqlite3.Connection) -> None:
    """Move as many pages as possible without waiting for readers or the writer."""
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
