"""The sender that may take a row of the ledger, and when."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.news.delivery import DeliveryKey, DeliveryState, ScheduleId
from bot.news.schedules.schedule import ScheduleState
from bot.store.port.delivery import DeliveryStore
from tests.support.ledger import (
    DUE,
    LEASE,
    SCHEDULE,
    Ledger,
    claim,
    claim_one,
    found,
    plan_edition,
    plan_part,
    save_schedule,
    set_state,
    weeks_later,
)
from tests.support.makers import make_draft

SECOND = timedelta(seconds=1)


async def test_claim_takes_a_planned_part_for_its_lease(ledger: Ledger) -> None:
    """From now on it is this sender's alone."""
    await plan_part(ledger)

    delivery = await claim_one(ledger)

    assert (delivery.state, delivery.attempt, delivery.claimed_at, delivery.lease_until) == (
        DeliveryState.SENDING,
        1,
        DUE,
        DUE + LEASE,
    )


async def test_claim_is_stored_before_it_is_answered(ledger: Ledger) -> None:
    """A process that dies after it leaves a row that shows it."""
    await plan_part(ledger)

    delivery = await claim_one(ledger)

    assert await found(ledger, delivery.key) == delivery


async def test_claim_answers_the_draft_as_it_was_planned(ledger: Ledger) -> None:
    """Every retry posts the same bytes."""
    await plan_part(ledger)

    delivery = await claim_one(ledger)

    assert delivery.draft == make_draft("Part 1", key=delivery.draft.key)


async def test_claim_takes_the_oldest_edition_first(ledger: Ledger) -> None:
    """The one that waited longest is served first, whatever was planned first."""
    for week in (2, 0, 1):
        await plan_part(ledger, due_at=weeks_later(week))

    claimed = [*await claim(ledger, limit=1), *await claim(ledger)]

    assert [delivery.due_at for delivery in claimed] == [weeks_later(week) for week in (0, 1, 2)]


async def test_claim_takes_no_more_than_its_limit(ledger: Ledger) -> None:
    """A sender takes what it can work off within a lease."""
    for week in range(3):
        await plan_part(ledger, due_at=weeks_later(week))

    assert len(await claim(ledger, limit=2)) == 2


@pytest.mark.parametrize("limit", [0, -1])
async def test_claim_of_nothing_takes_nothing(ledger: Ledger, limit: int) -> None:
    """A negative limit means no limit to SQLite; not here."""
    await plan_part(ledger)

    assert await claim(ledger, limit=limit) == ()


async def test_claim_leaves_a_row_alone_while_its_lease_lasts(ledger: Ledger) -> None:
    """Its sender may be just about to post."""
    await plan_part(ledger)
    await claim_one(ledger)

    assert await claim(ledger, DUE + LEASE - SECOND) == ()


async def test_claim_takes_a_row_whose_lease_has_ended_and_says_that_it_was_sending(ledger: Ledger) -> None:
    """Its sender died: whether it posted is not known."""
    await plan_part(ledger)
    await claim_one(ledger)

    again = await claim_one(ledger, DUE + LEASE)

    assert (again.was_sending, again.attempt) == (True, 2)


async def test_first_claim_has_nothing_to_read_back(ledger: Ledger) -> None:
    """No attempt lies before it."""
    await plan_part(ledger)

    delivery = await claim_one(ledger)

    assert (delivery.was_sending, delivery.first_attempt_at) == (False, None)


async def test_later_claim_names_the_first_and_the_last_attempt_before_it(ledger: Ledger) -> None:
    """Between them lies what is read back."""
    await plan_part(ledger)
    for count in range(3):
        await claim_one(ledger, DUE + LEASE * count)

    delivery = await claim_one(ledger, DUE + LEASE * 3)

    assert delivery.first_attempt_at == DUE


async def test_claim_waits_until_not_before(ledger: Ledger) -> None:
    """A back-off is waited out to the moment."""
    await plan_part(ledger)
    delivery = await claim_one(ledger)
    until = DUE + timedelta(seconds=30)
    await ledger.deliveries.mark_planned(delivery.key, 1, not_before=until, reason="refused")

    too_early = await claim(ledger, until - timedelta.resolution)

    assert (too_early, (await claim_one(ledger, until)).was_sending) == ((), False)


async def test_second_part_waits_for_the_first(ledger: Ledger) -> None:
    """An edition's parts are posted in their order."""
    first, _ = await plan_edition(ledger, parts=2)

    assert [delivery.key for delivery in await claim(ledger)] == [first]


async def test_second_part_is_claimed_once_the_first_is_sent(ledger: Ledger) -> None:
    """Nothing but SENT lets the next one go."""
    first, second = await plan_edition(ledger, parts=2)
    await claim(ledger)
    await ledger.deliveries.mark_sent(first, 1, message_id=1, at=DUE)

    assert (await claim_one(ledger)).key == second


