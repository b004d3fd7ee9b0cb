"""When an edition is due, in every zone and through everything that a zone's clocks do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError, UnknownZoneError
from bot.news.schedules.looking import LOOK_AGAIN, due_edition, looked_at, next_look
from bot.news.schedules.schedule import (
    EVERY_DAY,
    Schedule,
    Weekday,
    due_on,
    edition_key,
    extra_edition_key,
    latest_due,
    next_due,
    skipped_due,
)
from tests.support.examples import up_to
from tests.support.makers import make_schedule

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
ZONES = sorted(available_timezones() - {"Factory", "localtime"})


def daily(at: str, timezone: str, *, created_at: datetime = LONG_AGO) -> Schedule:
    """A daily digest at a local time."""
    return make_schedule(days=EVERY_DAY, at=time.fromisoformat(at), timezone=timezone, created_at=created_at)


def local(moment: datetime | None, timezone: str) -> str:
    """A moment as the zone's clocks show it, to the minute."""
    assert moment is not None
    return moment.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M")


def test_edition_is_due_at_its_local_time() -> None:
    """Nine in Berlin is eight in UTC in winter."""
    due_at = due_on(daily("09:00", "Europe/Berlin"), date(2021, 1, 15))

    assert due_at == datetime(2021, 1, 15, 8, 0, tzinfo=UTC)


def test_edition_stays_at_its_local_time_through_summer_time() -> None:
    """Nine in Berlin is seven in UTC in summer."""
    due_at = due_on(daily("09:00", "Europe/Berlin"), date(2021, 7, 15))

    assert due_at == datetime(2021, 7, 15, 7, 0, tzinfo=UTC)


def test_no_edition_is_due_on_another_weekday() -> None:
    """A Monday's schedule has none on a Tuesday."""
    assert due_on(make_schedule(days=(Weekday.MONDAY,)), date(2021, 6, 1)) is None


@pytest.mark.parametrize(
    ("timezone", "day", "at", "runs_at"),
    [
        ("America/New_York", date(2021, 3, 14), "02:30", "2021-03-14 03:30"),
        ("Europe/Berlin", date(2021, 3, 28), "02:00", "2021-03-28 03:00"),
        ("Australia/Lord_Howe", date(2021, 10, 3), "02:15", "2021-10-03 02:45"),
        ("America/Havana", date(2021, 3, 14), "00:00", "2021-03-14 01:00"),
        ("Africa/Cairo", date(2024, 4, 26), "00:30", "2024-04-26 01:30"),
        ("Asia/Beirut", date(2022, 3, 27), "00:00", "2022-03-27 01:00"),
    ],
)
def test_time_that_does_not_exist_runs_as_much_later_as_the_gap_is_long(
    timezone: str, day: date, at: str, runs_at: str
) -> None:
    """An hour in most places, half an hour on Lord Howe, at midnight in Havana, Cairo and Beirut."""
    assert local(due_on(daily(at, timezone), day), timezone) == runs_at


@pytest.mark.parametrize(
    ("timezone", "day", "at", "due_at"),
    [
        ("America/New_York", date(2021, 11, 7), "01:30", datetime(2021, 11, 7, 5, 30, tzinfo=UTC)),
        ("Europe/Berlin", date(2021, 10, 31), "02:30", datetime(2021, 10, 31, 0, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2021, 4, 4), "01:45", datetime(2021, 4, 3, 14, 45, tzinfo=UTC)),
        ("America/Havana", date(2021, 11, 7), "00:30", datetime(2021, 11, 7, 4, 30, tzinfo=UTC)),
    ],
)
def test_time_that_comes_twice_runs_at_its_first(timezone: str, day: date, at: str, due_at: datetime) -> None:
    """The second pass of the autumn hour makes no second edition."""
    assert due_on(daily(at, timezone), day) == due_at


def test_day_that_a_zone_skipped_runs_on_the_next_one() -> None:
    """Samoa had no 30 December 2011: a Friday's weekly edition came on Saturday at the same time."""
    weekly = make_schedule(days=(Weekday.FRIDAY,), timezone="Pacific/Apia", created_at=LONG_AGO)

    assert local(due_on(weekly, date(2011, 12, 30)), "Pacific/Apia") == "2011-12-31 09:00"


def test_two_dates_of_one_moment_are_one_edition() -> None:
    """The skipped day and the day after it fall on one moment: the later date has it, and the day after is next."""
    schedule = daily("09:00", "Pacific/Apia")
    before = datetime(2011, 12, 30, 9, 0, tzinfo=UTC)
    moment = datetime(2011, 12, 30, 19, 0, tzinfo=UTC)

    assert next_due(schedule, before) == (date(2011, 12, 31), moment)
    assert latest_due(schedule, moment) == (date(2011, 12, 31), moment)
    assert next_due(schedule, moment) == (date(2012, 1, 1), moment + timedelta(days=1))


