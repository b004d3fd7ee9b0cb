"""Broken records are left out of an edition, named with a reason, and cost no other its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bot.news.choosing.soundness import broken_verdict, sound_records, without_broken
from bot.news.edition import Candidate, Reason
from tests.support.candidates import MIDWEEK, choose, make_candidate, picked, with_past
from tests.support.makers import make_stub

FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize("at", [FIRST, datetime(1899, 12, 31, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC), LAST])
def test_an_impossible_date_is_left_out_and_named(at: datetime) -> None:
    """Of a candidate and of coverage; the date itself is in the reason."""
    odd = make_candidate("odd", published_at=at)

    sound = sound_records([odd, make_candidate("good")], [make_stub(published_at=at)])

    assert [each.article.stem for each in sound.candidates] == ["good"]
    assert sound.coverage == ()
    (verdict,) = sound.verdicts
    assert (verdict.reason, verdict.detail) == (Reason.UNUSABLE, f"dated {at.date()}, which can't be right")


def test_a_date_that_was_impossible_at_the_cutoff_is_left_out_too() -> None:
    """A replay reads the past, in which the date was wrong."""
    corrected = with_past(make_candidate("a"), (MIDWEEK, {"published_at": FIRST}))

    assert sound_records([corrected], []).candidates == ()


def test_a_record_that_breaks_choosing_is_found_and_left_out() -> None:
    """A moment without a zone can't be compared with others."""
    broken = make_candidate("broken", published_at=datetime(2021, 5, 6))  # noqa: DTZ001 - that is what breaks it
    records = [make_candidate("good"), broken]

    def work(candidates: Sequence[Candidate]) -> list[str]:
        return picked(choose(*candidates))

    stems, left_out = without_broken(records, work)

    assert (stems, left_out) == (["good"], (broken,))
    assert broken_verdict(broken).reason is Reason.UNUSABLE
