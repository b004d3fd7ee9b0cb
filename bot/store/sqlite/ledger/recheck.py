"""What a planned part rests on when it is sent, and an edition whose unsent parts are drawn again."""

from __future__ import annotations

import json
from typing import Final

from bot.news.article import ArticleId
from bot.news.choosing.recheck import Redrawn
from bot.news.delivery import Delivery, DeliveryKey, DeliveryState
from bot.news.schedules.schedule import Schedule
from bot.store.engine.connection import Connection, Row
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.ledger.delivery_rows import insert_delivery, key_columns, posting_text, put_draft
from bot.store.sqlite.ledger.edition_rows import replace_picks
from bot.store.sqlite.ledger.marks import mark_of, write_mark
from bot.store.sqlite.ledger.schedules import find_schedule

_MEMBERS: Final = """
    SELECT DISTINCT member.value AS article_id
    FROM edition JOIN pick USING (edition_id) CROSS JOIN json_each(pick.story_ids) AS member
    WHERE schedule_id = :schedule_id AND edition = :edition
"""

_REST: Final = """
    SELECT delivery_id, part, revision FROM delivery
    WHERE schedule_id = :schedule_id AND edition = :edition AND part >= :part AND channel_id = :channel_id
"""

_DROP: Final = "DELETE FROM delivery WHERE delivery_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids))"

_REDRAW: Final = """
    UPDATE delivery SET channel_id = :channel_id, state = 'planned', revision = :revision, title = :title,
        mention_role = :mention_role, publish = :publish, drawn_at = :drawn_at, posting = :posting,
        reason = '', not_before = NULL, lease_until = NULL, claimed_at = NULL, first_attempt_at = NULL, was_sending = 0
    WHERE delivery_id = :delivery_id RETURNING *
"""


def read_rest(connection: Connection, key: DeliveryKey) -> tuple[Schedule | None, list[ArticleId]]:
    """Read a part's schedule, and the articles of its edition's stories."""
    members = [ArticleId(row["article_id"]) for row in connection.execute(_MEMBERS, key_columns(key))]
    return find_schedule(connection, key.schedule_id), members


def require_rest(key: DeliveryKey, redrawn: Redrawn) -> None:
    """Check that parts drawn again are those of an edition from one part on.

    Raises:
        ValueError: as `DeliveryStore.revise`.
    """
    numbers = [part.key.part for part in redrawn.parts]
    if not numbers or numbers != list(range(key.part, key.part + len(numbers))):
        raise ValueError(f"the parts {numbers} are not those from part {key.part} on")
    if len({part.key.channel_id for part in redrawn.parts}) > 1:
        raise ValueError("the parts are for several channels")


def revise_edition(connection: Connection, key: DeliveryKey, attempt: int, redrawn: Redrawn) -> bool:
    """Implement `DeliveryStore.revise` within the caller's transaction."""
    if not write_mark(connection, mark_of(key, attempt, DeliveryState.PLANNED)):
        return False
    rest = {row["part"]: row for row in connection.execute(_REST, key_columns(key)).fetchall()}
    for part in redrawn.parts:
        before = rest.pop(part.key.part, None)
        if before is None:
            insert_delivery(connection, part)
        else:
            _redraw(connection, before, part)
    surplus = json.dumps([row["delivery_id"] for row in rest.values()])
    connection.execute(_DROP, {"ids": surplus})
    replace_picks(connection, redrawn.edition)
    return True


def _redraw(connection: Connection, before: Row, part: Delivery) -> None:
    if part.revision <= before["revision"]:
        raise ValueError(f"part {part.key.part} already has revision {before['revision']}")
    changed = {
        "delivery_id": before["delivery_id"],
        "channel_id": part.key.channel_id,
        "revision": part.revision,
        "title": part.title,
        "mention_role": part.mention_role,
        "publish": part.publish,
        "drawn_at": as_micros(part.drawn_at),
        "posting": posting_text(part.posting),
    }
    row = connection.execute(_REDRAW, changed).fetchone()
    put_draft(connection, before["delivery_id"], row, part.draft)
