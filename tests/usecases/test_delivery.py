"""The protocol between the ledger and Discord: what a channel shows after everything that can go wrong on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypedDict

import pytest
from typing_extensions import override

from bot.news.delivery import Delivery, DeliveryState, ScheduleId
from bot.news.notices.notice import Notice
from bot.news.schedules.schedule import ScheduleState
from bot.store.sqlite.ledger.deliveries import SqliteDeliveryStore
from tests.support.clocks import ManualClock
from tests.support.postoffice import SETTLED_S, NoticeBoard, Office, open_office

SENT, PLANNED, SENDING = DeliveryState.SENT, DeliveryState.PLANNED, DeliveryState.SENDING
FAILED, UNKNOWN, SKIPPED = DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SKIPPED


class Requests(TypedDict):
    """Which requests a fault meets."""

    method: str
    path: str


POSTS = Requests(method="POST", path=r"/messages$")


def reads_of(office: Office) -> int:
    """How often a channel's history was read."""
    return sum((seen.method, seen.path[-9:]) == ("GET", "/messages") for seen in office.sandbox.requests)


def posts_of(office: Office) -> int:
    """How often a message was to be created."""
    return sum((seen.method, seen.path[-9:]) == ("POST", "/messages") for seen in office.sandbox.requests)


@pytest.fixture
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Office]:
    """A process that sends, without rate limits."""
    async with open_office(tmp_path, clock, limits=False) as opened:
        yield opened


async def test_planned_part_is_posted(office: Office) -> None:
    """The way of nearly every edition."""
    keys = await office.plan()

    await office.pass_over()

    assert [message.text.splitlines()[0] for message in office.messages] == ["Part 1"]
    assert (await office.row(keys[0])).message_id == office.messages[0].id


async def test_parts_are_posted_in_their_order(office: Office) -> None:
    """A later part never overtakes an earlier one."""
    await office.plan(parts=3)

    await office.pass_over()

    assert [message.text.splitlines()[0] for message in office.messages] == ["Part 1", "Part 2", "Part 3"]


async def test_sent_part_is_not_posted_again(office: Office) -> None:
    """A second pass finds nothing."""
    await office.plan()
    await office.pass_over()

    assert await office.pass_over(3600) == 0
    assert len(office.messages) == 1


async def test_nothing_is_claimed_before_discord_has_answered_once(tmp_path: Path, clock: ManualClock) -> None:
    """The ledger counts in Discord's time, so that must be known."""
    async with open_office(tmp_path, clock, limits=False) as office:
        (key,) = await office.plan()
        await office.close()
        office.sandbox.faults.drop(times=None)
        with pytest.raises(Exception, match="disconnected"):
            await office.open()

        assert await office.pass_over() == 0
        assert (await office.row(key)).state is PLANNED
        office.sandbox.faults.clear()


async def test_lease_that_ends_too_early_is_waited_out_by_the_uptime(office: Office) -> None:
    """Whatever a wall clock makes of a lease, nothing is decided while the last request may be on its way."""
    keys = await office.plan()
    office.sandbox.faults.drop(after=True, **POSTS)
    await office.pass_over()
    await office.ledger.deliveries.shorten_leases(until=office.clock.now())

    await office.pass_over(2)
    assert (reads_of(office), await office.states(keys)) == (0, [SENDING])
    await office.pass_over(SETTLED_S)

    assert await office.states(keys) == [SENT]
    assert len(office.messages) == 1


async def test_post_that_comes_to_the_fence_before_its_first_request_is_planned_again_at_once(office: Office) -> None:
    """What held it up (a limiter, a slow read-back) took 20 seconds; nothing was sent, so nothing is read back."""
    (key,) = await office.plan()
    office.hold_requests(25)

    await office.while_time_runs(office.deliverer.deliver_due())

    assert (await office.row(key)).state is SENT
    assert len(office.messages) == 1
    assert reads_of(office) == 0
    assert (await office.row(key)).tries == 1


async def test_post_after_a_slow_read_back_is_left_to_the_next_claim(office: Office) -> None:
    """The fence counts from the claim: reading the channel took all of its 20 seconds."""
    (key,) = await office.plan()
    office.sandbox.faults.drop(**POSTS)
    await office.pass_over()
    office.clock.advance(SETTLED_S)
    posts = posts_of(office)
    office.hold_requests(9)
    office.sandbox.faults.delay(13, method="GET", path=r"/messages$")

    await office.while_time_runs(office.deliverer.deliver_due())

    row = await office.row(key)
    assert (row.state, len(office.messages)) == (SENT, 1)
    assert (reads_of(office), posts_of(office) - posts) == (1, 1)
    assert row.attempt == 3


