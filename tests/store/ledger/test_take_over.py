"""What a channel shows is taken over, whatever the file knows of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from bot.news.delivery import Delivery, DeliveryState
from bot.news.edition import Edition, Skipped
from tests.support.ledger import DUE, SCHEDULE, Ledger, claim_one, find_delivery, save_schedule, weeks_later
from tests.support.makers import make_delivery, make_edition

Stage = Callable[[Ledger, Delivery], Awaitable[object]]
EDITION: Final = make_edition()
FOUND: Final = replace(make_delivery(EDITION), state=DeliveryState.SENT, message_id=7)


async def nothing(_ledger: Ledger, _row: Delivery) -> None:
    """The file has never heard of it."""


async def skipped(ledger: Ledger, _row: Delivery) -> None:
    """It was too late, says the file."""
    await ledger.digest.plan(replace(EDITION, picks=(), skipped=Skipped.LATE), (), ())


async def planned(ledger: Ledger, row: Delivery) -> None:
    """It has not begun."""
    await ledger.digest.plan(EDITION, (), (row,))


async def claimed(ledger: Ledger, row: Delivery) -> None:
    """A request is under way."""
    await planned(ledger, row)
    await claim_one(ledger)


async def failed(ledger: Ledger, row: Delivery) -> None:
    """Discord refused it."""
    await claimed(ledger, row)
    await ledger.deliveries.mark_failed(row.key, 1, reason="no permission")


async def taken_over(ledger: Ledger, _row: Delivery) -> None:
    """It was taken over already."""
    await ledger.digest.take_over(EDITION, (FOUND,))


STAGES: Final[tuple[Stage, ...]] = (nothing, skipped, planned, claimed, failed, taken_over)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__)
async def test_edition_that_a_channel_shows_is_always_sent_and_told_afterwards(ledger: Ledger, stage: Stage) -> None:
    """And moves the cutoff, once."""
    await save_schedule(ledger)
    await stage(ledger, make_delivery(EDITION))

    await ledger.digest.take_over(EDITION, (FOUND,))

    row = await find_delivery(ledger.deliveries, FOUND.key)
    told = await ledger.digest.told(SCHEDULE, FOUND.key.channel_id, before=weeks_later(1))
    assert row is not None
    assert (row.state, row.message_id, row.reason) == (DeliveryState.SENT, 7, "")
    assert [each.pick_id for each in told] == [pick.article.id for pick in EDITION.picks]
    assert await ledger.digest.last_cutoff(SCHEDULE, before=weeks_later(1)) == DUE
    assert await _numbers(ledger) == [1]


async def _numbers(ledger: Ledger) -> list[int | None]:
    editions: list[Edition | None] = [await ledger.digest.find_edition(SCHEDULE, number) for number in (1, 2)]
    return [each.number for each in editions if each is not None]


async def test_late_mark_of_a_part_that_was_taken_over_changes_nothing(ledger: Ledger) -> None:
    """Its request was on its way when the channel was read."""
    await save_schedule(ledger)
    await claimed(ledger, make_delivery(EDITION))
    await ledger.digest.take_over(EDITION, (FOUND,))

    assert not await ledger.deliveries.mark_planned(FOUND.key, 1, not_before=DUE + timedelta(hours=1), reason="late")
    assert not await ledger.deliveries.mark_sent(FOUND.key, 1, message_id=8, at=DUE)
