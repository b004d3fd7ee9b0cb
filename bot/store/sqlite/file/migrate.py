"""Schema migrations: numbered SQL files, applied in order in one transaction; `user_version` has the last number.

A database of an older version is backed up beside itself first; one of a newer Newsdesk is not touched.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from bot.errors import SchemaTooNewError, StoreError
from bot.store.sqlite.file.errors import NOT_OURS

APPLICATION_ID: Final = 0x4E575344
"""`NWSD` in the file's header, which identifies Newsdesk's databases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One migration: its number from 1, its name and its SQL."""

    number: int
    name: str
    sql: str


def shipped_migrations() -> tuple[Migration, ...]:
    """Read the migrations of this version in order: `migrations/NNNN_what.sql`."""
    folder = resources.files("bot.store.sqlite") / "migrations"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return tuple(
        Migration(number=int(file.name[:4]), name=file.name, sql=file.read_text(encoding="utf-8")) for file in files
    )


def is_behind(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> bool:
    """Return True if the database needs some of `migrations`.

    Raises:
        SchemaTooNewError: its version is newer than all of them.
        StoreError: it belongs to another program.
    """
    version = _pragma(connection, "user_version")
    owner = _pragma(connection, "application_id")
    if owner != APPLICATION_ID and not is_fresh(connection):
        raise StoreError(f"{path} is not a Newsdesk database.", cure=NOT_OURS)
    newest = migrations[-1].number if migrations else 0
    if version > newest:
        raise SchemaTooNewError(
            f"{path} was written by a newer Newsdesk (schema {version}, this one knows {newest}).",
            cure="Install that version again, or restore the backup that it wrote beside the file before upgrading.",
        )
    return version < newest


def apply_migrations(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Back up and upgrade the database. The caller holds the file's lock.

    Args:
        connection: In autocommit mode, outside a transaction.
        path: The database's file; the backup is `<name>.v<version>.bak` beside it.
        migrations: In order. Either all that the database needs are applied or none.
    """
    version = _pragma(connection, "user_version")
    steps = [migration for migration in migrations if migration.number > version]
    if not steps:
        return  # another process was quicker
    if not is_fresh(connection):
        back_up(connection, path.with_name(f"{path.name}.v{version}.bak"))
    _apply(connection, steps)


def back_up(connection: sqlite3.Connection, target: Path) -> None:
    """Copy a snapshot of the database to `target`, which is replaced once the copy is complete."""
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    copy = sqlite3.connect(unfinished)
    try:
        connection.backup(copy)
    finally:
        copy.close()
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(target)


def _apply(connection: sqlite3.Connection, steps: Sequence[Migration]) -> None:
    sql = "\n;\n".join(step.sql for step in steps)
    try:
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{sql}\n;PRAGMA application_id = {APPLICATION_ID};\n"
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
