"""The checks of one edition a period can fail; a sample of them runs in tests/faults, all of them in `make proof`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.news.schedules.rhythm import Every
from tests.simulation import periods
from tests.simulation.clock_faults import DAYS, DOWNTIMES, STEPS, check_downtime, check_step
from tests.simulation.quiet import quiet_log
from tests.simulation.summer_time import check_change, check_rhythms, weekly_schedules
from tests.simulation.weather import chance
from tests.simulation.zones import Change, first_moment

HOUR = timedelta(hours=1)

BERLINS_SPRING = Change(at=datetime(2026, 3, 29, 1, tzinfo=UTC), before=HOUR, after=2 * HOUR)


@pytest.fixture(autouse=True)
def surprises() -> Iterator[list[str]]:
    """What the core logged with an exception that no simulated fault explains: nothing, at the end."""
    with quiet_log() as surprises:
        yield surprises
    assert surprises == []


class Sleepy(periods.Planner):
    """Ticks on Fridays alone."""

    def tick(self) -> None:
        """Plan what is due, on a Friday."""
        if self.clock.now().weekday() == 4:
            super().tick()


def test_check_finds_an_edition_that_comes_too_late() -> None:
    """The check can fail."""
    assert list(check_change("Europe/Berlin", BERLINS_SPRING, chance(1), process=Sleepy))


def test_check_finds_an_edition_of_another_rhythm_that_comes_too_late() -> None:
    """The check can fail for each of them."""
    said = " ".join(check_rhythms("Europe/Berlin", chance(1), process=Sleepy))

    assert [each for each in Every if each is not Every.WEEK and f": every {each}," not in said] == []


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_every_rhythm_has_exactly_the_editions_of_its_calendar(zone: str) -> None:
    """More than a year of ticks, each a little late."""
    assert list(check_rhythms(zone, chance(1))) == []


@pytest.mark.parametrize("restarts", [(), (0, 1, 2)], ids=["one process", "restarts"])
@pytest.mark.parametrize("step", STEPS, ids=str)
def test_breaking_news_comes_once_a_day_at_most_and_never_at_night(step: timedelta, restarts: tuple[int, ...]) -> None:
    """Whenever it is found, with a clock that is set wrong for two hours of each day."""
    at = datetime(2026, 3, 27, 12, tzinfo=UTC)
    schedule = replace(weekly_schedules("Europe/Berlin", at)[0], rule="breaking")
    planner = periods.Planner([schedule], at)
    for day in range(3):
        for wrong_by, span in ((timedelta(0), 8 * HOUR), (step, 2 * HOUR), (timedelta(0), 14 * HOUR)):
            planner.clock.wrong_by = wrong_by
            if day in restarts:
                planner.restart()
            planner.tick_every(timedelta(minutes=1), until=planner.clock.true_at + span)

    planned = [(key, moments) for (_, key), moments in planner.planned_at.items()]
    assert [key for key, moments in planned if len(moments) > 1] == []
    found = [moments[0].astimezone(ZoneInfo("Europe/Berlin")) for _, moments in planned]
    assert [each for each in found if schedule.breaking.is_quiet(each.time())] == []
    assert [f"{each:%Y-%m-%d}" for each in found] == [key for key, _ in planned]
    assert 3 <= len(planned) <= 4


@pytest.mark.parametrize(
    ("local_date", "at", "expected"),
    [
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 6, 1), time(2, 30), datetime(2026, 6, 1, 0, 30, tzinfo=UTC)),
    ],
    ids=["in the gap", "twice", "once"],
)
def test_first_moment_is_what_the_rule_says(local_date: date, at: time, expected: datetime) -> None:
    """The second opinion itself: 02:30 runs at 03:30 where it doesn't exist, and at its first where it comes twice."""
    assert first_moment(ZoneInfo("Europe/Berlin"), local_date, at) == expected


class Credulous(periods.Planner):
    """Believes its wall clock, whatever it says: it sees Discord agree with it."""

    def _offset_s(self) -> float:
        return 0.0


def test_clock_that_is_always_trusted_is_found_out() -> None:
    """The check can fail."""
    assert list(check_step(DAYS[1], timedelta(days=365), -HOUR / 2, right_again_after=3 * HOUR, process=Credulous))


@pytest.mark.parametrize("down", DOWNTIMES, ids=str)
def test_downtime_makes_up_for_the_latest_edition_alone(down: timedelta) -> None:
    """Late up to a day; later than that it is skipped, with one notice."""
    assert list(check_downtime(DAYS[1], down, -HOUR / 2)) == []
