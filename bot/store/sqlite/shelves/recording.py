"""Record what an import replaces, so that it can be rolled back.

While an import of a server runs, temporary triggers keep each article, stub, name and finding as it was before it was
touched first. At the end of the import's transaction what really changed is stored with the import's record. The
latest `BATCHES_KEPT` imports are kept, and no more of them than take an eighth of what the server may use: of an import
that replaces more, nothing is kept.
"""

from __future__ import annotations

import sqlite3
from typing import Final

BATCHES_KEPT: Final = 10
"""Imports of a server that can be rolled back, the newest."""

SHARE: Final = 0.125
"""The part of the bytes of a server's file that may be used for rolling back."""

ARTICLE_COLUMNS: Final = (
    "row_id", "stem", "is_stub", "is_kept_out", "published_at", "first_seen_at", "quality", "heat", "listed", "score",
    "kind", "category", "title", "excerpt", "url", "aliases", "topics", "pictures", "content_hash", "text_bytes",
    "said_by", "said_at", "place_key", "file_path",
)  # fmt: skip
"""Columns of `article` in the order of an image, after its provider's domain and whether it is hidden."""

CHILDREN: Final = ("alias", "former_stem", "coverage", "change")
"""Rows that belong to an article, in the order of an image, after its columns."""

_IMAGE: Final = f"""
    json_array(
        (SELECT p.domain FROM provider AS p WHERE p.provider_id = a.provider_id), a.is_hidden,
        {", ".join(f"a.{name}" for name in ARTICLE_COLUMNS)},
        (SELECT json_group_array(json_array(url_hash, is_current)) FROM (
            SELECT url_hash, is_current FROM alias WHERE alias.row_id = a.row_id ORDER BY url_hash)),
        (SELECT json_group_array(stem) FROM (
            SELECT f.stem FROM former_stem AS f WHERE f.row_id = a.row_id ORDER BY f.stem)),
        (SELECT json_group_array(json_array(place, article_id, weight)) FROM (
            SELECT c.place, s.article_id, c.weight FROM coverage AS c JOIN article AS s ON s.row_id = c.to_row
            WHERE c.from_row = a.row_id ORDER BY c.place)),
        (SELECT json_group_array(json_array(seen_at, replaced_at, quality, heat, listed, published_at)) FROM (
            SELECT c.seen_at, c.replaced_at, c.quality, c.heat, c.listed, c.published_at FROM change AS c
            WHERE c.row_id = a.row_id ORDER BY c.seen_at, c.change_id)))
"""
_PROVIDER: Final = "json_array({0}.name, {0}.named_at, {0}.picture_url, {0}.pictured_at)"
_TOPIC: Final = "json_array({0}.label, {0}.named_at)"
_FINDING: Final = """
    json_array(old.kind, old.origin, old.path, old.line, old.field, old.reason, old.cure, old.seen_at)
"""
_KEEP_ARTICLE: Final = """
    INSERT INTO replaced SELECT article_id, image FROM article_image WHERE row_id = {0}
    AND (SELECT bytes < most_bytes FROM recording)
    AND NOT EXISTS (SELECT 1 FROM replaced AS known WHERE known.article_id = article_image.article_id);
"""
_KEEP_NAME: Final = """
    INSERT INTO replaced_name SELECT '{kind}', {row}.{key},
        (SELECT {image} FROM {kind} AS was WHERE was.shelf_id = {row}.shelf_id AND was.{key} = {row}.{key})
    WHERE NOT EXISTS (SELECT 1 FROM replaced_name AS known WHERE known.kind = '{kind}' AND known.name = {row}.{key});
"""


def _keeping_children(table: str, key: str, changed: str) -> dict[str, str]:
    events = {"INSERT": "new", "DELETE": "old"} | ({f"UPDATE OF {changed}": "old"} if changed else {})
    return {f"BEFORE {event} ON main.{table}": _KEEP_ARTICLE.format(f"{row}.{key}") for event, row in events.items()}


