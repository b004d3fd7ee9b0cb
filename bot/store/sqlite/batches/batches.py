"""SQLite implementation of `BatchStore`."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from typing_extensions import override

from bot.news.article import ShelfId
from bot.news.content import ImportRecord
from bot.news.servers.batch import Rollback, require_latest, require_open
from bot.news.servers.log import Deed, Done
from bot.store.port.article import BatchStore
from bot.store.sqlite.archive.import_log import read_import
from bot.store.sqlite.archive.names import find_shelf
from bot.store.sqlite.batches.names import restore_names
from bot.store.sqlite.batches.restoring import Restoring
from bot.store.sqlite.batches.touched import Touched, read_touched
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.shelves.deeds import write_done
from bot.store.sqlite.shelves.files import StoreFiles

_FIND: Final = """
    SELECT import_record.*, shelf.name AS shelf, undo_id FROM import_record JOIN shelf USING (shelf_id)
    LEFT JOIN undo USING (import_id) WHERE shelf.name = ? AND import_id = ?
"""
_LATER: Final = """
    SELECT import_record.*, shelf.name AS shelf, undo_id FROM undo JOIN import_record USING (import_id)
    JOIN shelf USING (shelf_id)
    WHERE undo_id = (
        SELECT max(later.undo_id) FROM undo_article AS own JOIN undo_article AS later USING (article_id)
        WHERE own.undo_id = ?1 AND later.undo_id > ?1)
"""
_UNDO: Final = "SELECT undo_id, was_empty FROM undo WHERE import_id = ?"
_DROP_FINDING: Final = "DELETE FROM problem WHERE problem_id = ?"
# By its former id, by which the import that brought it knows it.
_ADD_FINDING: Final = """
    INSERT INTO problem (problem_id, shelf_id, kind, origin, path, line, field, reason, cure, seen_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
# What a later import did to the same findings counts.
_FINDINGS: Final = """
    SELECT problem_id, image FROM undo_finding AS own WHERE undo_id = ?1 AND NOT EXISTS (
        SELECT 1 FROM undo_finding AS later WHERE later.problem_id = own.problem_id AND later.undo_id > ?1)
    ORDER BY problem_id
"""
_ROLLED_BACK: Final = "UPDATE import_record SET rolled_back_at = ? WHERE import_id = ?"
_FORGET: Final = "DELETE FROM undo WHERE undo_id = ?"
_COUNT_CHANGE: Final = "UPDATE shelf SET revision = revision + 1 WHERE shelf_id = ?"
_IS_EMPTY_AGAIN: Final = """
    UPDATE shelf SET has_held_seed = 0
    WHERE shelf_id = ? AND NOT EXISTS (SELECT 1 FROM article WHERE is_stub = 0) AND NOT EXISTS (SELECT 1 FROM undo)
"""


class SqliteBatchStore(BatchStore):
    """SQLite implementation of `BatchStore`."""

    def __init__(self, files: StoreFiles) -> None:
        self._shelves = files.shelves

    @override
    async def find_batch(self, shelf: ShelfId, batch: str) -> ImportRecord | None:
        return await self._shelves.read_file(shelf, lambda connection: _find(connection, shelf, batch))

    @override
    async def plan_rollback(self, shelf: ShelfId, batch: str) -> Rollback:
        return await self._shelves.read_file(shelf, lambda connection: _plan(connection, shelf, batch))

    @override
    async def roll_back(self, shelf: ShelfId, batch: str, *, key: str, at: datetime, deed: Deed | None) -> Rollback:

        def work(connection: sqlite3.Connection) -> Rollback:
            plan = require_latest(_plan(connection, shelf, batch))
            if plan.key == key:
                _roll_back(connection, shelf, plan, at)
                write_done(connection, None if deed is None else _done(deed, plan))
            return plan

        # An edition that is being planned has the articles, or is planned without them.
        async with self._shelves.takedowns.one_on(shelf):
            return await self._shelves.write(shelf, work)


def _find(connection: sqlite3.Connection, shelf: ShelfId, batch: str) -> ImportRecord | None:
    row = connection.execute(_FIND, (shelf, batch)).fetchone()
    return None if row is None else read_import(row)


def _plan(connection: sqlite3.Connection, shelf: ShelfId, batch: str) -> Rollback:
    record = require_open(_find(connection, shelf, batch))
    undo_id, _ = connection.execute(_UNDO, (record.id,)).fetchone()
    touched = read_touched(connection, undo_id)
    later = connection.execute(_LATER, (undo_id,)).fetchone()
    full = [each for each in touched if not (each.is_stub if each.image is None else each.image.is_stub)]
    return Rollback(
        batch=record,
        removed=tuple(each.title for each in full if each.is_removed),
        restored=tuple(each.was.title for each in full if each.comes_back),
        kept=sum(each.is_kept for each in full),
        later=None if later is None else read_import(later),
        key=_key(record.id, touched),
    )


def _key(batch: str, touched: Sequence[Touched]) -> str:
    said = [(each.article_id, each.is_removed, each.is_kept, each.comes_back) for each in touched]
    return hashlib.sha256(repr((batch, said)).encode(errors="replace")).hexdigest()[:16]


def _done(deed: Deed, plan: Rollback) -> Done:
    detail = f"batch {plan.batch.id}, {len(plan.removed):,} removed, {len(plan.restored):,} restored"
    return Done(id=deed.id, subject=plan.batch.origin, detail=detail)


def _roll_back(connection: sqlite3.Connection, shelf: ShelfId, plan: Rollback, at: datetime) -> None:
    shelf_id = find_shelf(connection, shelf) or 0
    undo_id, was_empty = connection.execute(_UNDO, (plan.batch.id,)).fetchone()
    Restoring(connection=connection, shelf_id=shelf_id, undo_id=undo_id).restore()
    restore_names(connection, shelf_id, undo_id)
    _restore_findings(connection, shelf_id, undo_id)
    connection.execute(_FORGET, (undo_id,))
    connection.execute(_ROLLED_BACK, (as_micros(at), plan.batch.id))
    connection.execute(_COUNT_CHANGE, (shelf_id,))
    if was_empty:
        connection.execute(_IS_EMPTY_AGAIN, (shelf_id,))


def _restore_findings(connection: sqlite3.Connection, shelf_id: int, undo_id: int) -> None:
    for problem_id, image in connection.execute(_FINDINGS, (undo_id,)).fetchall():
        connection.execute(_DROP_FINDING, (problem_id,))
        if image is not None:
            connection.execute(_ADD_FINDING, (problem_id, shelf_id, *json.loads(image)))
