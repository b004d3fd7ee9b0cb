"""What was checked is checked again in the act: of two people who act at the same time, the second one is told so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import PlanOutdatedError, ScheduleChangedError
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import Basis
from bot.news.schedules.schedule import Schedule
from bot.sandbox import Upload
from bot.store.sqlite import SqliteStore, open_store
from tests.support.clocks import ManualClock
from tests.support.makers import make_edition, make_schedule
from tests.support.running_bot import Town, import_files, make_seed_text

NOW = datetime(2023, 11, 27, 9, 0, 5, tzinfo=UTC)


async def order(town: Town) -> None:
    """Schedule a digest for nine, half a minute from now."""
    when: dict[str, Any] = {"day": "monday", "time": "09:00", "timezone": "UTC"}
    await town.admin.run(town.channel, "schedule create", name="Weekly", channel=town.channel, **when)


async def posted(town: Town) -> int:
    """How many messages the channel shows once everything is posted."""
    assert town.bot is not None
    await town.bot.deliver_pending()
    return len(town.channel.messages)


async def test_send_now_pressed_twice_at_once_posts_one_edition(town: Town) -> None:
    """The second press finds nothing new, and says so."""
    await order(town)
    preview = await town.admin.run(town.channel, "schedule preview", name="Weekly")

    answers = await asyncio.gather(*(town.admin.press(preview, "Send now") for _ in range(2)))

    assert sorted("no new story" in answer.text for answer in answers) == [False, True]
    assert await posted(town) == 1


async def test_send_now_of_two_admins_at_once_posts_one_edition(town: Town) -> None:
    """Each of them ran the command."""
    await order(town)
    other = town.guild.add_member("Eve", permissions=("manage_guild",))

    answers = await asyncio.gather(
        *(each.run(town.channel, "schedule send-now", name="Weekly") for each in (town.admin, other))
    )

    assert sorted("no new story" in answer.text for answer in answers) == [False, True]
    assert await posted(town) == 1


async def test_send_now_while_the_due_edition_is_planned_posts_one_edition(town: Town) -> None:
    """Whichever is stored first; the other one has nothing new."""
    await order(town)
    assert town.bot is not None
    town.clock.jump_to(town.clock.now() + timedelta(seconds=35))

    await asyncio.gather(town.admin.run(town.channel, "schedule send-now", name="Weekly"), town.bot.tick())

    assert await posted(town) == 1


async def test_due_edition_planned_after_a_later_extra_edition_does_not_repeat_it(town: Town) -> None:
    """The extra edition's cutoff is five seconds after the due one's."""
    await order(town)
    town.clock.jump_to(town.clock.now() + timedelta(seconds=35))
    await town.admin.run(town.channel, "schedule send-now", name="Weekly")

    assert town.bot is not None
    await town.bot.tick()

    assert await posted(town) == 1


async def test_share_pressed_twice_at_once_posts_once(town: Town) -> None:
    """The second press is answered privately."""
    found = await town.member.run(town.channel, "news search", query="facial recognition")

    answers = await asyncio.gather(*(town.member.press(found, "Share") for _ in range(2)))

    assert sorted("already shared" in answer.text for answer in answers) == [False, True]
    assert sorted(answer.ephemeral for answer in answers) == [False, True]


async def test_second_of_two_imports_at_once_is_refused(town: Town) -> None:
    """Room for one import is not room for two, and it must not wait for the other one unseen."""
    assert town.bot is not None
    uploads = [
        Upload(filename=f"{name}.md", content=make_seed_text(title=name, url=f"https://example.com/{name}").encode())
        for name in ("Ferry", "Bridge")
    ]

    answers = await asyncio.gather(*(import_files(town.admin, town.channel, each) for each in uploads))

    assert sum("An import of this server is under way" in answer.text for answer in answers) == 1
    assert sum("1 added" in answer.text for answer in answers) == 1


async def test_retry_of_two_admins_at_once_is_done_once(town: Town) -> None:
    """The second one is told that it was decided."""
    town.channel.set_permissions(bot={"send_messages": False})
    await town.post_first_edition()
    town.channel.set_permissions(bot={"send_messages": True})
    other = town.guild.add_member("Eve", permissions=("manage_guild",))

    answers = await asyncio.gather(
        *(each.run(town.channel, "schedule retry", name="Weekly") for each in (town.admin, other))
    )

    assert sum("1 message · sent" in answer.text for answer in answers) == 1
    assert await posted(town) == 1


class Archive:
    """A database with a few articles, in which each trial has its own schedule."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.made = 0

    async def make(self) -> Schedule:
        """A new schedule."""
        self.made += 1
        schedule = make_schedule(
            id=ScheduleId(self.made), name=f"Weekly {self.made}", created_at=NOW - timedelta(days=7)
        )
        await self.store.schedules.save_schedule(schedule, next_due_at=NOW)
        return schedule


@pytest.fixture
async def archive(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Archive]:
    """Five articles."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as store:
        yield Archive(store)


async def test_plan_is_refused_if_the_schedule_has_changed(archive: Archive) -> None:
    """An edition is of the schedule as it is when the edition is stored."""
    schedule = await archive.make()
    basis = Basis(schedule=schedule, told=frozenset())
    await archive.store.schedules.change_schedule(schedule.id, lambda kept, _: (replace(kept, channel_id=9), None))

    with pytest.raises(ScheduleChangedError):
        await archive.store.digest.plan(make_edition(schedule_id=schedule.id), (), (), basis=basis)


async def test_plan_is_refused_if_another_edition_was_told(archive: Archive) -> None:
    """Its stories may be the same."""
    schedule = await archive.make()
    basis = Basis(schedule=schedule, told=frozenset())
    other = make_edition(schedule_id=schedule.id, key=EditionKey("x1"), picks=())
    await archive.store.digest.plan(other, (), ())

    with pytest.raises(PlanOutdatedError):
        await archive.store.digest.plan(make_edition(schedule_id=schedule.id), (), (), basis=basis)
    assert await archive.store.digest.edition_keys(schedule.id) == {"x1"}
