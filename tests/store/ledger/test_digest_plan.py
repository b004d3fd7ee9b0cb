"""Planning an edition: all of it or nothing, once a key, and numbered as readers count."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import UnknownScheduleError
from bot.news.article import ArticleId
from bot.news.delivery import Delivery, DeliveryState, EditionKey, ScheduleId, nonce_for
from bot.news.edition import Edition, Reason, Skipped, Verdict, Window
from tests.support.ledger import (
    DUE,
    SCHEDULE,
    Ledger,
    claim_one,
    find_delivery,
    parts_of,
    plan_edition,
    plan_part,
    save_schedule,
    weeks_later,
)
from tests.support.makers import WBUR, make_article, make_delivery, make_edition, make_pick, make_stub


async def plan(ledger: Ledger, edition: Edition, *deliveries: Delivery) -> Edition | None:
    """Plan an edition without reasons."""
    return await ledger.digest.plan(edition, (), deliveries)


def elsewhere(delivery: Delivery) -> Delivery:
    """The same part on its way to another channel."""
    return replace(delivery, key=replace(delivery.key, channel_id=101))


async def number_of(ledger: Ledger, edition: Edition) -> int | None:
    """The number that an edition gets."""
    planned = await plan(ledger, edition)
    assert planned is not None
    return planned.number


async def test_plan_answers_the_edition_with_its_number(ledger: Ledger) -> None:
    """The header says which one it is."""
    await save_schedule(ledger)
    edition = make_edition()

    assert await plan(ledger, edition) == replace(edition, number=1)


async def test_numbers_grow_by_one(ledger: Ledger) -> None:
    """Readers count along."""
    await save_schedule(ledger)

    numbers = [await number_of(ledger, make_edition(due_at=weeks_later(week))) for week in range(3)]

    assert numbers == [1, 2, 3]


async def test_each_schedule_counts_for_itself(ledger: Ledger) -> None:
    """Number 1 is every schedule's first."""
    await save_schedule(ledger)
    await save_schedule(ledger, id=ScheduleId(12), name="Other")
    await plan(ledger, make_edition())

    assert await number_of(ledger, make_edition(schedule_id=ScheduleId(12))) == 1


@pytest.mark.parametrize(
    "silent",
    [
        make_edition(picks=(), skipped=Skipped.LATE),
        make_edition(skipped=Skipped.LATE),
        make_edition(picks=(), skipped=Skipped.EMPTY),
        make_edition(picks=()),
    ],
    ids=["late", "late with picks", "empty", "note"],
)
async def test_edition_without_stories_has_no_number(ledger: Ledger, silent: Edition) -> None:
    """There is no gap in what readers see."""
    await save_schedule(ledger)
    await plan(ledger, silent)

    assert await number_of(ledger, make_edition(due_at=weeks_later(1))) == 1


async def test_number_that_a_caller_names_does_not_count(ledger: Ledger) -> None:
    """The store alone knows the next one."""
    await save_schedule(ledger)

    assert await number_of(ledger, make_edition(number=50)) == 1


async def test_second_plan_of_a_key_answers_none(ledger: Ledger) -> None:
    """A clock jump or a doubled hour can't make a second edition."""
    await plan_part(ledger)

    again = make_edition(due_at=DUE + timedelta(hours=1))

    assert await plan(ledger, again, *parts_of(again, 2)) is None


async def test_second_plan_of_a_key_stores_nothing(ledger: Ledger) -> None:
    """Not even a part more."""
    await plan_part(ledger)
    again = make_edition(picks=())
    await plan(ledger, again, *parts_of(again, 2))

    parts = await ledger.deliveries.deliveries(SCHEDULE, again.key)
    kept = await ledger.digest.find_edition(SCHEDULE)

    assert (len(parts), kept) == (1, replace(make_edition(), number=1))


