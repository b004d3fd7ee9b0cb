"""Schedules as an admin creates and edits them."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from bot.errors import BadInputError, NewsdeskError, UnknownZoneError
from bot.news.schedules.schedule import EmptyPolicy, ScheduleState, StopReason, Weekday
from bot.render.format.terminal import to_text
from bot.render.schedule import draft_saved
from bot.usecases.schedule import (
    ScheduleChanges,
    edit_schedule,
    skip_next,
)
from tests.support.ledger import SCHEDULE, Ledger, plan_part, send_all, set_state
from tests.support.makers import make_schedule
from tests.usecases.weekly import GUILD, MONDAY, NOW, WEEK, changes, create, is_due, kept, ledger

__all__ = ["ledger"]


async def test_new_schedule_is_weekly_on_mondays_at_nine(ledger: Ledger) -> None:
    """A name and a channel are enough."""
    made = await create(ledger)

    assert (made.schedule.days, made.schedule.at, made.next_due_at) == ((Weekday.MONDAY,), time(9, 0), MONDAY)
    assert await kept(ledger, made.schedule) == made.schedule


async def test_new_schedule_takes_every_option_as_typed(ledger: Ledger) -> None:
    """Days, time and zone in a person's words; lists with commas; domains without what is around them."""
    made = await create(
        ledger,
        day="mon-fri",
        time="6pm",
        timezone="berlin",
        count=3,
        topics="Facial Recognition, Privacy,",
        providers="https://www.WBUR.org/news, bostonherald.com",
        max_lateness=2,
        empty="Note",
        mention_role=55,
    )

    assert made.schedule == make_schedule(
        id=made.schedule.id,
        days=tuple(Weekday)[:5],
        at=time(18, 0),
        timezone="Europe/Berlin",
        count=3,
        topics=("facial recognition", "privacy"),
        providers=("wbur.org", "bostonherald.com"),
        max_lateness=timedelta(hours=2),
        empty_policy=EmptyPolicy.NOTE,
        mention_role=55,
        created_at=NOW,
    )


async def test_weeks_of_a_schedule_of_every_second_week_stay_through_edits_and_skips(ledger: Ledger) -> None:
    """They were fixed when it was created: Monday, and every fortnight after it."""
    made = (await create(ledger, day="every second monday")).schedule
    await skip_next(ledger.schedules, made, now=NOW)
    changes = ScheduleChanges(options={"day": "every second monday", "count": 3})
    edited = await edit_schedule(ledger.schedules, made, changes, member_id=7, now=NOW + timedelta(days=2))

    assert edited.schedule.rhythm == made.rhythm
    assert edited.next_due_at == MONDAY + 2 * WEEK


async def test_skip_of_a_monthly_edition_ends_with_a_day_that_it_does_not_have(ledger: Ledger) -> None:
    """The answer says which edition is no longer skipped."""
    made = (await create(ledger, day="monthly 15")).schedule
    skipped = await skip_next(ledger.schedules, made, now=NOW)
    changes = ScheduleChanges(options={"day": "monthly 16"})
    edited = await edit_schedule(ledger.schedules, made, changes, member_id=7, now=NOW)

    assert edited.unskipped_at == skipped.skipped_at
    assert edited.schedule.left_out is None


async def test_two_schedules_get_two_ids(ledger: Ledger) -> None:
    """Random ones, so that a restored file never uses one again."""
    first, second = await create(ledger), await create(ledger, name="Daily")

    assert first.schedule.id != second.schedule.id
    assert 0 < first.schedule.id < 1 << 63


