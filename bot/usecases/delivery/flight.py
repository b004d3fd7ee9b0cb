"""Rows on their way: begun as soon as they are claimed, and none of them cut because another one failed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from bot.errors import StoreError, TokenRefusedError


class Flight:
    """Some rows at work at the same time.

    Attributes:
        begun: How many have been begun.
    """

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[None], None] = {}  # a set has no order, and the simulation is played again
        self._landed = asyncio.Event()
        self._errors: list[BaseException] = []
        self.begun = 0

    def __len__(self) -> int:
        """How many are on their way."""
        return len(self._tasks)

    @property
    def is_stopped(self) -> bool:
        """True where no other row would fare better: the token was refused, or the database can't be written."""
        return any(isinstance(error, TokenRefusedError | StoreError) for error in self._errors)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Let a row's work run beside the others."""
        task = asyncio.create_task(work)
        self._tasks[task] = None
        self.begun += 1
        task.add_done_callback(self._land)

    def _land(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        self._landed.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._errors.append(error)

    def nudge(self) -> None:
        """Let `landing` return at once: there is something else to begin."""
        self._landed.set()

    async def landing(self) -> None:
        """Return when a row's work has ended since the last call, or somebody nudged."""
        await self._landed.wait()
        self._landed.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Let all of them end, then raise what went wrong first, a refused token before all else.

        Who is cancelled cancels them: the process is about to end, and has waited for them long enough.
        """
        if error is not None and not isinstance(error, Exception):
            if isinstance(error, asyncio.CancelledError):
                await self._cut_short()
            return
        try:
            while self._tasks:
                await self.landing()
        except asyncio.CancelledError:
            await self._cut_short()
            raise
        errors = [*self._errors, *([error] if error is not None else [])]
        for first in sorted(errors, key=lambda each: not isinstance(each, TokenRefusedError)):
            raise first

    async def _cut_short(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
