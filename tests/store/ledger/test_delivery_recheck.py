"""What a part rests on when it is sent, and an edition whose unsent parts are drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from bot.news.choosing.recheck import Redrawn
from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, nonce_for
from bot.news.edition import Reason, Verdict
from tests.support.ledger import (
    DUE,
    LEASE,
    SCHEDULE,
    Ledger,
    claim,
    claim_one,
    find_delivery,
    found,
    parts_of,
    plan_edition,
    save_schedule,
)
from tests.support.makers import make_article, make_delivery, make_draft, make_edition, make_pick

PLANNED, SENT, SKIPPED = DeliveryState.PLANNED, DeliveryState.SENT, DeliveryState.SKIPPED

KEPT, LOST = make_article("kept"), make_article("lost")
EDITION: Final = make_edition(picks=(make_pick(KEPT), make_pick(LOST)))


async def plan_three(ledger: Ledger) -> tuple[DeliveryKey, ...]:
    """The edition with three parts, of which the first is claimed."""
    await save_schedule(ledger)
    parts = parts_of(EDITION, 3)
    verdicts = [Verdict(article_id=each.id, reason=Reason.PICKED, detail="") for each in (KEPT, LOST)]
    assert await ledger.digest.plan(EDITION, verdicts, parts) is not None
    await claim_one(ledger)
    return tuple(part.key for part in parts)


def redrawn(keys: Sequence[DeliveryKey], *, channel_id: int = 200, revision: int = 1) -> Redrawn:
    """The edition without its second story, drawn for another channel."""
    parts = [make_delivery(EDITION, part=key.part, revision=revision, title="Again", publish=True) for key in keys]
    moved = [replace(part, key=replace(part.key, channel_id=channel_id), drawn_at=DUE + LEASE) for part in parts]
    drawn = tuple(replace(part, draft=make_draft("Again", key=nonce_for(part.key))) for part in moved)
    return Redrawn(edition=replace(EDITION, picks=EDITION.picks[:1], is_late=True), parts=drawn, is_reduced=True)


async def rows(ledger: Ledger) -> tuple[Delivery, ...]:
    """The edition's parts."""
    return await ledger.deliveries.deliveries(SCHEDULE, EDITION.key)


async def test_part_rests_on_its_schedule_as_it_is(ledger: Ledger) -> None:
    """And on no article that was taken down, where none was."""
    (key, *_) = await plan_three(ledger)

    holding = await ledger.deliveries.holding(key)

    assert (holding.schedule, holding.taken_down) == (await ledger.schedules.find_schedule(SCHEDULE), frozenset())


async def test_part_of_a_deleted_schedule_rests_on_nothing(ledger: Ledger) -> None:
    """It must not be sent."""
    (key, *_) = await plan_three(ledger)
    await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)

    assert (await ledger.deliveries.holding(key)).schedule is None


async def test_edition_drawn_again_has_the_new_parts_only(ledger: Ledger) -> None:
    """In their channel, with what was drawn, and as if they had never been tried."""
    keys = await plan_three(ledger)

    assert await ledger.deliveries.revise(keys[0], 1, redrawn(keys[:2]))

    assert [(row.key.channel_id, row.key.part, row.state, row.revision) for row in await rows(ledger)] == [
        (200, 1, PLANNED, 1),
        (200, 2, PLANNED, 1),
    ]
    (first, _) = await rows(ledger)
    assert (first.title, first.publish, first.drawn_at) == ("Again", True, DUE + LEASE)
    assert (first.claimed_at, first.first_attempt_at, first.lease_until) == (None, None, None)
    assert await find_delivery(ledger.deliveries, keys[0]) is None


async def test_edition_drawn_again_can_have_more_parts(ledger: Ledger) -> None:
    """What is said of it may need more room."""
    keys = await plan_three(ledger)
    more = (*keys, replace(keys[-1], part=4))

    await ledger.deliveries.revise(keys[0], 1, redrawn(more))

    assert [row.key.part for row in await rows(ledger)] == [1, 2, 3, 4]


async def test_part_drawn_again_is_claimed_at_once_with_its_new_draft(ledger: Ledger) -> None:
    """Its checksum is that of what is posted now."""
    keys = await plan_three(ledger)
    drawn = redrawn(keys)
    await ledger.deliveries.revise(keys[0], 1, drawn)

    claimed = await claim_one(ledger)

    assert (claimed.key, claimed.draft, claimed.was_sending) == (drawn.parts[0].key, drawn.parts[0].draft, False)


