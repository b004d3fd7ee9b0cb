"""What each tick does besides planning."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.app.planning import Gates, Planning
from bot.news.article import INSTANCE_SHELF
from bot.news.delivery import EditionKey
from bot.news.notices.notice import Notice
from bot.store.sqlite import open_store
from bot.usecases.digest import plan_edition, read_desk
from bot.usecases.schedule import ClockTrust
from bot.usecases.story import Stories
from tests.support.candidates import MIDWEEK, NOW, lone_words
from tests.support.clocks import ManualClock
from tests.support.makers import make_schedule, make_seed

KEY = EditionKey(NOW.date().isoformat())
SCHEDULE = make_schedule(desk_channel_id=5)


class Nobody:
    """Reads no notice."""

    async def notify(self, notice: Notice) -> None:
        """Drop it."""


async def test_drafts_are_left_alone_while_the_clock_may_be_wrong(tmp_path: Path) -> None:
    """They would be drawn as late; once Discord's clock agrees they follow what holds."""
    clock, apart_s = ManualClock(NOW), [3600.0]
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as store:
        seeds = [make_seed(stem, title=lone_words(stem), published_at=MIDWEEK) for stem in ("best", "good")]
        await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=MIDWEEK, is_first_import=True)
        await store.schedules.save_schedule(SCHEDULE, next_due_at=None)
        assert await plan_edition(store, SCHEDULE, key=KEY, due_at=NOW, now=NOW) is not None
        await store.schedules.save_schedule(replace(SCHEDULE, mention_role=6), next_due_at=None)
        planning = Planning(
            store,
            Stories(store, clock),
            clock,
            ClockTrust(clock, lambda: apart_s[0]),
            notifier=Nobody(),
            wake_deliverer=lambda: None,
            gates=Gates(may_plan=lambda: True, holds=lambda _: False, may_purge=lambda: False),
        )
        roles = []
        for apart_s[0] in (3600.0, 0.0):
            await planning.run_tick()
            roles.append({part.mention_role for part in (await read_desk(store, SCHEDULE.id, KEY)).parts})

    assert roles == [{None}, {6}]
