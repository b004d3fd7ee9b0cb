"""The protocol between the ledger and Discord: what a channel shows after everything that can go wrong on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypedDict

import pytest

from bot.errors import TokenRefusedError
from bot.news.article import Picture
from bot.news.delivery import DeliveryKey, DeliveryState, EditionKey, ScheduleId, nonce_for
from bot.news.draft import Draft, Gallery
from bot.news.messenger import Posted, ReadBack
from bot.news.notice import find_asked
from bot.news.schedule import ScheduleState
from bot.sandbox.posting import delete
from tests.clocks import ManualClock
from tests.makers import make_schedule
from tests.postoffice import SCHEDULE, SETTLED_S, Office, minutes, open_office, posted_draft

SENT, PLANNED, SENDING = DeliveryState.SENT, DeliveryState.PLANNED, DeliveryState.SENDING
FAILED, UNKNOWN, SKIPPED = DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SKIPPED


class Requests(TypedDict):
    """Which requests a fault meets."""

    method: str
    path: str


POSTS = Requests(method="POST", path=r"/messages$")


def posts_of(office: Office) -> list[int]:
    """The answers to all posts, 0 for none."""
    return [seen.status for seen in office.sandbox.requests if (seen.method, seen.path[-9:]) == ("POST", "/messages")]


def reads_of(office: Office) -> int:
    """How often a channel's history was read."""
    return sum((seen.method, seen.path[-9:]) == ("GET", "/messages") for seen in office.sandbox.requests)


def draft_with_a_picture(key: DeliveryKey) -> Draft:
    """A part with a large picture."""
    draft = posted_draft(key)
    picture = Picture(url="https://pictures.example/lamp.png", alt="A lamp")
    return replace(draft, blocks=(Gallery(pictures=(picture,)), *draft.blocks))


async def read_back(office: Office, nonce: str) -> ReadBack:
    """What the channel shows of a nonce in the last ten minutes."""
    now = office.clock.now()
    return await office.messenger.read_back(office.channel.id, nonce, after=now - minutes(10), before=now + minutes(1))


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


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_500_gives_one_message(office: Office, after: bool) -> None:  # noqa: FBT001 - a test's parameter
    """Whether Discord had taken the message or not: discord.py tries again with the same nonce."""
    keys = await office.plan()
    office.sandbox.faults.status(500, after=after, **POSTS)

    await office.pass_over()

    assert len(office.messages) == 1
    assert await office.states(keys) == [SENT]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("status", [503, 0], ids=["503", "drop"])
async def test_unknown_outcome_waits_and_is_read_back(office: Office, status: int, after: bool) -> None:  # noqa: FBT001
    """Nobody knows whether Discord took it, so nothing is posted before the channel was read."""
    keys = await office.plan()
    if status:
        office.sandbox.faults.status(status, after=after, **POSTS)
    else:
        office.sandbox.faults.drop(after=after, **POSTS)
    await office.pass_over()
    assert await office.states(keys) == [SENDING]
    assert await office.pass_over(30) == 0

    await office.pass_over(SETTLED_S - 30)

    assert len(office.messages) == 1
    assert await office.states(keys) == [SENT]


@pytest.mark.parametrize("down_s", [10.0, 600.0, 86_400.0], ids=["10 s", "10 min", "1 day"])
async def test_kill_after_discord_took_the_message_gives_one_message(office: Office, down_s: float) -> None:
    """The mark was never written; the next process reads the channel back."""
    keys = await office.plan()
    claimed = await office.claim()
    await office.messenger.post(office.channel.id, claimed.draft, nonce=claimed.draft.key)

    await office.restart(after_s=down_s)
    await office.pass_over()
    await office.pass_over(SETTLED_S)

    assert len(office.messages) == 1
    assert await office.states(keys) == [SENT]


async def test_kill_between_claim_and_post_gives_one_message(office: Office) -> None:
    """The row says SENDING although nothing was sent: it is read back, and posted then."""
    keys = await office.plan()
    await office.claim()

    await office.restart(after_s=10)
    await office.pass_over()
    await office.pass_over(SETTLED_S)

    assert len(office.messages) == 1
    assert await office.states(keys) == [SENT]


