"""The ports around the ledger together, and the few steps that most of its tests begin with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Unpack

from bot.news.delivery import Delivery, DeliveryKey, EditionKey, ScheduleId, nonce_for
from bot.news.edition import Edition
from bot.news.message.draft_json import draft_to_json
from bot.news.schedules.schedule import Schedule, ScheduleState, StopReason
from bot.store.port.admin import AdminStore
from bot.store.port.article import ArticleStore
from bot.store.port.delivery import DeliveryStore
from bot.store.port.desk import DeskStore
from bot.store.port.digest import DigestStore
from bot.store.port.editors import EditorStore
from bot.store.port.schedule import ScheduleStore
from bot.store.sqlite.admin import SqliteAdminStore
from bot.store.sqlite.archive.articles import SqliteArticleStore
from bot.store.sqlite.desk import SqliteDeskStore
from bot.store.sqlite.ledger.deliveries import SqliteDeliveryStore
from bot.store.sqlite.ledger.editions import SqliteDigestStore
from bot.store.sqlite.ledger.schedules import SqliteScheduleStore
from bot.store.sqlite.ledger.servers.editors import SqliteEditorStore
from bot.store.sqlite.shelves.files import StoreFiles
from tests.support.makers import EditionFields, ScheduleFields, make_delivery, make_draft, make_edition, make_schedule

DUE: Final = datetime(2021, 5, 10, 9, tzinfo=UTC)
"""When the edition of `make_edition()` is due."""

LEASE: Final = timedelta(seconds=120)

_OTHER_DRAFT: Final = draft_to_json(make_draft("You have won a prize"))
DAMAGE: Final = {
    "another draft": f"UPDATE draft SET value = '{_OTHER_DRAFT}'",  # noqa: S608
    "a torn draft": "UPDATE draft SET value = substr(value, 1, 50)",
    "no draft": "DELETE FROM draft",
    "an empty draft": "UPDATE draft SET value = ''",
    "another sum": "UPDATE draft SET checksum = zeroblob(32)",
    "another channel": "UPDATE delivery SET channel_id = 101",
    "another revision": "UPDATE delivery SET revision = 1",
    "another role": "UPDATE delivery SET mention_role = 5",
    "another title": "UPDATE delivery SET title = 'x'",
    "published": "UPDATE delivery SET publish = 1",
}
"""What may happen to a row of the ledger that no port does, each as SQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One store's ports around the ledger."""

    articles: ArticleStore
    digest: DigestStore
    schedules: ScheduleStore
    deliveries: DeliveryStore
    desks: DeskStore
    admin: AdminStore
    editors: EditorStore


def sqlite_ledger(files: StoreFiles) -> Ledger:
    """The ports of SQLite's files."""
    return Ledger(
        articles=SqliteArticleStore(files),
        digest=SqliteDigestStore(files),
        schedules=SqliteScheduleStore(files),
        deliveries=SqliteDeliveryStore(files),
        desks=SqliteDeskStore(files),
        admin=SqliteAdminStore(files.ledger),
        editors=SqliteEditorStore(files),
    )


async def find_delivery(store: DeliveryStore, key: DeliveryKey) -> Delivery | None:
    """One part of an edition by its key, which no part of the bot looks for; None if there is none."""
    parts = await store.deliveries(key.schedule_id, key.edition)
    return next((part for part in parts if part.key == key), None)


def weeks_later(count: int) -> datetime:
    """When the edition `count` weeks after `make_edition()` is due."""
    return DUE + timedelta(weeks=count)


async def save_schedule(ledger: Ledger, **fields: Unpack[ScheduleFields]) -> Schedule:
    """A schedule that is stored, and due at no moment."""
    schedule = make_schedule(**fields)
    await ledger.schedules.save_schedule(schedule, next_due_at=None)
    return schedule


async def set_state(
    schedules: ScheduleStore, schedule: ScheduleId, state: ScheduleState, reason: StopReason = StopReason.NONE
) -> None:
    """Pause a schedule, resume it or switch it off; it is due at no moment then."""
    await schedules.change_schedule(
        schedule, lambda current, _: (replace(current, state=state, state_reason=reason), None)
    )


def parts_of(edition: Edition, count: int) -> list[Delivery]:
    """The planned parts of an edition, each with a Draft that carries its nonce."""
    parts = [make_delivery(edition, part=part) for part in range(1, count + 1)]
    keys = [nonce_for(part.key) for part in parts]
    return [
        make_delivery(edition, part=number, draft=make_draft(f"Part {number}", key=key))
        for number, key in enumerate(keys, start=1)
    ]


async def plan_edition(ledger: Ledger, *, parts: int = 1, **fields: Unpack[EditionFields]) -> tuple[DeliveryKey, ...]:
    """An edition of the schedule 11 (stored where it isn't yet) with some parts; their keys."""
    edition = make_edition(**fields)
    if await ledger.schedules.find_schedule(edition.schedule_id) is None:
        await save_schedule(ledger, id=edition.schedule_id, name=f"Schedule {edition.schedule_id}")
    deliveries = parts_of(edition, parts)
    assert await ledger.digest.plan(edition, (), deliveries) is not None
    return tuple(delivery.key for delivery in deliveries)


async def plan_part(ledger: Ledger, **fields: Unpack[EditionFields]) -> DeliveryKey:
    """An edition of one part; its key."""
    (key,) = await plan_edition(ledger, **fields)
    return key


async def claim(ledger: Ledger, at: datetime = DUE, *, limit: int = 40) -> tuple[Delivery, ...]:
    """Rows claimed at a moment, for two minutes."""
    return await ledger.deliveries.claim(now=at, lease_until=at + LEASE, limit=limit)


async def claim_one(ledger: Ledger, at: datetime = DUE) -> Delivery:
    """The only row that there is to claim."""
    (delivery,) = await claim(ledger, at)
    return delivery


async def found(ledger: Ledger, key: DeliveryKey) -> Delivery:
    """The row of a key that must be there."""
    delivery = await find_delivery(ledger.deliveries, key)
    assert delivery is not None
    return delivery


async def send_all(ledger: Ledger, at: datetime = DUE) -> None:
    """Claim and mark as sent until there is nothing to claim."""
    while claimed := await claim(ledger, at):
        for number, delivery in enumerate(claimed):
            await ledger.deliveries.mark_sent(delivery.key, delivery.attempt, message_id=1000 + number, at=at)


def edition_key(text: str) -> EditionKey:
    """An edition's key as a test writes it."""
    return EditionKey(text)


SCHEDULE: Final = ScheduleId(11)
"""The schedule of `make_edition()`."""
