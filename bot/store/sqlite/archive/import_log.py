"""Stamps of seed files, problems and imports of a shelf, and the shelf's size."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from bot.news.article import INSTANCE_SHELF, Finding, SeedNote, SeedProblem, ShelfId
from bot.news.content import ImportRecord, ShelfSize
from bot.store.engine.connection import Connection
from bot.store.port.article import FileStamp
from bot.store.sqlite.archive.names import drop_unused_names, find_shelf, save_shelf
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.file.sql import as_list, storable

FINDINGS_KEPT: Final = 5000
"""Problems, and as many notes, of the operator's files that are kept, the newest."""

FINDINGS_KEPT_OF_SERVER: Final = 400
"""As many as two imports have: a member's bad seeds must not fill the disk."""

IMPORTS_KEPT: Final = 100
"""Records of a server's imports that are kept, the newest."""

CHANGES_KEPT: Final = 16
"""Changes of a server's article that are kept: the first, and the latest ones. A file may be uploaded again each minute
with other numbers."""

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
        (import_id, shelf_id, at, origin, added, changed, unchanged, rejected, interaction_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_DROP_OLD_IMPORTS: Final = """
    DELETE FROM import_record WHERE import_id IN (
        SELECT import_id FROM import_record WHERE shelf_id = ? ORDER BY at DESC, import_id DESC LIMIT -1 OFFSET ?)
"""
# A server's own file has no other shelf's changes.
_OFTEN_CHANGED: Final = """
    SELECT row_id FROM change WHERE replaced_at IS NOT NULL GROUP BY row_id HAVING count(*) >= ?
"""
_DROP_CHANGES: Final = """
    DELETE FROM change WHERE change_id IN (
        SELECT change_id FROM (
            SELECT change_id, row_number() OVER (PARTITION BY row_id ORDER BY seen_at DESC, change_id DESC) AS newest,
                row_number() OVER (PARTITION BY row_id ORDER BY seen_at, change_id) AS oldest
            FROM json_each(?1) AS wanted CROSS JOIN change ON row_id = wanted.value
        ) WHERE newest >= ?2 AND oldest > 1)
"""
_EXTEND_FIRST: Final = """
    UPDATE change SET replaced_at = (
        SELECT min(seen_at) FROM change AS later
        WHERE later.row_id = change.row_id AND (later.seen_at, later.change_id) > (change.seen_at, change.change_id))
    WHERE row_id IN (SELECT value FROM json_each(?1)) AND replaced_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM change AS earlier WHERE earlier.row_id = change.row_id
        AND (earlier.seen_at, earlier.change_id) < (change.seen_at, change.change_id))
"""
_IMPORTS: Final = """
    SELECT import_record.*, shelf.name AS shelf, undo_id FROM import_record JOIN shelf USING (shelf_id)
    LEFT JOIN undo USING (import_id) WHERE shelf.name = ? ORDER BY at DESC, import_id DESC LIMIT ?
"""
# A clock that was set back must not lock a server out: what lies ahead doesn't count.
_BEGUN: Final = "SELECT at FROM upload_begun WHERE shelf = ? AND at > ? AND at <= ? ORDER BY at"
_BEGIN: Final = "INSERT INTO upload_begun (shelf, at) VALUES (?, ?)"
_FORGET_BEGUN: Final = "DELETE FROM upload_begun WHERE shelf = ? AND at <= ?"
_SIZE: Final = """
    SELECT count(*), ifnull(sum(text_bytes), 0) FROM article INDEXED BY article_by_stem
    WHERE shelf_id = ? AND is_stub = 0
"""
_PAGES: Final = ("page_count", "freelist_count", "page_size")


def is_empty(connection: sqlite3.Connection, shelf: ShelfId) -> bool:
    """Implement `ArticleStore.is_empty_shelf`."""
    row = connection.execute("SELECT has_held_seed FROM shelf WHERE name = ?", (shelf,)).fetchone()
    return row is None or not row[0]


def measure_shelf(connection: sqlite3.Connection, shelf: ShelfId) -> ShelfSize:
    """Implement `ArticleStore.shelf_size`; the text of stubs counts with the seed that names them."""
    shelf_id = find_shelf(connection, shelf)
    if shelf_id is None:
        return ShelfSize(articles=0, bytes=0)
    articles, text_bytes = connection.execute(_SIZE, (shelf_id,)).fetchone()
    pages, free, page_bytes = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in _PAGES)
    return ShelfSize(articles=articles, bytes=text_bytes, disk_bytes=(pages - free) * page_bytes)


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
    """Implement `ArticleStore.save_findings`; the newest of each kind are kept."""
    shelf_id, origin = save_shelf(connection, shelf), storable(origin)
    paths = {storable(path) for path in (*resolved, *(finding.path for finding in findings))}
    connection.executemany(_DROP_FINDINGS, [(shelf_id, path, origin) for path in sorted(paths)])
    connection.executemany(_SAVE_FINDING, [_finding_row(shelf_id, origin, each, as_micros(at)) for each in findings])
    most = FINDINGS_KEPT if shelf == INSTANCE_SHELF else FINDINGS_KEPT_OF_SERVER
    connection.executemany(_DROP_OLD_FINDINGS, [(shelf_id, kind, most) for kind in _KINDS])


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
    head = (record.id, shelf_id, as_micros(record.at), storable(record.origin))
    connection.execute(_SAVE_IMPORT, (*head, *counts, record.deed_id))
    drop_unused_names(connection, shelf_id)
    if record.shelf != INSTANCE_SHELF:
        connection.execute(_DROP_OLD_IMPORTS, (shelf_id, IMPORTS_KEPT))
        _drop_old_changes(connection)


