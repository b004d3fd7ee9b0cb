"""How a part is posted is stored with it, and its thread waits in the ledger from the moment it is SENT."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.news.delivery import Delivery
from bot.news.schedules.posting import USUAL, Posting, TopicRole
from tests.support.ledger import LEASE, Ledger
from tests.support.makers import make_delivery, make_edition, make_schedule

EDITION = make_edition()
DUE = EDITION.due_at
WHOLE = Posting(silent=True, tags=("Nëws", "b"), thread=True, topic_roles=(TopicRole(topic="ai", role_id=2**63 - 1),))


async def claimed(ledger: Ledger, posting: Posting) -> Delivery:
    """A claimed part that is posted like this."""
    await ledger.schedules.save_schedule(make_schedule(), next_due_at=DUE)
    await ledger.digest.plan(EDITION, (), [make_delivery(EDITION, posting=posting)])
    (row,) = await ledger.deliveries.claim(now=DUE, lease_until=DUE + LEASE)
    return row


@pytest.mark.parametrize("posting", [USUAL, WHOLE, Posting(tags=("a",))])
async def test_a_part_is_read_with_how_it_is_posted(ledger: Ledger, posting: Posting) -> None:
    """A claim compares its checksum, so none of it can be lost unnoticed."""
    assert (await claimed(ledger, posting)).posting == posting


@pytest.mark.parametrize(("posting", "waiting"), [(WHOLE, 1), (Posting(silent=True), 0), (USUAL, 0)])
async def test_sent_part_waits_for_its_thread_if_it_is_to_have_one(
    ledger: Ledger, posting: Posting, waiting: int
) -> None:
    """From the moment it is sent on."""
    row = await claimed(ledger, posting)
    assert await ledger.deliveries.to_open(now=DUE) == ()
    await ledger.deliveries.mark_sent(row.key, row.attempt, message_id=5, at=DUE)
    assert [each.message_id for each in await ledger.deliveries.to_open(now=DUE)] == [5] * waiting


async def test_message_that_was_deleted_waits_for_no_thread(ledger: Ledger) -> None:
    """It has no id."""
    row = await claimed(ledger, WHOLE)
    await ledger.deliveries.mark_sent(row.key, row.attempt, message_id=0, at=DUE)
    assert await ledger.deliveries.to_open(now=DUE) == ()


async def test_thread_can_be_postponed_and_is_done_once(ledger: Ledger) -> None:
    """As publishing."""
    row, later = await claimed(ledger, WHOLE), DUE + timedelta(minutes=5)
    await ledger.deliveries.mark_sent(row.key, row.attempt, message_id=5, at=DUE)
    assert await ledger.deliveries.thread_later(row.key.channel_id, at=later) == 1
    assert await ledger.deliveries.to_open(now=DUE) == ()
    assert len(await ledger.deliveries.to_open(now=later)) == 1
    assert [await ledger.deliveries.mark_threaded(row.key, failure="no") for _ in range(2)] == [True, False]
    assert await ledger.deliveries.to_open(now=later) == ()
