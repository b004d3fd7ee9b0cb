"""One connection in a thread of its own: a unit of work is one hop, one transaction, and an error with a sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import quote

import aiosqlite

from bot.store.sqlite.file.errors import as_store_error

T = TypeVar("T")


async def connect(
    stack: AsyncExitStack, path: Path, mode: Literal["ro", "rw"], settings: str, *, is_lent: bool = False
) -> aiosqlite.Connection:
    """Open a connection whose rows are `sqlite3.Row`; it is closed with the stack.

    Args:
        stack: Closes it.
        path: An existing file.
        mode: `ro` writes nothing.
        settings: Pragmas, separated by semicolons.
        is_lent: Another thread may use it, while its own does not.

    Raises:
        StoreError: the file can't be opened.
    """
    with as_store_errors(path):
        connection = await stack.enter_async_context(
            aiosqlite.connect(
                uri_of(path, mode), uri=True, isolation_level=None, cached_statements=256, check_same_thread=not is_lent
            )
        )

    def prepare(raw: sqlite3.Connection) -> None:
        raw.row_factory = sqlite3.Row
        for statement in filter(str.strip, settings.split(";")):
            raw.execute(statement).fetchall()

    await run_in_thread(connection, prepare, path)
    return connection


async def run_in_thread(connection: aiosqlite.Connection, fn: Callable[[sqlite3.Connection], T], path: Path) -> T:
    """Run a function in the connection's thread.

    Raises:
        StoreError: SQLite can't read or write the file at `path`.
    """
    # aiosqlite has no public way to run a function in a connection's thread; its own methods take one hop per
    # statement, which makes 500 seeds slow and leaves a transaction half done if the caller is cancelled. So two of its
    # private names are used, only here; tests/store/file/test_database.py fails when they change.
    with as_store_errors(path):
        answer: T = await connection._execute(fn, connection._conn)  # type: ignore[no-untyped-call]  # noqa: SLF001
        return answer


def raw_of(connection: aiosqlite.Connection) -> sqlite3.Connection:
    """Return the connection itself, for use in another thread."""
    return connection._conn  # noqa: SLF001 - as above


def in_transaction(connection: sqlite3.Connection, begin: str, fn: Callable[[sqlite3.Connection], T]) -> T:
    """Run a function in a transaction that starts with the statement `begin`; if it raises, nothing is written."""
    connection.execute(begin)
    try:
        answer = fn(connection)
        connection.execute("COMMIT")
    except BaseException:
        # SQLite itself ends the transaction on some errors (a full disk).
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return answer


@contextmanager
def as_store_errors(path: Path) -> Iterator[None]:
    """Translate errors of SQLite within the block; `path` is the file, for the sentence.

    Raises:
        StoreError: SQLite can't read or write the file.
    """
    try:
        yield
    except sqlite3.Error as error:
        known = as_store_error(error, path)
        if known is None:
            raise
        raise known from error


def uri_of(path: Path, mode: Literal["ro", "rw"]) -> str:
    """Return the URI that opens a file."""
    return f"file:{quote(str(path.absolute()))}?mode={mode}"
