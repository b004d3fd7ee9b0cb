"""Claim rows of the ledger: which rows may be claimed, and what a claim writes."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from bot.news.delivery import Delivery
from bot.store.engine.connection import Connection
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.ledger.delivery_rows import read_delivery, require_as_planned

# SQLite must not choose another index: forty open rows are not to be searched among a million sent ones. PostgreSQL has
# several writers: what another process is claiming is passed over.
_CLAIMABLE: Final = """
    SELECT delivery_id FROM delivery AS mine INDEXED BY delivery_open
    WHERE state IN ('planned', 'sending')
        AND CASE state WHEN 'planned' THEN not_before IS NULL OR not_before <= :now ELSE lease_until <= :now END
        AND EXISTS (
            SELECT 1 FROM schedule
            WHERE schedule.schedule_id = mine.schedule_id AND schedule.state = 'active' AND deleted_at IS NULL
        )
        AND (part = 1 OR EXISTS (
            SELECT 1 FROM delivery AS before
            WHERE before.schedule_id = mine.schedule_id AND before.edition = mine.edition
                AND before.part = mine.part - 1 AND before.channel_id = mine.channel_id AND before.state = 'sent'
        ))
    ORDER BY due_at, delivery_id LIMIT :limit /*! FOR UPDATE OF mine SKIP LOCKED */
"""

# The right-hand sides use the row's old values.
_CLAIM: Final = """
    UPDATE delivery SET state = 'sending', attempt = attempt + 1,
        was_sending = CASE state WHEN 'sending' THEN 1 ELSE 0 END,
        first_attempt_at = coalesce(first_attempt_at, claimed_at),
        claimed_at = :now, lease_until = :lease_until, not_before = NULL
    WHERE delivery_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids))
"""

_CLAIMED: Final = """
    SELECT * FROM delivery LEFT JOIN draft USING (delivery_id)
    WHERE delivery_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids)) ORDER BY due_at, delivery_id
"""


def claim_rows(connection: Connection, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Delivery, ...]:
    """Implement `DeliveryStore.claim`; the claim is committed with the caller's transaction."""
    asked = {"now": as_micros(now), "lease_until": as_micros(lease_until), "limit": max(0, limit)}
    ids = json.dumps([row["delivery_id"] for row in connection.execute(_CLAIMABLE, asked)])
    connection.execute(_CLAIM, asked | {"ids": ids})
    rows = connection.execute(_CLAIMED, {"ids": ids}).fetchall()
    require_as_planned(rows)
    return tuple(read_delivery(row) for row in rows)