class SlowDisk(SqliteDeliveryStore):
    """A ledger on a disk that takes its time for each claim."""

    def __init__(self, office: Office, seconds: float) -> None:
        super().__init__(office.files)
        self._clock = office.clock
        self._seconds = seconds

    @override
    async def claim(self, *, now: datetime, lease_until: datetime, limit: int = 40) -> tuple[Delivery, ...]:
        claimed = await super().claim(now=now, lease_until=lease_until, limit=limit)
        self._clock.advance(self._seconds)
        return claimed


async def test_claim_whose_commit_takes_seconds_has_that_much_less_time_to_post(office: Office) -> None:
    """The lease counts from before the commit, so the fence does, too."""
    office.ledger = replace(office.ledger, deliveries=SlowDisk(office, 12))
    await office.restart()
    (key,) = await office.plan()
    office.hold_requests(22)

    await office.while_time_runs(office.deliverer.deliver_due())

    row = await office.row(key)
    assert (row.state, len(office.messages), row.tries) == (SENT, 1, 1)


async def test_attempt_that_discord_refused_stays_the_first_one(office: Office) -> None:
    """A process that takes over reads the channel back from there; an attempt that reached nobody is forgotten."""
    (key,) = await office.plan()
    office.sandbox.faults.rate_limit(60, **POSTS)
    await office.pass_over()
    refused_at = (await office.row(key)).claimed_at

    await office.pass_over(70)

    row = await office.row(key)
    assert (row.state, row.tries) == (SENT, 1)
    assert refused_at is not None
    assert row.first_attempt_at == refused_at


async def test_hundred_editions_go_out_once_each(office: Office) -> None:
    """Three claims of forty in flight, to a hundred channels."""
    channels = [office.guild.add_channel(f"news-{number}") for number in range(100)]
    keys = [
        await office.plan(channel=channel, id=ScheduleId(1000 + number), name=f"Schedule {number}", parts=2)
        for number, channel in enumerate(channels)
    ]

    await office.pass_over()

    assert {len(channel.messages) for channel in channels} == {2}
    assert {state for pair in keys for state in await office.states(pair)} == {SENT}


async def test_one_rows_trouble_stops_no_other(office: Office) -> None:
    """A channel that is gone, a forbidden one and a good one."""
    gone, closed = office.guild.add_channel("gone"), office.guild.add_channel("closed")
    await office.plan(channel=gone, id=ScheduleId(12), name="Gone")
    await office.plan(channel=closed, id=ScheduleId(13), name="Closed")
    await office.plan()
    gone.delete()
    closed.set_permissions(bot={"view_channel": False})

    await office.pass_over()

    assert len(office.messages) == 1
    assert sorted(office.board.causes) == ["channel gone", "no permission"]


async def test_running_sender_posts_what_is_planned_while_it_waits(office: Office) -> None:
    """It is woken, and otherwise looks by itself; it ends when it is told to."""
    stop = asyncio.Event()
    running = asyncio.create_task(office.deliverer.run(stop))
    await office.plan()
    office.deliverer.wake()

    await office.channel.wait_for_messages(1)
    stop.set()
    await asyncio.wait_for(running, 5)

    assert await office.pass_over(3600) == 0


class MovingBoard(NoticeBoard):
    """While an admin is notified, they choose another channel."""

    def __init__(self, office: Office, channel_id: int) -> None:
        super().__init__()
        self._office = office
        self._channel_id = channel_id

    @override
    async def notify(self, notice: Notice) -> None:
        await super().notify(notice)
        await self._office.ledger.schedules.change_schedule(
            ScheduleId(11), lambda kept, _: (replace(kept, channel_id=self._channel_id), None)
        )


@pytest.mark.parametrize("trouble", ["no permission", "channel gone"])
async def test_edition_goes_to_the_channel_that_is_chosen_while_the_old_one_is_given_up(
    office: Office, trouble: str
) -> None:
    """The refusal was the old channel's: it neither stops the schedule nor costs the edition."""
    other = office.guild.add_channel("other")
    office.board = MovingBoard(office, other.id)
    await office.restart()
    (key,) = await office.plan()
    if trouble == "no permission":
        office.channel.set_permissions(bot={"send_messages": False})
    else:
        office.channel.delete()

    await office.pass_over()

    (row,) = await office.ledger.deliveries.deliveries(key.schedule_id, key.edition)
    assert office.board.causes == [trouble]
    assert (row.state, row.key.channel_id, len(other.messages)) == (SENT, other.id, 1)
    assert await office.schedule_state() is ScheduleState.ACTIVE
