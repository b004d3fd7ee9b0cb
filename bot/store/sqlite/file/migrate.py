"""Schemas as numbered SQL files, applied in order in one transaction; `user_version` has the last number.

A file of an older version is backed up beside itself first; one of a newer Newsdesk is not touched.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from bot.errors import SchemaTooNewError, StoreError
from bot.store.sqlite.file.errors import NOT_OURS
from bot.store.sqlite.file.kinds import LEDGER, FileKind

PAGES_AT_ONCE: Final = 4_096
"""Pages that a copy takes between two reports of its progress: 16 MB."""

Progress = Callable[[int, int, int], object]
"""Called with a status, the number of pages left, and their total."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One migration: its number, its name and its SQL."""

    number: int
    name: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The migrations of a kind of files, in order, and what identifies these files."""

    application_id: int
    migrations: tuple[Migration, ...]

    @property
    def version(self) -> int:
        """The number of the last migration."""
        return self.migrations[-1].number if self.migrations else 0

    @property
    def first(self) -> Schema:
        """The schema as it was first, with one migration."""
        return Schema(application_id=self.application_id, migrations=self.migrations[:1])


def shipped_migrations(name: str) -> tuple[Migration, ...]:
    """Read the migrations of this version from `migrations/<name>/NNNN_what.sql`, in order."""
    folder = resources.files("bot.store.sqlite") / "migrations" / name
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return tuple(
        Migration(number=int(file.name[:4]), name=file.name, sql=file.read_text(encoding="utf-8")) for file in files
    )


def shipped_schema(kind: FileKind) -> Schema:
    """Read the schema of a kind of files."""
    return Schema(application_id=kind.application_id, migrations=shipped_migrations(kind.migrations or kind.name))


def single_schema() -> Schema:
    """Read the schema of the one file that earlier versions had, whose `application_id` is the ledger's."""
    return Schema(application_id=LEDGER.application_id, migrations=shipped_migrations("single"))


def version_of(connection: sqlite3.Connection, path: Path, schema: Schema) -> int:
    """Read the version of a file; 0 for one in which nothing was created.

    Raises:
        SchemaTooNewError: it is newer than the schema.
        StoreError: the file belongs to another program.
    """
    version = _pragma(connection, "user_version")
    if _pragma(connection, "application_id") != schema.application_id and not is_fresh(connection):
        raise StoreError(f"{path} is not a Newsdesk database.", cure=NOT_OURS)
    if version > schema.version:
        raise SchemaTooNewError(
            f"{path} was written by a newer Newsdesk (schema {version}, this one knows {schema.version}).",
            cure="Install that version again, or restore the backup that it wrote beside the file before upgrading.",
        )
    return version


def is_behind(connection: sqlite3.Connection, path: Path, schema: Schema) -> bool:
    """Return True if the file needs some of the schema's migrations; raises as `version_of`."""
    return version_of(connection, path, schema) < schema.version


def apply_migrations(connection: sqlite3.Connection, path: Path, schema: Schema) -> None:
    """Back up and upgrade a file: either all that it needs is applied or nothing. The caller holds the ledger's lock.

    Args:
        connection: In autocommit mode, outside a transaction.
        path: The file; the backup is `<name>.v<version>.bak` beside it.
        schema: The file's.

    Raises:
        StoreError: the schema doesn't begin where the file is.
    """
    version = _pragma(connection, "user_version")
    steps = [migration for migration in schema.migrations if migration.number > version]
    if not steps:
        return  # another process was quicker
    if not is_fresh(connection):
        if version < schema.migrations[0].number:
            raise StoreError(f"{path} was written by an older Newsdesk.", cure="Run `newsdesk ingest`.")
        back_up(connection, path.with_name(f"{path.name}.v{version}.bak"))
    apply_steps(connection, steps, schema.application_id)


def back_up(connection: sqlite3.Connection, target: Path, *, progress: Progress | None = None) -> None:
    """Copy a snapshot of the database to `target`, which is replaced once the copy is complete."""
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    copy = sqlite3.connect(unfinished)
    try:
        connection.backup(copy, pages=PAGES_AT_ONCE if progress else -1, progress=progress)
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()  # a file of its own, until somebody writes to it
    finally:
        copy.close()
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(target)


def apply_steps(connection: sqlite3.Connection, steps: Sequence[Migration], application_id: int) -> None:
    """Apply migrations in one transaction, without a backup; with none, do nothing."""
    if not steps:
        return
    sql = "\n;\n".join(step.sql for step in steps)
    try:
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{sql}\n;PRAGMA application_id = {application_id};\n"
            f"PRAGMA user_version = {steps[-1].number};\nCOMMIT;"
        )
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def is_fresh(connection: sqlite3.Connection) -> bool:
    """Return True if nothing was ever created in the database."""
    return bool(connection.execute("SELECT count(*) = 0 FROM sqlite_schema").fetchone()[0])


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
