"""Posted messages that wait for what comes after posting: to be published to followers, to get a thread."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.news.delivery import DeliveryKey, Publication
from bot.store.engine.connection import Connection
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.ledger.delivery_rows import key_columns, key_of


class Waiting(StrEnum):
    """What messages wait for: the column with the moment from which on it is due, NULL once it is done."""

    TO_PUBLISH = "publish_at"
    TO_THREAD = "thread_at"


_INDEXES = {Waiting.TO_PUBLISH: "delivery_to_publish", Waiting.TO_THREAD: "delivery_to_thread"}


def read_waiting(connection: Connection, what: Waiting, now: datetime, limit: int) -> tuple[Publication, ...]:
    """Implement `DeliveryStore.to_publish` and `to_thread`."""
    rows = connection.execute(
        f"""
        SELECT channel_id, schedule_id, edition, part, guild_id, message_id FROM delivery INDEXED BY {_INDEXES[what]}
        WHERE {what} IS NOT NULL AND {what} <= :now ORDER BY {what}, delivery_id LIMIT :limit
        """,
        {"now": as_micros(now), "limit": max(0, limit)},
    )
    return tuple(Publication(key=key_of(row), guild_id=row["guild_id"], message_id=row["message_id"]) for row in rows)


def count_waiting(connection: Connection, what: Waiting) -> int:
    """Implement `DeliveryStore.count_unpublished`."""
    sql = f"SELECT count(*) FROM delivery INDEXED BY {_INDEXES[what]} WHERE {what} IS NOT NULL"
    return int(connection.execute(sql).fetchone()[0])


def end_waiting(connection: Connection, what: Waiting, key: DeliveryKey, failure: str) -> bool:
    """Implement `DeliveryStore.mark_published` and `mark_threaded`."""
    done = connection.execute(
        f"""
        UPDATE delivery SET {what} = NULL, reason = CASE WHEN :failure <> '' THEN :failure ELSE reason END
        WHERE schedule_id = :schedule_id AND edition = :edition AND part = :part AND channel_id = :channel_id
            AND {what} IS NOT NULL
        """,
        key_columns(key) | {"failure": failure},
    )
    return done.rowcount == 1


def put_off(connection: Connection, what: Waiting, channel_id: int, at: datetime) -> int:
    """Implement `DeliveryStore.publish_later` and `thread_later`."""
    return connection.execute(
        f"""
        UPDATE delivery SET {what} = :at
        WHERE delivery_id IN (
            SELECT delivery_id FROM delivery INDEXED BY {_INDEXES[what]}
            WHERE {what} IS NOT NULL AND {what} < :at AND channel_id = :channel_id
        )
        """,
        {"channel_id": channel_id, "at": as_micros(at)},
    ).rowcount
