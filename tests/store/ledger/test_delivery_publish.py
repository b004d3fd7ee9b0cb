"""A message that is to be published is in the ledger from the moment it is SENT."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, ScheduleId
from tests.support.ledger import DUE, Ledger, claim, find_delivery, save_schedule
from tests.support.makers import make_delivery, make_edition

LATER = DUE + timedelta(hours=1)


async def send(
    ledger: Ledger, *, publish: bool = True, message_id: int = 5, at: datetime = DUE, **more: int
) -> Delivery:
    """A part that was sent at a moment."""
    schedule = await save_schedule(ledger, id=ScheduleId(more.get("schedule", 11)), name=f"S{more.get('schedule')}")
    edition = make_edition(schedule_id=schedule.id)
    part = make_delivery(edition, publish=publish)
    assert await ledger.digest.plan(edition, (), [part]) is not None
    (row,) = await claim(ledger)
    await ledger.deliveries.mark_sent(row.key, row.attempt, message_id=message_id, at=at)
    return row


async def waiting(ledger: Ledger, now: datetime = DUE) -> list[DeliveryKey]:
    """What may be published at a moment."""
    return [each.key for each in await ledger.deliveries.to_publish(now=now)]


async def test_sent_part_that_asks_for_it_is_to_be_published(ledger: Ledger) -> None:
    """With the message's id and its server."""
    row = await send(ledger)
    (publication,) = await ledger.deliveries.to_publish(now=DUE)
    assert (publication.key, publication.guild_id, publication.message_id) == (row.key, row.guild_id, 5)


async def test_what_is_to_be_published_is_counted_whenever_it_may_be(ledger: Ledger) -> None:
    """For an operator who watches."""
    row = await send(ledger)
    await send(ledger, schedule=12, publish=False)
    await ledger.deliveries.publish_later(row.key.channel_id, at=LATER)
    assert await ledger.deliveries.count_unpublished() == 1
    await ledger.deliveries.mark_published(row.key)
    assert await ledger.deliveries.count_unpublished() == 0


async def test_part_that_does_not_ask_for_it_is_not_to_be_published(ledger: Ledger) -> None:
    """Nor one whose message nobody knows: it was deleted before we heard of it."""
    await send(ledger, publish=False)
    await send(ledger, message_id=0, schedule=12)
    assert await waiting(ledger, LATER) == []


async def test_part_that_is_not_sent_is_not_to_be_published(ledger: Ledger) -> None:
    """However often it was tried."""
    edition = make_edition()
    await save_schedule(ledger)
    await ledger.digest.plan(edition, (), [make_delivery(edition, publish=True)])
    (row,) = await claim(ledger)
    await ledger.deliveries.mark_planned(row.key, row.attempt, not_before=DUE, reason="no answer")
    assert await waiting(ledger, LATER) == []


async def test_mark_that_comes_too_late_publishes_nothing(ledger: Ledger) -> None:
    """The row is somebody else's by then."""
    edition = make_edition()
    await save_schedule(ledger)
    await ledger.digest.plan(edition, (), [make_delivery(edition, publish=True)])
    (row,) = await claim(ledger)
    assert not await ledger.deliveries.mark_sent(row.key, row.attempt + 1, message_id=5, at=DUE)
    assert await waiting(ledger, LATER) == []


async def test_published_part_waits_no_more(ledger: Ledger) -> None:
    """And stays as it was sent."""
    row = await send(ledger)
    assert await ledger.deliveries.mark_published(row.key)
    assert await waiting(ledger, LATER) == []
    assert not await ledger.deliveries.mark_published(row.key)
    found = await find_delivery(ledger.deliveries, row.key)
    assert found is not None
    assert (found.state, found.message_id) == (DeliveryState.SENT, 5)


async def test_channel_that_is_put_off_waits_until_its_moment(ledger: Ledger) -> None:
    """Everything in it; nothing is put forward."""
    row = await send(ledger)
    assert await ledger.deliveries.publish_later(row.key.channel_id, at=LATER) == 1
    assert await ledger.deliveries.publish_later(row.key.channel_id, at=DUE) == 0
    assert await waiting(ledger, LATER - timedelta(seconds=1)) == []
    assert await waiting(ledger, LATER) == [row.key]


async def test_other_channel_is_not_put_off(ledger: Ledger) -> None:
    """Each has its own budget."""
    row = await send(ledger)
    assert await ledger.deliveries.publish_later(row.key.channel_id + 1, at=LATER) == 0
    assert await waiting(ledger) == [row.key]


async def test_what_may_be_published_longest_comes_first_up_to_the_limit(ledger: Ledger) -> None:
    """In order."""
    second = await send(ledger, at=DUE + timedelta(seconds=2))
    first = await send(ledger, at=DUE + timedelta(seconds=1), schedule=12)
    assert await waiting(ledger, LATER) == [first.key, second.key]
    assert [each.key for each in await ledger.deliveries.to_publish(now=LATER, limit=1)] == [first.key]
    assert await ledger.deliveries.to_publish(now=LATER, limit=0) == ()


async def test_purged_server_publishes_nothing(ledger: Ledger) -> None:
    """Its rows are gone."""
    row = await send(ledger)
    await ledger.schedules.guild_left(row.guild_id, at=DUE)
    await ledger.schedules.purge_guilds(left_before=LATER)
    assert await waiting(ledger, LATER) == []
