"""Standing orders as an admin makes them, and what a tick does with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BadInputError, NewsdeskError, UnknownScheduleError, UnknownZoneError
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import Edition, Skipped
from bot.news.schedules.schedule import EmptyPolicy, Schedule, ScheduleState, StopReason, Weekday
from bot.render.format.terminal import to_text
from bot.render.schedule import draft_saved
from bot.store.sqlite.shelves.files import open_files
from bot.usecases.schedule import (
    ClockTrust,
    DueReport,
    ScheduleChanges,
    ScheduleStatus,
    create_schedule,
    delete_schedule,
    edit_schedule,
    get_schedule,
    list_schedules,
    pause_schedule,
    resume_schedule,
    run_tick,
    show_schedule,
    skip_next,
)
from bot.usecases.schedule.lookup import default_schedule
from tests.support.clocks import ManualClock
from tests.support.ledger import SCHEDULE, Ledger, plan_part, send_all, set_state, sqlite_ledger
from tests.support.makers import make_edition, make_schedule
from tests.support.postoffice import NoticeBoard, OwnClock

NOW = datetime(2021, 6, 3, 12, 0, tzinfo=UTC)
"""A Thursday."""

MONDAY = datetime(2021, 6, 7, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
GUILD = 1


@pytest.fixture
async def ledger(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Ledger]:
    """An empty store."""
    async with open_files(tmp_path / "newsdesk.db", clock=clock) as files:
        yield sqlite_ledger(files)


async def create(ledger: Ledger, **options: Any) -> ScheduleStatus:
    """A schedule `Weekly` in channel 100, with other options as given; an option that is None is not given."""
    given = {"name": "Weekly", "channel": 100, **options}
    return await create_schedule(
        ledger.schedules, changes(**given), guild_id=GUILD, member_id=7, default_timezone="UTC", now=NOW
    )


def changes(*, name: str | None = None, clear: tuple[str, ...] = (), **options: Any) -> ScheduleChanges:
    """What an admin gave."""
    given = {option: value for option, value in options.items() if value is not None}
    return ScheduleChanges(name=name, options=given, clear=frozenset(clear))


async def kept(ledger: Ledger, schedule: Schedule) -> Schedule:
    """The schedule as it is stored."""
    found = await ledger.schedules.find_schedule(schedule.id)
    assert found is not None
    return found


async def is_due(ledger: Ledger, at: datetime) -> bool:
    """Whether a tick at that moment would look at any schedule."""
    return await ledger.schedules.due_schedules(at) != ()


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


class Desk:
    """What a tick works with, and what it planned: planning itself is another test's."""

    def __init__(self, ledger: Ledger, clock: ManualClock) -> None:
        self.ledger = ledger
        self.clock = clock
        self.own = OwnClock(clock)
        self.board = NoticeBoard()
        self.planned: list[tuple[str, EditionKey, datetime]] = []
        self.breaks_for = ""
        self.is_paused_meanwhile = False
        self.skipped: Skipped | None = None
        self.offset_s: float | None = 0.0
        self.trust = ClockTrust(self.own, lambda: self.offset_s)

    async def plan(self, schedule: Schedule, key: EditionKey, due_at: datetime) -> Edition | None:
        """Store an edition without stories."""
        if schedule.name == self.breaks_for:
            raise RuntimeError("broken")
        self.planned.append((schedule.name, key, due_at))
        if self.is_paused_meanwhile:
            await pause_schedule(self.ledger.schedules, schedule)
        edition = make_edition(
            schedule_id=schedule.id, key=key, due_at=due_at, planned_at=self.own.now(), picks=(), skipped=self.skipped
        )
        return await self.ledger.digest.plan(edition, (), ())

    async def tick_at(self, at: datetime) -> DueReport:
        """Let it become that moment, then tick."""
        self.clock.advance((at - self.clock.now()).total_seconds())
        return await self.tick()

    async def tick(self) -> DueReport:
        """One tick."""
        return await run_tick(
            self.ledger.schedules,
            self.ledger.digest,
            self.plan,
            notifier=self.board,
            clock=self.own,
            trust=self.trust,
        )


