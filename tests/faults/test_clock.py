"""The clock is set while the bot runs, and every odd day of the calendar: exactly one edition a period."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.news.schedules.schedule import EVERY_DAY, EmptyPolicy
from tests.simulation.clock_faults import DAYS, STEPS, check_step
from tests.simulation.quiet import quiet_log
from tests.simulation.summer_time import HOURS, check_change
from tests.simulation.weather import chance
from tests.simulation.zones import ZoneClass, zone_classes
from tests.support.clocks import ManualClock
from tests.support.delivering_bot import Square, open_square
from tests.support.fault_points import POSTS, SENDING, SENT, Place, Scene, at_each_place, open_scene
from tests.support.makers import make_schedule
from tests.support.postoffice import SCHEDULE, SETTLED_S, OwnClock

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

NAMES: Final = {1: "1 h", 365 * 24: "1 y"}
IDS: Final = [f"{'forward' if step > timedelta(0) else 'back'} {NAMES[abs(step) // HOUR]}" for step in STEPS]

# `make proof` ticks through all of the hours, to 2030.
TO: Final = datetime(2027, 1, 1, tzinfo=UTC)
ZONES: Final = zone_classes(TO)


def quietly(problems: AsyncIterator[str] | object) -> list[str]:
    """What was not as it must be; whatever the core logs as an accident is a problem, too."""
    with quiet_log() as surprises:
        found = list(problems)  # type: ignore[call-overload] # an iterator of texts
    return [*found, *surprises]


@at_each_place
@pytest.mark.parametrize("step", STEPS, ids=IDS)
async def test_clock_back_or_forward_while_an_outcome_is_unknown_neither_doubles_nor_loses(
    tmp_path: Path, clock: ManualClock, place: Place, step: timedelta
) -> None:
    """The ledger counts in Discord's time, which doesn't step."""
    async with open_scene(tmp_path, clock, place) as scene:
        await lose_an_answer(scene)
        scene.office.own.wrong_by = step

        assert await scene.pass_over(30) == 0
        await scene.pass_over(SETTLED_S - 30)

        assert await scene.states() == [SENT] * 3
        await scene.ends_well()


async def lose_an_answer(scene: Scene) -> None:
    """Discord takes the message and nobody hears of it."""
    scene.office.sandbox.faults.drop(after=True, **POSTS)
    await scene.pass_over()
    assert await scene.state() is SENDING


@pytest.fixture
async def square(tmp_path: Path) -> AsyncIterator[Square]:
    """The whole bot on a machine whose clock can be set wrong, with a note every day at nine."""
    async with open_square(tmp_path, start=False) as opened:
        opened.own_clock = OwnClock(opened.clock)
        await opened.start_bot()
        schedule = make_schedule(
            id=SCHEDULE,
            guild_id=opened.guild.id,
            channel_id=opened.channel.id,
            saved_by=opened.admin.id,
            days=EVERY_DAY,
            at=time(9),
            empty_policy=EmptyPolicy.NOTE,
            created_at=opened.clock.now(),
        )
        await opened.ledger.schedules.save_schedule(schedule, next_due_at=opened.clock.now() + timedelta(seconds=30))
        yield opened


@pytest.mark.parametrize("before", [timedelta(seconds=20), timedelta(seconds=-20)], ids=["before", "after the moment"])
@pytest.mark.parametrize("step", STEPS, ids=IDS)
async def test_clock_back_or_forward_1_h_or_1_y_while_running_posts_one_edition_a_day(
    square: Square, step: timedelta, before: timedelta
) -> None:
    """Wrong for three hours around nine; what fell due meanwhile is posted when it is right again."""
    assert isinstance(square.own_clock, OwnClock)
    nine = square.clock.now().replace(hour=9, minute=0, second=0, microsecond=0)
    await square.let_pass(nine - before - square.clock.now())
    square.own_clock.wrong_by = step
    for _ in range(6):
        await square.let_pass(HOUR / 2)
    square.own_clock.wrong_by = timedelta(0)
    await square.let_pass(timedelta(minutes=1))
    assert len(square.channel.messages) == 1

    for day in (1, 2):
        for at in (nine + day * DAY - HOUR, nine + day * DAY + timedelta(minutes=1)):
            await square.let_pass(at - square.clock.now())
        assert len(square.channel.messages) == 1 + day


@pytest.mark.parametrize("offset", [-HOUR / 2, timedelta(0), HOUR / 2], ids=["before", "at", "after the moment"])
@pytest.mark.parametrize("step", STEPS, ids=IDS)
def test_clock_back_or_forward_1_h_or_1_y_while_running_plans_each_edition_once(
    step: timedelta, offset: timedelta
) -> None:
    """Nothing early, nothing twice, nothing left out, tick by tick for eleven days."""
    assert quietly(check_step(DAYS[1], step, offset, right_again_after=3 * HOUR)) == []


@pytest.mark.parametrize("step", STEPS, ids=IDS)
def test_clock_back_or_forward_at_the_start_of_a_process_plans_each_edition_once(step: timedelta) -> None:
    """It asks Discord before it believes its machine."""
    assert quietly(check_step(DAYS[1], step, -HOUR / 2, right_again_after=3 * HOUR, restarts=True)) == []


@pytest.mark.parametrize("day", DAYS, ids=lambda day: f"{day:%Y-%m-%d}")
def test_leap_day_iso_week_53_and_changes_of_summer_time_have_one_edition_whatever_the_clock_does(
    day: datetime,
) -> None:
    """The days on which calendars are got wrong."""
    assert quietly(check_step(day, HOUR, -HOUR / 2, right_again_after=HOUR)) == []


@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: zone.names[0])
def test_every_zone_through_both_changes_of_summer_time_has_one_edition_a_week(zone: ZoneClass) -> None:
    """Each weekday at two of the hours in which clocks are changed, from a week before to a week after."""
    source = chance(1)
    for change in zone.changes:
        hours = source.sample(HOURS, 2)
        assert quietly(check_change(zone.names[0], change, source, hours=hours)) == []
