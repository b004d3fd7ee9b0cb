"""Typed days, months and years."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.parsing.dates import find_moment
from bot.news.parsing.names import NOTHING_KNOWN
from bot.news.parsing.nearest_names import nearest_query
from bot.news.parsing.query import read_query
from bot.seedfile.dates import moment_of

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


WRITTEN: Final = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %B %Y", "%d. %b %Y", "%d-%b-%Y", "%B %d, %Y", "%b. %dth, %Y",
    "%A, %d %B %Y", "%a, %d %b %Y", "%A %B %d, %Y",
)  # fmt: skip
TIMES: Final = ("", " %H:%M", " %H:%M:%S", "T%H:%M", " at %I:%M %p", " %H:%M GMT", " %H:%M -0400", " %H:%M EST")


DATES = st.datetimes(datetime(1900, 1, 2), datetime(2099, 12, 30))  # noqa: DTZ001 - its text names a zone, or none


@given(DATES, st.sampled_from(WRITTEN), st.sampled_from(TIMES))
def test_every_date_that_a_seed_may_have_can_be_typed(at: datetime, day: str, time: str) -> None:
    """Both read the same forms, and read them alike."""
    text = at.strftime(day + time)

    read = moment_of(text)

    assert find_moment(text, now=NOW) == read
    assert read is not None or day == "%Y%m%d"


@given(DATES, st.sampled_from(WRITTEN), st.sampled_from(TIMES[:6]))
def test_every_date_that_is_suggested_as_a_filter_is_read_as_that_date(at: datetime, day: str, time: str) -> None:
    """Typed as a word it finds nothing; what the answer offers instead must work."""
    typed = at.strftime(day + time)
    suggested = nearest_query(read_query(typed, now=NOW), NOTHING_KNOWN, now=NOW)

    query = read_query(suggested, now=NOW)

    assert query.after == find_moment(typed, now=NOW)
    assert query.unusable == ()


@given(st.text(alphabet="0123456789-/.:, tTZmMaAyYpP+", max_size=24))
def test_no_text_is_one_date_in_a_seed_and_another_one_typed(text: str) -> None:
    """What only one of them reads is refused by the other."""
    in_seed, typed = moment_of(text), find_moment(text, now=NOW)

    assert in_seed is None or typed == in_seed
