"""The ledger's tables in PostgreSQL: numbered SQL files, applied in order in one transaction by one process at a time.

Two versions of the bot may use one database while they are exchanged, so each file is of one of two kinds, named in its
first line. `-- expand` only adds what an older version doesn't notice: tables, indexes, columns with a default.
`-- contract` takes away what no released version needs any more. A database with unknown expanding migrations is used;
one with an unknown contracting migration is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Any, Final, Literal

import psycopg

from bot.errors import SchemaTooNewError, StoreError

SCHEMA: Final = "newsdesk"
"""The schema with all tables, so that the database may hold others' as well."""

_LOCK: Final = 0x4E575344_0001
"""The advisory lock of the process that migrates."""

_PREPARE: Final = f"""
    CREATE SCHEMA IF NOT EXISTS {SCHEMA};
    CREATE TABLE IF NOT EXISTS {SCHEMA}.migration (
        number bigint PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('expand', 'contract')),
        applied_at timestamptz NOT NULL DEFAULT now()
    )
"""

Kind = Literal["expand", "contract"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One migration.

    Attributes:
        number: Its place in the order, from 1.
        kind: Whether an older version can go on beside it (`expand`).
        sql: Its statements.
    """

    number: int
    kind: Kind
    sql: str


def shipped_migrations() -> tuple[Migration, ...]:
    """Read the migrations of this version from `migrations/NNNN_what.sql`, in order."""
    folder = resources.files("bot.store.postgres") / "migrations"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return tuple(_read(int(file.name[:4]), file.read_text(encoding="utf-8")) for file in files)


def _read(number: int, sql: str) -> Migration:
    match sql.partition("\n")[0]:
        case "-- expand":
            return Migration(number=number, kind="expand", sql=sql)
        case "-- contract":
            return Migration(number=number, kind="contract", sql=sql)
        case first:
            raise ValueError(f"migration {number} begins with {first!r} instead of its kind")


def migrate(raw: psycopg.Connection[Any], name: str, migrations: tuple[Migration, ...]) -> None:
    """Create or upgrade the tables in one transaction, which is committed; others wait meanwhile.

    Args:
        raw: A connection outside a transaction.
        name: The database's, for the error's sentence.
        migrations: Those of this version.

    Raises:
        SchemaTooNewError: a newer version took away what this one needs.
    """
    with raw.transaction():
        raw.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        raw.execute(_PREPARE)
        applied = _read_applied(raw)
        _require_known(applied, name, migrations)
        raw.execute(f"SET LOCAL search_path = {SCHEMA}")
        for migration in migrations:
            if migration.number not in applied:
                raw.execute(migration.sql.encode())
                raw.execute("INSERT INTO migration (number, kind) VALUES (%s, %s)", (migration.number, migration.kind))


def require_current(raw: psycopg.Connection[Any], name: str, migrations: tuple[Migration, ...]) -> None:
    """Check without a change that the tables are those that this version needs.

    Raises:
        SchemaTooNewError: as `migrate`.
        StoreError: they are older, or there are none.
    """
    found = raw.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.migration",)).fetchone()
    applied = _read_applied(raw) if found and found[0] else {}
    _require_known(applied, name, migrations)
    if not applied:
        raise StoreError(f"There is no newsroom in {name}.", cure="Run `newsdesk ingest` first.")
    if any(migration.number not in applied for migration in migrations):
        raise StoreError(f"{name} was written by an older Newsdesk.", cure="`newsdesk ingest` brings it up to date.")


def _read_applied(raw: psycopg.Connection[Any]) -> dict[int, str]:
    rows = raw.execute(f"SELECT number, kind FROM {SCHEMA}.migration").fetchall()
    return {row[0]: row[1] for row in rows}


def _require_known(applied: dict[int, str], name: str, migrations: tuple[Migration, ...]) -> None:
    known = {migration.number for migration in migrations}
    removed = [number for number, kind in applied.items() if number not in known and kind == "contract"]
    if removed:
        raise SchemaTooNewError(
            f"{name} was changed by a newer Newsdesk (schema {max(removed)}, this one knows {max(known)}).",
            cure="Install that version on this machine too.",
        )