def _keeping_names(kind: str, key: str, image: str) -> dict[str, str]:
    return {
        f"BEFORE {event} ON main.{kind}": _KEEP_NAME.format(kind=kind, key=key, image=image.format("was"), row=row)
        for event, row in {"INSERT": "new", "UPDATE": "old", "DELETE": "old"}.items()
    }


# In bytes: a character of many scripts takes three.
_BYTES: Final = "64 + ifnull(length(CAST({0}image AS BLOB)), 0)"
_COUNT: Final = f"UPDATE recording SET bytes = bytes + {_BYTES.format('new.')};"

# By event. Of coverage nothing is kept where only the row of a stub changes: the stub stays the same one.
_TRIGGERS: Final = {
    "BEFORE INSERT ON main.article": """
        INSERT INTO replaced SELECT new.article_id, NULL
        WHERE NOT EXISTS (SELECT 1 FROM replaced AS known WHERE known.article_id = new.article_id);
    """,
    "BEFORE UPDATE ON main.article": _KEEP_ARTICLE.format("old.row_id"),
    "BEFORE DELETE ON main.article": _KEEP_ARTICLE.format("old.row_id"),
    **_keeping_children("alias", "row_id", "is_current"),
    **_keeping_children("former_stem", "row_id", ""),
    **_keeping_children("coverage", "from_row", ""),
    **_keeping_children("change", "row_id", "seen_at, replaced_at"),
    **_keeping_names("provider", "domain", _PROVIDER),
    **_keeping_names("topic", "folded", _TOPIC),
    "AFTER INSERT ON main.problem": """
        INSERT INTO replaced_finding SELECT new.problem_id, NULL
        WHERE NOT EXISTS (SELECT 1 FROM replaced_finding AS known WHERE known.problem_id = new.problem_id);
    """,
    "BEFORE DELETE ON main.problem": f"""
        INSERT INTO replaced_finding SELECT old.problem_id, {_FINDING}
        WHERE NOT EXISTS (SELECT 1 FROM replaced_finding AS known WHERE known.problem_id = old.problem_id);
    """,
    "AFTER INSERT ON main.import_record": "UPDATE recording SET import_id = new.import_id;",
    **{f"AFTER INSERT ON temp.{table}": _COUNT for table in ("replaced", "replaced_name", "replaced_finding")},
}
_TABLES: Final = {
    "recording": "(import_id TEXT, was_empty INTEGER, bytes INTEGER, most_bytes INTEGER)",
    "replaced": "(article_id TEXT PRIMARY KEY, image TEXT) WITHOUT ROWID",
    "replaced_name": "(kind TEXT, name TEXT, image TEXT, PRIMARY KEY (kind, name)) WITHOUT ROWID",
    "replaced_finding": "(problem_id INTEGER PRIMARY KEY, image TEXT)",
}

