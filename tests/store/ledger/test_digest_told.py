"""What an edition moves: the next one begins where the last one that reached its readers ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.news.delivery import DeliveryKey, DeliveryState, EditionKey, ScheduleId
from bot.news.edition import Edition, Skipped, ToldStory, Window
from bot.news.stories.story_ids import StoryId
from bot.store.port.delivery import DeliveryStore
from tests.support.ledger import (
    DUE,
    SCHEDULE,
    Ledger,
    claim,
    parts_of,
    plan_edition,
    plan_part,
    save_schedule,
    send_all,
    weeks_later,
)
from tests.support.makers import HERALD, WBUR, make_article, make_delivery, make_edition, make_pick, make_stub

NEXT_WEEK = weeks_later(1)

CHANNEL = 100
"""The channel of `make_delivery`."""

Step = Callable[[DeliveryStore, DeliveryKey], Awaitable[object]]

ON_ITS_WAY: dict[str, Step] = {
    "sending": lambda store, key: store.mark_unclear(key, 1, lease_until=DUE, reason=""),
    "planned": lambda store, key: store.mark_planned(key, 1, not_before=DUE, reason=""),
    "unknown": lambda store, key: store.mark_unknown(key, 1, reason=""),
    "sent": lambda store, key: store.mark_sent(key, 1, message_id=1, at=DUE),
}


async def moves(ledger: Ledger) -> bool:
    """Whether what was planned moved the cutoff; what is told must agree."""
    cutoff = await ledger.digest.last_cutoff(SCHEDULE, before=NEXT_WEEK)
    return cutoff is not None


async def plan_only(ledger: Ledger, edition: Edition) -> None:
    """Plan an edition that has no parts."""
    await save_schedule(ledger)
    assert await ledger.digest.plan(edition, (), ()) is not None


@pytest.mark.parametrize("step", ON_ITS_WAY.values(), ids=ON_ITS_WAY)
async def test_edition_on_its_way_moves_the_cutoff(ledger: Ledger, step: Step) -> None:
    """Its stories are not planned a second time while it is under way."""
    key = await plan_part(ledger)
    await claim(ledger)
    await step(ledger.deliveries, key)

    assert await ledger.digest.last_cutoff(SCHEDULE, before=NEXT_WEEK) == DUE


@pytest.mark.parametrize("step", ON_ITS_WAY.values(), ids=ON_ITS_WAY)
async def test_stories_of_an_edition_on_its_way_are_told(ledger: Ledger, step: Step) -> None:
    """What moves the cutoff counts."""
    key = await plan_part(ledger)
    await claim(ledger)
    await step(ledger.deliveries, key)

    assert len(await ledger.digest.told(SCHEDULE, CHANNEL, before=NEXT_WEEK)) == 1


async def test_edition_whose_only_part_failed_moves_nothing(ledger: Ledger) -> None:
    """The next edition catches up."""
    key = await plan_part(ledger)
    await claim(ledger)
    await ledger.deliveries.mark_failed(key, 1, reason="refused")

    assert not await moves(ledger)


async def test_stories_of_an_edition_whose_only_part_failed_are_not_told(ledger: Ledger) -> None:
    """Nobody read them."""
    key = await plan_part(ledger)
    await claim(ledger)
    await ledger.deliveries.mark_failed(key, 1, reason="refused")

    assert await ledger.digest.told(SCHEDULE, CHANNEL, before=NEXT_WEEK) == ()


async def test_edition_all_of_whose_parts_failed_or_were_skipped_moves_nothing(ledger: Ledger) -> None:
    """Also where they ended differently."""
    first, second = await plan_edition(ledger, parts=2)
    await claim(ledger)
    await ledger.deliveries.mark_failed(first, 1, reason="refused")
    await ledger.deliveries.mark_skipped([second], reason="by hand")

    assert not await moves(ledger)


async def test_edition_with_one_part_sent_moves_the_cutoff(ledger: Ledger) -> None:
    """Its readers saw the beginning of it."""
    first, second = await plan_edition(ledger, parts=2)
    await claim(ledger)
    await ledger.deliveries.mark_sent(first, 1, message_id=1, at=DUE)
    await claim(ledger)
    await ledger.deliveries.mark_failed(second, 1, reason="refused")

    assert await moves(ledger)


async def test_failed_edition_moves_the_cutoff_once_it_is_sent_again(ledger: Ledger) -> None:
    """An admin's *retry* makes it count."""
    key = await plan_part(ledger)
    await claim(ledger)
    await ledger.deliveries.mark_failed(key, 1, reason="refused")

    await ledger.deliveries.resolve(key, DeliveryState.PLANNED, reason="by an admin", at=DUE)

    assert await moves(ledger)


async def test_edition_that_came_too_late_moves_nothing(ledger: Ledger) -> None:
    """Its stories come with the next one."""
    await plan_only(ledger, make_edition(picks=(), skipped=Skipped.LATE))

    assert not await moves(ledger)


