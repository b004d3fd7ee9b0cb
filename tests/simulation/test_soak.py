"""Weeks of one process: nothing is kept, and what would be kept is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.simulation.quiet import quiet_log
from tests.simulation.soak import Soak, Week, problems_of

WEEK = Week(delivered=10, resident_bytes=100_000_000, objects=40_000, tasks=7)


@pytest.fixture(autouse=True)
def surprises() -> Iterator[list[str]]:
    """What the core logged with an exception that no simulated fault explains: nothing, at the end."""
    with quiet_log() as surprises:
        yield surprises
    assert surprises == []


def test_weeks_of_sending_leave_no_task_and_no_object_behind() -> None:
    """Memory of the whole process is for `make proof`, which has one to itself."""
    weeks = list(Soak(60, weeks=3).weeks())

    assert [week.tasks for week in weeks] == [weeks[0].tasks] * 3
    assert weeks[-1].objects <= weeks[0].objects * 1.05


def test_sender_remembers_nothing_of_what_was_sent() -> None:
    """Also of rows that were read back before they were posted."""
    soak = Soak(300, weeks=3)
    list(soak.weeks())
    deliverer = soak.deliverer

    assert (len(deliverer._absent), len(deliverer._requested)) == (0, 0)


@pytest.mark.parametrize(
    "last",
    [
        replace(WEEK, resident_bytes=105_100_000),
        replace(WEEK, objects=42_100),
        replace(WEEK, tasks=8),
    ],
    ids=["memory", "objects", "tasks"],
)
def test_growth_is_found(last: Week) -> None:
    """By five in a hundred, or by one task."""
    assert len(problems_of([WEEK, last])) == 1


def test_steady_weeks_are_no_problem() -> None:
    """A little more or less doesn't count as growth."""
    assert problems_of([WEEK, replace(WEEK, resident_bytes=104_000_000)]) == []