# What was written as it was before is not a change.
_UNCHANGED: Final = (
    """
    DELETE FROM temp.replaced
    WHERE image IS (SELECT a.image FROM article_image AS a WHERE a.article_id = replaced.article_id)
    """,
    f"""
    DELETE FROM temp.replaced_name WHERE kind = 'provider'
    AND image IS (SELECT {_PROVIDER.format("p")} FROM provider AS p WHERE p.domain = replaced_name.name)
    """,
    f"""
    DELETE FROM temp.replaced_name WHERE kind = 'topic'
    AND image IS (SELECT {_TOPIC.format("t")} FROM topic AS t WHERE t.folded = replaced_name.name)
    """,
)
_KEEP: Final = (
    """
    INSERT INTO main.undo (undo_id, import_id, was_empty, bytes)
    SELECT 1 + (SELECT ifnull(max(undo_id), 0) FROM undo), import_id, was_empty, bytes FROM temp.recording
    """,
    """
    INSERT INTO main.undo_article
    SELECT (SELECT max(undo_id) FROM undo), r.article_id, r.image, ifnull(a.is_hidden, 0)
    FROM temp.replaced AS r LEFT JOIN article AS a USING (article_id)
    """,
    """
    INSERT INTO main.undo_name SELECT (SELECT max(undo_id) FROM undo), kind, name, image FROM temp.replaced_name
    """,
    """
    INSERT INTO main.undo_finding SELECT (SELECT max(undo_id) FROM undo), problem_id, image FROM temp.replaced_finding
    """,
)
_EXPIRED: Final = """
    SELECT undo_id FROM (
        SELECT undo_id, row_number() OVER newest AS place, sum(bytes) OVER newest AS bytes FROM undo
        WINDOW newest AS (ORDER BY undo_id DESC))
    WHERE place > ? OR bytes > ?
"""
_ARE_ANY: Final = """
    SELECT EXISTS (SELECT 1 FROM temp.replaced) OR EXISTS (SELECT 1 FROM temp.replaced_finding)
"""
_WAS_EMPTY: Final = "SELECT NOT ifnull(max(has_held_seed), 0) FROM shelf"
_PRAGMAS: Final = ("max_page_count", "page_count", "freelist_count", "page_size")


def begin_recording(connection: sqlite3.Connection, most_bytes: int) -> None:
    """Begin to record, within a transaction on a server's file.

    Args:
        connection: In the import's transaction.
        most_bytes: What the file may take.
    """
    end_recording(connection)
    for name, columns in _TABLES.items():
        connection.execute(f"CREATE TEMP TABLE {name} {columns}")
    connection.execute(
        f"CREATE TEMP VIEW article_image AS SELECT a.row_id, a.article_id, {_IMAGE} AS image FROM main.article AS a"
    )
    (was_empty,) = connection.execute(_WAS_EMPTY).fetchone()
    connection.execute("INSERT INTO temp.recording VALUES (NULL, ?, 0, ?)", (was_empty, int(most_bytes * SHARE)))
    for number, (event, work) in enumerate(_TRIGGERS.items()):
        connection.execute(f"CREATE TEMP TRIGGER recording_{number} {event} BEGIN {work} END")


def keep_recording(connection: sqlite3.Connection) -> None:
    """Store what the import replaced, if it changed anything and that is not too much, and stop recording."""
    import_id, bytes_, most_bytes = connection.execute(
        "SELECT import_id, bytes, most_bytes FROM temp.recording"
    ).fetchone()
    _drop_triggers(connection)
    for statement in _UNCHANGED:
        connection.execute(statement)
    if import_id is not None and connection.execute(_ARE_ANY).fetchone()[0]:
        if bytes_ < most_bytes:
            _drop_expired(connection, BATCHES_KEPT - 1, most_bytes - bytes_)
        if bytes_ < most_bytes and 2 * bytes_ < _free_bytes(connection):
            for statement in _KEEP:
                connection.execute(statement)
        else:  # earlier ones can't be rolled back either: this one changed what they left
            connection.execute("DELETE FROM undo")
    end_recording(connection)


def end_recording(connection: sqlite3.Connection) -> None:
    """Stop recording, if something is recorded."""
    _drop_triggers(connection)
    connection.execute("DROP VIEW IF EXISTS temp.article_image")
    for name in _TABLES:
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")


def _drop_triggers(connection: sqlite3.Connection) -> None:
    for number in range(len(_TRIGGERS)):
        connection.execute(f"DROP TRIGGER IF EXISTS temp.recording_{number}")


def _drop_expired(connection: sqlite3.Connection, most: int, most_bytes: int) -> None:
    expired = [(row[0],) for row in connection.execute(_EXPIRED, (most, most_bytes))]
    connection.executemany("DELETE FROM undo WHERE undo_id = ?", expired)


def _free_bytes(connection: sqlite3.Connection) -> int:
    most, pages, free, page_bytes = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in _PRAGMAS)
    return int((most - pages + free) * page_bytes)
