"""The database of the ledger: schedules, editions, deliveries, settings, notices, secrets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from bot.store.engine.connection import Connection

T = TypeVar("T")


class LedgerDatabase(Protocol):
    """Runs units of work in transactions that are as if one ran after the other."""

    @property
    def path(self) -> Path:
        """The ledger's file, or the place that it would have: the archive is beside it."""
        ...

    @property
    def damage(self) -> str:
        """The first damage that was met; empty for none."""
        ...

    @property
    def identity(self) -> str:
        """Identify the database: a copy of it, or one that was restored, has another."""
        ...

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn`, which only reads, on a snapshot, and return its result.

        Raises:
            StoreError: the database can't be read; `StoreUnavailableError` if trying again can help.
        """
        ...

    async def write(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` in a write transaction and return its result once that is on disk; if it raises, nothing is written.

        Raises:
            StoreError: the database can't be written; `StoreUnavailableError` if trying again can help.
        """
        ...

    def lock_for_sending(self) -> None:
        """Become the only process that runs the bot with this database, until it is closed.

        Raises:
            StoreError: another process is; `StoreUnavailableError` if this one is to wait for it.
        """
        ...

    async def keep_turn(self, stop: asyncio.Event) -> None:
        """Return when `stop` is set; until then, keep other processes from taking over.

        Raises:
            StoreTakenOverError: another process has.
        """
        ...

    async def quick_check(self, *tables: str) -> None:
        """Check these tables (all for none) for damage.

        Raises:
            StoreDamagedError: with the first findings.
        """
        ...

    async def integrity_check(self) -> None:
        """Check everything for damage; slow.

        Raises:
            StoreDamagedError: with the first findings.
        """
        ...

    async def back_up_to(self, target: Path) -> None:
        """Copy a snapshot to the file `target`.

        Raises:
            StoreError: it can't be copied so.
        """
        ...
