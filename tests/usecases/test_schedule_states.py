"""Schedules are paused, resumed, skipped, deleted, found and listed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import UnknownScheduleError
from bot.news.delivery import ScheduleId
from bot.usecases.schedule import (
    delete_schedule,
    edit_schedule,
    get_schedule,
    list_schedules,
    pause_schedule,
    resume_schedule,
    show_schedule,
    skip_next,
)
from bot.usecases.schedule.lookup import default_schedule
from tests.support.ledger import Ledger
from tests.support.makers import make_schedule
from tests.usecases.weekly import GUILD, MONDAY, NOW, WEEK, changes, create, is_due, kept, ledger

__all__ = ["ledger"]


async def test_paused_schedule_is_not_due(ledger: Ledger) -> None:
    """Pause means silence."""
    made = await create(ledger)

    paused = await pause_schedule(ledger.schedules, made.schedule)

    assert paused.next_due_at is None
    assert not await is_due(ledger, MONDAY)


async def test_resumed_schedule_posts_its_next_edition_and_no_missed_one(ledger: Ledger) -> None:
    """What fell due while it was paused comes with the next one."""
    made = await create(ledger)
    await pause_schedule(ledger.schedules, made.schedule)

    resumed = await resume_schedule(ledger.schedules, made.schedule, now=MONDAY + timedelta(days=1))

    assert resumed.next_due_at == MONDAY + WEEK
    assert not await is_due(ledger, MONDAY + timedelta(days=2))


async def test_skipped_edition_is_left_out_and_the_one_after_comes(ledger: Ledger) -> None:
    """Asked for twice it is the same one."""
    made = await create(ledger)

    first = await skip_next(ledger.schedules, made.schedule, now=NOW)
    again = await skip_next(ledger.schedules, made.schedule, now=NOW)

    assert first == again
    assert (first.skipped_at, first.next_due_at) == (MONDAY, MONDAY + WEEK)
    assert not await is_due(ledger, MONDAY)
    assert await is_due(ledger, MONDAY + WEEK)


async def test_skipped_edition_stays_left_out_after_an_edit_and_a_pause(ledger: Ledger) -> None:
    """Its date counts, not its time of day."""
    made = await create(ledger)
    await skip_next(ledger.schedules, made.schedule, now=NOW)

    edited = await edit_schedule(
        ledger.schedules, await kept(ledger, made.schedule), changes(time="18:30", name="Other"), member_id=7, now=NOW
    )
    resumed = await resume_schedule(ledger.schedules, edited.schedule, now=NOW)

    assert edited.skipped_at == MONDAY.replace(hour=18, minute=30)
    assert resumed.next_due_at == (MONDAY + WEEK).replace(hour=18, minute=30)
    assert not await is_due(ledger, MONDAY + timedelta(days=1))


async def test_skip_is_taken_back_by_an_edit_that_leaves_no_edition_on_its_date(ledger: Ledger) -> None:
    """And that is answered."""
    made = await create(ledger)
    await skip_next(ledger.schedules, made.schedule, now=NOW)

    edited = await edit_schedule(
        ledger.schedules, await kept(ledger, made.schedule), changes(day="tuesday"), member_id=7, now=NOW
    )

    assert (edited.skipped_at, edited.unskipped_at) == (None, MONDAY)
    assert edited.next_due_at == MONDAY + timedelta(days=1)


async def test_skip_that_is_past_leaves_the_next_one_out_when_asked_again(ledger: Ledger) -> None:
    """After its day it is nothing to anybody."""
    made = await create(ledger)
    await skip_next(ledger.schedules, made.schedule, now=NOW)
    later = MONDAY + timedelta(days=1)

    schedule = await kept(ledger, made.schedule)
    assert (await show_schedule(ledger.schedules, GUILD, "Weekly", now=later)).skipped_at is None
    again = await skip_next(ledger.schedules, schedule, now=later)
    assert (again.skipped_at, again.next_due_at) == (MONDAY + WEEK, MONDAY + 2 * WEEK)


@pytest.mark.parametrize("since_s", [0, 1, 30, 59, 60, 61, 3600])
async def test_edition_that_was_skipped_is_not_due_again_when_the_next_one_is_skipped(
    ledger: Ledger, since_s: int
) -> None:
    """However soon after its moment an admin asks."""
    made = await create(ledger)
    await skip_next(ledger.schedules, made.schedule, now=NOW)
    now = MONDAY + timedelta(seconds=since_s)

    again = await skip_next(ledger.schedules, await kept(ledger, made.schedule), now=now)

    assert (again.skipped_at, again.next_due_at) == (MONDAY + WEEK, MONDAY + 2 * WEEK)
    assert await ledger.schedules.due_schedules(now + timedelta(minutes=1)) == ()


async def test_deleted_schedule_is_found_no_more(ledger: Ledger) -> None:
    """Deleting it twice says so."""
    made = await create(ledger)
    await delete_schedule(ledger.schedules, made.schedule, now=NOW)

    with pytest.raises(UnknownScheduleError):
        await get_schedule(ledger.schedules, GUILD, "Weekly")
    with pytest.raises(UnknownScheduleError):
        await delete_schedule(ledger.schedules, made.schedule, now=NOW)


async def test_schedule_is_found_by_name_and_by_id(ledger: Ledger) -> None:
    """In any case, and by the number that a completed option may hold."""
    made = await create(ledger)

    assert await get_schedule(ledger.schedules, GUILD, "weekly") == made.schedule
    assert await get_schedule(ledger.schedules, GUILD, str(made.schedule.id)) == made.schedule


async def test_schedule_of_another_server_is_unreachable_by_its_id(ledger: Ledger) -> None:
    """Ids aren't secret."""
    made = await create(ledger)

    with pytest.raises(UnknownScheduleError):
        await get_schedule(ledger.schedules, 2, str(made.schedule.id))


