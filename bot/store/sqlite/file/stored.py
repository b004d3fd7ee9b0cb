"""What rows hold as JSON, read back: damage becomes an error that says how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bot.errors import StoreDamagedError
from bot.store.sqlite.file.errors import RESTORE

T = TypeVar("T")


def read_stored(what: str, read: Callable[[str], T], text: str) -> T:
    """What `read` makes of a stored text.

    Args:
        what: Names the row, for the error's sentence.
        read: Raises ValueError for a text that nobody wrote.
        text: As it was found.

    Raises:
        StoreDamagedError: it did.
    """
    try:
        return read(text)
    except ValueError as error:
        raise damaged(what, str(error)) from error


def damaged(what: str, how: str) -> StoreDamagedError:
    """The error for a row that isn't as it was written."""
    return StoreDamagedError(f"{what} is damaged: {how}.", cure=RESTORE)
