"""Every second week, weekdays of a month and days of a month, against a calendar that is counted day by day."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.news.choosing.eligibility import max_age_of, period_of
from bot.news.parsing.rhythm import Recurrence, parse_recurrence
from bot.news.schedules.rhythm import Every, Rhythm
from bot.news.schedules.schedule import (
    EVERY_DAY,
    Schedule,
    Weekday,
    anchored,
    edition_key,
    latest_due,
    next_due,
)
from bot.news.value_json import value_from_json, value_to_json
from tests.simulation.rhythms import falls_on
from tests.simulation.zones import first_moment
from tests.support.examples import up_to
from tests.support.makers import make_schedule

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
ZONES = sorted(available_timezones() - {"Factory", "localtime"})
MONDAY = (Weekday.MONDAY,)
FRIDAY = (Weekday.FRIDAY,)


def calendar_of(schedule: Schedule, start: datetime, end: datetime) -> list[tuple[datetime, date]]:
    """Every moment of the schedule between two, by trying each date; of two dates of one moment the later."""
    zone = ZoneInfo(schedule.timezone)
    found: dict[datetime, date] = {}
    day = start.date() - timedelta(days=2)
    while day <= end.date() + timedelta(days=2):
        is_due = f"{day:%A}".casefold() in schedule.days and falls_on(schedule.rhythm, day)
        if (
            is_due
            and day.isoformat() != schedule.left_out
            and start < (at := first_moment(zone, day, schedule.at)) <= end
        ):
            found[at] = day
        day += timedelta(days=1)
    return sorted(found.items())


rhythms = st.builds(
    Rhythm,
    every=st.sampled_from(Every),
    month_day=st.integers(1, 31),
    anchor=st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1)),
)
schedules = st.builds(
    lambda days, rhythm, at, zone: make_schedule(
        days=EVERY_DAY if rhythm.every in {Every.MONTH, Every.QUARTER} else tuple(days),
        rhythm=rhythm,
        at=at,
        timezone=zone,
        created_at=LONG_AGO,
    ),
    st.sets(st.sampled_from(EVERY_DAY), min_size=1),
    rhythms,
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
)
moments = st.datetimes(datetime(2005, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@given(schedules, moments, st.sampled_from(["skips the next one", "skips none"]))
@up_to(50)
def test_next_and_latest_edition_are_those_of_the_calendar(schedule: Schedule, now: datetime, skip: str) -> None:
    """In any zone, through any change of its clocks, with the next edition skipped or not."""
    if skip == "skips the next one":
        schedule = replace(schedule, left_out=edition_key(next_due(schedule, now)[0]))
    around = calendar_of(schedule, now - timedelta(days=200), now + timedelta(days=200))
    before = [(day, at) for at, day in around if at <= now]
    after = [(day, at) for at, day in around if at > now]

    assert latest_due(schedule, now) == before[-1]
    assert next_due(schedule, now) == after[0]


@given(schedules, moments)
@up_to(20)
def test_no_two_editions_are_farther_apart_than_the_period_says(schedule: Schedule, now: datetime) -> None:
    """The maximum age of an article and what fills an empty place follow from the period."""
    dates = [day for _, day in calendar_of(schedule, now, now + timedelta(days=400))]
    gaps = [later - day for day, later in pairwise(dates)]

    assert max(gaps) <= period_of(schedule)


@pytest.mark.parametrize(
    ("rhythm", "days"),
    [
        (Rhythm(), 14),
        (Rhythm(every=Every.SECOND_WEEK), 28),
        (Rhythm(every=Every.FIRST_OF_MONTH), 70),
        (Rhythm(every=Every.LAST_OF_MONTH), 70),
    ],
)
def test_articles_may_be_two_periods_old_by_default(rhythm: Rhythm, days: int) -> None:
    """What came in while an edition was missed isn't lost."""
    assert max_age_of(make_schedule(rhythm=rhythm)) == timedelta(days=days)


@pytest.mark.parametrize(("every", "days"), [(Every.MONTH, 62), (Every.QUARTER, 184)])
def test_articles_of_a_schedule_with_a_day_of_the_month_may_be_two_periods_old(every: Every, days: int) -> None:
    """Two of the longest months, or quarters."""
    assert max_age_of(make_schedule(days=EVERY_DAY, rhythm=Rhythm(every=every))) == timedelta(days=days)


@given(st.sampled_from([1, 6, 8, 13, 30]), st.sampled_from(["UTC", "Pacific/Apia", "America/New_York"]))
def test_every_second_week_begins_with_the_next_possible_day(days_later: int, zone: str) -> None:
    """Whenever it is ordered, the first edition is the next one that a weekly schedule would have."""
    now = datetime(2026, 11, 16, 9, tzinfo=UTC) + timedelta(days=days_later)
    weekly = make_schedule(timezone=zone, created_at=now)
    schedule = anchored(replace(weekly, rhythm=Rhythm(every=Every.SECOND_WEEK)), None, now)

    assert next_due(schedule, now) == next_due(weekly, now)


@given(moments, moments)
@up_to(50)
def test_the_weeks_of_an_earlier_order_stay(first: datetime, second: datetime) -> None:
    """An edit that gives the days again, whenever it comes, doesn't move the weeks."""
    unanchored = make_schedule(rhythm=Rhythm(every=Every.SECOND_WEEK), created_at=LONG_AGO)
    before = anchored(unanchored, None, first)

    assert anchored(unanchored, before, second) == before
    assert anchored(before, None, second) == before


