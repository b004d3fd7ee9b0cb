"""A ledger's file as a process finds it that starts: sound or not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final

from bot.app.config import load_config
from bot.app.start import open_newsdesk
from bot.store.sqlite.file.kinds import archive_folder, instance_path
from bot.store.sqlite.shelves.files import open_files
from tests.support.clocks import ManualClock
from tests.support.ledger import Ledger, sqlite_ledger

PAGE: Final = 4096

NOWHERE: Final = "http://127.0.0.1:9"
"""Where nobody listens: a process that starts although it must not reaches no Discord."""


@asynccontextmanager
async def ledger_in(path: Path, clock: ManualClock) -> AsyncIterator[Ledger]:
    """The ports of a file; it is whole on the disk when they are closed."""
    async with open_files(path, clock=clock) as files:
        yield sqlite_ledger(files)


def change(path: Path, sql: str, values: Iterable[Any] = ()) -> None:
    """Do to a file what no port does."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(sql, tuple(values))


def look(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a plain connection finds in a file."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def overwrite(path: Path, at: int, content: bytes) -> None:
    """What a broken disk does."""
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)


def copy_live(source: Path, folder: Path) -> Path:
    """Copy a ledger, its archive and the files next to them at this moment, and return the ledger's copy."""
    copy = folder / source.name
    archive_folder(copy).mkdir(parents=True)
    for of in (Path, instance_path):
        for ending in ("", "-wal"):
            part = of(source).with_name(of(source).name + ending)
            if part.exists():
                shutil.copyfile(part, of(copy).with_name(part.name))
    return copy


async def start(path: Path, clock: ManualClock) -> None:
    """Start the whole bot on a file, and stop it again. What it refuses is raised before it asks anybody anything."""
    environment = {
        "NEWSDESK_TOKEN": "token",
        "NEWSDESK_DATABASE": str(path),
        "NEWSDESK_SEEDS": "",
        "NEWSDESK_API_BASE": NOWHERE,
        "NEWSDESK_HEALTH_ADDRESS": "",
    }
    async with open_newsdesk(load_config(None, environment), clock=clock):
        pass