@pytest.fixture
def desk(ledger: Ledger, clock: ManualClock) -> Desk:
    """It is Thursday, 3 June 2021, noon."""
    return Desk(ledger, clock)


async def test_tick_plans_what_is_due_under_its_local_date(desk: Desk) -> None:
    """With the moment when it was due as its cutoff, however late the tick is."""
    await create(desk.ledger)

    await desk.tick_at(MONDAY - timedelta(seconds=1))
    assert desk.planned == []
    await desk.tick_at(MONDAY + timedelta(seconds=20))

    assert desk.planned == [("Weekly", "2021-06-07", MONDAY)]


async def test_tick_plans_nothing_twice(desk: Desk) -> None:
    """The next one is a week away."""
    await create(desk.ledger)
    for seconds in (0, 30, 60):
        await desk.tick_at(MONDAY + timedelta(seconds=seconds))

    assert len(desk.planned) == 1


async def test_schedule_that_was_paused_while_its_edition_was_planned_waits_for_none(desk: Desk) -> None:
    """The pause decides: moving on to the next edition would promise one that doesn't come."""
    await create(desk.ledger)
    desk.is_paused_meanwhile = True

    await desk.tick_at(MONDAY)

    [(schedule, outlook)] = await desk.ledger.schedules.outlooks(GUILD)
    assert (schedule.state, outlook.next_due_at) == (ScheduleState.PAUSED, None)


async def test_edition_that_is_stored_is_not_planned_again_after_a_kill(desk: Desk) -> None:
    """Killed between the edition and the next moment: the tick finds the schedule due and the edition there."""
    made = await create(desk.ledger)
    await desk.tick_at(MONDAY)
    await desk.ledger.schedules.change_schedule(made.schedule.id, lambda kept, _: (kept, MONDAY))

    await desk.tick_at(MONDAY + timedelta(minutes=1))

    assert len(desk.planned) == 1
    assert not await is_due(desk.ledger, MONDAY + timedelta(minutes=2))


async def test_of_several_missed_editions_only_the_latest_is_planned(desk: Desk) -> None:
    """Its window covers the others."""
    await create(desk.ledger)

    await desk.tick_at(MONDAY + 3 * WEEK + timedelta(hours=1))

    assert [key for _, key, _ in desk.planned] == ["2021-06-28"]


async def test_server_with_many_due_schedules_delays_another_by_one_edition(desk: Desk) -> None:
    """Of its own editions each keeps the order in which they fell due."""
    for number in range(20):
        await desk.ledger.schedules.save_schedule(
            make_schedule(id=ScheduleId(number + 1), name=f"Many {number:02}", guild_id=2), next_due_at=MONDAY
        )
    await create(desk.ledger, name="A")
    await create(desk.ledger, name="B")

    await desk.tick_at(MONDAY)

    names = [name for name, _, _ in desk.planned]
    assert {names[0], names[1]} == {"Many 00", "A"} or {names[0], names[1]} == {"Many 00", "B"}
    assert {"A", "B"} <= {*names[:4]}
    assert [name for name in names if name.startswith("Many")] == [f"Many {number:02}" for number in range(20)]


async def test_one_schedule_that_breaks_stops_no_other(desk: Desk) -> None:
    """And is tried again at the next tick."""
    await create(desk.ledger, name="A")
    await create(desk.ledger, name="B")
    desk.breaks_for = "A"

    report = await desk.tick_at(MONDAY)
    assert (report.failed, [name for name, _, _ in desk.planned]) == (1, ["B"])
    desk.breaks_for = ""
    await desk.tick_at(MONDAY + timedelta(seconds=30))

    assert [name for name, _, _ in desk.planned] == ["B", "A"]


