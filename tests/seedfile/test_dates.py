"""Dates are read in every form that can mean only one moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seedfile.dates import moment_of

DAY = datetime(2021, 5, 7, tzinfo=UTC)
TIME = datetime(2021, 5, 7, 14, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-5-7", DAY),
        ("2021/05/07", DAY),
        ("2021.5.7", DAY),
        ("20210507", DAY),
        ("7 May 2021", DAY),
        ("07-May-2021", DAY),
        ("May 7, 2021", DAY),
        ("May 7th 2021", DAY),
        ("Friday, 7 May 2021", DAY),
        ("fri, 7 may 2021", DAY),
        ("2021-5-7 14:19", TIME),
        ("2021-05-07 14:19:00 UTC", TIME),
        ("2021-05-07T14:19:00 GMT", TIME),
        ("2021-05-07 10:19:00 -0400", TIME),
        ("2021-05-07 10:19:00-0400", TIME),
        ("2021-05-07 16:19:00 +2", TIME),
        ("2021-05-07 16:19 +02:00", TIME),
        ("Fri, 07 May 2021 14:19:00 GMT", TIME),
        ("Fri, 07 May 2021 10:19:00 EDT", TIME),
        ("7 May 2021 09:19 EST", TIME),
        ("May 7, 2021, 2:19 PM", TIME),
        ("May 7, 2021 at 2:19 p.m.", TIME),
    ],
)
def test_a_form_that_can_mean_one_moment_is_read(text: str, moment: datetime) -> None:
    """Without a time it is midnight, without a zone UTC."""
    assert moment_of(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "07/05/2021", "7.5.2021", "05-07-2021", "7 May 21", "May 2021", "2021-05-07 14:19 CEST", "2021-05-07 14:19 IST",
        "2021-02-30", "2021-13-1", "31 Feb 2021", "May 7, 2021 13:00 PM", "May 7, 2021 0:10 AM", "2021-5-7 25:00",
        "2021-05-07 14:19 +99:00", "7 Mai 2021", "1620397140", "tomorrow", "2021-5/7",
        "May" + " " * 100_000 + "7",
    ],
)  # fmt: skip
def test_a_form_that_can_mean_several_moments_or_none_is_not_read(text: str) -> None:
    """Day and month in figures, a year of two, a zone that several countries have."""
    assert moment_of(text) is None


@given(st.integers(-2_000_000_000, 4_000_000_000), st.integers(-14 * 60, 14 * 60))
def test_any_moment_is_read_as_rfc_822_and_as_iso_8601(seconds: int, minutes: int) -> None:
    """In any time zone."""
    moment = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes)))

    assert moment_of(format_datetime(moment)) == moment_of(moment.isoformat()) == moment


@given(st.text(max_size=60))
def test_any_text_is_a_moment_in_utc_or_none(text: str) -> None:
    """Never an exception."""
    moment = moment_of(text)

    assert moment is None or moment.tzinfo is UTC
