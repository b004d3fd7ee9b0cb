"""A person's decisions about rows, and counts of the ledger."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.errors import PlanOutdatedError
from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, EditionKey, ScheduleId
from bot.news.schedules.schedule import ScheduleState, StopReason
from tests.support.ledger import (
    DUE,
    LEASE,
    SCHEDULE,
    Ledger,
    claim,
    claim_one,
    find_delivery,
    found,
    plan_edition,
    plan_part,
    save_schedule,
    send_all,
    set_state,
    weeks_later,
)

PLANNED, SENDING, SENT = DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.SENT
FAILED, UNKNOWN, SKIPPED = DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SKIPPED

NO_SUCH_KEY = DeliveryKey(channel_id=1, schedule_id=ScheduleId(1), edition=EditionKey("2021-01-01"), part=1)


async def failed_part(ledger: Ledger) -> DeliveryKey:
    """One part that Discord refused permanently."""
    key = await plan_part(ledger)
    await claim_one(ledger)
    await ledger.deliveries.mark_failed(key, 1, reason="refused")
    return key


async def unknown_part(ledger: Ledger) -> DeliveryKey:
    """One part that may or may not have been posted."""
    key = await plan_part(ledger)
    await claim_one(ledger)
    await ledger.deliveries.mark_unknown(key, 1, reason="can't read back")
    return key


async def stuck_edition(ledger: Ledger) -> tuple[DeliveryKey, ...]:
    """Three parts: the first one FAILED, so that the others wait."""
    keys = await plan_edition(ledger, parts=3)
    await claim(ledger)
    await ledger.deliveries.mark_failed(keys[0], 1, reason="refused")
    return keys


async def states(ledger: Ledger) -> list[DeliveryState]:
    """The states of the edition of 10 May, by part."""
    return [delivery.state for delivery in await ledger.deliveries.deliveries(SCHEDULE, EditionKey("2021-05-10"))]


@pytest.mark.parametrize("waiting_part", [failed_part, unknown_part])
async def test_send_again_is_claimed_at_once(
    ledger: Ledger, waiting_part: Callable[[Ledger], Awaitable[DeliveryKey]]
) -> None:
    """The admin has waited long enough."""
    key = await waiting_part(ledger)

    done = await ledger.deliveries.resolve(key, PLANNED, reason="by an admin", at=DUE)

    assert (done, (await claim_one(ledger)).key) == (True, key)


async def test_send_again_begins_with_no_tries_counted(ledger: Ledger) -> None:
    """Its cause was fixed; the old back-off means nothing."""
    key = await plan_part(ledger)
    for attempt in (1, 2):
        await claim_one(ledger)
        await ledger.deliveries.mark_planned(key, attempt, not_before=DUE, reason="429")
    await claim_one(ledger)
    await ledger.deliveries.mark_failed(key, 3, reason="refused")

    await ledger.deliveries.resolve(key, PLANNED, reason="", at=DUE)

    assert (await found(ledger, key)).tries == 0


async def test_send_again_keeps_the_attempts_that_may_have_reached_discord(ledger: Ledger) -> None:
    """What was unknown can be read back once the channel can."""
    key = await unknown_part(ledger)
    await ledger.deliveries.resolve(key, PLANNED, reason="", at=DUE)

    again = await claim_one(ledger, DUE + LEASE)

    assert (again.attempt, again.first_attempt_at) == (2, DUE)


async def test_it_is_there_makes_the_row_sent(ledger: Ledger) -> None:
    """With its message where the admin could name it."""
    key = await unknown_part(ledger)

    await ledger.deliveries.resolve(key, SENT, reason="by an admin", at=DUE, message_id=42)

    delivery = await found(ledger, key)
    assert (delivery.state, delivery.message_id) == (SENT, 42)


async def test_it_is_there_needs_no_message_id(ledger: Ledger) -> None:
    """An admin sees a message, not its number."""
    key = await unknown_part(ledger)

    assert await ledger.deliveries.resolve(key, SENT, reason="by an admin", at=DUE)


async def test_it_is_there_lets_the_next_part_go(ledger: Ledger) -> None:
    """The answer moves all."""
    first, second, _ = await stuck_edition(ledger)

    await ledger.deliveries.resolve(first, SENT, reason="by an admin", at=DUE)

    assert (await claim_one(ledger)).key == second


async def test_skip_takes_the_parts_along_that_waited(ledger: Ledger) -> None:
    """Nobody posts the middle of what was left out."""
    first, *_ = await stuck_edition(ledger)

    await ledger.deliveries.resolve(first, SKIPPED, reason="by an admin", at=DUE)

    assert await states(ledger) == [SKIPPED, SKIPPED, SKIPPED]


async def test_skip_leaves_the_parts_before_it_as_they_are(ledger: Ledger) -> None:
    """What was posted stays posted."""
    first, second, _ = await plan_edition(ledger, parts=3)
    await claim(ledger)
    await ledger.deliveries.mark_sent(first, 1, message_id=1, at=DUE)
    await claim(ledger)
    await ledger.deliveries.mark_unknown(second, 1, reason="")

    await ledger.deliveries.resolve(second, SKIPPED, reason="by an admin", at=DUE)

    assert await states(ledger) == [SENT, SKIPPED, SKIPPED]


async def test_skip_leaves_other_editions_alone(ledger: Ledger) -> None:
    """It is one edition's answer."""
    first, *_ = await stuck_edition(ledger)
    other = await plan_part(ledger, due_at=weeks_later(1))

    await ledger.deliveries.resolve(first, SKIPPED, reason="by an admin", at=DUE)

    assert (await found(ledger, other)).state is PLANNED