async def test_edition_drawn_again_loses_its_stories_with_a_reason(ledger: Ledger) -> None:
    """They don't count as told, and can come back."""
    keys = await plan_three(ledger)

    await ledger.deliveries.revise(keys[0], 1, redrawn(keys))

    edition = await ledger.digest.find_edition_by_key(SCHEDULE, EDITION.key)
    assert edition is not None
    assert (edition.picks, edition.is_late) == (EDITION.picks[:1], True)
    reasons = {each.article_id: each.reason for each in await ledger.digest.verdicts(SCHEDULE, EDITION.key)}
    assert reasons == {KEPT.id: Reason.PICKED, LOST.id: Reason.HIDDEN}
    told = await ledger.digest.told(SCHEDULE, 200, before=DUE + timedelta(seconds=1))
    assert [story.pick_id for story in told] == [KEPT.id]


async def test_part_that_was_sent_stays_as_it_is(ledger: Ledger) -> None:
    """Only the rest is drawn again."""
    keys = await plan_three(ledger)
    await ledger.deliveries.mark_sent(keys[0], 1, message_id=5, at=DUE)
    sent = await found(ledger, keys[0])
    await claim_one(ledger)

    assert await ledger.deliveries.revise(keys[1], 1, redrawn(keys[1:], channel_id=keys[0].channel_id))

    first, second, third = await rows(ledger)
    assert first == sent
    assert (second.revision, third.revision) == (1, 1)


async def test_edition_is_not_drawn_again_by_a_claim_that_is_over(ledger: Ledger) -> None:
    """Another claim decides about it now."""
    keys = await plan_three(ledger)
    before = await rows(ledger)
    await claim(ledger, DUE + LEASE)

    assert not await ledger.deliveries.revise(keys[0], 1, redrawn(keys))
    assert [row.draft for row in await rows(ledger)] == [row.draft for row in before]


async def test_edition_is_not_drawn_again_under_a_revision_that_was_used(ledger: Ledger) -> None:
    """Its nonce would be that of another message; nothing is changed then."""
    keys = await plan_three(ledger)
    before = await rows(ledger)

    with pytest.raises(ValueError, match="revision"):
        await ledger.deliveries.revise(keys[0], 1, redrawn(keys, revision=0))

    assert await rows(ledger) == before


async def test_edition_is_not_drawn_again_from_another_part_on(ledger: Ledger) -> None:
    """A part would be missing."""
    keys = await plan_three(ledger)

    with pytest.raises(ValueError, match="part"):
        await ledger.deliveries.revise(keys[0], 1, redrawn(keys[1:]))


async def test_cancelled_part_is_skipped_with_the_later_ones(ledger: Ledger) -> None:
    """The reason is stored with each."""
    keys = await plan_three(ledger)

    assert await ledger.deliveries.mark_cancelled(keys[0], 1, reason="too late")

    assert [(row.state, row.reason) for row in await rows(ledger)] == [(SKIPPED, "too late")] * 3
    assert await claim(ledger, DUE + LEASE) == ()


async def test_part_is_not_cancelled_by_a_claim_that_is_over(ledger: Ledger) -> None:
    """Another claim decides about it now."""
    keys = await plan_three(ledger)
    await claim(ledger, DUE + LEASE)

    assert not await ledger.deliveries.mark_cancelled(keys[0], 1, reason="too late")
    assert SKIPPED not in {row.state for row in await rows(ledger)}


async def test_asking_for_a_part_again_asks_for_the_later_ones(ledger: Ledger) -> None:
    """They would be too late otherwise."""
    keys = await plan_edition(ledger, parts=2)
    (claimed,) = await claim(ledger)
    await ledger.deliveries.mark_failed(keys[0], claimed.attempt, reason="refused")

    await ledger.deliveries.resolve(keys[0], PLANNED, reason="", at=DUE + LEASE)

    assert [(await found(ledger, key)).asked_at for key in keys] == [DUE + LEASE] * 2


async def test_latest_editions_come_first_with_those_that_were_skipped(ledger: Ledger) -> None:
    """A history shows them all."""
    for week in range(3):
        edition = make_edition(due_at=DUE + timedelta(weeks=week), picks=())
        await save_schedule(ledger)
        await ledger.digest.plan(edition, (), ())

    latest = await ledger.digest.editions(SCHEDULE, limit=2)

    assert [edition.due_at for edition in latest] == [DUE + timedelta(weeks=week) for week in (2, 1)]
