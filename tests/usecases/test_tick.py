"""What a tick does with the schedules that are due."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import Edition, Skipped
from bot.news.schedules.schedule import Schedule, ScheduleState
from bot.usecases.schedule import (
    ClockTrust,
    DueReport,
    pause_schedule,
    run_tick,
)
from tests.support.clocks import ManualClock
from tests.support.ledger import Ledger
from tests.support.makers import make_edition, make_schedule
from tests.support.postoffice import NoticeBoard, OwnClock
from tests.usecases.weekly import GUILD, MONDAY, WEEK, create, is_due, kept, ledger

__all__ = ["ledger"]


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
