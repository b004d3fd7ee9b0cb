"""The one file that versions before the split had, built from the files of today."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.store.sqlite.file.kinds import LEDGER, VIEWS, archive_folder, companions, instance_path, views_path
from bot.store.sqlite.file.migrate import shipped_schema, single_schema
from bot.store.sqlite.shelves.names import find_shelf_files

_TABLES = "SELECT name FROM part.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
_OF_A_SHELF = (
    "shelf", "provider", "topic", "article", "former_stem", "alias", "article_topic", "coverage", "change",
    "tombstone", "tombstone_url", "problem", "import_record", "story", "story_alias", "story_article",
)  # fmt: skip
_NUMBERS = {"shelf_id", "provider_id", "topic_id", "change_id", "problem_id", "story_key"}


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
        for path in find_shelf_files(ledger).values():
            _join_shelf(connection, path)
        _undo_later_migrations(connection)
        connection.execute(f"PRAGMA application_id = {LEDGER.application_id}")
        connection.execute(f"PRAGMA user_version = {single_schema().version}")
    shutil.rmtree(archive_folder(ledger))
    for part in (views_path(ledger), *companions(ledger), ledger):
        part.unlink(missing_ok=True)
    joined.rename(ledger)


def _join_shelf(joined: sqlite3.Connection, path: Path) -> None:
    """Put a server's uploads into the one file, without their words; their numbers get out of the way of others."""
    joined.execute("ATTACH ? AS part", (str(path),))
    for table in _OF_A_SHELF:
        columns = list(_columns(joined, table))
        values = [f"{name} + 1000" if name in _NUMBERS else name for name in columns]
        into = f"INSERT INTO main.{table} ({', '.join(columns)})"
        joined.execute(f"{into} SELECT {', '.join(values)} FROM part.{table}")  # noqa: S608
    joined.execute("DETACH part")


def _undo_later_migrations(joined: sqlite3.Connection) -> None:
    """Drop the tables and indexes that came after the split, and add the columns that were dropped after it."""
    with closing(sqlite3.connect(":memory:")) as single:
        single.executescript("".join(step.sql for step in single_schema().migrations))
        _name_rows_in_stories(joined, single)
        for index in _indexes(joined) - _indexes(single):
            joined.execute(f"DROP INDEX {index}")
        tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        for (table,) in joined.execute(tables).fetchall():
            columns = _columns(single, table)
            if not columns:
                joined.execute(f"DROP TABLE {table}")
            if table == "import_record":
                for name in ("interaction_id", "rolled_back_at"):
                    joined.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
            for name in columns.keys() - _columns(joined, table).keys():
                joined.execute(f"ALTER TABLE {table} ADD COLUMN {name} {columns[name]}")


def _name_rows_in_stories(joined: sqlite3.Connection, single: sqlite3.Connection) -> None:
    """Let stories name their articles by row again."""
    wanted = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name = ?"
    for trigger in ("article_touched", "story_of_deleted_article", "story_without_articles"):
        joined.execute(f"DROP TRIGGER {trigger}")
    for index in ("story_article_by_story", "story_article_by_article"):
        joined.execute(f"DROP INDEX {index}")
    joined.execute("ALTER TABLE article DROP COLUMN touched")
    joined.execute("ALTER TABLE text_total DROP COLUMN next_word")
    joined.execute("ALTER TABLE story_article RENAME TO later")
    for name in ("story_article", "story_article_by_story", "story_article_by_article"):
        joined.execute(*single.execute(wanted, (name,)).fetchone())
    joined.execute("""
        INSERT INTO story_article (shelf_id, row_id, story_key, standing)
        SELECT later.shelf_id, row_id, story_key, standing FROM later JOIN article USING (article_id)
    """)
    joined.execute("DROP TABLE later")
    for trigger in ("story_without_articles", "story_of_changed_article"):
        joined.execute(*single.execute(wanted, (trigger,)).fetchone())


def _indexes(connection: sqlite3.Connection) -> set[str]:
    named = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    return {name for (name,) in connection.execute(named)}


def _columns(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    return {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({table})")}