async def test_part_that_discord_forgot_is_read_back_when_it_was_planned_late(office: Office) -> None:
    """A restored or copied file says PLANNED although the message stands there."""
    key = DeliveryKey(channel_id=office.channel.id, schedule_id=SCHEDULE, edition=EditionKey("2021-06-03"), part=1)
    await office.messenger.post(office.channel.id, posted_draft(key), nonce=nonce_for(key, 0))
    office.clock.advance(900)
    assert await office.plan(due_at=office.clock.now() - minutes(16)) == (key,)

    await office.pass_over()

    assert len(office.messages) == 1
    assert await office.states((key,)) == [SENT]


async def test_part_that_an_earlier_process_planned_is_read_back_first(office: Office) -> None:
    """A backup from before the send, restored within minutes, doubles nothing."""
    (key,) = await office.plan()
    row = await office.row(key)
    await office.messenger.post(office.channel.id, row.draft, nonce=row.draft.key)

    await office.restart(after_s=180)
    await office.pass_over()

    assert len(office.messages) == 1
    assert await office.states((key,)) == [SENT]


async def test_deleted_message_is_not_posted_again_within_the_nonces_life(office: Office) -> None:
    """Discord knows the nonce and says that its message is gone: it was there."""
    keys = await office.plan()
    office.sandbox.faults.drop(after=True, **POSTS)
    await office.pass_over()
    delete(office.messages[0])

    await office.pass_over(SETTLED_S)

    assert office.messages == []
    assert await office.states(keys) == [SENT]


async def test_message_deleted_between_two_requests_of_one_post_counts_as_sent(office: Office) -> None:
    """The first request has an unknown outcome, and the second one's "it is gone" says what became of it."""
    keys = await office.plan()
    office.sandbox.faults.status(500, after=True, **POSTS)
    posting = asyncio.create_task(office.deliverer.deliver_due())
    (message,) = await office.channel.wait_for_messages(1)
    delete(message)

    await posting

    assert await office.states(keys) == [SENT]


async def test_deleted_message_is_posted_once_more_after_the_nonces_life(office: Office) -> None:
    """One of the two holes that stay: a moderator deleted it while its outcome was unknown."""
    keys = await office.plan()
    office.sandbox.faults.drop(after=True, **POSTS)
    await office.pass_over()
    delete(office.messages[0])

    await office.pass_over(600)

    assert len(office.messages) == 1
    assert await office.states(keys) == [SENT]


async def test_channel_that_cannot_be_read_back_asks_an_admin(office: Office) -> None:
    """Neither lost nor doubled: a person looks."""
    keys = await office.plan(parts=2)
    office.sandbox.faults.drop(after=True, **POSTS)
    await office.pass_over()
    office.channel.set_permissions(bot={"read_message_history": False})

    await office.pass_over(SETTLED_S)

    assert await office.states(keys) == [UNKNOWN, PLANNED]
    assert [find_asked(cause) for cause in office.board.causes] == [(keys[0].edition, 1)]
    assert await office.pass_over(3600) == 0


async def test_admins_send_again_is_done_without_another_question(office: Office) -> None:
    """Also where the channel still can't be read."""
    keys = await office.plan(parts=2)
    office.sandbox.faults.drop(after=False, **POSTS)
    await office.pass_over()
    office.channel.set_permissions(bot={"read_message_history": False})
    await office.pass_over(SETTLED_S)

    await office.ledger.deliveries.settle(keys[0], PLANNED, reason="asked for")
    await office.pass_over(3600)

    assert await office.states(keys) == [SENT, SENT]


async def test_admins_send_again_holds_for_a_part_that_was_planned_late(office: Office) -> None:
    """It was never posted, only never read back; the admin has looked, so it is not asked about twice."""
    keys = await office.plan(due_at=office.clock.now() - minutes(16))
    office.channel.set_permissions(bot={"read_message_history": False})
    await office.pass_over()
    assert await office.states(keys) == [UNKNOWN]

    await office.ledger.deliveries.settle(keys[0], PLANNED, reason="asked for")
    await office.pass_over()

    assert await office.states(keys) == [SENT]
    assert len(office.board.notices) == 1


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