@pytest.mark.parametrize("answer", [PLANNED, SENT, SKIPPED])
async def test_answer_comes_too_late_for_a_row_that_went_on(ledger: Ledger, answer: DeliveryState) -> None:
    """Two admins press two buttons: the second is told so."""
    key = await unknown_part(ledger)
    await ledger.deliveries.resolve(key, PLANNED, reason="", at=DUE)
    sending = await claim_one(ledger)

    done = await ledger.deliveries.resolve(key, answer, reason="", at=DUE)

    assert (done, await found(ledger, key)) == (False, sending)


async def told_editions(ledger: Ledger) -> frozenset[tuple[ScheduleId, EditionKey]]:
    """What counts as told for the edition of 10 May."""
    return await ledger.digest.told_editions(SCHEDULE, 100)


@pytest.mark.parametrize("answer", [PLANNED, SENDING])
async def test_part_is_sent_again_if_what_was_told_is_told_still(ledger: Ledger, answer: DeliveryState) -> None:
    """Its own edition, which may count as told or not, doesn't matter."""
    key = await unknown_part(ledger)
    told = await told_editions(ledger)

    done = [await ledger.deliveries.resolve(key, answer, reason="", at=DUE, told=each) for each in (told, told)]

    assert (told, done) == (frozenset({(SCHEDULE, key.edition)}), [True, False])


async def test_part_is_not_sent_again_if_another_edition_was_told_meanwhile(ledger: Ledger) -> None:
    """It may have the same stories: the person who decides must choose again, and nothing has changed."""
    key = await failed_part(ledger)
    told = await told_editions(ledger)
    await plan_part(ledger, due_at=weeks_later(1))

    with pytest.raises(PlanOutdatedError):
        await ledger.deliveries.resolve(key, PLANNED, reason="again", at=DUE, told=told)

    row = await found(ledger, key)
    assert (row.state, row.reason) == (FAILED, "refused")


async def test_part_is_not_sent_again_if_another_edition_is_told_no_longer(ledger: Ledger) -> None:
    """The choice would be another one as well."""
    key = await failed_part(ledger)
    other = await plan_part(ledger, due_at=weeks_later(1))
    told = await told_editions(ledger)
    await ledger.deliveries.mark_skipped([other], reason="by an admin")

    with pytest.raises(PlanOutdatedError):
        await ledger.deliveries.resolve(key, PLANNED, reason="again", at=DUE, told=told)


async def test_part_is_decided_whatever_was_told_if_nobody_asks(ledger: Ledger) -> None:
    """To skip one repeats nothing."""
    key = await failed_part(ledger)
    await plan_part(ledger, due_at=weeks_later(1))

    assert await ledger.deliveries.resolve(key, SKIPPED, reason="", at=DUE)


