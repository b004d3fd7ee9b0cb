"""A delivery as two rows, one that changes and one with its Draft, and the checksum over what is posted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import partial

from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, EditionKey, ScheduleId
from bot.news.message.draft import Draft
from bot.news.message.draft_json import draft_from_json, draft_to_json
from bot.news.schedules.posting import USUAL, Posting
from bot.news.value_json import value_from_json, value_to_json
from bot.store.engine.connection import Connection, Row
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.file.stored import damaged, read_stored

_INSERT = """
    INSERT INTO delivery (channel_id, schedule_id, edition, part, guild_id, state, revision, attempt, was_sending,
        due_at, planned_at, not_before, tries, reason, title, mention_role, publish, asked_at, drawn_at,
        posting)
    VALUES (:channel_id, :schedule_id, :edition, :part, :guild_id, :state, :revision, 0, 0,
        :due_at, :planned_at, :not_before, 0, :reason, :title, :mention_role, :publish, :asked_at, :drawn_at,
        :posting)
    RETURNING delivery_id
"""

_THE_ROW = "channel_id = :channel_id AND schedule_id = :schedule_id AND edition = :edition AND part = :part"

_EXISTS = f"SELECT 1 FROM delivery WHERE {_THE_ROW}"

_TAKE_OVER = f"""
    UPDATE delivery SET state = 'sent', message_id = :message_id, sent_at = :sent_at, reason = '',
        lease_until = NULL, not_before = NULL
    WHERE {_THE_ROW} AND (state <> 'sent' OR message_id IS NULL)
"""

_INSERT_DRAFT = """
    INSERT INTO draft (delivery_id, draft_key, value, checksum) VALUES (?, ?, ?, ?)
    ON CONFLICT (delivery_id) DO UPDATE
    SET draft_key = excluded.draft_key, value = excluded.value, checksum = excluded.checksum
"""

_OF_EDITION = """
    SELECT * FROM delivery JOIN draft USING (delivery_id) WHERE schedule_id = ? AND edition = ?
    ORDER BY part, channel_id
"""

_SKIP_PLANNED = """
    UPDATE delivery SET state = 'skipped', reason = :reason
    WHERE state = 'planned' AND schedule_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:schedules))
"""

_SKIP_UNSENT = """
    UPDATE delivery SET state = 'skipped', reason = :reason, lease_until = NULL, not_before = NULL
    WHERE state NOT IN ('sent', 'skipped') AND schedule_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:schedules))
"""


def key_columns(key: DeliveryKey) -> dict[str, object]:
    """Return the key's columns for binding."""
    return {
        "channel_id": key.channel_id,
        "schedule_id": key.schedule_id,
        "edition": key.edition,
        "part": key.part,
    }


def insert_delivery(connection: Connection, delivery: Delivery) -> None:
    """Insert a newly planned part; values of attempts are not stored."""
    row = key_columns(delivery.key) | {
        "guild_id": delivery.guild_id,
        "state": delivery.state,
        "revision": delivery.revision,
        "due_at": as_micros(delivery.due_at),
        "planned_at": as_micros(delivery.planned_at),
        "not_before": as_micros(delivery.not_before),
        "reason": delivery.reason,
        "title": delivery.title,
        "mention_role": delivery.mention_role,
        "publish": delivery.publish,
        "asked_at": as_micros(delivery.asked_at),
        "drawn_at": as_micros(delivery.drawn_at),
        "posting": posting_text(delivery.posting),
    }
    delivery_id = connection.execute(_INSERT, row).fetchone()["delivery_id"]
    put_draft(connection, delivery_id, row, delivery.draft)


def take_over_delivery(connection: Connection, delivery: Delivery) -> None:
    """Record that a part is in its channel, whatever is known of it here."""
    row = key_columns(delivery.key) | {"message_id": delivery.message_id, "sent_at": as_micros(delivery.planned_at)}
    if connection.execute(_EXISTS, row).fetchone() is None:
        insert_delivery(connection, delivery)
    connection.execute(_TAKE_OVER, row)