async def test_two_plans_at_once_make_one_edition(ledger: Ledger) -> None:
    """Two ticks, one edition."""
    await save_schedule(ledger)
    edition = make_edition()

    answers = await asyncio.gather(*(plan(ledger, edition, *parts_of(edition, 1)) for _ in range(4)))

    assert sum(answer is not None for answer in answers) == 1


async def test_key_taken_in_one_schedule_is_free_in_another(ledger: Ledger) -> None:
    """Keys are a schedule's own."""
    await save_schedule(ledger, id=ScheduleId(12), name="Other")
    await plan_part(ledger)

    assert await number_of(ledger, make_edition(schedule_id=ScheduleId(12))) == 1


async def test_extra_edition_of_the_same_day_has_its_own_key(ledger: Ledger) -> None:
    """Sent now is not sent instead."""
    await plan_part(ledger)

    assert await number_of(ledger, make_edition(key=EditionKey("x77"), is_extra=True)) == 2


async def test_plan_for_an_unknown_schedule_is_refused(ledger: Ledger) -> None:
    """There is nobody to read it."""
    with pytest.raises(UnknownScheduleError):
        await plan(ledger, make_edition())


async def test_plan_for_a_schedule_that_was_deleted_meanwhile_is_refused(ledger: Ledger) -> None:
    """A tick that began before the deletion must not post after it."""
    await save_schedule(ledger)
    await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)
    edition = make_edition()

    with pytest.raises(UnknownScheduleError):
        await plan(ledger, edition, *parts_of(edition, 1))


@pytest.mark.parametrize(
    "parts",
    [
        [make_delivery(part=2)],
        [make_delivery(part=1), make_delivery(part=3)],
        [make_delivery(part=2), make_delivery(part=1)],
        [make_delivery(part=1), make_delivery(part=1)],
        [make_delivery(make_edition(key=EditionKey("x1")))],
        [make_delivery(make_edition(schedule_id=ScheduleId(12)))],
        [make_delivery(state=DeliveryState.SENT, message_id=1)],
        [make_delivery(state=DeliveryState.SENDING)],
        [make_delivery(), elsewhere(make_delivery(part=2))],
    ],
    ids=["no first", "gap", "order", "twice", "edition", "schedule", "sent", "sending", "two channels"],
)
async def test_parts_that_are_not_this_editions_are_refused(ledger: Ledger, parts: list[Delivery]) -> None:
    """A mistake of ours, found before it is stored."""
    await save_schedule(ledger)

    with pytest.raises(ValueError, match=r"deliver|parts"):
        await plan(ledger, make_edition(), *parts)


async def test_planned_part_reads_as_it_was_planned(ledger: Ledger) -> None:
    """Its channel, Draft, title, role and everything else that is posted."""
    await save_schedule(ledger)
    part = make_delivery(title="A forum post", mention_role=8, publish=True, revision=0, not_before=DUE)

    await plan(ledger, make_edition(), part)

    assert await ledger.deliveries.deliveries(SCHEDULE, make_edition().key) == (part,)


async def test_part_can_be_planned_as_skipped(ledger: Ledger) -> None:
    """The row that says why nothing came."""
    await save_schedule(ledger)
    part = make_delivery(state=DeliveryState.SKIPPED, reason=Skipped.LATE)

    await plan(ledger, make_edition(picks=(), skipped=Skipped.LATE), part)

    assert await find_delivery(ledger.deliveries, part.key) == part


async def test_edition_reads_as_it_was_planned(ledger: Ledger) -> None:
    """Every field of it."""
    await save_schedule(ledger)
    edition = make_edition(
        window=Window(start=None, end=DUE),
        planned_at=DUE + timedelta(minutes=6),
        is_first=True,
        is_archive=True,
        is_late=True,
        is_extra=True,
        picks=(
            make_pick(make_article("b"), make_stub("s"), is_update=True),
            make_pick(make_article("a", provider=WBUR, listed=None)),
        ),
    )
    await plan(ledger, edition)

    assert await ledger.digest.find_edition(SCHEDULE, 1) == replace(edition, number=1)