@pytest.mark.parametrize("answer", [FAILED, UNKNOWN])
async def test_answer_that_nobody_can_give_is_refused(ledger: Ledger, answer: DeliveryState) -> None:
    """A mistake of ours, not of the admin's."""
    key = await unknown_part(ledger)

    with pytest.raises(ValueError, match="a person can't decide for"):
        await ledger.deliveries.resolve(key, answer, reason="", at=DUE)


async def test_part_that_is_looked_for_again_is_claimed_with_an_unknown_outcome(ledger: Ledger) -> None:
    """So that its channel is read back before anything is sent."""
    key = await unknown_part(ledger)

    assert await ledger.deliveries.resolve(key, SENDING, reason="by an admin", at=DUE + LEASE)

    claimed = await claim_one(ledger, DUE + LEASE)
    assert (claimed.key, claimed.was_sending, claimed.tries) == (key, True, 0)


@pytest.mark.parametrize("answer", [PLANNED, SENDING])
async def test_moment_of_asking_again_is_kept(ledger: Ledger, answer: DeliveryState) -> None:
    """Its lateness counts from there."""
    key = await unknown_part(ledger)

    await ledger.deliveries.resolve(key, answer, reason="by an admin", at=DUE + LEASE)

    assert (await found(ledger, key)).asked_at == DUE + LEASE


async def test_answer_about_no_row_changes_nothing(ledger: Ledger) -> None:
    """Its server may have been purged meanwhile."""
    assert not await ledger.deliveries.resolve(NO_SUCH_KEY, SKIPPED, reason="", at=DUE)


async def test_skipping_counts_only_rows_that_can_be_skipped(ledger: Ledger) -> None:
    """What is sent, being sent or not there can't be."""
    sent = await plan_part(ledger)
    await send_all(ledger)
    sending = await plan_part(ledger, due_at=weeks_later(1))
    await claim_one(ledger)
    planned = await plan_part(ledger, due_at=weeks_later(2))

    count = await ledger.deliveries.mark_skipped([sent, sending, planned, planned, NO_SUCH_KEY], reason="by hand")

    assert (count, (await found(ledger, planned)).reason) == (1, "by hand")


async def test_skipping_nothing_skips_nothing(ledger: Ledger) -> None:
    """An empty list is not an error."""
    assert await ledger.deliveries.mark_skipped([], reason="") == 0


@pytest.mark.parametrize("waiting_part", [failed_part, unknown_part])
async def test_row_that_waits_for_a_person_can_be_skipped(
    ledger: Ledger, waiting_part: Callable[[Ledger], Awaitable[DeliveryKey]]
) -> None:
    """Without a button, by the schedule's end."""
    key = await waiting_part(ledger)

    assert await ledger.deliveries.mark_skipped([key], reason="by hand") == 1


async def test_deleted_channel_skips_what_was_not_begun(ledger: Ledger) -> None:
    """A row that is being sent has its sender to speak for it."""
    await plan_edition(ledger, parts=3)
    await claim_one(ledger)

    is_off = await ledger.schedules.channel_gone(SCHEDULE, 100, reason="off")

    assert (is_off, await states(ledger)) == (True, [SENDING, SKIPPED, SKIPPED])
    schedule = await ledger.schedules.find_schedule(SCHEDULE)
    assert schedule is not None
    assert (schedule.state, schedule.state_reason) == (ScheduleState.OFF, StopReason.CHANNEL_GONE)


async def test_deleted_channel_leaves_the_other_schedules(ledger: Ledger) -> None:
    """One server's trouble is not another's."""
    await plan_part(ledger)
    other = await plan_part(ledger, schedule_id=ScheduleId(12))

    await ledger.schedules.channel_gone(SCHEDULE, 100, reason="off")

    assert (await found(ledger, other)).state is PLANNED


@pytest.mark.parametrize("schedule", [SCHEDULE, ScheduleId(99)])
async def test_deleted_channel_that_a_schedule_has_left_changes_nothing(ledger: Ledger, schedule: ScheduleId) -> None:
    """An admin was faster; or there is no such schedule any more."""
    key = await plan_part(ledger)
    before = await ledger.schedules.find_schedule(SCHEDULE)

    assert not await ledger.schedules.channel_gone(schedule, 101, reason="off")
    assert (await found(ledger, key)).state is PLANNED
    assert await ledger.schedules.find_schedule(SCHEDULE) == before


