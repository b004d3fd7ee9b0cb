"""How a claimed row goes on, and that only its own claim may say so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, EditionKey, ScheduleId
from bot.store.port.delivery import DeliveryStore
from tests.support.ledger import DUE, LEASE, Ledger, claim, claim_one, found, plan_edition, plan_part
from tests.support.makers import make_draft

Mark = Callable[[DeliveryStore, DeliveryKey, int], Awaitable[bool]]

LATER = DUE + timedelta(seconds=45)

MARKS: dict[str, Mark] = {
    "sent": lambda store, key, attempt: store.mark_sent(key, attempt, message_id=5, at=DUE),
    "planned": lambda store, key, attempt: store.mark_planned(key, attempt, not_before=LATER, reason="r"),
    "unclear": lambda store, key, attempt: store.mark_unclear(key, attempt, lease_until=LATER, reason="r"),
    "failed": lambda store, key, attempt: store.mark_failed(key, attempt, reason="r"),
    "unknown": lambda store, key, attempt: store.mark_unknown(key, attempt, reason="r"),
    "replaced": lambda store, key, attempt: store.replace_draft(key, attempt, make_draft("plain"), revision=1),
}

every_mark = pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)

STATES = {
    "sent": DeliveryState.SENT,
    "planned": DeliveryState.PLANNED,
    "unclear": DeliveryState.SENDING,
    "failed": DeliveryState.FAILED,
    "unknown": DeliveryState.UNKNOWN,
    "replaced": DeliveryState.PLANNED,
}


async def claimed_part(ledger: Ledger) -> Delivery:
    """One part, claimed for the first time."""
    await plan_part(ledger)
    return await claim_one(ledger)


@pytest.mark.parametrize("name", MARKS)
async def test_each_mark_moves_the_row_to_its_state(ledger: Ledger, name: str) -> None:
    """And says that it did."""
    delivery = await claimed_part(ledger)

    done = await MARKS[name](ledger.deliveries, delivery.key, 1)

    assert (done, (await found(ledger, delivery.key)).state) == (True, STATES[name])


@every_mark
async def test_mark_after_another_claim_changes_nothing(ledger: Ledger, mark: Mark) -> None:
    """A sender that slept through its lease has nothing to say any more."""
    delivery = await claimed_part(ledger)
    again = await claim_one(ledger, DUE + LEASE)

    done = await mark(ledger.deliveries, delivery.key, 1)

    assert (done, await found(ledger, delivery.key)) == (False, again)


@every_mark
async def test_mark_with_a_token_that_was_never_given_changes_nothing(ledger: Ledger, mark: Mark) -> None:
    """Tokens are not guessed ahead either."""
    delivery = await claimed_part(ledger)

    assert not await mark(ledger.deliveries, delivery.key, 2)


@every_mark
async def test_mark_of_a_row_that_nobody_claimed_changes_nothing(ledger: Ledger, mark: Mark) -> None:
    """No send without a committed SENDING row, so no outcome either."""
    key = await plan_part(ledger)

    done = await mark(ledger.deliveries, key, 0)

    assert (done, (await found(ledger, key)).state) == (False, DeliveryState.PLANNED)


@every_mark
async def test_second_mark_of_the_same_claim_changes_nothing_once_it_is_sent(ledger: Ledger, mark: Mark) -> None:
    """SENT stays SENT."""
    delivery = await claimed_part(ledger)
    await ledger.deliveries.mark_sent(delivery.key, 1, message_id=77, at=DUE)

    done = await mark(ledger.deliveries, delivery.key, 1)

    assert (done, (await found(ledger, delivery.key)).message_id) == (False, 77)


@every_mark
@pytest.mark.parametrize("field", ["channel_id", "schedule_id", "edition", "part"])
async def test_mark_of_another_key_changes_nothing(ledger: Ledger, mark: Mark, field: str) -> None:
    """All four say which row is meant."""
    delivery = await claimed_part(ledger)
    key = delivery.key
    others = {
        "channel_id": DeliveryKey(channel_id=9, schedule_id=key.schedule_id, edition=key.edition, part=1),
        "schedule_id": DeliveryKey(channel_id=100, schedule_id=ScheduleId(9), edition=key.edition, part=1),
        "edition": DeliveryKey(channel_id=100, schedule_id=key.schedule_id, edition=EditionKey("x9"), part=1),
        "part": DeliveryKey(channel_id=100, schedule_id=key.schedule_id, edition=key.edition, part=9),
    }

    done = await mark(ledger.deliveries, others[field], 1)

    assert (done, await found(ledger, key)) == (False, delivery)


@every_mark
async def test_mark_leaves_the_other_parts_alone(ledger: Ledger, mark: Mark) -> None:
    """A mark speaks of one row."""
    first, second = await plan_edition(ledger, parts=2)
    await claim(ledger)
    before = await found(ledger, second)

    await mark(ledger.deliveries, first, 1)

    assert await found(ledger, second) == before


async def test_sent_row_keeps_its_message(ledger: Ledger) -> None:
    """So that it can be found, linked and edited."""
    delivery = await claimed_part(ledger)

    await ledger.deliveries.mark_sent(delivery.key, 1, message_id=2**62, at=DUE)

    assert (await found(ledger, delivery.key)).message_id == 2**62


async def test_sent_row_holds_no_lease(ledger: Ledger) -> None:
    """Nothing of it is in anybody's hands."""
    delivery = await claimed_part(ledger)

    await ledger.deliveries.mark_sent(delivery.key, 1, message_id=1, at=DUE)

    assert (await found(ledger, delivery.key)).lease_until is None