async def test_everything_that_is_wrong_is_said_at_once(ledger: Ledger) -> None:
    """Nobody wants to be told of five mistakes in five answers, and nothing is stored."""
    with pytest.raises(BadInputError) as caught:
        await create(
            ledger, name=" ", day="someday", time="25:00", timezone="Europe/Berlim", count=21, mention_role=GUILD
        )

    for option in ("Name", "Day", "Time", "Timezone", "Count", "Mention role"):
        assert f"{option}: " in caught.value.message
    assert "Europe/Berlin" in caught.value.cure
    assert await ledger.schedules.schedules(GUILD) == ()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"timezone": "Europe/Berlim"}, UnknownZoneError),
        ({"time": "nine"}, BadInputError),
        ({"count": 0}, BadInputError),
        ({"count": 21}, BadInputError),
        ({"min_score": -1}, BadInputError),
        ({"max_age": 0}, BadInputError),
        ({"max_lateness": 0}, BadInputError),
        ({"topics": " , "}, BadInputError),
        ({"topics": ",".join(map(str, range(30)))}, BadInputError),
        ({"rule": "best"}, BadInputError),
        ({"empty": "shout"}, BadInputError),
        ({"name": "x" * 61}, BadInputError),
        ({"name": None}, BadInputError),
        ({"channel": None}, BadInputError),
        ({"mention_role": GUILD}, BadInputError),
    ],
)
async def test_option_that_cannot_be_used_is_refused_with_what_to_do(
    ledger: Ledger, options: dict[str, Any], error: type[NewsdeskError]
) -> None:
    """Each has its sentence and its cure; nothing is stored."""
    with pytest.raises(error) as caught:
        await create(ledger, **options)

    assert caught.value.cure
    assert await ledger.schedules.schedules(GUILD) == ()


async def test_name_of_another_schedule_is_refused(ledger: Ledger) -> None:
    """Case and accents don't matter: commands name a schedule."""
    await create(ledger)

    with pytest.raises(BadInputError):
        await create(ledger, name="WEEKLÝ")


async def test_name_is_kept_without_what_nobody_sees(ledger: Ledger) -> None:
    """A direction override in a name would turn every list of schedules."""
    made = await create(ledger, name="  Week\u202ely \n news ")

    assert made.schedule.name == "Weekly news"


async def test_edit_changes_only_what_is_named(ledger: Ledger) -> None:
    """And remembers who did it."""
    made = await create(ledger, count=3, topics="privacy")

    edited = await edit_schedule(
        ledger.schedules, made.schedule, changes(time="18:30", clear=("topics",)), member_id=8, now=NOW
    )

    assert (edited.schedule.at, edited.schedule.count, edited.schedule.topics) == (time(18, 30), 3, ())
    assert edited.schedule.saved_by == 8
    assert edited.next_due_at == MONDAY.replace(hour=18, minute=30)


async def test_edit_keeps_what_fell_due_a_moment_ago(ledger: Ledger) -> None:
    """The tick comes every half minute: an edit in between must not lose the edition."""
    made = await create(ledger)

    await edit_schedule(
        ledger.schedules, made.schedule, changes(count=3), member_id=7, now=MONDAY + timedelta(seconds=10)
    )

    assert await is_due(ledger, MONDAY + timedelta(seconds=20))


@pytest.mark.parametrize(
    ("given", "is_planned", "keeps"),
    [
        ({"count": 3}, True, True),
        ({"mute": "ai"}, True, True),
        ({"time": "18:00"}, True, False),
        ({"count": 3}, False, False),
    ],
)
async def test_edit_says_whether_an_edition_keeps_what_was_chosen_before(
    ledger: Ledger, *, given: dict[str, Any], is_planned: bool, keeps: bool
) -> None:
    """One that is planned and not posted isn't chosen again."""
    await plan_part(ledger)
    if not is_planned:
        await send_all(ledger)
    schedule = await ledger.schedules.find_schedule(SCHEDULE)
    assert schedule is not None

    edited = await edit_schedule(ledger.schedules, schedule, changes(**given), member_id=7, now=NOW)

    assert edited.has_earlier_choice is keeps
    assert (
        "keeps the stories chosen for it"
        in to_text(draft_saved(edited.schedule, (), is_new=False, has_earlier_choice=edited.has_earlier_choice))
    ) is keeps


async def test_edit_that_can_do_nothing_is_refused(ledger: Ledger) -> None:
    """Some things can't be taken back, only changed."""
    made = await create(ledger)

    with pytest.raises(BadInputError):
        await edit_schedule(ledger.schedules, made.schedule, changes(clear=("timezone",)), member_id=7, now=NOW)


async def test_schedule_that_lost_its_channel_goes_on_in_another_one(ledger: Ledger) -> None:
    """Choosing a channel is enough; a paused schedule stays paused."""
    made = await create(ledger)
    await set_state(ledger.schedules, made.schedule.id, ScheduleState.OFF, StopReason.CHANNEL_GONE)

    edited = await edit_schedule(
        ledger.schedules, await kept(ledger, made.schedule), changes(channel=200), member_id=7, now=NOW
    )

    assert (edited.schedule.state, edited.schedule.state_reason) == (ScheduleState.ACTIVE, StopReason.NONE)
