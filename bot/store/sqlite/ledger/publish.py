"""Posted messages that wait to be published to their channel's followers."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Final

from bot.news.delivery import DeliveryKey, Publication
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.ledger.delivery_rows import key_columns, key_of

_WAITING: Final = """
    SELECT channel_id, schedule_id, edition, part, guild_id, message_id FROM delivery INDEXED BY delivery_to_publish
    WHERE publish_at IS NOT NULL AND publish_at <= :now ORDER BY publish_at, delivery_id LIMIT :limit
"""

_COUNT: Final = "SELECT count(*) FROM delivery INDEXED BY delivery_to_publish WHERE publish_at IS NOT NULL"

_DONE: Final = """
    UPDATE delivery SET publish_at = NULL, reason = CASE WHEN :failure <> '' THEN :failure ELSE reason END
    WHERE schedule_id = :schedule_id AND edition = :edition AND part = :part AND channel_id = :channel_id
        AND publish_at IS NOT NULL
"""

_LATER: Final = """
    UPDATE delivery SET publish_at = :at
    WHERE delivery_id IN (
        SELECT delivery_id FROM delivery INDEXED BY delivery_to_publish
        WHERE publish_at IS NOT NULL AND publish_at < :at AND channel_id = :channel_id
    )
"""


def read_publications(connection: sqlite3.Connection, now: datetime, limit: int) -> tuple[Publication, ...]:
    """Implement `DeliveryStore.to_publish`."""
    rows = connection.execute(_WAITING, {"now": as_micros(now), "limit": max(0, limit)})
    return tuple(Publication(key=key_of(row), guild_id=row["guild_id"], message_id=row["message_id"]) for row in rows)


def count_publications(connection: sqlite3.Connection) -> int:
    """Implement `DeliveryStore.count_unpublished`."""
    return int(connection.execute(_COUNT).fetchone()[0])


def end_publication(connection: sqlite3.Connection, key: DeliveryKey, failure: str) -> bool:
    """Implement `DeliveryStore.mark_published`."""
    return connection.execute(_DONE, key_columns(key) | {"failure": failure}).rowcount == 1


def put_publications_off(connection: sqlite3.Connection, channel_id: int, at: datetime) -> int:
    """Implement `DeliveryStore.publish_later`."""
    return connection.execute(_LATER, {"channel_id": channel_id, "at": as_micros(at)}).rowcount
