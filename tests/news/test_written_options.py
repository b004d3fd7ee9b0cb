"""What a schedule's options are written as is read back to the same values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.news.parsing.names import read_topics
from bot.news.parsing.posting import read_tags, read_topic_roles
from bot.news.parsing.rhythm import parse_recurrence
from bot.news.schedules.breaking import Breaking
from bot.news.schedules.contradiction import desk_contradiction
from bot.news.schedules.options import OPTIONS, Option
from bot.news.schedules.posting import TopicRole
from bot.news.schedules.rhythm import Every, Rhythm
from bot.news.schedules.schedule import EVERY_DAY, Schedule, ScheduleState, StopReason, Weekday
from bot.news.schedules.written import written_pause, written_roles, written_value
from tests.support.makers import make_schedule

WORDS = st.text(alphabet='abcé,=" -.', min_size=1, max_size=12)
RHYTHMS = st.one_of(
    st.builds(Rhythm, every=st.sampled_from([Every.WEEK, Every.FIRST_OF_MONTH, Every.LAST_OF_MONTH])),
    st.builds(Rhythm, every=st.just(Every.SECOND_WEEK), anchor=st.none() | st.dates()),
    st.builds(Rhythm, every=st.sampled_from([Every.MONTH, Every.QUARTER]), month_day=st.integers(1, 31)),
)
SOME_DAYS = st.lists(st.sampled_from(EVERY_DAY), min_size=1, max_size=6, unique=True)


def read_back(option: Option, schedule: Schedule) -> Schedule:
    """The schedule with an option's fields read from what was written of them."""
    written = option.write(schedule)
    assert written is not None
    values: dict[str, Any] = {**option.read(written)}
    return replace(schedule, **values)


@given(RHYTHMS, SOME_DAYS)
def test_every_rhythm_is_read_back(rhythm: Rhythm, some: list[Weekday]) -> None:
    """With the weeks and the days of the month."""
    is_of_month = rhythm.every in {Every.MONTH, Every.QUARTER}
    days = EVERY_DAY if is_of_month else tuple(day for day in EVERY_DAY if day in some)
    schedule = make_schedule(days=days, rhythm=rhythm)
    (option,) = [each for each in OPTIONS if each.name == "day"]

    assert read_back(option, schedule) == schedule


@given(st.integers(2, 20), st.integers(1, 48), st.integers(0, 23), st.integers(0, 59))
def test_breaking_news_are_read_back(outlets: int, hours: int, hour: int, minute: int) -> None:
    """With their quiet hours, also if they have none."""
    start = time(hour, minute)
    news = Breaking(outlets=outlets, hours=hours, quiet_from=start, quiet_until=start)
    schedule = make_schedule(rule="breaking", breaking=news)
    (option,) = [each for each in OPTIONS if each.name == "rule"]

    assert read_back(option, schedule) == schedule


@example(['"a, b" 5"', 'c "d"', '"" "e', '"f, g"'])
@given(st.lists(WORDS, min_size=1, max_size=5))
def test_lists_of_names_that_could_be_typed_are_read_back(typed: list[str]) -> None:
    """As they were read, whatever was typed."""
    for read in (read_topics, read_tags):
        try:
            names = read(", ".join(typed))
        except BadInputError:
            continue
        assert read(written_value(names)) == names


def test_roles_of_topics_with_commas_are_read_back() -> None:
    """A comma would separate two of them."""
    roles = (TopicRole(topic="ai, ethics", role_id=1), TopicRole(topic="law", role_id=2))

    assert read_topic_roles(written_roles(roles) or "") == roles
    assert written_roles(()) is None


def test_pause_of_the_bot_is_not_a_setting() -> None:
    """That of a member is."""
    paused = make_schedule(state=ScheduleState.PAUSED)
    off = make_schedule(state=ScheduleState.OFF, state_reason=StopReason.CHANNEL_GONE)

    assert [written_pause(each) for each in (make_schedule(), paused, off)] == [False, True, None]


def test_weeks_of_a_date_that_does_not_exist_are_refused() -> None:
    """As a day that is none."""
    assert parse_recurrence("every second monday from 2026-01-05").rhythm.anchor == date(2026, 1, 5)
    with pytest.raises(BadInputError, match="not a day"):
        parse_recurrence("every second monday from 2026-02-30")


def test_desk_in_the_channel_of_the_editions_contradicts_it() -> None:
    """Readers would see the drafts."""
    schedule = make_schedule()

    assert desk_contradiction(schedule) is None
    assert desk_contradiction(replace(schedule, desk_channel_id=schedule.channel_id)) is not None


def test_spans_are_written_in_the_units_in_which_they_are_given() -> None:
    """Days and hours; no highest age has none."""
    by_name = {each.name: each for each in OPTIONS}
    schedule = make_schedule(max_age=timedelta(days=9), max_lateness=timedelta(hours=7), lead_time=timedelta(hours=3))

    assert [by_name[name].write(schedule) for name in ("max_age", "max_lateness", "lead_time")] == [9, 7, 3]
    assert by_name["max_age"].write(make_schedule(max_age=None)) is None
