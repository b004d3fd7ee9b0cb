"""Waiting until something in the sandbox has changed, without polling the network."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

_STEP_S = 0.05


class Changes:
    """Wakes everyone who waits, each time something changes."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self.version = 0

    def notify(self) -> None:
        """Something changed."""
        self.version += 1
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self, timeout_s: float) -> None:
        """Return at the next change, or after `timeout_s` real seconds."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(future, timeout_s)
        finally:
            self._waiting.discard(future)

    async def until(self, claim: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until `claim` holds, at most `timeout_s` real seconds, and say whether it does.

        `claim` is asked at each change and every 50 ms, since a claim about a simulated clock changes silently.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_s
        while not claim():
            left = end - loop.time()
            if left <= 0:
                return claim()
            await self.wait(min(left, _STEP_S))
        return True
