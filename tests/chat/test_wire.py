"""What every request of discord.py passes on its way to Discord, and what each answer teaches."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import discord
import pytest

from bot.chat.wire import CircuitOpenError, FencePassedError, TooEarlyError, WireCutError, with_retries
from bot.chat.wire.breaker import INVALID_LIMIT, Breaker
from bot.chat.wire.limiter import Limiter, Waits
from tests.support.clocks import ManualClock
from tests.support.postoffice import Office, open_office

USER = r"^/users/@me$"


@pytest.fixture
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Office]:
    """A client that is logged in, without rate limits."""
    async with open_office(tmp_path, clock, limits=False) as opened:
        yield opened


async def ask(office: Office) -> object:
    """A request that only reads."""
    return await office.client.http.get_channel(office.channel.id)


async def send(office: Office, text: str = "hello") -> discord.Message:
    """A request that makes a message, as a post does."""
    return await office.client.get_partial_messageable(office.channel.id).send(text)


def seen(office: Office, path: str) -> list[int]:
    """The answers to the requests of a path's end."""
    return [request.status for request in office.sandbox.requests if request.path.endswith(path)]


async def test_limiter_lets_no_more_than_fifty_through_in_any_second(clock: ManualClock) -> None:
    """And not far below it."""
    limiter = Limiter(clock)
    passed: list[float] = []

    async def one() -> None:
        await limiter.acquire()
        passed.append(clock.uptime())

    waiting = [asyncio.create_task(one()) for _ in range(200)]
    while not all(task.done() for task in waiting):
        await asyncio.sleep(0)
        clock.advance(0.01)

    assert max(sum(start <= at < start + 1 for at in passed) for start in passed) <= 50
    assert passed[-1] - passed[0] < 4.5


async def test_limiter_lets_no_crowd_through_after_a_stall(clock: ManualClock) -> None:
    """Those whose turns came meanwhile wake at once, and count toward the next second."""
    limiter = Limiter(clock)
    passed: list[float] = []

    async def one() -> None:
        await limiter.acquire()
        passed.append(clock.uptime())

    waiting = [asyncio.create_task(one()) for _ in range(200)]
    for step in itertools.count():
        await asyncio.sleep(0)
        if all(task.done() for task in waiting):
            break
        clock.advance(0.4 if step == 100 else 0.01)

    assert max(sum(start <= at <= start + 1 for at in passed) for start in passed) <= 50


async def test_limiter_gives_turns_in_the_order_of_asking(clock: ManualClock) -> None:
    """Nobody starves."""
    limiter = Limiter(clock, per_s=1, burst=1)
    passed: list[int] = []

    async def one(number: int) -> None:
        await limiter.acquire()
        passed.append(number)

    waiting = [asyncio.create_task(one(number)) for number in range(5)]
    while not all(task.done() for task in waiting):
        await asyncio.sleep(0)
        clock.advance(0.5)

    assert passed == [0, 1, 2, 3, 4]


def test_wait_of_a_route_holds_for_all_of_its_bucket(clock: ManualClock) -> None:
    """Whatever message of the channel is meant; another channel is free."""
    waits = Waits(clock)
    waits.add("PATCH", "/api/v10/channels/1/messages/2", 30, is_global=False)

    assert waits.left_s("PATCH", "/api/v10/channels/1/messages/3") > 29
    assert waits.left_s("PATCH", "/api/v10/channels/9/messages/2") == 0
    assert waits.left_s("POST", "/api/v10/channels/1/messages") == 0


def test_wait_of_everything_leaves_answers_to_interactions_free(clock: ManualClock) -> None:
    """They count toward no limit over everything, and have three seconds."""
    waits = Waits(clock)
    waits.add("GET", "/api/v10/users/@me", 30, is_global=True)

    assert waits.left_s("POST", "/api/v10/channels/1/messages") > 29
    assert waits.left_s("POST", "/api/v10/interactions/1/x/callback", is_exempt=True) == 0
    clock.advance(31)
    assert waits.left_s("POST", "/api/v10/channels/1/messages") == 0


def test_thousand_refused_requests_in_ten_minutes_open_the_circuit(clock: ManualClock) -> None:
    """Discord bans the address at ten thousand."""
    breaker = Breaker(clock)
    for _ in range(INVALID_LIMIT - 1):
        breaker.note_invalid()
    breaker.check()

    breaker.note_invalid()

    with pytest.raises(CircuitOpenError) as caught:
        breaker.check()
    assert caught.value.retry_after_s == 600


def test_refused_requests_are_forgotten_after_ten_minutes(clock: ManualClock) -> None:
    """Nine hundred every ten minutes are allowed."""
    breaker = Breaker(clock)
    for _ in range(3):
        for _ in range(900):
            breaker.note_invalid()
        clock.advance(601)

    assert (breaker.is_open, breaker.invalid_count) == (False, 0)


