"""Read two files in one thread: a snapshot of each, and an error of a server's file kept apart from the instance's."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.errors import StoreError
from bot.store.sqlite.file.connection import as_store_errors, in_transaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An error of a shelf's file, which must not count as one of the instance's, in whose thread it happened."""

    error: StoreError


def in_snapshot(own: sqlite3.Connection, work: Callable[[], T], path: Path) -> Callable[[], T | Failed]:
    """Build the work in a read transaction of a lent connection, to the file at `path`."""

    def run() -> T | Failed:
        try:
            with as_store_errors(path):
                return in_transaction(own, "BEGIN", lambda _: work())
        except StoreError as error:
            return Failed(error=error)

    return run


async def unbroken(work: Coroutine[object, object, T]) -> T:
    """Await work on a lent connection to its end, also if the caller is cancelled: a thread is still using it."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