async def test_parts_of_an_edition_come_by_number(ledger: Ledger) -> None:
    """In their order in the channel."""
    keys = await plan_edition(ledger, parts=12)

    deliveries = await ledger.deliveries.deliveries(SCHEDULE, EditionKey("2021-05-10"))

    assert [delivery.key for delivery in deliveries] == list(keys)


async def test_edition_that_is_not_there_has_no_parts(ledger: Ledger) -> None:
    """Asking is allowed."""
    assert await ledger.deliveries.deliveries(SCHEDULE, EditionKey("2021-05-10")) == ()


async def test_delivery_that_is_not_there_is_not_found(ledger: Ledger) -> None:
    """None, not an error."""
    assert await find_delivery(ledger.deliveries, NO_SUCH_KEY) is None


async def test_unsettled_are_those_that_wait_for_a_person_oldest_first(ledger: Ledger) -> None:
    """FAILED and UNKNOWN, and nothing else."""
    keys = [await plan_part(ledger, due_at=weeks_later(week)) for week in (1, 0, 2)]
    await claim(ledger)
    await ledger.deliveries.mark_unknown(keys[0], 1, reason="")
    await ledger.deliveries.mark_failed(keys[1], 1, reason="")

    assert [delivery.key for delivery in await ledger.deliveries.unresolved()] == [keys[1], keys[0]]


async def test_unsettled_of_one_server_leaves_the_others_out(ledger: Ledger) -> None:
    """An admin sees their own server's rows."""
    key = await failed_part(ledger)
    own: tuple[Delivery, ...] = await ledger.deliveries.unresolved(1)

    assert ([delivery.key for delivery in own], await ledger.deliveries.unresolved(2)) == ([key], ())


async def test_failed_row_of_a_deleted_schedule_waits_for_nobody(ledger: Ledger) -> None:
    """There is nothing left to answer."""
    await failed_part(ledger)
    await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)

    assert await ledger.deliveries.unresolved() == ()


async def test_counts_name_every_state(ledger: Ledger) -> None:
    """A metric that is missing looks like one that is broken."""
    await plan_edition(ledger, parts=2)
    await claim(ledger)

    counts = await ledger.deliveries.counts()

    assert counts == dict.fromkeys(DeliveryState, 0) | {PLANNED: 1, SENDING: 1}


async def test_oldest_open_row_is_planned_or_sending(ledger: Ledger) -> None:
    """How far the sender lags behind."""
    for week in (1, 2, 0):
        await plan_part(ledger, due_at=weeks_later(week))
    delivery, *_ = await claim(ledger, limit=1)
    await ledger.deliveries.mark_sent(delivery.key, 1, message_id=1, at=DUE)
    await claim(ledger, limit=1)

    assert await ledger.deliveries.oldest_open_due() == weeks_later(1)


async def test_nothing_open_has_no_oldest(ledger: Ledger) -> None:
    """None, not the beginning of time."""
    await plan_part(ledger)
    await send_all(ledger)

    assert await ledger.deliveries.oldest_open_due() is None


async def test_paused_schedule_does_not_make_the_sender_look_late(ledger: Ledger) -> None:
    """Its rows wait for a person, and health must not cry about them."""
    await plan_part(ledger)
    await save_schedule(ledger, id=ScheduleId(12), name="Other")
    await plan_part(ledger, schedule_id=ScheduleId(12), due_at=weeks_later(1))
    await set_state(ledger.schedules, SCHEDULE, ScheduleState.PAUSED)

    assert await ledger.deliveries.oldest_open_due() == weeks_later(1)


async def test_moments_survive_to_the_microsecond(ledger: Ledger) -> None:
    """A lease that is rounded is a lease that ends at another moment."""
    at = DUE + timedelta(microseconds=123_457)
    await plan_part(ledger)

    delivery = await claim_one(ledger, at)

    assert (await found(ledger, delivery.key)).lease_until == at + LEASE


async def test_part_of_a_schedule_that_was_deleted_is_not_decided_about(ledger: Ledger) -> None:
    """Nothing would send it; the person who decides is told that it is over."""
    key = await unknown_part(ledger)
    await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)

    assert not await ledger.deliveries.resolve(key, PLANNED, reason="", at=DUE)
