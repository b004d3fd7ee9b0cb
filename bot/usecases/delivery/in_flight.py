"""Deliveries in flight: started as soon as they are claimed, and never cut short because another one failed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from bot.errors import StoreError, TokenRefusedError


class InFlight:
    """Deliveries that run at the same time.

    Attributes:
        started: The number of deliveries started so far.
    """

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[None], None] = {}  # a set has no order, and the simulation is replayed
        self._woken = asyncio.Event()
        self._errors: list[BaseException] = []
        self.started = 0

    def __len__(self) -> int:
        """The number of deliveries still running."""
        return len(self._tasks)

    @property
    def is_stopped(self) -> bool:
        """True if any other delivery would fail, too: the token was refused, or the database can't be written."""
        return any(isinstance(error, TokenRefusedError | StoreError) for error in self._errors)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a delivery alongside the others."""
        task = asyncio.create_task(work)
        self._tasks[task] = None
        self.started += 1
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        self._woken.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._errors.append(error)

    def wake(self) -> None:
        """Let `wait` return at once, because there is something else to start."""
        self._woken.set()

    async def wait(self) -> None:
        """Return when a delivery has finished since the last call, or after `wake`."""
        await self._woken.wait()
        self._woken.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Wait for all deliveries to finish, then raise the first error; a refused token comes before any other.

        Cancelling this cancels them: the process is about to end and has waited long enough.
        """
        if error is not None and not isinstance(error, Exception):
            if isinstance(error, asyncio.CancelledError):
                await self._cancel_all()
            return
        try:
            while self._tasks:
                await self.wait()
        except asyncio.CancelledError:
            await self._cancel_all()
            raise
        errors = [*self._errors, *([error] if error is not None else [])]
        for first in sorted(errors, key=lambda each: not isinstance(each, TokenRefusedError)):
            raise first

    async def _cancel_all(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
