"""The tasks of a running bot: each lives until it is told to stop, and one that ends earlier ends the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Final

import structlog

from bot.errors import NewsdeskError

log = structlog.get_logger(__name__)

STOP_S: Final = 5.0
"""Time limit for a task to end after it was told to stop. With what the connection takes to close, a stop stays below
the ten seconds after which container engines kill; a post that is cut short is read back at the next start."""


class Tasks:
    """Runs tasks until they are told to stop.

    Attributes:
        stop: Set by `stop_all`; tasks are told to stop by it.
        hang_up: Set by `stop_all` once all other tasks have ended; the connection is told to stop by it.
    """

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.hang_up = asyncio.Event()
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._connection: list[asyncio.Task[None]] = []

    def run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run a task that ends after `stop` is set."""
        self._tasks.append(self._start(work, name))

    def run_connection(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run a task that the others need until they have ended, and that ends after `hang_up` is set."""
        self._connection.append(self._start(work, name))

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._check_end)
        return task

    def _check_end(self, task: asyncio.Task[None]) -> None:
        if self.stop.is_set() or self._ended.done() or task.cancelled():
            return
        error = task.exception()
        self._ended.set_exception(error or NewsdeskError(f"{task.get_name()} ended unexpectedly.", cure="Report it."))

    @property
    def ended(self) -> asyncio.Future[None]:
        """Done when the bot is to end: after `end`, or with the error of a task that ended too early."""
        return self._ended

    def end(self) -> None:
        """Let the bot end."""
        if not self._ended.done():
            self._ended.set_result(None)

    async def stop_all(self) -> None:
        """Stop the tasks, and the connection once they have ended; each within `STOP_S` seconds."""
        self.stop.set()
        await _wait_for(self._tasks)
        self.hang_up.set()
        await _wait_for(self._connection)


async def _wait_for(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Wait for tasks to end, and cancel those that don't in time."""
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=STOP_S)
        for task in late:
            log.warning("a task did not end in time", task=task.get_name())
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