def test_circuit_closes_when_its_time_is_over(clock: ManualClock) -> None:
    """At least ten minutes, and longer where Discord's guard says so."""
    breaker = Breaker(clock)
    breaker.open("banned", 30)
    clock.advance(599)
    assert breaker.is_open
    breaker.open("banned", 3600)
    clock.advance(3599)
    assert breaker.is_open
    clock.advance(1)
    assert not breaker.is_open


async def test_refusals_are_counted_but_for_shared_limits(office: Office) -> None:
    """Discord's documentation: a 429 of scope shared doesn't count."""
    office.channel.set_permissions(bot={"view_channel": False})
    with pytest.raises(discord.Forbidden):
        await ask(office)
    office.channel.set_permissions(bot={"view_channel": True})
    office.sandbox.faults.rate_limit(40, scope="shared")

    with office.wire.watch(20), pytest.raises(TooEarlyError):
        await send(office)

    assert office.wire.breaker.invalid_count == 1


async def test_post_that_meets_a_429_ends_at_once_with_discords_wait(office: Office) -> None:
    """discord.py would sleep with the claim in its hand, and must not be cancelled there."""
    office.sandbox.faults.rate_limit(40)

    with office.wire.watch(20) as watch, pytest.raises(TooEarlyError) as caught:
        await send(office)

    assert caught.value.retry_after_s == 40
    assert not watch.may_be_posted


async def test_post_during_a_wait_begins_no_request(office: Office) -> None:
    """Not one comes early."""
    office.sandbox.faults.rate_limit(40)
    for _ in range(2):
        with office.wire.watch(20), pytest.raises(TooEarlyError):
            await send(office)

    assert seen(office, "/messages") == [429]
    assert office.sandbox.limits.early == []


async def test_request_in_line_waits_out_a_429_that_came_meanwhile(office: Office) -> None:
    """Waiting in line takes seconds in a rush; each that waited would be refused, one after the other."""
    office.hold_requests(2)
    asking = asyncio.create_task(ask(office))
    await office.clock.sleepers_reach(1)
    office.wire.waits.add("GET", "/api/v10/users/@me", 30, is_global=True)

    before = office.sandbox.clock.uptime()
    await office.while_time_runs(asking)

    assert office.sandbox.clock.uptime() - before > 30


async def test_post_in_line_begins_no_request_after_a_429_that_came_meanwhile(office: Office) -> None:
    """Its row waits instead."""
    office.hold_requests(2)
    with office.wire.watch(20):
        sending = asyncio.create_task(send(office))
        await office.clock.sleepers_reach(1)
    office.wire.waits.add("GET", "/api/v10/users/@me", 30, is_global=True)

    with pytest.raises(TooEarlyError):
        await office.while_time_runs(sending)
    assert office.messages == []


async def test_command_after_a_global_429_waits_and_then_works(office: Office) -> None:
    """Also discord.py's own gate is open again afterwards."""
    office.sandbox.faults.rate_limit(5, scope="global")
    with office.wire.watch(20), pytest.raises(TooEarlyError):
        await send(office)

    answer = await office.while_time_runs(ask(office))

    assert answer["id"] == str(office.channel.id)
    assert office.sandbox.limits.early == []


async def test_ban_page_stops_every_request_for_ten_minutes(office: Office) -> None:
    """The page isn't an answer of Discord's; asking on would prolong it."""
    office.sandbox.faults.ban()
    with pytest.raises(discord.HTTPException):
        await ask(office)

    with pytest.raises(CircuitOpenError):
        await ask(office)
    office.clock.advance(601)

    assert await ask(office)


async def test_fence_stops_a_request_that_would_begin_too_late(office: Office) -> None:
    """Nothing goes on the wire."""
    with office.wire.watch(20):
        office.clock.advance(20)
        with pytest.raises(FencePassedError):
            await send(office)

    assert seen(office, "/messages") == []


async def test_fence_stops_discord_pys_own_repetitions(office: Office) -> None:
    """It would repeat a 500 five times, for 25 seconds."""
    office.sandbox.faults.status(500, times=None)

    with office.wire.watch(20) as watch:
        sending = asyncio.create_task(send(office))
        await asyncio.sleep(0.3)
        office.clock.advance(20)
        with pytest.raises(FencePassedError):
            await sending

    assert seen(office, "/messages") == [500]
    assert watch.may_be_posted


async def test_fence_is_for_posts_alone(office: Office) -> None:
    """Commands have none."""
    office.clock.advance(3600)

    assert await ask(office)


async def test_post_that_tries_once_is_not_repeated_after_an_unknown_outcome(office: Office) -> None:
    """In a forum no nonce guards a second request."""
    office.sandbox.faults.status(500)

    with office.wire.watch(20) as watch:
        watch.try_once()
        with pytest.raises(FencePassedError):
            await send(office)

    assert seen(office, "/messages") == [500]


async def test_request_without_an_answer_is_cut(office: Office) -> None:
    """After 15 seconds on the wire it is a time-out, and the task lives on."""
    office.sandbox.faults.delay(60)

    async def asked() -> int:
        with pytest.raises(WireCutError):
            await ask(office)
        task = asyncio.current_task()
        return -1 if task is None else task.cancelling()

    assert await office.while_time_runs(asked(), step_s=0.5) == 0
    assert await ask(office)