async def test_missing_permission_pauses_the_schedule_and_says_so(office: Office) -> None:
    """Once: nothing is tried again until somebody has mended it."""
    keys = await office.plan(parts=2)
    office.channel.set_permissions(bot={"send_messages": False})

    await office.pass_over()
    await office.pass_over(3600)

    assert await office.states(keys) == [FAILED, PLANNED]
    assert await office.schedule_state() is ScheduleState.PAUSED
    assert office.board.causes == ["no permission"]
    assert posts_of(office) == [403]


async def test_paused_edition_goes_on_after_a_retry(office: Office) -> None:
    """The parts that waited come with it."""
    keys = await office.plan(parts=2)
    office.channel.set_permissions(bot={"send_messages": False})
    await office.pass_over()
    office.channel.set_permissions(bot={"send_messages": True})

    await office.ledger.deliveries.settle(keys[0], PLANNED, reason="retry")
    await office.ledger.schedules.set_state((SCHEDULE,), ScheduleState.ACTIVE, "")
    await office.pass_over()

    assert await office.states(keys) == [SENT, SENT]
    assert len(office.messages) == 2


async def test_channel_that_is_gone_switches_the_schedule_off(office: Office) -> None:
    """Its parts are skipped, and the admin is asked for another channel."""
    keys = await office.plan(parts=3)
    office.channel.delete()

    await office.pass_over()
    await office.pass_over(3600)

    assert await office.states(keys) == [SKIPPED, SKIPPED, SKIPPED]
    assert await office.schedule_state() is ScheduleState.OFF
    assert office.board.causes == ["channel gone"]


@pytest.mark.parametrize("is_gone", [True, False], ids=["gone", "forbidden"])
async def test_schedule_that_has_moved_is_not_stopped_by_its_old_channel(office: Office, is_gone: bool) -> None:  # noqa: FBT001
    """Parts go where they were planned; only the channel of today counts for the schedule."""
    (key,) = await office.plan()
    moved = make_schedule(id=SCHEDULE, guild_id=office.guild.id, channel_id=office.guild.add_channel("new").id)
    await office.ledger.schedules.save_schedule(moved, next_due_at=None)
    if is_gone:
        office.channel.delete()
    else:
        office.channel.set_permissions(bot={"send_messages": False})

    await office.pass_over()

    assert (await office.row(key)).state is (SKIPPED if is_gone else FAILED)
    assert await office.schedule_state() is ScheduleState.ACTIVE


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_429_is_waited_out_to_the_end(office: Office, scope: str) -> None:
    """The row waits in the ledger; no request comes early."""
    keys = await office.plan()
    office.sandbox.faults.rate_limit(40, scope=scope, **POSTS)

    await office.pass_over()
    await office.pass_over(39)
    assert office.messages == []
    await office.pass_over(2)

    assert await office.states(keys) == [SENT]
    assert office.sandbox.limits.early == []


async def test_global_429_stops_every_sender_and_sending_goes_on_after_it(office: Office) -> None:
    """One is refused, another channel's not even begun."""
    office.sandbox.faults.rate_limit(40, scope="global", **POSTS)
    first = await office.plan()
    await office.pass_over()
    second = await office.plan(channel=office.guild.add_channel("other"), id=ScheduleId(12), name="Other")

    await office.pass_over(20)
    assert posts_of(office) == [429]
    await office.pass_over(21)

    assert await office.states(first + second) == [SENT, SENT]
    assert office.sandbox.limits.early == []


async def test_ban_page_opens_the_circuit_for_ten_minutes(office: Office) -> None:
    """Not one request more until then, the operator hears of it, and nothing is lost."""
    keys = await office.plan()
    office.sandbox.faults.ban(**POSTS)

    await office.pass_over()
    seen = len(office.sandbox.requests)
    await office.pass_over(590)
    assert len(office.sandbox.requests) == seen
    assert office.board.causes[0] == "shut out"
    await office.pass_over(15)

    assert await office.states(keys) == [SENT]


async def test_refused_connection_leaves_the_row_planned(office: Office) -> None:
    """It can't have reached Discord, so nothing is read back, and it is posted when Discord is there again."""
    (key,) = await office.plan()
    await office.unplug()
    await office.pass_over()
    row = await office.row(key)
    assert (row.state, row.tries, row.claimed_at) == (PLANNED, 1, None)

    await office.sandbox.accept_connections()
    await office.pass_over(1)

    assert await office.states((key,)) == [SENT]
    assert reads_of(office) == 0