async def test_edition_that_came_too_late_is_said_once(desk: Desk) -> None:
    """One notice; the next edition is planned as ever."""
    await create(desk.ledger)
    desk.skipped = Skipped.LATE

    await desk.tick_at(MONDAY + timedelta(days=2))
    await desk.tick_at(MONDAY + timedelta(days=3))

    assert desk.board.causes == ["late"]
    assert "07 June 2021" in desk.board.notices[0].text
    assert await is_due(desk.ledger, MONDAY + WEEK)


async def test_schedule_whose_zone_vanished_is_paused_and_said(desk: Desk) -> None:
    """It would be due for ever otherwise."""
    schedule = make_schedule(timezone="Europe/Atlantis")
    await desk.ledger.schedules.save_schedule(schedule, next_due_at=MONDAY)

    await desk.tick_at(MONDAY)

    assert (await kept(desk.ledger, schedule)).state is ScheduleState.PAUSED
    assert desk.board.causes == ["unknown zone"]


@pytest.mark.parametrize("days", [365, -365, 0.1, -0.1])
async def test_wall_clock_that_was_set_plans_nothing_until_discord_agrees(desk: Desk, days: float) -> None:
    """An hour or a year: neither a flood of old editions nor a year of silence; then exactly one."""
    await create(desk.ledger)
    await desk.tick_at(MONDAY - timedelta(minutes=2))
    desk.own.wrong_by = timedelta(days=days)
    desk.offset_s = -desk.own.wrong_by.total_seconds()

    report = await desk.tick_at(MONDAY)
    await desk.tick_at(MONDAY + timedelta(seconds=30))
    assert report.waits_for_clock
    assert set(desk.board.causes) == {"clock"}
    assert desk.planned == []
    desk.own.wrong_by = timedelta(0)
    desk.offset_s = 0.0
    await desk.tick_at(MONDAY + timedelta(seconds=60))

    assert desk.planned == [("Weekly", "2021-06-07", MONDAY)]


async def test_wall_clock_that_was_put_right_plans_at_once(desk: Desk) -> None:
    """It was wrong before, and Discord agrees with it now."""
    desk.own.wrong_by = timedelta(hours=-3)
    await create(desk.ledger)
    await desk.tick()
    desk.own.wrong_by = timedelta(0)

    await desk.tick_at(MONDAY)

    assert len(desk.planned) == 1


async def test_wall_clock_that_was_set_waits_for_a_first_word_of_discord(desk: Desk) -> None:
    """Without one nobody can say who is right."""
    await create(desk.ledger)
    await desk.tick()
    desk.offset_s = None
    desk.own.wrong_by = timedelta(days=7)

    assert (await desk.tick_at(MONDAY)).waits_for_clock


@pytest.mark.parametrize("days", [365, -365, 0.1, -0.1])
async def test_wall_clock_that_is_wrong_at_the_start_plans_nothing(desk: Desk, days: float) -> None:
    """A year ahead it would plan next year's edition, and be silent until then."""
    await create(desk.ledger)
    desk.own.wrong_by = timedelta(days=days)
    desk.offset_s = -desk.own.wrong_by.total_seconds()

    assert (await desk.tick_at(MONDAY)).waits_for_clock
    assert desk.board.causes == ["clock"]


async def test_nothing_is_planned_before_discords_first_word_and_nobody_is_told(desk: Desk) -> None:
    """Nothing could be sent either; a start isn't trouble."""
    await create(desk.ledger)
    desk.offset_s = None

    assert (await desk.tick_at(MONDAY)).waits_for_clock
    assert desk.board.causes == []


async def test_suspended_machine_plans_when_it_wakes(desk: Desk) -> None:
    """Both clocks went on meanwhile: no doubt, one late edition."""
    await create(desk.ledger)
    await desk.tick()
    desk.offset_s = None

    report = await desk.tick_at(MONDAY + timedelta(hours=5))

    assert not report.waits_for_clock
    assert len(desk.planned) == 1


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
