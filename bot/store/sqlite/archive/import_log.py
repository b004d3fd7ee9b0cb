"""Stamps of seed files, problems and imports of a shelf, and the shelf's size."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from bot.news.article import Finding, SeedNote, SeedProblem, ShelfId
from bot.news.content import ImportRecord, ShelfSize
from bot.store.port.article import FileStamp
from bot.store.sqlite.archive.names import find_shelf, save_shelf
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.file.sql import storable

FINDINGS_KEPT: Final = 5000
"""Problems, and as many notes, kept per shelf, the newest: a member's bad seeds must not fill the disk."""

_STAMP: Final = "SELECT size, mtime_ns, content_hash FROM file_mark WHERE folder = ? AND path = ?"
_STAMPS: Final = "SELECT path, size, mtime_ns, content_hash FROM file_mark WHERE folder = ?"
_SAVE_STAMP: Final = (
    "INSERT OR REPLACE INTO file_mark (folder, path, size, mtime_ns, content_hash) VALUES (?, ?, ?, ?, ?)"
)
_DROP_STAMP: Final = "DELETE FROM file_mark WHERE folder = ? AND path = ?"
# The folder's own stamp, too: it must not count as unchanged.
_FORGET_STAMP: Final = """
    UPDATE file_mark SET content_hash = '' WHERE folder = ?1 AND path IN (?2, '')
    AND EXISTS (SELECT 1 FROM file_mark WHERE folder = ?1 AND path = ?2)
"""
_DROP_FINDINGS: Final = "DELETE FROM problem WHERE shelf_id = ? AND path = ? AND origin = ?"
_SAVE_FINDING: Final = """
    INSERT INTO problem (kind, shelf_id, origin, path, line, field, reason, cure, seen_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_DROP_OLD_FINDINGS: Final = """
    DELETE FROM problem WHERE shelf_id = ?1 AND kind = ?2 AND problem_id <= (
        SELECT problem_id FROM problem WHERE shelf_id = ?1 AND kind = ?2 ORDER BY problem_id DESC LIMIT 1 OFFSET ?3)
"""
_FINDINGS: Final = """
    SELECT kind, path, line, field, reason, cure FROM problem
    WHERE shelf_id = ?1 AND ifnull(origin = ?2, 1) AND ifnull(kind = ?3, 1)
    ORDER BY path, origin, ifnull(line, 0), problem_id LIMIT ?4
"""
_KINDS: Final[Mapping[str, type[SeedProblem | SeedNote]]] = {"problem": SeedProblem, "note": SeedNote}
_SAVE_IMPORT: Final = """
    INSERT OR REPLACE INTO import_record
        (import_id, shelf_id, at, origin, added, changed, unchanged, rejected)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_IMPORTS: Final = """
    SELECT import_record.*, shelf.name AS shelf FROM import_record JOIN shelf USING (shelf_id)
    WHERE shelf.name = ? ORDER BY at DESC, import_id DESC LIMIT ?
"""
# A clock that was set back must not lock a server out: what lies ahead doesn't count.
_BEGUN: Final = "SELECT at FROM import_begun WHERE shelf = ?1 AND at > ?2 AND at <= ?3 ORDER BY at"
_BEGIN: Final = "INSERT INTO import_begun (shelf, at) VALUES (?, ?)"
_FORGET_BEGUN: Final = "DELETE FROM import_begun WHERE shelf = ? AND at <= ?"
_SIZE: Final = """
    SELECT count(*), ifnull(sum(text_bytes), 0) FROM article INDEXED BY article_by_stem
    WHERE shelf_id = ? AND is_stub = 0
"""


def is_empty(connection: sqlite3.Connection, shelf: ShelfId) -> bool:
    """Implement `ArticleStore.is_empty_shelf`."""
    row = connection.execute("SELECT has_held_seed FROM shelf WHERE name = ?", (shelf,)).fetchone()
    return row is None or not row[0]


def measure_shelf(connection: sqlite3.Connection, shelf: ShelfId) -> ShelfSize:
    """Implement `ArticleStore.shelf_size`; the text of stubs counts with the seed that names them."""
    articles, text_bytes = connection.execute(_SIZE, (find_shelf(connection, shelf),)).fetchone()
    return ShelfSize(articles=articles, bytes=text_bytes)


def read_stamps(connection: sqlite3.Connection, folder: str) -> dict[str, FileStamp]:
    """Implement `ArticleStore.file_stamps`."""
    rows = connection.execute(_STAMPS, (storable(folder),))
    return {path: FileStamp(size=size, mtime_ns=mtime_ns, content_hash=known) for path, size, mtime_ns, known in rows}


def find_stamp(connection: sqlite3.Connection, folder: str, name: str) -> FileStamp | None:
    """Implement `ArticleStore.find_file_stamp`."""
    row = connection.execute(_STAMP, (storable(folder), storable(name))).fetchone()
    return None if row is None else FileStamp(size=row[0], mtime_ns=row[1], content_hash=row[2])


