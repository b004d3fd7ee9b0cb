"""Put back the names of providers and topics that an import gave.

Unlike an article, a name is often given by several imports: if a later one gave it again, that stays, and what the
later one replaced becomes what this one did.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Final

_NAMES: Final = """
    SELECT kind, name, image, (
        SELECT min(later.undo_id) FROM undo_name AS later
        WHERE later.undo_id > own.undo_id AND later.kind = own.kind AND later.name = own.name) AS later
    FROM undo_name AS own WHERE undo_id = ? ORDER BY kind, name
"""
_HAND_ON: Final = "UPDATE undo_name SET image = ? WHERE undo_id = ? AND kind = ? AND name = ?"
_PUT: Final = {
    "provider": """
        INSERT INTO provider (shelf_id, domain, name, named_at, picture_url, pictured_at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (shelf_id, domain) DO UPDATE SET name = excluded.name, named_at = excluded.named_at,
            picture_url = excluded.picture_url, pictured_at = excluded.pictured_at
    """,
    "topic": """
        INSERT INTO topic (shelf_id, folded, label, named_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (shelf_id, folded) DO UPDATE SET label = excluded.label, named_at = excluded.named_at
    """,
}
_DROP_UNUSED: Final = {
    "provider": """
        DELETE FROM provider WHERE shelf_id = ? AND domain = ?
        AND NOT EXISTS (SELECT 1 FROM article WHERE article.provider_id = provider.provider_id)
    """,
    "topic": """
        DELETE FROM topic WHERE shelf_id = ? AND folded = ?
        AND NOT EXISTS (SELECT 1 FROM article_topic WHERE article_topic.topic_id = topic.topic_id)
    """,
}


def restore_names(connection: sqlite3.Connection, shelf_id: int, undo_id: int) -> None:
    """Put back the names that an import gave, once its articles are what they were."""
    for kind, name, image, later in connection.execute(_NAMES, (undo_id,)).fetchall():
        if later is not None:
            connection.execute(_HAND_ON, (image, later, kind, name))
        elif image is not None:
            connection.execute(_PUT[kind], (shelf_id, name, *json.loads(image)))
        if image is None:
            connection.execute(_DROP_UNUSED[kind], (shelf_id, name))