@pytest.mark.parametrize("name", ["planned", "unclear", "failed", "unknown"])
async def test_row_keeps_the_reason_of_its_mark(ledger: Ledger, name: str) -> None:
    """An admin asks why."""
    delivery = await claimed_part(ledger)

    await MARKS[name](ledger.deliveries, delivery.key, 1)

    assert (await found(ledger, delivery.key)).reason == "r"


async def test_sent_row_forgets_why_it_was_refused_before(ledger: Ledger) -> None:
    """Success has no reason."""
    delivery = await claimed_part(ledger)
    await ledger.deliveries.mark_planned(delivery.key, 1, not_before=DUE, reason="429")
    await claim_one(ledger)

    await ledger.deliveries.mark_sent(delivery.key, 2, message_id=1, at=DUE)

    assert (await found(ledger, delivery.key)).reason == ""


async def test_each_return_to_planned_counts_as_a_try(ledger: Ledger) -> None:
    """The back-off grows with them."""
    await plan_part(ledger)
    for _ in range(3):
        delivery = await claim_one(ledger)
        await ledger.deliveries.mark_planned(delivery.key, delivery.attempt, not_before=DUE, reason="429")

    assert (await claim_one(ledger)).tries == 3


async def test_attempt_that_may_have_reached_discord_is_read_back_later(ledger: Ledger) -> None:
    """It counts among the attempts of every later claim."""
    delivery = await claimed_part(ledger)
    await ledger.deliveries.mark_planned(delivery.key, 1, not_before=DUE, reason="429")

    again = await claim_one(ledger, LATER)

    assert again.first_attempt_at == DUE


async def test_attempt_that_began_no_request_is_forgotten(ledger: Ledger) -> None:
    """There is nothing of it to read back."""
    delivery = await claimed_part(ledger)
    await ledger.deliveries.mark_planned(delivery.key, 1, not_before=DUE, reason="fence", forget_attempt=True)

    again = await claim_one(ledger, LATER)

    assert again.first_attempt_at is None


async def test_forgotten_attempt_keeps_the_attempts_before_it(ledger: Ledger) -> None:
    """Only the claim that began nothing is forgotten."""
    await plan_part(ledger)
    await claim_one(ledger)
    second = await claim_one(ledger, DUE + LEASE)
    await ledger.deliveries.mark_planned(second.key, 2, not_before=DUE, reason="fence", forget_attempt=True)

    third = await claim_one(ledger, DUE + LEASE * 2)

    assert third.first_attempt_at == DUE


async def test_forgotten_attempt_gives_its_token_to_nobody(ledger: Ledger) -> None:
    """A late mark of it must still fail."""
    delivery = await claimed_part(ledger)
    await ledger.deliveries.mark_planned(delivery.key, 1, not_before=DUE, reason="fence", forget_attempt=True)

    assert (await claim_one(ledger)).attempt == 2


async def test_row_that_is_planned_again_was_not_sending(ledger: Ledger) -> None:
    """Its outcome is known: refused."""
    delivery = await claimed_part(ledger)
    await ledger.deliveries.mark_planned(delivery.key, 1, not_before=DUE, reason="429")

    assert not (await claim_one(ledger)).was_sending


async def test_unclear_row_is_claimed_when_its_shorter_lease_ends(ledger: Ledger) -> None:
    """Forty-five seconds, not two minutes."""
    delivery = await claimed_part(ledger)

    await ledger.deliveries.mark_unclear(delivery.key, 1, lease_until=LATER, reason="time-out")

    assert (await claim_one(ledger, LATER)).was_sending


async def test_replaced_draft_is_what_the_next_claim_posts(ledger: Ledger) -> None:
    """The plain-text second try."""
    delivery = await claimed_part(ledger)
    await ledger.deliveries.replace_draft(delivery.key, 1, make_draft("plain", key="k1"), revision=1)

    again = await claim_one(ledger)

    assert (again.draft, again.revision, again.attempt) == (make_draft("plain", key="k1"), 1, 2)


@pytest.mark.parametrize("revision", [0, 2, -1])
async def test_draft_is_not_replaced_under_a_revision_that_is_not_the_next(ledger: Ledger, revision: int) -> None:
    """Two Drafts under one nonce would be two messages, or the wrong one."""
    delivery = await claimed_part(ledger)

    done = await ledger.deliveries.replace_draft(delivery.key, 1, make_draft("plain"), revision=revision)

    assert (done, await found(ledger, delivery.key)) == (False, delivery)


async def test_late_replacement_leaves_the_draft_as_it_was(ledger: Ledger) -> None:
    """The bytes belong to the holder of the claim."""
    delivery = await claimed_part(ledger)
    await claim_one(ledger, DUE + LEASE)

    await ledger.deliveries.replace_draft(delivery.key, 1, make_draft("plain"), revision=1)

    assert (await found(ledger, delivery.key)).draft == delivery.draft


async def test_lease_of_a_dead_sender_can_be_shortened(ledger: Ledger) -> None:
    """A process that took over need not wait for all of it."""
    await claimed_part(ledger)

    assert await ledger.deliveries.shorten_leases(until=LATER) == 1
    assert (await claim_one(ledger, LATER)).was_sending


async def test_lease_that_ends_earlier_is_not_made_longer(ledger: Ledger) -> None:
    """Shortened means shorter."""
    await claimed_part(ledger)

    assert await ledger.deliveries.shorten_leases(until=DUE + LEASE * 2) == 0
