"""The one file that versions before the split had, built from the files of today."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.store.sqlite.file.kinds import LEDGER, VIEWS, archive_folder, companions, instance_path, views_path
from bot.store.sqlite.file.migrate import shipped_schema, single_schema

_TABLES = "SELECT name FROM part.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


def join_files(ledger: Path) -> None:
    """Put the closed files of a newsroom into one, as the last version before the split wrote it."""
    joined = ledger.with_name("joined")
    shutil.copyfile(instance_path(ledger), joined)
    with closing(sqlite3.connect(joined, isolation_level=None)) as connection:
        for path, kind in ((ledger, LEDGER), (views_path(ledger), VIEWS)):
            connection.executescript("".join(step.sql for step in shipped_schema(kind).migrations))
            connection.execute("ATTACH ? AS part", (str(path),))
            for (table,) in connection.execute(_TABLES).fetchall():
                connection.execute(f"INSERT INTO main.{table} SELECT * FROM part.{table}")  # noqa: S608
            connection.execute("DETACH part")
        _undo_later_migrations(connection)
        connection.execute(f"PRAGMA application_id = {LEDGER.application_id}")
        connection.execute(f"PRAGMA user_version = {single_schema().version}")
    shutil.rmtree(archive_folder(ledger))
    for part in (views_path(ledger), *companions(ledger), ledger):
        part.unlink(missing_ok=True)
    joined.rename(ledger)


def _undo_later_migrations(joined: sqlite3.Connection) -> None:
    """Drop the tables and indexes that came after the split, and add the columns that were dropped after it."""
    with closing(sqlite3.connect(":memory:")) as single:
        single.executescript("".join(step.sql for step in single_schema().migrations))
        for index in _indexes(joined) - _indexes(single):
            joined.execute(f"DROP INDEX {index}")
        for (table,) in joined.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            columns = _columns(single, table)
            if not columns:
                joined.execute(f"DROP TABLE {table}")
            for name in columns.keys() - _columns(joined, table).keys():
                joined.execute(f"ALTER TABLE {table} ADD COLUMN {name} {columns[name]}")


def _indexes(connection: sqlite3.Connection) -> set[str]:
    named = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    return {name for (name,) in connection.execute(named)}


def _columns(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    return {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({table})")}