def put_draft(connection: Connection, delivery_id: int, row: dict[str, object] | Row, draft: Draft) -> None:
    """Insert or replace the Draft of a row, with the checksum over both."""
    text = draft_to_json(draft)
    connection.execute(_INSERT_DRAFT, (delivery_id, draft.key, text, _checksum(row, text)))


def _checksum(row: dict[str, object] | Row, draft: str) -> bytes:
    """Hash by SHA-256 all that decides what is posted, where, and with which nonce."""
    columns = ("channel_id", "schedule_id", "edition", "part", "revision", "title", "mention_role")
    posting = [row["posting"]] if row["posting"] else []  # rows from before there was one keep their checksum
    text = json.dumps([*(row[column] for column in columns), bool(row["publish"]), draft, *posting])
    return hashlib.sha256(text.encode()).digest()


def read_delivery(row: Row) -> Delivery:
    """Build a delivery from a row of `delivery` joined with its `draft`.

    Raises:
        StoreDamagedError: the Draft can't be read.
    """
    return Delivery(
        key=key_of(row),
        guild_id=row["guild_id"],
        state=DeliveryState(row["state"]),
        draft=read_stored(_name_of(row), draft_from_json, row["value"]),
        revision=row["revision"],
        attempt=row["attempt"],
        was_sending=bool(row["was_sending"]),
        due_at=as_moment(row["due_at"]),
        planned_at=as_moment(row["planned_at"]),
        claimed_at=as_moment(row["claimed_at"]),
        lease_until=as_moment(row["lease_until"]),
        first_attempt_at=as_moment(row["first_attempt_at"]),
        not_before=as_moment(row["not_before"]),
        tries=row["tries"],
        asked_at=as_moment(row["asked_at"]),
        drawn_at=as_moment(row["drawn_at"]),
        message_id=row["message_id"],
        reason=row["reason"],
        title=row["title"],
        mention_role=row["mention_role"],
        publish=bool(row["publish"]),
        posting=read_stored(_name_of(row), partial(value_from_json, Posting), row["posting"])
        if row["posting"]
        else USUAL,
    )


def read_parts(connection: Connection, schedule: ScheduleId, edition: EditionKey) -> tuple[Delivery, ...]:
    """Read the parts of an edition within the caller's transaction."""
    return tuple(read_delivery(row) for row in connection.execute(_OF_EDITION, (schedule, edition)))


def posting_text(posting: Posting) -> str:
    """Encode how a part is posted; empty for the usual way."""
    return "" if posting == USUAL else value_to_json(posting)


def key_of(row: Row) -> DeliveryKey:
    """Build the key from a row of `delivery`."""
    return DeliveryKey(
        channel_id=row["channel_id"],
        schedule_id=ScheduleId(row["schedule_id"]),
        edition=EditionKey(row["edition"]),
        part=row["part"],
    )


def require_as_planned(rows: Iterable[Row]) -> None:
    """Compare rows of `delivery` joined with their `draft` with their stored checksums.

    Raises:
        StoreDamagedError: a row differs from what was planned.
    """
    for row in rows:
        if row["value"] is None or _checksum(row, row["value"]) != row["checksum"]:
            raise damaged(_name_of(row), "it differs from what was planned")


def _name_of(row: Row) -> str:
    return f"Part {row['part']} of edition {row['edition']} of schedule {row['schedule_id']}"


def skip_planned(connection: Connection, schedules: Sequence[ScheduleId], reason: str) -> int:
    """Mark every PLANNED part of these schedules as SKIPPED; return how many."""
    return connection.execute(_SKIP_PLANNED, {"reason": reason, "schedules": json.dumps(schedules)}).rowcount


def skip_unsent(connection: Connection, schedules: Sequence[ScheduleId], reason: str) -> int:
    """Mark every unsent part of these schedules as SKIPPED; return how many. Marks that come later change nothing."""
    return connection.execute(_SKIP_UNSENT, {"reason": reason, "schedules": json.dumps(schedules)}).rowcount
