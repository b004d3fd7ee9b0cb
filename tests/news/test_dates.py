"""Typed days, months and years."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.parsing.dates import find_moment

NOW = datetime(2021, 6, 3, 1, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2021", datetime(2021, 1, 1, tzinfo=UTC)),
        ("2021-05", datetime(2021, 5, 1, tzinfo=UTC)),
        ("2021-05-07", datetime(2021, 5, 7, tzinfo=UTC)),
        ("2021/5/7", datetime(2021, 5, 7, tzinfo=UTC)),
        ("7.5.2021", datetime(2021, 5, 7, tzinfo=UTC)),
        ("2021-05-07 14:19", datetime(2021, 5, 7, 14, 19, tzinfo=UTC)),
        ("2021-05-07T14:19Z", datetime(2021, 5, 7, 14, 19, tzinfo=UTC)),
        ("2021-05-07t14:19:30+02:00", datetime(2021, 5, 7, 12, 19, 30, tzinfo=UTC)),
        ("7 May 2021", datetime(2021, 5, 7, tzinfo=UTC)),
        ("May 7th, 2021", datetime(2021, 5, 7, tzinfo=UTC)),
        ("7. Sept. 2021", datetime(2021, 9, 7, tzinfo=UTC)),
        ("december 2021", datetime(2021, 12, 1, tzinfo=UTC)),
        (" Today ", datetime(2021, 6, 3, tzinfo=UTC)),
        ("yesterday", datetime(2021, 6, 2, tzinfo=UTC)),
        ("7d", datetime(2021, 5, 27, 1, 30, tzinfo=UTC)),
        ("2W", datetime(2021, 5, 20, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_typed_date_is_its_beginning(typed: str, moment: datetime) -> None:
    """Years, months and days begin with their first midnight; spans count back from now."""
    assert find_moment(typed, now=NOW) == moment


@pytest.mark.parametrize(
    ("zone", "moment"),
    [(BERLIN, datetime(2021, 6, 2, 22, tzinfo=UTC)), (LOS_ANGELES, datetime(2021, 6, 2, 7, tzinfo=UTC))],
)
def test_today_is_the_day_of_the_readers_zone(zone: tzinfo, moment: datetime) -> None:
    """At 01:30 UTC it is still yesterday in Los Angeles."""
    assert find_moment("today", now=NOW, zone=zone) == moment


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "yesterdy",
        "2021-13",
        "2021-02-30",
        "30.2.2021",
        "21-05-07",
        "0000",
        "d",
        "7",
        "9999d9",
        "-7d",
        "31 June 2021",
        "May",
        "2021-05-07 25:00",
        "7/5/2021",
    ],
)
def test_what_is_no_date_is_none(typed: str) -> None:
    """It is said to the reader, not guessed."""
    assert find_moment(typed, now=NOW) is None


def test_a_year_without_a_utc_is_none() -> None:
    """The first midnight of the year 1 in Berlin is before all that can be counted."""
    assert find_moment("0001", now=NOW, zone=BERLIN) is None


@given(st.text(alphabet="0123456789-/.dwtoday", max_size=12))
def test_no_text_is_an_error(typed: str) -> None:
    """Whatever is typed is a moment in UTC or none."""
    moment = find_moment(typed, now=NOW, zone=BERLIN)

    assert moment is None or moment.tzinfo is UTC
