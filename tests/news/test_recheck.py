"""A planned part compared with what holds at the moment when it is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.news.article import ArticleId
from bot.news.choosing.recheck import Finding, Holding, recheck
from bot.news.edition import LATE_AFTER
from bot.news.schedules.posting import TopicRole
from bot.news.schedules.schedule import Schedule, ScheduleState
from tests.support.makers import make_delivery, make_schedule

CHANNEL = 100
"""Where `make_schedule` posts."""


@pytest.mark.parametrize(
    ("schedule", "part", "finding"),
    [
        (make_schedule(), 1, Finding.AS_PLANNED),
        (None, 1, Finding.DELETED),
        (make_schedule(state=ScheduleState.PAUSED), 1, Finding.INACTIVE),
        (make_schedule(state=ScheduleState.OFF), 1, Finding.INACTIVE),
        (make_schedule(channel_id=CHANNEL + 1), 1, Finding.OUTDATED),
        (make_schedule(channel_id=CHANNEL + 1), 2, Finding.MOVED),
        (make_schedule(publish=True), 1, Finding.OUTDATED),
        (make_schedule(publish=True), 2, Finding.OUTDATED),
        (make_schedule(mention_role=7), 1, Finding.OUTDATED),
        (make_schedule(mention_role=7), 2, Finding.AS_PLANNED),
        (make_schedule(silent=True), 1, Finding.OUTDATED),
        (make_schedule(silent=True), 2, Finding.OUTDATED),
        (make_schedule(tags=("News",)), 2, Finding.OUTDATED),
        (make_schedule(thread=True), 1, Finding.OUTDATED),
        (make_schedule(thread=True), 2, Finding.AS_PLANNED),
        (make_schedule(topic_roles=(TopicRole(topic="ai", role_id=7),)), 1, Finding.OUTDATED),
        (make_schedule(topic_roles=(TopicRole(topic="ai", role_id=7),)), 2, Finding.AS_PLANNED),
    ],
)
def test_part_is_compared_with_its_schedule_as_it_is_now(
    schedule: Schedule | None, part: int, finding: Finding
) -> None:
    """Whatever was decided between planning and sending counts."""
    row = make_delivery(part=part)

    assert recheck(row, Holding(schedule=schedule), row.due_at) is finding


@pytest.mark.parametrize(
    ("late", "finding"),
    [
        (timedelta(0), Finding.AS_PLANNED),
        (LATE_AFTER + timedelta(seconds=1), Finding.OUTDATED),
        (make_schedule().max_lateness + timedelta(seconds=1), Finding.TOO_LATE),
    ],
)
def test_late_part_says_so_until_it_is_too_late(late: timedelta, finding: Finding) -> None:
    """It is drawn again for that."""
    row = make_delivery()

    assert recheck(row, Holding(schedule=make_schedule()), row.due_at + late) is finding


def test_part_with_an_article_that_was_taken_down_is_reduced() -> None:
    """Also after an attempt of unknown outcome."""
    holding = Holding(schedule=make_schedule(), taken_down=frozenset({ArticleId("001_0123456789abcdef")}))
    row = make_delivery(was_sending=True)

    assert recheck(row, holding, row.due_at) is Finding.REDUCED
