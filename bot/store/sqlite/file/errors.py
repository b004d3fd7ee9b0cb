"""SQLite's errors translated into `StoreError`s with a sentence for the operator."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path
from typing import Final

from bot.errors import StoreBusyError, StoreDamagedError, StoreError, StoreLostError, StoreUnavailableError

RESTORE = "Put a backup back with `newsdesk restore`."
DISPLACED = "Move it back, or stop the bot and use `newsdesk restore`."
NOT_OURS = f"Name another file as `database`; if this was Newsdesk's, its first page is damaged. {RESTORE}"

_NOT_TEXT = "Could not decode"
"""Start of the sqlite3 module's own message, without an SQLite code, for text that is not valid UTF-8."""


_PASSING: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EMFILE, errno.ENFILE, errno.EAGAIN}
)
"""Errors of the system that end by themselves, or once somebody frees what is used up."""


def file_error(error: OSError, path: Path) -> StoreError:
    """Translate an error of opening or creating a file."""
    text = f"{path} can't be opened: {error.strerror}."
    if error.errno in _PASSING:
        return StoreUnavailableError(text, cure="Free some space on its disk, or close other programs.")
    return StoreError(text, cure="Name a file as `database` that the user who runs this can write.")


def empty_error(path: Path, ledger: Path, *, was_there: bool) -> StoreError:
    """Build the error for a file without a newsroom in it, or for a missing one that was there before.

    Args:
        path: The file.
        ledger: The ledger that it belongs to.
        was_there: True if it had content before.
    """
    state = "is empty" if path.exists() else "is missing"
    if not was_there:
        cure = "A plain copy lacks what is in the -wal file beside the original: copy it with `newsdesk backup`."
        return StoreError(f"{path} {state}: there is no newsroom in it.", cure=cure)
    rest = f"{ledger.name}.lock" if path == ledger else f"{ledger.name} and {ledger.name}.lock"
    cure = f"{RESTORE} Only to begin with an empty newsroom, delete {rest} first."
    return StoreLostError(f"{path} {state}, but there was a newsroom in it.", cure=cure)


def as_store_error(error: sqlite3.Error, path: Path) -> StoreError | None:
    """Translate an SQLite error.

    Args:
        error: As the sqlite3 module raised it.
        path: The database's file, for the sentence.

    Returns:
        None for an error that only a bug can cause (wrong SQL, a violated constraint), which must not be hidden.
    """
    if str(error).startswith(_NOT_TEXT):
        return StoreDamagedError(f"{path} is damaged: {error}.", cure=RESTORE)
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreBusyError(f"{path} is locked by another process.", cure="Try again when it is done.")
        case sqlite3.SQLITE_FULL:
            return StoreUnavailableError(f"The disk of {path} is full.", cure="Free some space on it.")
        case sqlite3.SQLITE_IOERR:
            return StoreUnavailableError(f"{path} can't be read or written: {error}.", cure="Check its disk.")
        case sqlite3.SQLITE_CORRUPT:
            return StoreDamagedError(f"{path} is damaged: {error}.", cure=RESTORE)
        case sqlite3.SQLITE_NOTADB:
            return StoreDamagedError(f"{path} is not a Newsdesk database.", cure=NOT_OURS)
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH | sqlite3.SQLITE_READONLY:
            cure = "Make sure that the file and its folder belong to the user who runs this."
            return StoreError(f"{path} can't be opened: {error}.", cure=cure)
        case _:
            return None
