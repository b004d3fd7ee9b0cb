"""Check in the transaction that stores an edition what it was chosen from: a choice takes a second, and things move."""

from __future__ import annotations

from typing import Final

from bot.errors import PlanOutdatedError, ScheduleChangedError
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import Basis, Edition
from bot.store.engine.connection import Connection
from bot.store.sqlite.ledger.schedules import find_schedule

_TOLD: Final = """
    SELECT schedule_id, edition FROM moving_edition WHERE schedule_id = :schedule_id
    UNION
    SELECT schedule_id, edition FROM delivery INDEXED BY delivery_by_channel
    WHERE channel_id = :channel_id AND schedule_id <> :schedule_id
        AND state IN ('planned', 'sending', 'unknown', 'sent')
"""


def read_told_editions(
    connection: Connection, schedule: ScheduleId, channel_id: int
) -> frozenset[tuple[ScheduleId, EditionKey]]:
    """Implement `DigestStore.told_editions`."""
    rows = connection.execute(_TOLD, {"schedule_id": schedule, "channel_id": channel_id})
    return frozenset((ScheduleId(row["schedule_id"]), EditionKey(row["edition"])) for row in rows)


def require_told(
    connection: Connection,
    told: frozenset[tuple[ScheduleId, EditionKey]],
    edition: tuple[ScheduleId, EditionKey],
) -> None:
    """Go on only if the same editions count as told as when an edition's part was decided about, itself left aside.

    Raises:
        PlanOutdatedError: others do.
    """
    schedule = find_schedule(connection, edition[0])
    now = frozenset() if schedule is None else read_told_editions(connection, schedule.id, schedule.channel_id)
    if (now ^ told) - {edition}:
        raise PlanOutdatedError("Another edition was planned meanwhile.", cure="Try again.")


def require_basis(connection: Connection, basis: Basis, edition: Edition) -> None:
    """Go on only if the schedule and the told editions that the edition was chosen from still hold.

    Raises:
        ScheduleChangedError, PlanOutdatedError: as `DigestStore.plan`.
    """
    if find_schedule(connection, edition.schedule_id) != basis.schedule:
        raise ScheduleChangedError("The schedule was changed while its edition was planned.", cure="Try again.")
    if read_told_editions(connection, edition.schedule_id, basis.schedule.channel_id) != basis.told:
        raise outdated()


def outdated() -> PlanOutdatedError:
    """Build the error for an edition that was chosen from what isn't so any longer."""
    return PlanOutdatedError("What the edition was chosen from has changed.", cure="Try again.")