def save_stamps(connection: sqlite3.Connection, folder: str, stamps: Mapping[str, FileStamp]) -> None:
    """Implement `ArticleStore.save_file_stamps`."""
    connection.executemany(
        _SAVE_STAMP,
        [
            (storable(folder), storable(path), stamp.size, stamp.mtime_ns, stamp.content_hash)
            for path, stamp in stamps.items()
        ],
    )


def drop_stamps(connection: sqlite3.Connection, folder: str, names: Sequence[str]) -> None:
    """Implement `ArticleStore.drop_file_stamps`."""
    connection.executemany(_DROP_STAMP, [(storable(folder), storable(name)) for name in names])


def forget_stamps(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Let these files be read at the next import of their folder, whichever of their folders that is."""
    for path in paths:
        parts = path.split("/")
        splits = [("/".join(parts[:place]), "/".join(parts[place:])) for place in range(1, len(parts))]
        connection.executemany(_FORGET_STAMP, [(folder, name) for folder, name in splits if folder])


def save_findings(
    connection: sqlite3.Connection,
    shelf: ShelfId,
    origin: str,
    findings: Sequence[Finding],
    resolved: Sequence[str],
    at: datetime,
) -> None:
    """Implement `ArticleStore.save_findings`; the newest `FINDINGS_KEPT` of each kind are kept."""
    shelf_id, origin = save_shelf(connection, shelf), storable(origin)
    paths = {storable(path) for path in (*resolved, *(finding.path for finding in findings))}
    connection.executemany(_DROP_FINDINGS, [(shelf_id, path, origin) for path in sorted(paths)])
    connection.executemany(_SAVE_FINDING, [_finding_row(shelf_id, origin, each, as_micros(at)) for each in findings])
    connection.executemany(_DROP_OLD_FINDINGS, [(shelf_id, kind, FINDINGS_KEPT) for kind in _KINDS])


def _finding_row(shelf_id: int, origin: str, finding: Finding, at: int) -> tuple[object, ...]:
    kind = "note" if isinstance(finding, SeedNote) else "problem"
    texts = map(storable, (finding.field, finding.reason, finding.cure))
    return (kind, shelf_id, origin, storable(finding.path), finding.line, *texts, at)


def read_findings(connection: sqlite3.Connection, shelf: ShelfId, origin: str) -> tuple[Finding, ...]:
    """Implement `ArticleStore.findings_of`."""
    rows = connection.execute(_FINDINGS, (find_shelf(connection, shelf), storable(origin), None, -1))
    return tuple(_KINDS[kind](**_finding(row)) for kind, *row in rows)


def read_problems(connection: sqlite3.Connection, shelf: ShelfId, limit: int) -> tuple[SeedProblem, ...]:
    """Implement `ArticleStore.problems`."""
    rows = connection.execute(_FINDINGS, (find_shelf(connection, shelf), None, "problem", limit))
    return tuple(SeedProblem(**_finding(row)) for _, *row in rows)


def read_notes(connection: sqlite3.Connection, shelf: ShelfId, limit: int) -> tuple[SeedNote, ...]:
    """Implement `ArticleStore.notes`."""
    rows = connection.execute(_FINDINGS, (find_shelf(connection, shelf), None, "note", limit))
    return tuple(SeedNote(**_finding(row)) for _, *row in rows)


def _finding(row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(("path", "line", "field", "reason", "cure"), row, strict=True))


def save_import(connection: sqlite3.Connection, record: ImportRecord) -> None:
    """Implement `ArticleStore.save_import`."""
    shelf_id = save_shelf(connection, record.shelf)
    counts = (record.added, record.changed, record.unchanged, record.rejected)
    connection.execute(_SAVE_IMPORT, (record.id, shelf_id, as_micros(record.at), storable(record.origin), *counts))


def read_imports(connection: sqlite3.Connection, shelf: ShelfId, limit: int) -> tuple[ImportRecord, ...]:
    """Implement `ArticleStore.imports`."""
    return tuple(
        ImportRecord(
            id=row["import_id"],
            shelf=ShelfId(row["shelf"]),
            at=as_moment(row["at"]),
            origin=row["origin"],
            added=row["added"],
            changed=row["changed"],
            unchanged=row["unchanged"],
            rejected=row["rejected"],
        )
        for row in connection.execute(_IMPORTS, (shelf, limit))
    )


def begin_import(connection: sqlite3.Connection, shelf: ShelfId, at: datetime, since: datetime, limit: int) -> bool:
    """Implement `ArticleStore.begin_import`; those before `since` are forgotten."""
    if len(read_begun(connection, shelf, since, at)) >= limit:
        return False
    connection.execute(_FORGET_BEGUN, (shelf, as_micros(since)))
    connection.execute(_BEGIN, (shelf, as_micros(at)))
    return True


def read_begun(
    connection: sqlite3.Connection, shelf: ShelfId, since: datetime, until: datetime
) -> tuple[datetime, ...]:
    """Implement `ArticleStore.imports_begun`."""
    return tuple(as_moment(row[0]) for row in connection.execute(_BEGUN, (shelf, as_micros(since), as_micros(until))))
