"""Chores: work that waits for something outside, and is tried again by the clock until it is done.

Each chore is done at the start, when something asks for it, and at regular intervals, in a task of its own. What it
needs to know after a restart is in the store, so that nothing has to be remembered here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.clock import Clock
from bot.errors import NewsdeskError
from bot.news.checkup.finding import Finding, failing
from bot.waits import first_of

log = structlog.get_logger(__name__)

EVERY_S: Final = 3600.0
"""Seconds until a chore is done again although nothing asked for it: the event may have been lost."""

FIRST_RETRY_S: Final = 10.0
LONGEST_RETRY_S: Final = 40.0
"""With the attempt itself, what waited is done within a minute after its cause has ended."""


class Chore:
    """One chore.

    Attributes:
        trouble: Why the last attempt failed, one sentence; empty if it didn't.
        tried: Set once it was attempted.
    """

    def __init__(
        self, name: str, work: Callable[[], Awaitable[object]], *, clock: Clock, every_s: float = EVERY_S
    ) -> None:
        """Set up a chore.

        Args:
            name: For the log and for health checks, in a word or two.
            work: Does nothing if everything is done already. May be cancelled at any moment.
            clock: For the waits.
            every_s: Seconds between two attempts after one that succeeded.
        """
        self.trouble = ""
        self.tried = asyncio.Event()
        self._name = name
        self._work = work
        self._clock = clock
        self._every_s = every_s
        self._asked = asyncio.Event()
        self._failures = 0

    def ask(self) -> None:
        """Let it be done now, or once more if it is being done."""
        self._asked.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Do it whenever it is asked for or due, until `stop` is set, which cancels a running attempt."""
        while not stop.is_set():
            self._asked.clear()
            await first_of(self._attempt(), stop.wait())
            if not stop.is_set():
                await first_of(self._asked.wait(), stop.wait(), self._clock.sleep(self._wait_s()))

    async def _attempt(self) -> None:
        try:
            await self._work()
        except Exception as error:  # whatever it failed with, it is tried again
            self._failures += 1
            self.trouble = error.message if isinstance(error, NewsdeskError) else f"{type(error).__name__}: {error}"
            log.warning(
                "work failed and is tried again",
                work=self._name,
                error=self.trouble,
                in_s=self._wait_s(),
                exc_info=not isinstance(error, NewsdeskError),
            )
        else:
            self._failures, self.trouble = 0, ""
        self.tried.set()

    def _wait_s(self) -> float:
        if not self._failures:
            return self._every_s
        return min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(self._failures - 1, 10))

    def findings(self) -> tuple[Finding, ...]:
        """Name what keeps it from being done; nothing if it is."""
        if not self.trouble:
            return ()
        return (failing(f"not done: {self.trouble}", "It is tried again automatically.", check=self._name),)
