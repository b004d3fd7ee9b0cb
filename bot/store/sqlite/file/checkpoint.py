"""Moving what was committed from SQLite's log (the WAL) into the file, in a thread of its own.

SQLite would do it inside the commit that makes the log too long, and somebody waits for that one. So it is done as soon
as much has changed, beside whoever reads and writes; SQLite's own way stays, for when this one doesn't keep up.
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
"""Rows changed after which it is time: a thousand seeds, or a day of deliveries. Sooner, and a page that an import
changes again and again is moved as often; later, and SQLite's own way comes first."""

Run = Callable[[Callable[[sqlite3.Connection], None]], Awaitable[None]]
"""Runs a function of a connection in that connection's thread."""


class Checkpoints:
    """When to move it, and the moving; one at a time."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._changes = 0
        self._task: asyncio.Task[None] | None = None

    def after_write(self, changes: int) -> None:
        """Move what was committed where enough has changed; `changes` are all of the writing connection's so far."""
        is_running = self._task is not None and not self._task.done()
        if changes - self._changes >= CHANGES and not is_running:
            self._changes = changes
            self._task = asyncio.create_task(self._move(), name="checkpoint")

    async def end(self) -> None:
        """Return once nothing is under way."""
        if self._task is not None:
            await self._task

    async def _move(self) -> None:
        try:
            await self._run(_checkpoint)
        except StoreError as error:
            # Nothing is lost: what was committed stands in the log, and SQLite moves it when that is long.
            log.info("what was committed could not be moved into the database's file yet", reason=str(error))


def _checkpoint(connection: sqlite3.Connection) -> None:
    """Move as much as is possible without waiting for anybody."""
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
