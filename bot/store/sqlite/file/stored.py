"""Decode stored JSON; damage becomes an error that says how to restore."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bot.errors import StoreDamagedError
from bot.store.sqlite.file.errors import RESTORE

T = TypeVar("T")


def read_stored(what: str, read: Callable[[str], T], text: str) -> T:
    """Decode a stored text.

    Args:
        what: Names the row in the error's sentence.
        read: Decodes the text; raises ValueError if it is damaged.
        text: The stored text.

    Raises:
        StoreDamagedError: `read` raised ValueError.
    """
    try:
        return read(text)
    except ValueError as error:
        raise damaged(what, str(error)) from error


def damaged(what: str, how: str) -> StoreDamagedError:
    """Build the error for a row that differs from what was written."""
    return StoreDamagedError(f"{what} is damaged: {how}.", cure=RESTORE)
