"""Every stored value reads back as it was."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.edition import Pick, Window
from bot.news.schedules.schedule import Schedule
from bot.news.value_json import value_from_json, value_to_json
from tests.support.makers import make_article, make_pick, make_schedule

MOMENTS = st.datetimes(timezones=st.just(UTC))
SPANS = st.timedeltas(timedelta(0), timedelta(days=9999))

st.register_type_strategy(datetime, MOMENTS)
st.register_type_strategy(timedelta, SPANS)


@given(st.from_type(Schedule))
def test_any_schedule_reads_back_as_it_was(schedule: Schedule) -> None:
    """Days, times, spans, words and None."""
    assert value_from_json(Schedule, value_to_json(schedule)) == schedule


@pytest.mark.slow
@given(st.from_type(Pick))
def test_any_pick_reads_back_as_it_was(pick: Pick) -> None:
    """Values inside values, and empty tuples."""
    assert value_from_json(Pick, value_to_json(pick)) == pick


def test_a_value_of_another_class_is_refused() -> None:
    """A schedule's text isn't a window's."""
    text = value_to_json(Window(start=None, end=datetime(2021, 5, 10, tzinfo=UTC)))

    with pytest.raises(ValueError, match="expected Schedule, found 'Window'"):
        value_from_json(Schedule, text)


def test_a_text_without_a_needed_field_is_refused_by_its_name() -> None:
    """The sentence says what is missing."""
    with pytest.raises(ValueError, match="Window without end"):
        value_from_json(Window, '{"is":"Window","start":null}')


def test_a_weekday_by_number_is_refused() -> None:
    """Weekdays are named, never numbered."""
    text = value_to_json(make_schedule()).replace('"monday"', "0")

    with pytest.raises(ValueError, match="expected one of monday"):
        value_from_json(Schedule, text)


def test_an_object_that_is_no_value_is_not_written() -> None:
    """A list could change after it was stored."""
    with pytest.raises(TypeError, match="list is not a stored type"):
        value_to_json([make_article()])


def test_seconds_of_a_local_time_survive() -> None:
    """What is stored is what was said, also where nobody types it."""
    schedule = make_schedule(at=time(9, 30, 15))

    assert value_from_json(Schedule, value_to_json(schedule)).at == time(9, 30, 15)


def test_the_members_of_a_pick_keep_their_order() -> None:
    """The first to report stays first."""
    pick = make_pick(make_article("b"), make_article("a"))

    members = value_from_json(Pick, value_to_json(pick)).story.articles

    assert [article.id for article in members] == [article.id for article in pick.story.articles]
