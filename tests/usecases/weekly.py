"""Schedules of one server on a real database, and what is kept of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.news.schedules.schedule import Schedule
from bot.store.sqlite.shelves.files import open_files
from bot.usecases.schedule import (
    ScheduleChanges,
    ScheduleStatus,
    create_schedule,
)
from tests.support.clocks import ManualClock
from tests.support.ledger import Ledger, sqlite_ledger

NOW = datetime(2021, 6, 3, 12, 0, tzinfo=UTC)
"""A Thursday."""


MONDAY = datetime(2021, 6, 7, 9, 0, tzinfo=UTC)


WEEK = timedelta(days=7)


GUILD = 1


@pytest.fixture
async def ledger(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Ledger]:
    """An empty store."""
    async with open_files(tmp_path / "newsdesk.db", clock=clock) as files:
        yield sqlite_ledger(files)


async def create(ledger: Ledger, **options: Any) -> ScheduleStatus:
    """A schedule `Weekly` in channel 100, with other options as given; an option that is None is not given."""
    given = {"name": "Weekly", "channel": 100, **options}
    return await create_schedule(
        ledger.schedules, changes(**given), guild_id=GUILD, member_id=7, default_timezone="UTC", now=NOW
    )


def changes(*, name: str | None = None, clear: tuple[str, ...] = (), **options: Any) -> ScheduleChanges:
    """What an admin gave."""
    given = {option: value for option, value in options.items() if value is not None}
    return ScheduleChanges(name=name, options=given, clear=frozenset(clear))


async def kept(ledger: Ledger, schedule: Schedule) -> Schedule:
    """The schedule as it is stored."""
    found = await ledger.schedules.find_schedule(schedule.id)
    assert found is not None
    return found


async def is_due(ledger: Ledger, at: datetime) -> bool:
    """Whether a tick at that moment would look at any schedule."""
    return await ledger.schedules.due_schedules(at) != ()