async def test_edition_that_came_too_late_moves_nothing_with_a_row_that_says_so(ledger: Ledger) -> None:
    """However the skip is written down."""
    await save_schedule(ledger)
    edition = make_edition(picks=(), skipped=Skipped.LATE)
    key = parts_of(edition, 1)[0].key
    await ledger.digest.plan(edition, (), parts_of(edition, 1))
    await ledger.deliveries.mark_skipped([key], reason=Skipped.LATE)

    assert not await moves(ledger)


async def test_edition_without_anything_to_begin_with_moves_nothing(ledger: Ledger) -> None:
    """The first edition is still to come."""
    await plan_only(ledger, make_edition(picks=(), skipped=Skipped.BEFORE_FIRST))

    assert not await moves(ledger)


@pytest.mark.parametrize("skipped", [Skipped.EMPTY, None])
async def test_edition_planned_without_a_story_moves_the_cutoff(ledger: Ledger, skipped: Skipped | None) -> None:
    """There was no story, and that is known."""
    await plan_only(ledger, make_edition(picks=(), skipped=skipped))

    assert await ledger.digest.last_cutoff(SCHEDULE, before=NEXT_WEEK) == DUE


async def test_empty_edition_whose_note_failed_moves_nothing(ledger: Ledger) -> None:
    """All of its parts failed, like any other's."""
    key = await plan_part(ledger, picks=())
    await claim(ledger)
    await ledger.deliveries.mark_failed(key, 1, reason="refused")

    assert not await moves(ledger)


async def test_edition_with_stories_and_no_part_moves_nothing(ledger: Ledger) -> None:
    """Nobody will ever read it."""
    await plan_only(ledger, make_edition())

    assert not await moves(ledger)


async def test_extra_edition_moves_the_cutoff(ledger: Ledger) -> None:
    """What was sent now isn't sent again on Monday."""
    press = DUE + timedelta(days=2)
    await plan_part(ledger)
    await plan_part(ledger, key=EditionKey("x77"), due_at=press, is_extra=True)

    assert await ledger.digest.last_cutoff(SCHEDULE, before=NEXT_WEEK) == press


async def test_extra_edition_that_failed_moves_nothing(ledger: Ledger) -> None:
    """Its stories must not be lost."""
    key = await plan_part(ledger, key=EditionKey("x77"), is_extra=True)
    await claim(ledger)
    await ledger.deliveries.mark_failed(key, 1, reason="refused")

    assert not await moves(ledger)


async def test_cutoff_is_the_newest_one_whatever_was_planned_last(ledger: Ledger) -> None:
    """An edition that is made up for later doesn't turn time back."""
    await plan_part(ledger, due_at=weeks_later(1))
    await plan_part(ledger, due_at=DUE)

    assert await ledger.digest.last_cutoff(SCHEDULE, before=weeks_later(2)) == weeks_later(1)


async def test_cutoff_passes_over_an_edition_that_moves_nothing(ledger: Ledger) -> None:
    """The one before it counts."""
    await plan_part(ledger)
    await send_all(ledger)
    await ledger.digest.plan(make_edition(due_at=weeks_later(1), picks=(), skipped=Skipped.LATE), (), ())

    assert await ledger.digest.last_cutoff(SCHEDULE, before=weeks_later(2)) == DUE


async def test_cutoff_at_the_moment_asked_for_is_not_before_it(ledger: Ledger) -> None:
    """An edition is not its own past."""
    await plan_part(ledger)

    assert await ledger.digest.last_cutoff(SCHEDULE, before=DUE) is None


async def test_story_told_at_the_moment_asked_for_is_not_told_before_it(ledger: Ledger) -> None:
    """The past can be replayed."""
    await plan_part(ledger)

    assert await ledger.digest.told(SCHEDULE, CHANNEL, before=DUE) == ()


async def test_first_edition_has_no_cutoff_before_it(ledger: Ledger) -> None:
    """All of the past is its window."""
    await save_schedule(ledger)

    assert await ledger.digest.last_cutoff(SCHEDULE, before=NEXT_WEEK) is None


async def test_what_another_schedule_had_in_another_channel_is_not_told(ledger: Ledger) -> None:
    """Its readers are others."""
    await plan_part(ledger, schedule_id=ScheduleId(12))

    assert (await moves(ledger), await ledger.digest.told(SCHEDULE, 101, before=NEXT_WEEK)) == (False, ())


async def test_what_another_schedule_had_in_the_channel_is_told(ledger: Ledger) -> None:
    """Its readers read both; the cutoff stays each schedule's own."""
    await plan_part(ledger, schedule_id=ScheduleId(12))

    told = await ledger.digest.told(SCHEDULE, CHANNEL, before=NEXT_WEEK)

    assert (await moves(ledger), len(told)) == (False, 1)


async def test_picks_of_a_best_of_are_not_told_again(ledger: Ledger) -> None:
    """It repeats what was told: neither the schedule's next edition nor the channel's others count it."""
    await plan_part(ledger, is_best_of=True)

    assert await ledger.digest.told(SCHEDULE, CHANNEL, before=NEXT_WEEK) == ()
    assert await ledger.digest.told(ScheduleId(12), CHANNEL, before=NEXT_WEEK) == ()
    assert await ledger.digest.last_cutoff(SCHEDULE, before=NEXT_WEEK) == DUE
    stored = await ledger.digest.find_edition(SCHEDULE)
    assert stored is not None
    assert stored.is_best_of


