"""Whatever a proxy writes into a header, the wire reads a sound value or none."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.wire.headers import LONGEST_WAIT_S, date_s, wait_s

WORDS = st.lists(st.sampled_from([*"0123456789:-+, ", "Mon", "Jan", "GMT", "-0000", "99999", "0001"]), max_size=20)


@given(text=st.one_of(st.text(), WORDS.map("".join)))
def test_any_date_is_a_finite_number_or_none(text: str) -> None:
    """Nothing is raised."""
    found = date_s({"Date": text})
    assert found is None or math.isfinite(found)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Thu, 03 Jun 2021 12:00:00 GMT", 1622721600.0),
        ("Thu, 03 Jun 2021 12:00:00 -0000", 1622721600.0),
        ("Mon, 01 Jan 9999 00:00:00 GMT", None),
        ("Mon, 01 Jan 2001 00:00:00 GMT", None),
    ],
)
def test_a_date_without_a_zone_is_in_utc_and_an_impossible_one_is_none(text: str, seconds: float | None) -> None:
    """Not in the zone of this machine."""
    assert date_s({"Date": text}) == seconds


@given(value=st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.lists(st.integers())))
def test_any_wait_is_within_a_day_or_none(value: object) -> None:
    """Also NaN, infinity and numbers below zero."""
    found = wait_s(value)
    assert found is None or 0 <= found <= LONGEST_WAIT_S