async def test_request_that_waits_for_its_turn_is_not_cut(office: Office) -> None:
    """Only the time on the wire counts."""
    office.hold_requests(40)

    assert await office.while_time_runs(ask(office))


async def test_task_that_is_cancelled_from_outside_stays_cancelled(office: Office) -> None:
    """The cut must not swallow somebody else's wish."""
    office.sandbox.faults.delay(60)
    asking = asyncio.create_task(ask(office))
    await office.clock.sleepers_reach(2)

    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_message_may_be_posted_after_a_dropped_connection(office: Office) -> None:
    """The request went out, and nobody knows more."""
    office.sandbox.faults.drop(after=True)

    with office.wire.watch(20) as watch, pytest.raises(Exception, match="disconnected"):
        await send(office)

    assert watch.may_be_posted


async def test_message_cannot_stand_where_the_connection_was_refused(office: Office) -> None:
    """Nothing went out."""
    await office.unplug()

    with office.wire.watch(20) as watch, pytest.raises(OSError, match="connect"):
        await send(office)

    assert not watch.may_be_posted


async def test_message_cannot_stand_where_discord_said_no(office: Office) -> None:
    """A 4xx is Discord's own and certain."""
    office.sandbox.faults.status(400)

    with office.wire.watch(20) as watch, pytest.raises(discord.HTTPException):
        await send(office)

    assert not watch.may_be_posted


async def test_read_that_fails_leaves_the_message_out_of_doubt(office: Office) -> None:
    """Only requests that make a message can have made it."""
    office.sandbox.faults.drop(after=True, times=2)

    with office.wire.watch(20) as watch, pytest.raises(Exception, match="disconnected"):
        await ask(office)

    assert not watch.may_be_posted


async def test_discords_clock_is_known_from_every_answer(office: Office) -> None:
    """To about a second: the header counts whole ones."""
    office.own.wrong_by = timedelta(hours=-1)
    await ask(office)

    offset_s = office.wire.discord_offset_s()
    assert offset_s is not None
    assert abs(offset_s - 3600) <= 1


async def test_step_of_the_wall_clock_shows_in_the_offset_at_once(office: Office) -> None:
    """Discord's clock is carried on by the uptime, so no further answer is needed."""
    office.clock.advance(1000)
    office.own.wrong_by = timedelta(days=365)

    offset_s = office.wire.discord_offset_s()
    assert offset_s is not None
    assert abs(offset_s + 365 * 86_400) <= 1


async def test_read_is_tried_again_where_discord_py_gives_up(office: Office) -> None:
    """A 503 and a dropped connection pass by themselves."""
    office.sandbox.faults.status(503)
    office.sandbox.faults.drop(nth=2)

    assert await office.while_time_runs(with_retries(lambda: ask(office), office.clock))


async def test_read_is_not_tried_for_ever(office: Office) -> None:
    """Three times."""
    fault = office.sandbox.faults.status(503, times=None)

    with pytest.raises(discord.DiscordServerError):
        await office.while_time_runs(with_retries(lambda: ask(office), office.clock))

    assert fault.hits == 3


async def test_read_that_discord_refuses_is_not_tried_again(office: Office) -> None:
    """No is no."""
    office.channel.delete()

    with pytest.raises(discord.NotFound):
        await with_retries(lambda: ask(office), office.clock)

    assert seen(office, f"/channels/{office.channel.id}") == [404]


@pytest.mark.parametrize("latency_s", [0.0, 3.0, 14.0])
async def test_answer_that_took_long_leaves_discords_clock_as_well_known(office: Office, latency_s: float) -> None:
    """Its `Date` is as old as its way back was long, and nobody knows which part of the way that is."""
    office.own.wrong_by = timedelta(hours=-1)
    await ask(office)
    office.sandbox.faults.delay(latency_s, after=True)

    await office.while_time_runs(ask(office), step_s=0.1)

    offset_s = office.wire.discord_offset_s()
    assert offset_s is not None
    assert abs(offset_s - 3600) <= 1


async def test_first_answer_that_took_long_is_wrong_by_half_its_way_at_most(office: Office) -> None:
    """The moment that `Date` names lies somewhere between the request and its answer."""
    await office.restart()
    office.wire._discords_clock = None
    office.sandbox.faults.delay(10.0, after=True)

    await office.while_time_runs(ask(office), step_s=0.1)

    offset_s = office.wire.discord_offset_s()
    assert offset_s is not None
    assert abs(offset_s) <= 6


async def test_clock_that_discord_sets_is_believed_at_the_next_answer(office: Office) -> None:
    """A date that contradicts all before it takes their place."""
    await ask(office)
    office.own.wrong_by = timedelta(0)
    office.clock.step(300)
    office.own.wrong_by = timedelta(seconds=-300)

    await ask(office)

    offset_s = office.wire.discord_offset_s()
    assert offset_s is not None
    assert abs(offset_s - 300) <= 1
