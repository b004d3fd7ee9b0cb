"""Names of the shelves' files, which are never used twice.

SQLite replays a write-ahead log that was left beside a file into any later file of that name. So the file of a server
that uploads again after its shelf was deleted gets another name: the server's id, and a number that only grows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.news.article import INSTANCE_SHELF, ShelfId, server_shelf
from bot.store.sqlite.file.kinds import archive_folder, companions

_NAME: Final = re.compile(r"(?P<guild>-?\d+)-(?P<number>\d+)\.sqlite3")


def find_shelf_files(ledger: Path) -> dict[ShelfId, Path]:
    """Find the file of each server's shelf; of several the one with the highest number."""
    numbered: dict[ShelfId, tuple[int, Path]] = {}
    for path in archive_folder(ledger).glob("*.sqlite3"):
        found = _NAME.fullmatch(path.name)
        if found is not None:
            shelf, each = server_shelf(int(found["guild"])), (int(found["number"]), path)
            numbered[shelf] = max(each, numbered.get(shelf, each))
    return {shelf: path for shelf, (_, path) in sorted(numbered.items())}


def new_shelf_path(ledger: Path, shelf: ShelfId, number: int) -> Path:
    """Return a path for a shelf's file.

    Args:
        ledger: The ledger that it belongs to.
        shelf: A server's.
        number: Higher than that of any earlier file of the server.
    """
    return archive_folder(ledger) / f"{shelf.partition(':')[2]}-{number}.sqlite3"


def delete_shelf_files(ledger: Path, shelf: ShelfId) -> None:
    """Delete all files of a server, copies from before an upgrade too, and each write-ahead log before its file."""
    files = archive_folder(ledger).glob(f"{shelf.partition(':')[2]}-*.sqlite3*")
    for path in sorted(files, key=lambda path: (path.suffix == ".sqlite3", path.name)):
        path.unlink(missing_ok=True)


def delete_database(path: Path) -> None:
    """Delete a file and, before it, its write-ahead log, which must not be left without it."""
    for part in (*companions(path), path):
        part.unlink(missing_ok=True)


def server_among(shelves: Sequence[ShelfId]) -> ShelfId | None:
    """Return the server whose shelf is among those that a reader sees; None for none."""
    servers = [shelf for shelf in dict.fromkeys(shelves) if shelf != INSTANCE_SHELF]
    if len(servers) > 1:
        raise ValueError(f"nobody sees the shelves of several servers: {', '.join(servers)}")
    return servers[0] if servers else None
