"""Change notification: waiting for a condition on the sandbox's state."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

_STEP_S = 0.05


class Changes:
    """Wakes all waiting tasks at each change."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self.version = 0

    def notify(self) -> None:
        """Notify of a change."""
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

    async def until(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until `condition` is true, for at most `timeout_s` real seconds, and return whether it is.

        It is evaluated at each change and every 50 ms, since a simulated clock changes without notification.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_s
        while not condition():
            left = end - loop.time()
            if left <= 0:
                return condition()
            await self.wait(min(left, _STEP_S))
        return True
