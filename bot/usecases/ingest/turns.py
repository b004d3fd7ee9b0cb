"""Let imports of uploads begin: one at a time for a server, a few in all, so that a crowd of them slows nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from bot.errors import Limit, TooManyError
from bot.news.article import ShelfId
from bot.seedfile.processes.uploads import ReadApart, read_upload_apart

MOST_AT_ONCE: Final = 2
"""Imports under way in all: each has a process of its own, on machines with few processors."""

MOST_WAITING: Final = 8
LONGEST_WAIT_S: Final = 60.0


class ImportTurns:
    """The imports that are under way and those that wait for a turn, in the order in which they came.

    Attributes:
        read: Reads an uploaded file where it can do no harm.
    """

    def __init__(self, *, read: ReadApart = read_upload_apart, longest_wait_s: float = LONGEST_WAIT_S) -> None:
        self.read = read
        self._longest_wait_s = longest_wait_s
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self._shelves: set[ShelfId] = set()

    @asynccontextmanager
    async def turn(self, shelf: ShelfId) -> AsyncIterator[None]:
        """Wait for a turn, and hold it.

        Raises:
            TooManyError: An import to this shelf is under way or waits, or too many others do.
        """
        if shelf in self._shelves:
            cure = "Try again once it has been answered."
            raise TooManyError("An import of this server is under way.", limit=Limit.SERVER_IMPORTS, cure=cure)
        if len(self._shelves) >= MOST_AT_ONCE + MOST_WAITING:
            raise _crowded()
        self._shelves.add(shelf)
        try:
            try:
                await asyncio.wait_for(self._places.acquire(), self._longest_wait_s)
            except TimeoutError:
                raise _crowded() from None
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._shelves.discard(shelf)


def _crowded() -> TooManyError:
    cure = "Try again in a few minutes."
    return TooManyError("Too many imports of other servers are under way.", limit=Limit.IMPORTS, cure=cure)