async def test_unknown_schedule_is_answered_with_the_names_that_there_are(ledger: Ledger) -> None:
    """Or with how to make one."""
    with pytest.raises(UnknownScheduleError) as nothing:
        await get_schedule(ledger.schedules, GUILD, "Weekli")
    await create(ledger)
    with pytest.raises(UnknownScheduleError) as something:
        await get_schedule(ledger.schedules, GUILD, "Weekli")

    assert "/schedule create" in nothing.value.cure
    assert "Weekly" in something.value.cure


async def test_list_shows_each_schedule_with_its_next_edition(ledger: Ledger) -> None:
    """A paused one has none; one whose zone vanished doesn't break the list."""
    await create(ledger, name="B")
    paused = await create(ledger, name="A")
    await pause_schedule(ledger.schedules, paused.schedule)
    await ledger.schedules.save_schedule(
        make_schedule(id=ScheduleId(5), name="C", timezone="Europe/Atlantis"), next_due_at=None
    )

    shown = [(each.schedule.name, each.next_due_at) for each in await list_schedules(ledger.schedules, GUILD, now=NOW)]

    assert shown == [("A", None), ("B", MONDAY), ("C", None)]


async def test_one_schedule_is_shown_with_its_next_edition(ledger: Ledger) -> None:
    """The same as in the list."""
    made = await create(ledger)

    assert await show_schedule(ledger.schedules, GUILD, "Weekly", now=NOW) == made


def test_schedule_that_posted_last_is_meant_if_none_is_named() -> None:
    """The others may be older, or before their first edition."""
    daily, weekly, new = (make_schedule(id=ScheduleId(number), name=name) for number, name in enumerate("DWN"))
    cutoffs = {daily.id: datetime(2021, 6, 1, tzinfo=UTC), weekly.id: datetime(2021, 6, 7, tzinfo=UTC), new.id: None}

    assert default_schedule((daily, new, weekly), cutoffs) == weekly


def test_first_schedule_is_meant_before_any_edition() -> None:
    """And none if there is none."""
    only = make_schedule()

    assert default_schedule((only,), {only.id: None}) == only
    assert default_schedule((), {}) is None
