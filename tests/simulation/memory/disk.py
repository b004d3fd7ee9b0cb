"""Where a transaction becomes durable: each one is a function without an await, done as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Disk(Protocol):
    """Does transactions, and lets time pass around them."""

    async def write(self, work: Callable[[], T]) -> T:
        """Do `work` as one transaction; what it raises leaves everything as it was.

        Raises:
            StoreError: the file can't be written; nothing was done.
        """
        ...

    async def read(self, work: Callable[[], T]) -> T:
        """Do `work`, which changes nothing."""
        ...


class InstantDisk:
    """No time passes, and nothing fails."""

    async def write(self, work: Callable[[], T]) -> T:
        """See `Disk.write`."""
        return work()

    async def read(self, work: Callable[[], T]) -> T:
        """See `Disk.read`."""
        return work()
