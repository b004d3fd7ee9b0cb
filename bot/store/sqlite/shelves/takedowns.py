"""Keep takedowns apart from editions that are being stored: they are in two files that no transaction holds together.

An edition is stored while nothing is taken down on the shelves that its articles are from; a takedown waits for the
editions of its shelf that are being stored, and later ones wait for it. Editions don't wait for each other, and nothing
that happens to one server's articles waits for another server.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

from bot.errors import StoreBusyError
from bot.news.article import ShelfId
from bot.store.port.patience import patience_s
from bot.store.sqlite.file.database import BUSY_TIMEOUT_S


class Takedowns:
    """The editions of each shelf's articles that this process is storing, and the takedowns under way.

    Attributes:
        longest_s: How long one waits for the others.
    """

    def __init__(self) -> None:
        self.longest_s = float(BUSY_TIMEOUT_S)
        self._changed = asyncio.Condition()
        self._storing = Counter[ShelfId]()
        self._taking = Counter[ShelfId]()
        self._waiting = Counter[ShelfId]()

    @asynccontextmanager
    async def none_on(self, shelves: Collection[ShelfId]) -> AsyncIterator[None]:
        """Let nothing be taken down on these shelves.

        Raises:
            StoreBusyError: a takedown took as long as a write may wait.
        """
        await self._when(lambda: not any(self._taking[shelf] or self._waiting[shelf] for shelf in shelves))
        self._storing.update(shelves)
        try:
            yield
        finally:
            self._storing.subtract(shelves)
            await self._notify()

    @asynccontextmanager
    async def one_on(self, shelf: ShelfId) -> AsyncIterator[None]:
        """Take something down on a shelf.

        Raises:
            StoreBusyError: others took as long as a write may wait.
        """
        self._waiting[shelf] += 1
        try:
            await self._when(lambda: not self._storing[shelf] and not self._taking[shelf])
            self._taking[shelf] += 1
        finally:
            self._waiting[shelf] -= 1
            await self._notify()
        try:
            yield
        finally:
            self._taking[shelf] -= 1
            await self._notify()

    async def _when(self, is_free: Callable[[], bool]) -> None:
        if is_free():
            return
        try:
            async with asyncio.timeout(patience_s(self.longest_s)), self._changed:
                await self._changed.wait_for(is_free)
        except TimeoutError:
            raise StoreBusyError("An edition is being stored.", cure="Try again in a moment.") from None

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()
