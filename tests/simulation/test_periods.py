"""Exactly one edition a period: a sample here, all of it in `make proof`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.simulation import periods
from tests.simulation.clock_faults import DAYS, DOWNTIMES, STEPS, check_downtime, check_step
from tests.simulation.quiet import quiet_log
from tests.simulation.summer_time import check_change
from tests.simulation.weather import chance
from tests.simulation.zones import Change, first_moment

HOUR = timedelta(hours=1)

# Berlin goes forward and back, Lord Howe by half an hour, Nuuk on the evening before, Cairo at midnight.
CHANGES = {
    "Europe/Berlin, spring": ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC), HOUR, 2 * HOUR),
    "Europe/Berlin, autumn": ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC), 2 * HOUR, HOUR),
    "Australia/Lord_Howe": ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC), 11 * HOUR, 10.5 * HOUR),
    "America/Nuuk": ("America/Nuuk", datetime(2026, 3, 29, 1, tzinfo=UTC), -2 * HOUR, -HOUR),
    "Africa/Cairo": ("Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC), 2 * HOUR, 3 * HOUR),
}


@pytest.fixture(autouse=True)
def surprises() -> Iterator[list[str]]:
    """What the core logged with an exception that no simulated fault explains: nothing, at the end."""
    with quiet_log() as surprises:
        yield surprises
    assert surprises == []


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES)
def test_every_weekday_and_hour_has_one_edition_a_week(case: tuple[str, datetime, timedelta, timedelta]) -> None:
    """Seventy schedules from a week before the change to a week after it."""
    name, at, before, after = case
    change = Change(at=at, before=before, after=after)

    assert list(check_change(name, change, chance(1))) == []


class Sleepy(periods.Planner):
    """Ticks on Fridays alone."""

    def tick(self) -> None:
        """Plan what is due, on a Friday."""
        if self.clock.now().weekday() == 4:
            super().tick()


def test_check_finds_an_edition_that_comes_too_late() -> None:
    """The check can fail."""
    name, at, before, after = CHANGES["Europe/Berlin, spring"]
    change = Change(at=at, before=before, after=after)

    assert list(check_change(name, change, chance(1), process=Sleepy))


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


@pytest.mark.parametrize("step", STEPS, ids=str)
@pytest.mark.parametrize("offset", [-HOUR / 2, timedelta(0), HOUR / 2], ids=str)
def test_clock_set_wrong_while_running_plans_each_edition_once(step: timedelta, offset: timedelta) -> None:
    """Nothing early, nothing twice, nothing left out."""
    assert list(check_step(DAYS[1], step, offset, right_again_after=3 * HOUR)) == []


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_process_that_starts_with_a_wrong_clock_plans_each_edition_once(step: timedelta) -> None:
    """It asks Discord before it believes its machine."""
    assert list(check_step(DAYS[1], step, -HOUR / 2, right_again_after=3 * HOUR, restarts=True)) == []


@pytest.mark.parametrize("day", DAYS, ids=lambda day: f"{day:%Y-%m-%d}")
def test_special_day_has_its_edition_whatever_the_clock_does(day: datetime) -> None:
    """Changes of summer time, a leap day, the days around an ISO week 53."""
    assert list(check_step(day, HOUR, -HOUR / 2, right_again_after=HOUR)) == []


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
