"""What a simulated edition holds: only what the protocol needs, a part of a text and its key."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, EditionKey, ScheduleId, nonce_for
from bot.news.edition import Edition, Skipped, Window
from bot.news.message.draft import Draft, Paragraph, Text
from bot.news.schedules.schedule import EVERY_DAY, Schedule
from bot.store.port.digest import DigestStore

_LATE_S: Final = 300.0

_BLOCKS: Final = (Paragraph(runs=(Text(text="News"),)),)


def standing_order(number: int, *, at: time, timezone: str = "UTC", created_at: datetime) -> Schedule:
    """A daily schedule of a server of its own, to a channel of its own."""
    return Schedule(
        id=ScheduleId(1000 + number),
        guild_id=10_000 + number,
        channel_id=20_000 + number,
        name="Daily",
        days=EVERY_DAY,
        at=at,
        timezone=timezone,
        saved_by=7,
        created_at=created_at,
    )


def edition_of(schedule: Schedule, key: EditionKey, due_at: datetime, *, now: datetime) -> Edition:
    """An edition without stories, which would only take room; late and skipped as a real one is."""
    return Edition(
        schedule_id=schedule.id,
        key=key,
        due_at=due_at,
        planned_at=now,
        window=Window(start=None, end=due_at),
        picks=(),
        is_late=(now - due_at).total_seconds() > _LATE_S,
        is_extra=key.startswith("x"),
        skipped=Skipped.LATE if now - due_at > schedule.max_lateness else None,
    )


async def plan(
    store: DigestStore, schedule: Schedule, key: EditionKey, due_at: datetime, *, now: datetime, parts: int
) -> Edition | None:
    """Store an edition with its parts, as `bot.usecases.digest` does."""
    edition = edition_of(schedule, key, due_at, now=now)
    count = 0 if edition.skipped else parts
    return await store.plan(edition, (), [_part(schedule, edition, number) for number in range(1, count + 1)])


def _part(schedule: Schedule, edition: Edition, number: int) -> Delivery:
    key = DeliveryKey(channel_id=schedule.channel_id, schedule_id=schedule.id, edition=edition.key, part=number)
    return Delivery(
        key=key,
        guild_id=schedule.guild_id,
        state=DeliveryState.PLANNED,
        draft=Draft(blocks=_BLOCKS, key=nonce_for(key)),
        due_at=edition.due_at,
        planned_at=edition.planned_at,
    )
