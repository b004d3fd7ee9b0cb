"""Bound the commands that are under way, so that a crowd at once is answered or told instead of failing together.

Discord shows "did not respond" after three seconds. A thousand searches begun at once would all miss them; some at a
time are quick, those that wait are deferred meanwhile, and the rest read a sentence at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from bot.errors import Limit, TooManyError

MOST_RUNNING: Final = 8
"""More than the store has connections for reading; the others of a command's steps wait for Discord."""

MOST_WAITING: Final = 500
"""At some 10 ms each they are answered within seconds, and their deferrals are sent in time."""

LONG_S: Final = 3.0
"""Work of this length, an import for example, no longer counts: it must not keep searches waiting."""


class Admission:
    """Lets a bounded number of commands run; the newest of those that wait is next, as its member still looks."""

    def __init__(self, *, most_running: int = MOST_RUNNING, most_waiting: int = MOST_WAITING) -> None:
        self._free = most_running
        self._most_waiting = most_waiting
        self._waiting: list[asyncio.Future[None]] = []

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn.

        Raises:
            TooManyError: too many wait already.
        """
        if self._free <= 0:
            await self._wait()
        else:
            self._free -= 1
        is_over = False

        def end() -> None:
            nonlocal is_over
            if not is_over:
                is_over = True
                self._pass_on()

        timer = asyncio.get_running_loop().call_later(LONG_S, end)
        try:
            yield
        finally:
            timer.cancel()
            end()

    async def _wait(self) -> None:
        if len(self._waiting) >= self._most_waiting:
            raise TooManyError(
                "I'm answering as many commands as I can.", limit=Limit.WAITING, cure="Try again in half a minute."
            )
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif turn.done() and not turn.cancelled():
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            newest = self._waiting.pop()
            if not newest.done():
                newest.set_result(None)
                return
        self._free += 1
