"""Checkpoints: moving committed pages from SQLite's write-ahead log (WAL) into the file, in a thread of their own.

SQLite would do it inside the commit that makes the log too long, while somebody waits for that commit. So a checkpoint
runs once many rows have changed, beside readers and the writer; SQLite's automatic one remains as a fallback.

People copy the file alone, without its log. So a checkpoint also follows when nothing more is written, and at least
every five minutes: what a copy lacks is what was written just now.
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

IDLE_S: Final = 2.0
"""Seconds without a write after which a checkpoint runs."""

RETRY_S: Final = 60.0
"""Seconds until the next one after a checkpoint that failed."""

LATEST_S: Final = 300.0
"""Seconds after a write until a checkpoint runs, however much is written meanwhile."""

Run = Callable[[Callable[[sqlite3.Connection], bool]], Awaitable[bool]]
"""Runs a function of a connection in that connection's thread."""


class Checkpoints:
    """Starts checkpoints, one at a time."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._written = self._moved = 0
        self._dirty_since: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def after_write(self, changes: int) -> None:
        """Start a checkpoint now or soon; `changes` is the writing connection's total so far."""
        if changes == self._written:
            return
        self._written = changes
        if changes - self._moved >= CHANGES:
            self._start()
        else:
            self._start_soon()

    async def after_opening(self) -> None:
        """Move what an earlier process or a migration has left in the log."""
        await self._move()

    async def end(self) -> None:
        """Move what was written, and wait until no checkpoint is running."""
        if self._task is not None:
            await self._task
        if self._timer is not None:
            self._timer.cancel()
        if self._dirty_since is not None:
            await self._move()
        if self._timer is not None:
            self._timer.cancel()

    def _start_soon(self, after_s: float = IDLE_S) -> None:
        loop = asyncio.get_running_loop()
        if self._dirty_since is None:
            self._dirty_since = loop.time()
        if self._timer is not None:
            self._timer.cancel()
        latest_s = self._dirty_since + LATEST_S - loop.time()
        self._timer = loop.call_later(max(0.0, min(after_s, latest_s)), self._start)

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._moved = self._written
            self._task = asyncio.create_task(self._move(), name="checkpoint")

    async def _move(self) -> None:
        began_with, self._dirty_since = self._written, None
        try:
            is_complete = await self._run(move_pages)
        except StoreError as error:
            # Nothing is lost: committed pages are in the log, and SQLite moves them when it grows long.
            log.info("checkpoint postponed", reason=str(error))
            self._start_soon(RETRY_S)
            return
        if not is_complete or self._written != began_with:
            self._start_soon()


def move_pages(connection: sqlite3.Connection) -> bool:
    """Move as many pages as possible without waiting for readers or the writer; return True if all were moved."""
    _, logged, moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return bool(logged == moved)
