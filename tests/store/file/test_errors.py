"""SQLite's errors as sentences: the kind, and that a cure is named."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.errors import StoreBusyError, StoreDamagedError, StoreError, StoreUnavailableError
from bot.store.sqlite.file.errors import as_store_error

PATH = Path("state/newsdesk.db")


def fault(code: int) -> sqlite3.OperationalError:
    """An error as the sqlite3 module raises it."""
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_BUSY, StoreBusyError),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreBusyError),
        (sqlite3.SQLITE_FULL, StoreUnavailableError),
        (sqlite3.SQLITE_IOERR_WRITE, StoreUnavailableError),
        (sqlite3.SQLITE_CORRUPT, StoreDamagedError),
        (sqlite3.SQLITE_NOTADB, StoreDamagedError),
        (sqlite3.SQLITE_CANTOPEN, StoreError),
        (sqlite3.SQLITE_PERM, StoreError),
        (sqlite3.SQLITE_READONLY, StoreError),
    ],
)
def test_a_fault_becomes_a_sentence_with_a_cure(code: int, kind: type[StoreError]) -> None:
    """The person who meets it reads which file it is and what to do."""
    error = as_store_error(fault(code), PATH)

    assert type(error) is kind
    assert str(PATH) in error.message
    assert error.cure


@pytest.mark.parametrize("code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE])
def test_a_mistake_of_ours_is_no_fault_of_the_store(code: int) -> None:
    """It has no cure but ours."""
    assert as_store_error(fault(code), PATH) is None
