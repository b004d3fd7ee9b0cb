"""What the form of a schedule sends becomes the schedule's options."""

from __future__ import annotations

import pytest

from bot.news.message.form import Submission
from bot.news.schedules.rhythm import Every, Rhythm
from bot.news.schedules.schedule import EVERY_DAY, Weekday
from bot.news.schedules.setup import changed_options, free_name, read_when, submitted_options, written_when
from tests.support.makers import make_schedule

AS_IT_IS = {
    "channel": ("100",),
    "days": ("monday",),
    "when": ("09:00 UTC",),
    "topics": ("ai", "computer vision"),
    "stories": ("5",),
}


def sent(**values: tuple[str, ...]) -> Submission:
    """A form that shows a schedule on two topics, with some fields changed."""
    return Submission(values=AS_IT_IS | values)


@pytest.mark.parametrize(
    ("typed", "time", "zone"),
    [
        ("9:00 Europe/Berlin", "9:00", "Europe/Berlin"),
        ("6 pm Europe/Berlin", "6 pm", "Europe/Berlin"),
        ("noon  new york", "noon", "new york"),
        ("18:30", "18:30", None),
        ("6pm", "6pm", None),
        ("soon UTC", "soon", "UTC"),
    ],
)
def test_the_longest_beginning_that_is_a_time_is_the_time(typed: str, time: str, zone: str | None) -> None:
    """What follows is the time zone; without a time the first word is refused as one."""
    assert read_when(typed) == {"time": time, **({"timezone": zone} if zone else {})}


def test_a_form_that_is_sent_as_it_is_changes_nothing() -> None:
    """In whatever order Discord sends the topics."""
    schedule = make_schedule(topics=("computer vision", "ai"))

    assert changed_options(sent(), schedule) == ({}, frozenset())
    assert read_when(written_when(schedule)) == {"time": "09:00", "timezone": "UTC"}


@pytest.mark.parametrize("every", Every)
def test_a_form_that_is_sent_as_it_is_keeps_how_the_days_repeat(every: Every) -> None:
    """It shows the weekdays alone."""
    days = EVERY_DAY if every in {Every.MONTH, Every.QUARTER} else EVERY_DAY[:1]
    schedule = make_schedule(days=days, rhythm=Rhythm(every=every))

    assert "day" not in changed_options(sent(days=tuple(days)), schedule)[0]


@pytest.mark.parametrize(
    ("every", "days", "day"),
    [
        (Every.WEEK, ("friday",), "friday"),
        (Every.SECOND_WEEK, ("monday", "friday"), "every second monday, friday"),
        (Every.SECOND_WEEK, tuple(EVERY_DAY), ", ".join(EVERY_DAY)),
        (Every.FIRST_OF_MONTH, ("friday",), "first friday"),
        (Every.LAST_OF_MONTH, ("friday",), "last friday"),
    ],
)
def test_other_weekdays_repeat_as_those_before(every: Every, days: tuple[str, ...], day: str) -> None:
    """All seven are every day."""
    schedule = make_schedule(rhythm=Rhythm(every=every))

    assert changed_options(sent(days=days), schedule)[0]["day"] == day


def test_only_changed_fields_become_options() -> None:
    """What the form doesn't show stays as it is."""
    schedule = make_schedule(topics=("computer vision", "ai"))

    assert changed_options(sent(stories=("8",), when=("10:00 UTC",)), schedule) == (
        {"count": 8, "time": "10:00"},
        frozenset(),
    )


def test_a_field_that_cannot_be_read_is_left_to_its_reader() -> None:
    """The refusal then says how it is written."""
    assert changed_options(sent(when=("soon UTC",)), make_schedule(topics=("ai", "computer vision")))[0] == {
        "time": "soon"
    }


def test_no_topic_means_all_of_them() -> None:
    """They are cleared where there were some."""
    assert changed_options(sent(topics=()), make_schedule(topics=("ai",))) == ({}, frozenset({"topics"}))
    assert changed_options(sent(topics=()), make_schedule()) == ({}, frozenset())
    assert changed_options(Submission(values={}), make_schedule(topics=("ai",))) == ({}, frozenset())


def test_a_field_without_a_usable_value_gives_no_option() -> None:
    """Discord's client sends none such; anyone can send anything."""
    assert submitted_options(Submission(values={"channel": ("x",), "stories": ("٣",), "when": (" ",)})) == {}


def test_topics_with_a_comma_stay_one_topic() -> None:
    """They are quoted."""
    assert submitted_options(Submission(values={"topics": ("a, b", "c")})) == {"topics": '"a, b", c'}


def test_a_new_schedule_gets_a_free_name() -> None:
    """By its days, with a number if it needs one."""
    assert free_name((Weekday.MONDAY,), ()) == "Weekly"
    assert free_name(EVERY_DAY, ()) == "Daily"
    assert free_name((), ("weekly", "WEEKLY 2")) == "Weekly 3"


def test_a_submission_returns_the_only_value_of_a_field() -> None:
    """Empty for a field that it lacks."""
    assert sent().one("stories") == "5"
    assert Submission().one("stories") == ""