async def test_refused_token_stops_everything(office: Office) -> None:
    """No retry: the row waits for a process with another token."""
    keys = await office.plan(parts=2)
    office.sandbox.faults.status(401, times=None, **POSTS)

    with pytest.raises(TokenRefusedError) as caught:
        await office.pass_over()

    assert caught.value.exit_status == 78
    assert await office.states(keys) == [PLANNED, PLANNED]
    assert posts_of(office) == [401]


async def test_form_that_discord_refuses_is_posted_once_more_as_plain_text(office: Office) -> None:
    """Its words arrive, without the pictures that may have been wrong, and it can be read back still."""
    (key,) = await office.plan(draft=draft_with_a_picture)
    office.sandbox.faults.status(400, body={"code": 50035, "message": "Invalid Form Body"}, **POSTS)

    await office.pass_over()

    row = await office.row(key)
    assert (row.state, row.revision) == (SENT, 1)
    assert "picture" not in office.messages[0].text
    assert isinstance(await read_back(office, nonce_for(key, 1)), Posted)


async def test_form_that_is_refused_as_plain_text_too_fails_with_the_report(office: Office) -> None:
    """The admin reads what Discord said."""
    (key,) = await office.plan()
    office.sandbox.faults.status(400, times=2, body={"code": 50035, "message": "Invalid Form Body"}, **POSTS)

    await office.pass_over()

    assert (await office.row(key)).state is FAILED
    assert "Invalid Form Body" in office.board.notices[0].text
    assert await office.schedule_state() is ScheduleState.ACTIVE


async def test_refusal_after_an_unknown_outcome_is_none(office: Office) -> None:
    """The first request may have made the message, whatever the second one is answered."""
    keys = await office.plan()
    office.sandbox.faults.status(500, after=True, **POSTS)
    office.sandbox.faults.status(403, nth=2, **POSTS)

    await office.pass_over()
    assert await office.states(keys) == [SENDING]
    await office.pass_over(SETTLED_S)

    assert await office.states(keys) == [SENT]
    assert len(office.messages) == 1


async def test_request_without_an_answer_is_cut_and_read_back(office: Office) -> None:
    """Discord took it and never said so: after 15 seconds the request ends, after 45 the channel is read."""
    keys = await office.plan()
    office.sandbox.faults.delay(300, after=True, **POSTS)

    began_s = office.clock.uptime()
    await office.while_time_runs(office.deliverer.deliver_due())
    assert office.clock.uptime() - began_s < 20
    assert await office.states(keys) == [SENDING]
    await office.pass_over(SETTLED_S)

    assert await office.states(keys) == [SENT]
    assert len(office.messages) == 1


@pytest.mark.parametrize("step_s", [7200.0, -7200.0], ids=["forward", "back"])
async def test_step_of_the_wall_clock_neither_doubles_nor_loses(office: Office, step_s: float) -> None:
    """The ledger counts in Discord's time, which doesn't step."""
    keys = await office.plan()
    office.sandbox.faults.drop(after=True, **POSTS)
    await office.pass_over()
    office.own.wrong_by = timedelta(seconds=step_s)

    assert await office.pass_over(30) == 0
    await office.pass_over(SETTLED_S - 30)

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


async def test_running_sender_waits_for_a_locked_store(office: Office) -> None:
    """Nothing is sent without a committed claim; when the file is free, the sending goes on."""
    await office.plan()
    stop = asyncio.Event()
    with office.locked():
        running = asyncio.create_task(office.deliverer.run(stop))
        await office.clock.sleepers_reach(1)
        assert office.deliverer.is_held
    assert posts_of(office) == []

    await office.while_time_runs(office.channel.wait_for_messages(1), step_s=0.5)
    stop.set()
    await asyncio.wait_for(running, 5)

    assert len(office.messages) == 1
    assert not office.deliverer.is_held


async def test_running_sender_ends_with_a_refused_token(office: Office) -> None:
    """The process ends with it."""
    await office.plan()
    office.sandbox.faults.status(401, times=None, **POSTS)

    with pytest.raises(TokenRefusedError):
        await office.deliverer.run(asyncio.Event())