async def test_newest_edition_is_the_one_with_the_highest_number(ledger: Ledger) -> None:
    """Asked for without a number."""
    await plan_part(ledger)
    await plan_part(ledger, due_at=weeks_later(1))
    await plan(ledger, make_edition(due_at=weeks_later(2), picks=(), skipped=Skipped.LATE))

    edition = await ledger.digest.find_edition(SCHEDULE)

    assert edition is not None
    assert edition.due_at == weeks_later(1)


@pytest.mark.parametrize("number", [0, 2, -1, 2**62])
async def test_edition_of_no_such_number_is_not_found(ledger: Ledger, number: int) -> None:
    """A person types any number."""
    await plan_part(ledger)

    assert await ledger.digest.find_edition(SCHEDULE, number) is None


async def test_schedule_without_editions_has_no_newest(ledger: Ledger) -> None:
    """Nothing was planned yet."""
    await save_schedule(ledger)

    assert await ledger.digest.find_edition(SCHEDULE) is None


async def test_edition_is_found_by_what_its_message_carries(ledger: Ledger) -> None:
    """The button under a posted part."""
    keys = await plan_edition(ledger, parts=2)
    await plan_part(ledger, due_at=weeks_later(1))

    edition = await ledger.digest.find_edition_by_delivery(nonce_for(keys[1]))

    assert edition is not None
    assert edition.key == keys[1].edition


async def test_edition_is_found_by_the_key_of_its_replaced_draft(ledger: Ledger) -> None:
    """One that is stored without a key gets it with its replacement."""
    key = await plan_part(ledger)
    delivery = await claim_one(ledger)
    plain = replace(delivery.draft, key=nonce_for(key))
    await ledger.deliveries.replace_draft(key, 1, plain, revision=1)

    assert await ledger.digest.find_edition_by_delivery(nonce_for(key)) is not None


@pytest.mark.parametrize("key", ["", "nothing", "'"])
async def test_unknown_key_finds_no_edition(ledger: Ledger, key: str) -> None:
    """A Draft without a key answers to none, not to the empty one."""
    await save_schedule(ledger)
    await plan(ledger, make_edition(), make_delivery())

    assert await ledger.digest.find_edition_by_delivery(key) is None


async def test_keys_of_skipped_editions_are_taken_too(ledger: Ledger) -> None:
    """What was left out isn't made up by accident."""
    await plan_part(ledger)
    await plan(ledger, make_edition(due_at=weeks_later(1), picks=(), skipped=Skipped.LATE))

    assert await ledger.digest.edition_keys(SCHEDULE) == {"2021-05-10", "2021-05-17"}


async def test_reasons_are_kept_by_article(ledger: Ledger) -> None:
    """*why* shows them as they were."""
    await save_schedule(ledger)
    verdicts = [
        Verdict(article_id=ArticleId("b"), reason=Reason.PICKED),
        Verdict(article_id=ArticleId("a"), reason=Reason.BELOW_BAR, detail="score 64, the bar is 70"),
    ]
    await ledger.digest.plan(make_edition(), verdicts, ())

    assert await ledger.digest.verdicts(SCHEDULE, make_edition().key) == (verdicts[1], verdicts[0])


async def test_reasons_of_an_unknown_edition_are_none(ledger: Ledger) -> None:
    """An empty answer, not an error."""
    assert await ledger.digest.verdicts(SCHEDULE, EditionKey("2021-05-10")) == ()


async def test_plan_that_fails_half_way_leaves_nothing(ledger: Ledger) -> None:
    """The edition, its reasons and its parts are one write."""
    await save_schedule(ledger)
    edition = make_edition()
    unstorable = make_delivery(edition, mention_role=2**64)

    with pytest.raises(OverflowError):
        await plan(ledger, edition, unstorable)

    assert await ledger.digest.edition_keys(SCHEDULE) == frozenset()
