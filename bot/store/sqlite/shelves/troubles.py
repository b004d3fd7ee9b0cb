"""Servers' files that can't be used: damaged, of another version, or missing.

Such a server is answered from the instance's articles alone. Its file is tried again once it has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import StoreDamagedError
from bot.news.article import ShelfId

_CURE: Final = "The bot's operator can put it back from a backup."

_Identity = tuple[int, int, int]


class UnreadableShelfError(StoreDamagedError):
    """The file of a server's uploads can't be used; what the instance has can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    """What is wrong with a file, and which file that was; None for a missing one."""

    text: str
    path: Path
    identity: _Identity | None


class Troubles:
    """The files that can't be used at the moment."""

    def __init__(self) -> None:
        self._found: dict[ShelfId, _Trouble] = {}

    def note(self, shelf: ShelfId, path: Path, text: str) -> None:
        """Note what is wrong with a server's file, in a sentence that names it."""
        self._found[shelf] = _Trouble(text=text, path=path, identity=identify(path))

    def find(self, shelf: ShelfId) -> str:
        """Find what is wrong with a server's file; empty for nothing, and once it has changed."""
        found = self._found.get(shelf)
        if found is not None and identify(found.path) != found.identity:
            del self._found[shelf]
            found = None
        return "" if found is None else found.text

    def forget(self, shelf: ShelfId) -> None:
        """Forget what was wrong with a file that is deleted, or replaced by a new one."""
        self._found.pop(shelf, None)

    def all(self) -> Mapping[ShelfId, str]:
        """Read what is wrong, by server."""
        return {shelf: text for shelf in list(self._found) if (text := self.find(shelf))}


def unreadable() -> UnreadableShelfError:
    """Build the error for a member of the server, who can do nothing about it."""
    return UnreadableShelfError("This server's own articles can't be read.", cure=_CURE)


def identify(path: Path) -> _Identity | None:
    """Return what distinguishes a file from a later one of its name; None for no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def inode_of(path: Path) -> int:
    """Return the number of the file that has a name; 0 for no file."""
    found = identify(path)
    return 0 if found is None else found[0]
