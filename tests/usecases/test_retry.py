"""Failed editions that are sent again, while other editions are planned."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.news.article import ArticleId
from bot.news.delivery import DeliveryKey, DeliveryState, ScheduleId
from bot.news.schedules.schedule import Schedule
from bot.store.sqlite.shelves.files import open_files
from bot.usecases.schedule import retry_schedule
from tests.support.clocks import ManualClock
from tests.support.ledger import DUE, SCHEDULE, Ledger, claim, find_delivery, plan_part, sqlite_ledger, weeks_later
from tests.support.makers import make_article, make_pick


@pytest.fixture
async def ledger(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Ledger]:
    """An empty store."""
    async with open_files(tmp_path / "newsdesk.db", clock=clock) as files:
        yield sqlite_ledger(files)


async def fail(ledger: Ledger, week: int) -> DeliveryKey:
    """An edition with a story of its own that Discord refused."""
    picks = (make_pick(make_article(id=ArticleId(f"story{week}"))),)
    key = await plan_part(ledger, due_at=weeks_later(week), picks=picks)
    (row,) = await claim(ledger, weeks_later(week))
    await ledger.deliveries.mark_failed(key, row.attempt, reason="refused")
    return key


async def stored(ledger: Ledger) -> Schedule:
    """The schedule as it is."""
    schedule = await ledger.schedules.find_schedule(SCHEDULE)
    assert schedule is not None
    return schedule


async def state(ledger: Ledger, key: DeliveryKey) -> DeliveryState:
    """What became of a part."""
    row = await find_delivery(ledger.deliveries, key)
    assert row is not None
    return row.state


async def test_editions_that_failed_with_different_stories_are_all_sent_again(ledger: Ledger) -> None:
    """None of them repeats another; the newest one is named first."""
    keys = [await fail(ledger, week) for week in range(3)]

    retries = await retry_schedule(
        ledger.schedules, ledger.digest, ledger.deliveries, await stored(ledger), now=weeks_later(3)
    )

    assert [each.key for each in retries.sent] == [key.edition for key in reversed(keys)]
    assert [await state(ledger, key) for key in keys] == [DeliveryState.PLANNED] * 3


async def test_retry_holds_for_the_channel_that_the_schedule_has_by_then(ledger: Ledger) -> None:
    """An admin moved it after the other one's command had read it."""
    key = await fail(ledger, 0)
    before = await stored(ledger)
    await plan_part(ledger, schedule_id=ScheduleId(12), due_at=DUE + timedelta(days=1))
    await ledger.schedules.change_schedule(SCHEDULE, lambda kept, _: (replace(kept, channel_id=300), None))

    retries = await retry_schedule(ledger.schedules, ledger.digest, ledger.deliveries, before, now=weeks_later(1))

    assert [each.key for each in retries.sent] == [key.edition]
