"""What people type for times, zones and days."""

from __future__ import annotations

from contextlib import suppress
from datetime import time
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError, UnknownZoneError
from bot.news.parsing.times import complete_zones, fixed_offset, parse_days, parse_time, parse_zone
from bot.news.schedules.schedule import EVERY_DAY, Weekday


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("18:30", time(18, 30)),
        ("6pm", time(18)),
        ("6:30 PM", time(18, 30)),
        ("6 p.m.", time(18)),
        ("12am", time(0)),
        ("12 pm", time(12)),
        ("9", time(9)),
        (" 09.15 ", time(9, 15)),
        ("18h30", time(18, 30)),
        ("noon", time(12)),
        ("Midnight", time(0)),
    ],
)
def test_time_is_read_as_people_write_it(typed: str, at: time) -> None:
    """With a colon or a point, on the dial or around the clock."""
    assert parse_time(typed) == at


@pytest.mark.parametrize("typed", ["", " ", "24:00", "9:99", "9:9", "13pm", "0am", "nine", "-1", "1830", "٠٩:٠٠"])
def test_time_that_is_none_is_refused_with_an_example(typed: str) -> None:
    """The refusal shows how a time is written."""
    with pytest.raises(BadInputError) as caught:
        parse_time(typed)

    assert "18:30" in caught.value.cure


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
        ("Etc/GMT+2", "Etc/GMT+2"),
    ],
)
def test_zone_is_read_in_any_case_and_by_its_city(typed: str, zone: str) -> None:
    """Nobody remembers where the capitals are."""
    assert parse_zone(typed) == zone


@pytest.mark.parametrize(
    ("typed", "near"),
    [("Europe/Berlim", "Europe/Berlin"), ("berln", "Europe/Berlin"), ("louisville", "America/Kentucky/Louisville")],
)
def test_unknown_zone_is_answered_with_the_nearest_names(typed: str, near: str) -> None:
    """A slip of the pen is answered with what may have been meant; two cities of one name with both."""
    with pytest.raises(UnknownZoneError) as caught:
        parse_zone(typed)

    assert near in caught.value.cure


@pytest.mark.parametrize(
    ("typed", "zone"),
    [("GMT+2", "Etc/GMT-2 (UTC+2)"), ("utc-05", "Etc/GMT+5 (UTC-5)"), ("UTC + 10", "Etc/GMT-10 (UTC+10)")],
)
def test_offset_from_utc_is_answered_with_its_own_zone_and_not_with_the_opposite_one(typed: str, zone: str) -> None:
    """The names in the tz database have the sign reversed."""
    with pytest.raises(UnknownZoneError) as caught:
        parse_zone(typed)

    assert caught.value.cure == f"Did you mean {zone}?"


@pytest.mark.parametrize("typed", ["gmt+2", "PST", "../../etc/passwd", "", "localtime", "x" * 5000])
def test_zone_that_would_mislead_is_refused(typed: str) -> None:
    """`Etc/GMT+2` is two hours west of Greenwich, so nobody gets it for `gmt+2`."""
    with pytest.raises(UnknownZoneError):
        parse_zone(typed)


def test_every_zone_answers_to_its_own_name() -> None:
    """What the completion offers is what the reader takes."""
    for name in sorted(available_timezones() - {"Factory", "localtime", "posixrules"}):
        assert parse_zone(name) == name


def test_completion_begins_with_what_was_typed() -> None:
    """A city is found without its continent."""
    assert [zone.name for zone in complete_zones("berl")] == ["Europe/Berlin"]
    assert complete_zones("New")[0].name == "America/New_York"


def test_a_name_without_summer_time_comes_last_and_says_so() -> None:
    """New York is on EST for four months only."""
    *places, est, est5edt = complete_zones("est")

    assert all("/" in zone.name for zone in places)
    assert (est.label, est5edt.label) == ("EST (always UTC-5, no summer time)", "EST5EDT")


def test_another_name_of_utc_is_noted_as_utc() -> None:
    """London's zone has summer time, and GMT has none."""
    assert fixed_offset("GMT") == fixed_offset("Etc/GMT+0") == "UTC"


def test_utc_has_no_note() -> None:
    """Nobody expects summer time of it."""
    assert complete_zones("utc")[0].label == "UTC"


@pytest.mark.parametrize("typed", ["ist", "IST", "\u0130st", "\u0131st"])
def test_completion_folds_case_and_marks(typed: str) -> None:
    """As names of schedules, topics and providers do."""
    assert complete_zones(typed)[0].name == "Asia/Istanbul"


@given(st.text(max_size=40))
def test_completion_never_offers_more_than_asked_for(typed: str) -> None:
    """Discord takes 25 choices and refuses 26."""
    assert len(complete_zones(typed, limit=25)) <= 25


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("monday", (Weekday.MONDAY,)),
        ("Tues", (Weekday.TUESDAY,)),
        ("fridays", (Weekday.FRIDAY,)),
        ("thu, mon", (Weekday.MONDAY, Weekday.THURSDAY)),
        ("mon and wed & fri", (Weekday.MONDAY, Weekday.WEDNESDAY, Weekday.FRIDAY)),
        ("mon-fri", EVERY_DAY[:5]),
        ("Monday to Friday", EVERY_DAY[:5]),
        ("sat-mon", (Weekday.MONDAY, Weekday.SATURDAY, Weekday.SUNDAY)),
        ("weekdays, sunday", (*EVERY_DAY[:5], Weekday.SUNDAY)),
        ("every day", EVERY_DAY),
        ("mon-mon", (Weekday.MONDAY,)),
    ],
)
def test_days_are_read_in_the_weeks_order(typed: str, days: tuple[Weekday, ...]) -> None:
    """Names, their beginnings, lists and runs."""
    assert parse_days(typed) == days


@pytest.mark.parametrize(
    "typed", ["", ",", "t", "s", "mo-", "someday", "mon-xyz", "8", "monday tuesdday", "monday " * 40]
)
def test_day_that_is_none_is_refused_with_an_example(typed: str) -> None:
    """`t` may be Tuesday or Thursday; the refusal shows how days are written."""
    with pytest.raises(BadInputError) as caught:
        parse_days(typed)

    assert "mon-fri" in caught.value.cure


@given(st.text(max_size=300))
def test_whatever_is_typed_gets_an_answer_or_a_sentence(typed: str) -> None:
    """No reader of typed text breaks."""
    for parse in (parse_time, parse_zone, parse_days):
        with suppress(BadInputError, UnknownZoneError):
            assert parse(typed) is not None
