"""Whether the files that are open are still the ones under their names.

A deleted or replaced file remains usable for a process that has it open, and everything written to it is gone when that
process ends.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bot.store.sqlite.file.lock import lock_path

_Identity = tuple[int, int]


class OpenFiles:
    """The identities of a database's files when they were first looked at: the file, its log and its lock."""

    def __init__(self, path: Path) -> None:
        self._paths: Final = (path, path.with_name(path.name + "-wal"), lock_path(path))
        self._known: dict[Path, _Identity] = {}

    def find_displaced(self) -> str:
        """Say which file was deleted or replaced since the first call; empty if none was."""
        for path in self._paths:
            identity = _identify(path)
            known = self._known.get(path)
            if known is None:
                if identity is not None:
                    self._known[path] = identity
            elif identity != known:
                return f"{path} was {'deleted' if identity is None else 'replaced'}"
        return ""


def _identify(path: Path) -> _Identity | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