def test_latest_edition_is_that_of_the_last_due_moment() -> None:
    """Of a week that was missed, only the newest edition counts."""
    schedule = daily("09:00", "UTC")

    assert latest_due(schedule, datetime(2021, 6, 9, 8, 59, tzinfo=UTC)) == (
        date(2021, 6, 8),
        datetime(2021, 6, 8, 9, 0, tzinfo=UTC),
    )


def test_latest_edition_is_the_one_due_at_this_very_moment() -> None:
    """Due is due to the microsecond."""
    moment = datetime(2021, 6, 9, 9, 0, tzinfo=UTC)

    assert latest_due(daily("09:00", "UTC"), moment) == (date(2021, 6, 9), moment)


def test_edition_that_was_due_before_the_schedule_was_made_is_none() -> None:
    """A new schedule doesn't begin with an old edition."""
    made_at = datetime(2021, 6, 9, 9, 0, 1, tzinfo=UTC)

    assert latest_due(daily("09:00", "UTC", created_at=made_at), made_at) is None


def test_edition_of_a_date_that_the_clocks_left_again_is_found() -> None:
    """In St. John's the clocks went from 00:01 back to 23:01: at 23:30 the next day's midnight edition is out."""
    schedule = daily("00:00", "America/St_Johns")
    second_pass = datetime(2010, 11, 7, 3, 0, tzinfo=UTC)

    assert local(second_pass, "America/St_Johns") == "2010-11-06 23:30"
    assert latest_due(schedule, second_pass) == (date(2010, 11, 7), datetime(2010, 11, 7, 2, 30, tzinfo=UTC))


def test_midnight_that_comes_twice_is_found_although_the_date_went_back() -> None:
    """In Santiago the clocks go from midnight back to eleven of the day before."""
    schedule = daily("23:30", "America/Santiago")
    second_pass = datetime(2022, 4, 3, 3, 40, tzinfo=UTC)

    assert local(second_pass, "America/Santiago") == "2022-04-02 23:40"
    assert latest_due(schedule, second_pass) == (date(2022, 4, 2), datetime(2022, 4, 3, 2, 30, tzinfo=UTC))


def test_next_edition_is_never_the_one_due_right_now() -> None:
    """After an edition the next one is a period away."""
    now = datetime(2021, 6, 7, 9, 0, tzinfo=UTC)

    assert next_due(make_schedule(), now) == (date(2021, 6, 14), now + timedelta(days=7))


def test_weekly_edition_crosses_iso_week_53() -> None:
    """Weekdays are named, so the 53rd week of 2020 is a week as any other."""
    assert next_due(make_schedule(), datetime(2020, 12, 28, 9, 0, tzinfo=UTC))[0] == date(2021, 1, 4)


def test_daily_edition_comes_on_a_leap_day() -> None:
    """29 February 2024 has its own edition."""
    assert next_due(daily("09:00", "UTC"), datetime(2024, 2, 28, 9, 0, tzinfo=UTC))[0] == date(2024, 2, 29)


def test_weekly_edition_of_a_leap_day_comes_again_after_seven_days() -> None:
    """The Thursday after 29 February 2024 is 7 March."""
    thursdays = make_schedule(days=(Weekday.THURSDAY,))

    assert next_due(thursdays, datetime(2024, 2, 29, 9, 0, tzinfo=UTC))[0] == date(2024, 3, 7)


def test_edition_key_is_the_local_date() -> None:
    """Not the fire time, so no clock can make a second one."""
    assert edition_key(date(2026, 11, 16)) == "2026-11-16"


def test_extra_edition_has_a_key_that_no_date_has() -> None:
    """A press that Discord hands over twice is one edition."""
    assert extra_edition_key(815) == "x815"


def test_zone_that_does_not_exist_is_said_with_what_to_do() -> None:
    """A zone can vanish from the tz database between two versions."""
    with pytest.raises(UnknownZoneError) as caught:
        next_due(make_schedule(timezone="Europe/Atlantis"), LONG_AGO)

    assert "Europe/Berlin" in caught.value.cure


@pytest.mark.parametrize("name", ["../../etc/passwd", "Europe", "", "\0"])
def test_name_that_is_no_zones_is_refused_whatever_it_points_at(name: str) -> None:
    """Paths, folders and nothing at all aren't zones."""
    with pytest.raises(UnknownZoneError):
        due_on(daily("09:00", name), date(2021, 6, 7))


def test_schedule_without_a_day_is_refused() -> None:
    """It would wait for ever."""
    with pytest.raises(BadInputError):
        next_due(make_schedule(days=()), LONG_AGO)


moments = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
schedules = st.builds(
    lambda days, at, zone: make_schedule(days=tuple(days), at=at, timezone=zone, created_at=LONG_AGO),
    st.sets(st.sampled_from(EVERY_DAY), min_size=1),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
)


@given(schedules, moments)
@up_to(200)
def test_walking_from_edition_to_edition_meets_each_period_once(schedule: Schedule, start: datetime) -> None:
    """In every zone: moments and dates only grow, each found again as the latest at its moment, none left between."""
    moment = start
    dates: list[date] = []
    for _ in range(8):
        day, due_at = next_due(schedule, moment)
        assert due_at > moment
        assert latest_due(schedule, due_at) == (day, due_at)
        assert latest_due(schedule, due_at - timedelta(microseconds=1)) != (day, due_at)
        dates.append(day)
        moment = due_at
    assert dates == sorted(set(dates))