async def test_told_picks_are_those_of_the_windows_editions_as_they_were_planned(ledger: Ledger) -> None:
    """Of the schedule and of its channel's others, oldest first; those of a "best of" aside."""
    pick = make_pick(make_article("x"), make_article("y"))
    await plan_part(ledger, picks=(make_pick(make_article("old")),), due_at=DUE, key=EditionKey("1"))
    await plan_part(ledger, picks=(pick,), due_at=weeks_later(1), key=EditionKey("2"))
    await plan_part(ledger, picks=(make_pick(make_article("best")),), due_at=weeks_later(2), is_best_of=True)
    await plan_part(ledger, schedule_id=ScheduleId(12), picks=(make_pick(make_article("z")),), due_at=weeks_later(3))
    window = Window(start=DUE, end=weeks_later(3))

    told = await ledger.digest.told_picks(SCHEDULE, CHANNEL, window=window)
    assert told == (pick, make_pick(make_article("z")))
    assert await ledger.digest.told_picks(SCHEDULE, CHANNEL, window=Window(start=weeks_later(3), end=DUE)) == ()


async def test_what_is_due_at_the_same_moment_in_the_channel_is_told(ledger: Ledger) -> None:
    """Of two schedules that are due together the second knows what the first one has."""
    await plan_part(ledger, schedule_id=ScheduleId(12))

    assert len(await ledger.digest.told(SCHEDULE, CHANNEL, before=DUE)) == 1


async def test_what_failed_in_the_channel_is_not_told(ledger: Ledger) -> None:
    """Nobody read it."""
    key = await plan_part(ledger, schedule_id=ScheduleId(12))
    await claim(ledger)
    await ledger.deliveries.mark_failed(key, 1, reason="refused")

    assert await ledger.digest.told(SCHEDULE, CHANNEL, before=NEXT_WEEK) == ()


async def test_what_a_deleted_schedule_had_in_the_channel_is_told(ledger: Ledger) -> None:
    """Deleting a schedule and creating it again repeats nothing."""
    await plan_part(ledger, schedule_id=ScheduleId(12))
    await send_all(ledger)
    await ledger.schedules.delete_schedule(ScheduleId(12), at=DUE)

    assert len(await ledger.digest.told(SCHEDULE, CHANNEL, before=NEXT_WEEK)) == 1


async def test_told_story_names_all_that_was_under_it(ledger: Ledger) -> None:
    """Its articles, its providers, its links, and the score and text of its pick."""
    lead, other = make_article("a", quality=92, provider=HERALD), make_stub("s", provider=WBUR)
    await plan_part(ledger, picks=(make_pick(lead, other),))

    assert await ledger.digest.told(SCHEDULE, CHANNEL, before=NEXT_WEEK) == (
        ToldStory(
            pick_id=lead.id,
            article_ids=frozenset({lead.id, other.id}),
            providers=frozenset({HERALD.domain, WBUR.domain}),
            score=92,
            pick_urls=(lead.url,),
            urls=(other.url,),
            title=lead.title,
        ),
    )


async def test_told_story_carries_the_id_that_it_was_told_under(ledger: Ledger) -> None:
    """None in what was told before stories had one."""
    a, b = make_article("a"), make_article("b")
    await plan_part(ledger, picks=(replace(make_pick(a), story_id=StoryId("kept")), make_pick(b)))

    told = await ledger.digest.told(SCHEDULE, CHANNEL, before=NEXT_WEEK)

    assert [story.story_id for story in told] == ["kept", None]


async def test_told_stories_come_oldest_first_and_in_the_order_of_their_edition(ledger: Ledger) -> None:
    """The last telling of a story is the one that counts."""
    a, b, c = (make_article(stem) for stem in "abc")
    await plan_part(ledger, due_at=weeks_later(1), picks=(make_pick(c),))
    await plan_part(ledger, picks=(make_pick(b), make_pick(a)))

    told = await ledger.digest.told(SCHEDULE, CHANNEL, before=weeks_later(2))

    assert [story.pick_id for story in told] == [b.id, a.id, c.id]


async def test_what_was_told_survives_an_edit_of_the_schedule(ledger: Ledger) -> None:
    """Nothing is told again because its time was changed."""
    await plan_part(ledger)
    await save_schedule(ledger, timezone="Europe/Rome", count=9)

    assert len(await ledger.digest.told(SCHEDULE, CHANNEL, before=NEXT_WEEK)) == 1


async def test_part_in_no_channel_of_this_edition_does_not_count(ledger: Ledger) -> None:
    """Only its own parts speak for an edition."""
    key = await plan_part(ledger)
    await claim(ledger)
    await ledger.deliveries.mark_failed(key, 1, reason="refused")
    await save_schedule(ledger, id=ScheduleId(12), name="Other")
    same_day = make_edition(schedule_id=ScheduleId(12))
    await ledger.digest.plan(same_day, (), [make_delivery(same_day)])

    assert not await moves(ledger)