def _drop_old_changes(connection: sqlite3.Connection) -> None:
    """Drop all changes but the first of an article and its latest ones, so that what it was at first stays known."""
    articles = as_list(row[0] for row in connection.execute(_OFTEN_CHANGED, (CHANGES_KEPT,)))
    connection.execute(_DROP_CHANGES, (articles, CHANGES_KEPT))
    connection.execute(_EXTEND_FIRST, (articles,))


def read_imports(connection: sqlite3.Connection, shelf: ShelfId, limit: int) -> tuple[ImportRecord, ...]:
    """Implement `ArticleStore.imports`."""
    return tuple(read_import(row) for row in connection.execute(_IMPORTS, (shelf, limit)))


def read_import(row: sqlite3.Row) -> ImportRecord:
    """Read a row of `import_record` with its shelf's name as `shelf`, and its `undo_id`."""
    return ImportRecord(
        id=row["import_id"],
        shelf=ShelfId(row["shelf"]),
        at=as_moment(row["at"]),
        origin=row["origin"],
        added=row["added"],
        changed=row["changed"],
        unchanged=row["unchanged"],
        rejected=row["rejected"],
        deed_id=row["interaction_id"],
        rolled_back_at=as_moment(row["rolled_back_at"]),
        can_roll_back=row["undo_id"] is not None,
    )


def begin_import(connection: Connection, shelf: ShelfId, at: datetime, since: datetime, limit: int) -> bool:
    """Implement `ArticleStore.begin_import`; those before `since` are forgotten."""
    if len(read_begun(connection, shelf, since, at)) >= limit:
        return False
    connection.execute(_FORGET_BEGUN, (shelf, as_micros(since)))
    connection.execute(_BEGIN, (shelf, as_micros(at)))
    return True


def read_begun(connection: Connection, shelf: ShelfId, since: datetime, until: datetime) -> tuple[datetime, ...]:
    """Implement `ArticleStore.imports_begun`."""
    return tuple(as_moment(row[0]) for row in connection.execute(_BEGUN, (shelf, as_micros(since), as_micros(until))))
