"""The kinds of files that a newsroom has, and where they are beside the ledger's, whose path is configured.

    newsdesk.sqlite3                     the ledger: schedules, editions, deliveries, settings, notices
    newsdesk.archive/instance.sqlite3    the archive: articles, stories, the text index, the import log
    newsdesk.archive/<server>-<n>.sqlite3    the same of one server's uploads (bot/store/sqlite/shelves/shelves.py)
    newsdesk.views.sqlite3               search pages, which may be deleted at any time

An import writes to the archive alone, so a delivery never waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """A kind of database file.

    Attributes:
        name: What it is called.
        application_id: In the file's header, four letters that identify the kind.
        readers: Reading connections.
        writer_settings: Pragmas of the writing connection.
        reader_cache_kib: Page cache of a reading connection, in KiB.
        migrations: The folder of its migrations; empty for `name`.
        has_keeper: True if a connection of its own moves the write-ahead log into the file.
    """

    name: str
    application_id: int
    readers: int
    writer_settings: str
    reader_cache_kib: int = 2_000
    migrations: str = ""
    has_keeper: bool = True


# FULL costs one more fsync per transaction; the ledger's guarantees depend on it.
_DURABLE: Final = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;"

READERS: Final = 3
"""Reading connections of the archive: a completion must not wait for a search, nor both for an edition's candidates."""

LEDGER: Final = FileKind(
    name="ledger",
    application_id=0x4E575344,  # NWSD
    readers=2,
    writer_settings=f"{_DURABLE} PRAGMA cache_size = -8000;",
)

# A batch of seeds writes all over the file: with the default cache of 2 MB and a checkpoint every 1,000 pages, 10,000
# seeds took twice as long. `checkpoint` runs before the automatic checkpoint is due.
ARCHIVE: Final = FileKind(
    name="archive",
    application_id=0x4E575341,  # NWSA
    readers=READERS,
    writer_settings=f"{_DURABLE} PRAGMA cache_size = -64000; PRAGMA wal_autocheckpoint = 16000;",
    reader_cache_kib=16_000,
)

# A server's shelf is small, and many are open: two connections, and SQLite moves the log itself. Its size is limited
# (bot/store/sqlite/file/whole.py), that of its log too: it is truncated after a long transaction.
SHELF: Final = FileKind(
    name="shelf",
    application_id=0x4E575353,  # NWSS
    readers=1,
    writer_settings=f"{_DURABLE} PRAGMA journal_size_limit = 0; PRAGMA cache_size = -8000;",
    reader_cache_kib=1_000,
    migrations="archive",
    has_keeper=False,
)

VIEWS: Final = FileKind(
    name="views",
    application_id=0x4E575356,  # NWSV
    readers=1,
    writer_settings="PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA journal_size_limit = 4194304;",
)

KINDS: Final = (LEDGER, ARCHIVE, SHELF, VIEWS)


def archive_folder(ledger: Path) -> Path:
    """Return the folder of the archive's files that belong to a ledger."""
    return ledger.with_name(f"{ledger.stem}.archive")


def instance_path(ledger: Path) -> Path:
    """Return the path of the archive's file that belongs to a ledger."""
    return archive_folder(ledger) / "instance.sqlite3"


def views_path(ledger: Path) -> Path:
    """Return the path of the file with search pages that belongs to a ledger."""
    return ledger.with_name(f"{ledger.stem}.views{ledger.suffix}")


def companions(path: Path) -> tuple[Path, Path]:
    """Return the paths of SQLite's files beside a database: its write-ahead log, and that log's index."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")
