"""An edition gets its discussion thread, once, whenever the process dies and whatever Discord says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.news.delivery import ScheduleId
from bot.sandbox import Channel
from tests.support.clocks import ManualClock
from tests.support.postoffice import Office, open_office


@pytest.fixture
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Office]:
    """A sending process that may open threads."""
    async with open_office(tmp_path, clock, global_limit=None) as opened:
        opened.guild.set_bot_permissions(create_public_threads=True)
        yield opened


async def send(office: Office, *, channel: Channel | None = None, parts: int = 1, thread: bool = True) -> None:
    """An edition that is sent, and has no thread yet."""
    await office.plan(parts=parts, channel=channel, thread=thread)
    await office.while_time_runs(office.pass_over())


async def open_threads(office: Office, *, after_s: float = 0.0) -> None:
    """Let time pass, then let the process open what it may."""
    office.clock.advance(after_s)
    await office.threads.do_due()
    await office.threads.finish()


async def left(office: Office) -> int:
    """The messages that still wait for a thread."""
    return len(await office.ledger.deliveries.to_open(now=office.clock.now()))


def names(office: Office) -> list[str]:
    """The threads of the channel."""
    return [thread.name for thread in office.channel.threads]


async def test_edition_gets_a_thread_under_its_first_message(office: Office) -> None:
    """Named after it; its other messages get none."""
    await send(office, parts=2)
    await open_threads(office)
    assert (names(office), await left(office)) == (["An edition"], 0)
    assert office.channel.threads[0].id == office.messages[0].id


async def test_edition_gets_no_thread_unless_its_schedule_says_so(office: Office) -> None:
    """The usual way."""
    await send(office, thread=False)
    await open_threads(office)
    assert names(office) == []


async def test_thread_that_is_no_longer_wanted_is_not_opened(office: Office) -> None:
    """An admin switched it off in between."""
    await send(office)
    await office.ledger.schedules.change_schedule(
        ScheduleId(11), lambda schedule, outlook: (replace(schedule, thread=False), outlook.next_due_at)
    )
    await open_threads(office)
    assert (names(office), await left(office)) == ([], 0)


async def test_process_killed_between_post_and_thread_opens_it_after_its_restart(office: Office) -> None:
    """The message was posted; the ledger says that it has no thread."""
    await send(office)
    await office.restart(after_s=600)
    await open_threads(office)
    assert (names(office), await left(office)) == (["An edition"], 0)


async def test_process_killed_between_thread_and_its_mark_opens_one(office: Office) -> None:
    """Discord says that there is one, and that is as good."""
    await send(office)
    await office.messenger.open_thread(office.channel.id, office.messages[0].id, "An edition")
    await office.restart(after_s=60)
    await open_threads(office)
    assert (names(office), await left(office)) == (["An edition"], 0)


async def test_thread_without_an_answer_is_opened_once(office: Office) -> None:
    """It is asked for again, a moment later."""
    await send(office)
    office.sandbox.faults.drop(after=True, method="POST", path="/threads$")
    await open_threads(office)
    await open_threads(office, after_s=60)
    assert (names(office), await left(office)) == (["An edition"], 0)


async def test_missing_permission_is_said_once(office: Office) -> None:
    """The message stays, and an admin reads what to do."""
    office.guild.set_bot_permissions(create_public_threads=False)
    await send(office)
    await open_threads(office)
    await open_threads(office, after_s=60)
    assert (names(office), office.board.causes, await left(office)) == ([], ["no thread"], 0)
    assert len(office.messages) == 1


async def test_message_that_was_deleted_gets_no_thread(office: Office) -> None:
    """A moderator was faster."""
    await send(office)
    office.guild.add_member("Mo").delete(office.messages[0])
    await open_threads(office)
    assert (names(office), await left(office)) == ([], 0)


async def test_forums_post_is_done_without_another_thread(office: Office) -> None:
    """The post is one."""
    forum = office.guild.add_channel("posts", kind="forum")
    await send(office, channel=forum)
    await open_threads(office)
    assert (len(forum.threads), await left(office)) == (1, 0)