@given(schedules, moments)
@up_to(200)
def test_nothing_is_due_between_the_latest_edition_and_the_next(schedule: Schedule, now: datetime) -> None:
    """The two questions share one calendar."""
    latest = latest_due(schedule, now)
    assert latest is not None
    assert latest[1] <= now < next_due(schedule, now)[1]
    assert next_due(schedule, latest[1]) == next_due(schedule, now)


@pytest.mark.slow
def test_every_zone_has_one_daily_edition_a_day_through_both_changes() -> None:
    """A year of the hour in which most zones change their clocks: 365 editions of 365 dates, everywhere."""
    assert [zone for zone in ZONES if not _has_an_edition_a_day(zone)] == []


def _has_an_edition_a_day(zone: str) -> bool:
    schedule = daily("02:30", zone)
    first, moment = next_due(schedule, datetime(2023, 1, 1, tzinfo=UTC))
    for count in range(1, 366):
        day, moment = next_due(schedule, moment)
        if day != first + timedelta(days=count):
            return False
    return True


def test_edition_that_is_left_out_is_due_at_no_moment() -> None:
    """Neither as the next one nor as the latest; the ones around it are."""
    monday = datetime(2021, 6, 7, 9, 0, tzinfo=UTC)
    week = timedelta(days=7)
    schedule = make_schedule(left_out=edition_key(monday.date()))

    assert next_due(schedule, monday - timedelta(hours=1))[1] == monday + week
    latest = latest_due(schedule, monday + timedelta(hours=1))
    assert latest is not None
    assert latest[1] == monday - week
    assert skipped_due(schedule) == monday


def test_schedule_without_a_weekday_has_no_latest_edition() -> None:
    """It has no next one either."""
    schedule = make_schedule(days=())

    assert latest_due(schedule, datetime(2021, 6, 7, 9, 0, tzinfo=UTC)) is None


def test_edition_is_left_out_by_its_date_whatever_its_time_is() -> None:
    """On another weekday there is none to leave out."""
    schedule = make_schedule(left_out=edition_key(date(2021, 6, 7)), at=time(18, 30))

    assert skipped_due(schedule) == datetime(2021, 6, 7, 18, 30, tzinfo=UTC)
    assert skipped_due(make_schedule(left_out=edition_key(date(2021, 6, 8)))) is None
    assert skipped_due(make_schedule()) is None


# A draft before the edition is due

HALF_A_DAY = timedelta(hours=12)
MONDAY_NINE = datetime(2021, 5, 10, 9, tzinfo=UTC)


def with_desk(*days: Weekday) -> Schedule:
    """A digest at nine, weekly on Mondays by default, drafted twelve hours before."""
    days = days or (Weekday.MONDAY,)
    return make_schedule(days=days, at=time(9), timezone="UTC", created_at=LONG_AGO, desk_channel_id=5)


def test_edition_is_drafted_the_lead_time_before_it_is_due() -> None:
    """Not a moment earlier."""
    schedule, drafted_at = with_desk(), MONDAY_NINE - HALF_A_DAY
    last = {edition_key(date(2021, 5, 3))}

    assert due_edition(schedule, last, drafted_at) == (date(2021, 5, 10), MONDAY_NINE)
    assert due_edition(schedule, last, drafted_at - timedelta(seconds=1)) is None


def test_edition_without_a_desk_is_planned_when_it_is_due() -> None:
    """Whatever its lead time would be."""
    schedule = replace(with_desk(), desk_channel_id=None)
    last = {edition_key(date(2021, 5, 3))}

    assert due_edition(schedule, last, MONDAY_NINE - timedelta(seconds=1)) is None
    assert looked_at(schedule, MONDAY_NINE) == MONDAY_NINE


def test_edition_that_is_due_comes_before_the_next_draft() -> None:
    """After a long stop neither is lost."""
    schedule = with_desk(*EVERY_DAY)

    assert due_edition(schedule, (), MONDAY_NINE + HALF_A_DAY) == (date(2021, 5, 10), MONDAY_NINE)


def test_tick_looks_for_the_next_draft_once_this_one_is_planned() -> None:
    """A week later, as long before."""
    schedule, drafted_at = with_desk(), MONDAY_NINE - HALF_A_DAY
    planned = {edition_key(date(2021, 5, 10))}

    assert next_look(schedule, planned, drafted_at) == drafted_at + timedelta(weeks=1)


@pytest.mark.parametrize(("before", "after"), [(HALF_A_DAY, LOOK_AGAIN), (LOOK_AGAIN / 2, LOOK_AGAIN / 2)])
def test_edition_without_a_story_is_looked_at_again_until_it_is_due(before: timedelta, after: timedelta) -> None:
    """Every hour, and when it is due."""
    now = MONDAY_NINE - before

    assert next_look(with_desk(), (), now) == now + after
