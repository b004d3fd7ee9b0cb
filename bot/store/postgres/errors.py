"""PostgreSQL's errors translated into `StoreError`s with a sentence for the operator; none has a password in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import errors
from psycopg_pool import PoolClosed, PoolTimeout

from bot.errors import StoreBusyError, StoreDamagedError, StoreError, StoreUnavailableError

CONFLICTS: Final = (errors.SerializationFailure, errors.DeadlockDetected)
"""Errors of a transaction that was undone because of another one: it is run again."""

_RESTORE: Final = "Restore the database with PostgreSQL's own tools (docs/two-machines.md)."


@contextmanager
def as_store_errors(name: str) -> Iterator[None]:
    """Translate errors of psycopg within the block; `name` is the database's, for the sentence.

    Raises:
        StoreError: PostgreSQL can't read or write the database.
    """
    try:
        yield
    except (psycopg.Error, PoolTimeout, PoolClosed) as error:
        known = _as_store_error(error, name)
        if known is None:
            raise
        raise known from error


def _as_store_error(error: Exception, name: str) -> StoreError | None:
    """Translate an error; None for one that only a bug can cause, which must not be hidden."""
    match error:
        case errors.SerializationFailure() | errors.DeadlockDetected():
            return StoreBusyError(f"{name} is busy: too many changes at once.", cure="Try again in a moment.")
        case errors.LockNotAvailable() | errors.QueryCanceled():
            return StoreBusyError(f"{name} takes too long to answer.", cure="Try again in a moment.")
        case errors.DiskFull():
            return StoreUnavailableError(f"The disk of {name} is full.", cure="Free some space on it.")
        case errors.ReadOnlySqlTransaction():
            return StoreUnavailableError(f"{name} is read-only: a standby?", cure="Name the primary as `ledger`.")
        case errors.DataCorrupted() | errors.IndexCorrupted():
            return StoreDamagedError(f"{name} is damaged: {_first_line(error)}.", cure=_RESTORE)
        case errors.InsufficientPrivilege() | errors.InvalidSchemaName():
            cure = "Its user must own the database, or its schema `newsdesk`."
            return StoreError(f"{name} refused a statement: {_first_line(error)}.", cure=cure)
        case psycopg.OperationalError() | PoolTimeout() | PoolClosed() | errors.InternalError():
            cure = "Check that PostgreSQL runs, and what `ledger` says."
            return StoreUnavailableError(f"{name} can't be reached: {_first_line(error)}.", cure=cure)
        case _:
            return None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")