def test_other_rhythms_need_no_anchor() -> None:
    """Every Monday is every Monday."""
    assert anchored(make_schedule(), None, LONG_AGO) == make_schedule()


def test_the_weeks_begin_now_for_a_schedule_that_was_weekly_before() -> None:
    """It is how they are moved by a week: weekly for a moment, then every second week."""
    now = datetime(2026, 11, 18, 9, tzinfo=UTC)
    schedule = anchored(make_schedule(rhythm=Rhythm(every=Every.SECOND_WEEK)), make_schedule(), now)

    assert schedule.rhythm.anchor == date(2026, 11, 23)


@given(rhythms)
def test_a_rhythm_is_read_as_it_was_written(rhythm: Rhythm) -> None:
    """A schedule is stored as JSON."""
    schedule = make_schedule(rhythm=rhythm)

    assert value_from_json(Schedule, value_to_json(schedule)) == schedule


def test_a_schedule_stored_before_there_were_rhythms_is_weekly() -> None:
    """Nothing changes for it."""
    written = value_to_json(make_schedule())
    older = written.replace(f'"rhythm":{value_to_json(Rhythm())},', "")

    assert "rhythm" not in older
    assert value_from_json(Schedule, older) == make_schedule()


@pytest.mark.parametrize(
    ("typed", "days", "rhythm"),
    [
        ("monday", MONDAY, Rhythm()),
        ("every monday", MONDAY, Rhythm()),
        ("every day", EVERY_DAY, Rhythm()),
        ("every second monday", MONDAY, Rhythm(every=Every.SECOND_WEEK)),
        ("Every other week on Monday and Friday", (*MONDAY, *FRIDAY), Rhythm(every=Every.SECOND_WEEK)),
        ("every two weeks on fri", FRIDAY, Rhythm(every=Every.SECOND_WEEK)),
        ("fortnightly friday", FRIDAY, Rhythm(every=Every.SECOND_WEEK)),
        ("first monday", MONDAY, Rhythm(every=Every.FIRST_OF_MONTH)),
        ("the first Monday of the month", MONDAY, Rhythm(every=Every.FIRST_OF_MONTH)),
        ("last friday", FRIDAY, Rhythm(every=Every.LAST_OF_MONTH)),
        ("every last friday of every month", FRIDAY, Rhythm(every=Every.LAST_OF_MONTH)),
        ("monthly", EVERY_DAY, Rhythm(every=Every.MONTH)),
        ("every month", EVERY_DAY, Rhythm(every=Every.MONTH)),
        ("monthly 15", EVERY_DAY, Rhythm(every=Every.MONTH, month_day=15)),
        ("monthly on the 2nd", EVERY_DAY, Rhythm(every=Every.MONTH, month_day=2)),
        ("the 15th of the month", EVERY_DAY, Rhythm(every=Every.MONTH, month_day=15)),
        ("3rd", EVERY_DAY, Rhythm(every=Every.MONTH, month_day=3)),
        ("first day of the month", EVERY_DAY, Rhythm(every=Every.MONTH)),
        ("last day", EVERY_DAY, Rhythm(every=Every.MONTH, month_day=31)),
        ("quarterly", EVERY_DAY, Rhythm(every=Every.QUARTER)),
        ("quarterly 10", EVERY_DAY, Rhythm(every=Every.QUARTER, month_day=10)),
    ],
)
def test_days_and_their_rhythm_are_read(typed: str, days: tuple[Weekday, ...], rhythm: Rhythm) -> None:
    """As people write them."""
    assert parse_recurrence(typed) == Recurrence(days=days, rhythm=rhythm)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "every",
        "first",
        "last",
        "every second",
        "every second day",
        "first daily",
        "third monday",
        "monthly 0",
        "monthly 32",
        "8",
        "some day",
        "first xyz",
        "monday " * 60,
    ],
)
def test_days_that_are_none_are_refused_with_examples(typed: str) -> None:
    """Each kind has one."""
    with pytest.raises(BadInputError) as caught:
        parse_recurrence(typed)

    assert "every second monday, last friday, monthly" in caught.value.cure


@given(st.text(max_size=300) | st.text("firstlaevymonhdq0123456789 ", max_size=40))
def test_whatever_is_typed_gets_days_or_a_sentence(typed: str) -> None:
    """No typed text breaks the reader, and no schedule without a day comes of it."""
    with suppress(BadInputError):
        assert parse_recurrence(typed).days


def test_a_month_of_28_days_has_the_last_day_of_a_longer_one() -> None:
    """An edition of the 31st comes every month."""
    schedule = make_schedule(days=EVERY_DAY, rhythm=Rhythm(every=Every.MONTH, month_day=31), at=time(9))

    assert next_due(schedule, datetime(2027, 2, 1, tzinfo=UTC))[0] == date(2027, 2, 28)


def test_the_edition_after_a_skipped_quarter_is_found() -> None:
    """It is as far ahead as any."""
    schedule = make_schedule(
        days=EVERY_DAY, rhythm=Rhythm(every=Every.QUARTER), left_out=edition_key(date(2026, 10, 1)), created_at=LONG_AGO
    )

    assert next_due(schedule, datetime(2026, 7, 1, 9, tzinfo=UTC))[0] == date(2027, 1, 1)
    assert latest_due(schedule, datetime(2027, 1, 1, 8, tzinfo=UTC)) == (
        date(2026, 7, 1),
        datetime(2026, 7, 1, 9, tzinfo=UTC),
    )