NOT_SENT: dict[str, Callable[[DeliveryStore, DeliveryKey], Awaitable[bool]]] = {
    "failed": lambda store, key: store.mark_failed(key, 1, reason="refused"),
    "unknown": lambda store, key: store.mark_unknown(key, 1, reason="can't read back"),
    "planned": lambda store, key: store.mark_planned(key, 1, not_before=DUE + LEASE * 9, reason="429"),
    "sending": lambda store, key: store.mark_unclear(key, 1, lease_until=DUE + LEASE * 9, reason="time-out"),
}


@pytest.mark.parametrize("mark", NOT_SENT.values(), ids=NOT_SENT)
async def test_second_part_waits_with_a_first_that_is_not_sent(
    ledger: Ledger, mark: Callable[[DeliveryStore, DeliveryKey], Awaitable[bool]]
) -> None:
    """A half edition is not begun from its middle."""
    first, _ = await plan_edition(ledger, parts=2)
    await claim(ledger)
    await mark(ledger.deliveries, first)

    assert await claim(ledger, DUE + LEASE * 2) == ()


async def test_second_part_waits_while_the_first_is_skipped(ledger: Ledger) -> None:
    """What is left out takes its rest along; nobody posts part 2 of nothing."""
    first, _ = await plan_edition(ledger, parts=2)
    await ledger.deliveries.mark_skipped([first], reason="by hand")

    assert await claim(ledger) == ()


async def test_parts_of_other_editions_do_not_wait(ledger: Ledger) -> None:
    """One edition that is stuck holds nobody else up."""
    first, _ = await plan_edition(ledger, parts=2)
    await claim(ledger)
    await ledger.deliveries.mark_failed(first, 1, reason="refused")
    other = await plan_part(ledger, due_at=weeks_later(1))

    assert (await claim_one(ledger)).key == other


@pytest.mark.parametrize("state", [ScheduleState.PAUSED, ScheduleState.OFF])
async def test_nothing_of_a_schedule_at_rest_is_claimed(ledger: Ledger, state: ScheduleState) -> None:
    """Paused is paused, also for what was planned before."""
    await plan_part(ledger)
    await set_state(ledger.schedules, SCHEDULE, state)

    assert await claim(ledger) == ()


async def test_not_even_an_open_outcome_of_a_paused_schedule_is_claimed(ledger: Ledger) -> None:
    """It is read back when the schedule goes on."""
    await plan_part(ledger)
    await claim_one(ledger)
    await set_state(ledger.schedules, SCHEDULE, ScheduleState.PAUSED)

    assert await claim(ledger, DUE + LEASE) == ()


async def test_resumed_schedule_is_claimed_again(ledger: Ledger) -> None:
    """What waited goes on."""
    key = await plan_part(ledger)
    await set_state(ledger.schedules, SCHEDULE, ScheduleState.PAUSED)
    await set_state(ledger.schedules, SCHEDULE, ScheduleState.ACTIVE)

    assert (await claim_one(ledger)).key == key


async def test_open_outcome_of_a_deleted_schedule_is_not_claimed(ledger: Ledger) -> None:
    """Nobody waits for it any more."""
    await plan_part(ledger)
    await claim_one(ledger)
    await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)

    assert await claim(ledger, DUE + LEASE) == ()


async def test_paused_neighbour_does_not_stop_an_active_schedule(ledger: Ledger) -> None:
    """Only the schedule's own state counts."""
    await plan_part(ledger)
    await save_schedule(ledger, id=ScheduleId(12), name="Other")
    other = await plan_part(ledger, schedule_id=ScheduleId(12), due_at=weeks_later(1))
    await set_state(ledger.schedules, SCHEDULE, ScheduleState.PAUSED)

    assert (await claim_one(ledger)).key == other


async def test_sent_row_is_never_claimed_again(ledger: Ledger) -> None:
    """That would be a double post."""
    await plan_part(ledger)
    delivery = await claim_one(ledger)
    await ledger.deliveries.mark_sent(delivery.key, 1, message_id=1, at=DUE)

    assert await claim(ledger, DUE + timedelta(days=400)) == ()


async def test_two_claims_at_once_share_no_row(ledger: Ledger) -> None:
    """Up to three claims are in flight; each row goes to one of them."""
    for week in range(30):
        await plan_part(ledger, due_at=weeks_later(week))

    claims = await asyncio.gather(*(claim(ledger, limit=12) for _ in range(3)))

    assert len({delivery.key for claimed in claims for delivery in claimed}) == sum(map(len, claims)) == 30
