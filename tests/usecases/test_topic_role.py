"""A role for one topic of a schedule, set and taken away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import BadInputError, UnknownScheduleError
from bot.news.schedules.posting import TopicRole
from bot.news.schedules.schedule import Schedule
from bot.store.sqlite.shelves.files import open_files
from bot.usecases.schedule import set_topic_role
from tests.support.clocks import ManualClock
from tests.support.ledger import Ledger, sqlite_ledger
from tests.support.makers import make_edition, make_schedule

SCHEDULE = make_schedule(topic_roles=(TopicRole(topic="law", role_id=2),))
DUE = make_edition().due_at


@pytest.fixture
async def ledger(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Ledger]:
    """A ledger with a schedule that has a role for one topic."""
    async with open_files(tmp_path / "n.db", clock=clock) as files:
        opened = sqlite_ledger(files)
        await opened.schedules.save_schedule(SCHEDULE, next_due_at=DUE)
        yield opened


async def set_role(ledger: Ledger, topic: str, role_id: int | None, schedule: Schedule = SCHEDULE) -> Schedule:
    """Set a role as a member would."""
    changed = await set_topic_role(ledger.schedules, schedule, topic=topic, role_id=role_id, member_id=9, now=DUE)
    return changed.schedule


async def test_role_is_kept_with_the_member_who_set_it(ledger: Ledger) -> None:
    """The topic is folded, the other one stays, and so does the next edition."""
    changed = await set_role(ledger, "  AI ", 5)

    assert changed.topic_roles == (TopicRole(topic="law", role_id=2), TopicRole(topic="ai", role_id=5))
    assert await ledger.schedules.find_schedule(SCHEDULE.id) == changed
    assert (changed.saved_by, [each.id for each in await ledger.schedules.due_schedules(DUE)]) == (9, [SCHEDULE.id])


async def test_role_is_taken_away(ledger: Ledger) -> None:
    """Without a role."""
    assert (await set_role(ledger, "Law", None)).topic_roles == ()


@pytest.mark.parametrize(
    ("topic", "role_id", "said"),
    [
        ("AI, Law", 5, "one topic at a time"),
        (" ", 5, "The list is empty"),
        ("AI", SCHEDULE.guild_id, "@everyone can't be mentioned"),
        ("AI", None, "No role is mentioned"),
    ],
)
async def test_what_is_not_a_role_of_one_topic_is_refused(
    ledger: Ledger, topic: str, role_id: int | None, said: str
) -> None:
    """And nothing is changed."""
    with pytest.raises(BadInputError, match=said):
        await set_role(ledger, topic, role_id)

    assert await ledger.schedules.find_schedule(SCHEDULE.id) == SCHEDULE


async def test_role_of_a_deleted_schedule_is_refused(ledger: Ledger) -> None:
    """Another admin deleted it meanwhile."""
    await ledger.schedules.delete_schedule(SCHEDULE.id, at=DUE)

    with pytest.raises(UnknownScheduleError, match="was deleted"):
        await set_role(ledger, "AI", 5)
