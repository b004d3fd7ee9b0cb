"""Discord or the way to it fails: refused, dropped, late, 5xx; the process dies; a moderator deletes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp
import discord
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

from bot.chat.account.client import point_at
from bot.sandbox.application.posting import delete
from tests.faults.hasty import run_hastily
from tests.support.clocks import ManualClock
from tests.support.fault_points import (
    DAY_S,
    PLANNED,
    POSTS,
    SENDING,
    SENT,
    Place,
    Scene,
    at_each_place,
    open_scene,
    until_met,
)
from tests.support.postoffice import SETTLED_S, Office

before_and_after = pytest.mark.parametrize("after", [False, True], ids=["before Discord took it", "after"])


@pytest.fixture
async def scene(tmp_path: Path, clock: ManualClock, place: Place) -> AsyncIterator[Scene]:
    """The next attempt is the place's."""
    async with open_scene(tmp_path, clock, place) as opened:
        yield opened


@asynccontextmanager
async def refused(office: Office) -> AsyncIterator[None]:
    """Nobody listens at Discord's address."""
    await office.unplug()
    yield
    await office.sandbox.accept_connections()


class Directory(AbstractResolver):
    """Finds one name on this machine, and at times nothing."""

    def __init__(self) -> None:
        self.is_down = False

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if self.is_down:
            raise OSError(None, f"cannot resolve {host}")
        found = ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)
        return [found]

    @override
    async def close(self) -> None: ...


@asynccontextmanager
async def unresolved(office: Office) -> AsyncIterator[None]:
    """The name of Discord's address can't be found."""
    directory = Directory()
    office.connector = lambda: aiohttp.TCPConnector(resolver=directory, use_dns_cache=False, force_close=True)
    point_at(office.sandbox.api_base.replace("127.0.0.1", "localhost"))
    await office.restart()
    directory.is_down = True
    yield
    directory.is_down = False


@asynccontextmanager
async def untrusted(_office: Office) -> AsyncIterator[None]:
    """Another server answers at Discord's address, so the handshake fails."""

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        writer.close()

    right = discord.http.Route.BASE
    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    discord.http.Route.BASE = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/v10"
    yield
    discord.http.Route.BASE = right
    server.close()
    await server.wait_closed()


Outage = Callable[[Office], AbstractAsyncContextManager[None]]
OUTAGES: Final[dict[str, Outage]] = {"connection refused": refused, "DNS": unresolved, "TLS": untrusted}


@at_each_place
@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)
async def test_connection_refused_dns_tls_leave_the_row_planned_until_it_is_back(scene: Scene, outage: Outage) -> None:
    """Nothing can have reached Discord. A retry asks the channel first, so there the row stays as unknown as it was."""
    async with outage(scene.office):
        posted = len(scene.posts)
        for _ in range(5):
            await scene.pass_over(61)
            row = await scene.row()
            assert row.state is (SENDING if scene.place is Place.RETRY else PLANNED)
            assert (row.claimed_at is None) is (row.state is PLANNED)
            assert await scene.states() == [*scene.before, row.state, *scene.after]
        assert len(scene.posts) == posted

    await scene.ends_well()


@at_each_place
async def test_connection_refused_is_backed_off_from_1_to_40_s_with_jitter(scene: Scene) -> None:
    """Twice as long each time; and no two senders come back at the same moment."""
    office = scene.office
    waits = []
    async with refused(office):
        for number in range(18):
            office.jitter = 0.0 if number % 2 else 0.99
            await scene.pass_over(61)
            row = await scene.row()
            until = row.not_before or row.lease_until
            assert until is not None
            waits.append((until - office.clock.now()).total_seconds())

    # Discord's clock is known to a second.
    assert all(1 - 1 <= wait <= 40 + 1 for wait in waits)
    assert abs(waits[-2] - 40) <= 1.5
    assert abs(waits[-1] - 20) <= 1.5
    await scene.ends_well()


@before_and_after
@at_each_place
@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_any_5xx_gives_one_message(tmp_path: Path, place: Place, status: int, after: bool) -> None:  # noqa: FBT001 - a test's parameter
    """discord.py repeats some of them with the same nonce; after the others the channel is read back."""

    async def play() -> None:
        async with open_scene(tmp_path, ManualClock(), place) as scene:
            scene.office.sandbox.faults.status(status, after=after, **POSTS)
            await scene.pass_over()
            assert len(scene.texts) <= 3
            await scene.ends_well()

    run_hastily(play())


@before_and_after
@at_each_place
async def test_503_is_not_posted_again_before_the_channel_was_read(scene: Scene, after: bool) -> None:  # noqa: FBT001
    """Nobody knows whether Discord took it, until a request can't be on its way any more."""
    scene.office.sandbox.faults.status(503, after=after, **POSTS)

    await stays_unknown_until_it_has_settled(scene)


@before_and_after
@at_each_place
async def test_dropped_connection_gives_one_message(scene: Scene, after: bool) -> None:  # noqa: FBT001
    """The same, without an answer."""
    scene.office.sandbox.faults.drop(after=after, **POSTS)

    await stays_unknown_until_it_has_settled(scene)


async def stays_unknown_until_it_has_settled(scene: Scene) -> None:
    """No request but one in the first 44 seconds, and one message in the end."""
    posted = len(scene.posts)
    await scene.pass_over()
    assert await scene.states() == [*scene.before, SENDING, *scene.after]
    await scene.pass_over(44)
    assert len(scene.posts) == posted + 1

    await scene.pass_over(SETTLED_S - 44)

    assert await scene.states() == [SENT] * 3
    await scene.ends_well()


@before_and_after
@at_each_place
async def test_time_out_gives_one_message(scene: Scene, after: bool) -> None:  # noqa: FBT001
    """The answer doesn't come: the request is cut after 15 seconds, and Discord may still take it."""
    office = scene.office
    fault = office.sandbox.faults.delay(300, after=after, **POSTS)
    passing = asyncio.ensure_future(office.pass_over())
    await until_met(fault)

    office.clock.advance(14.9)
    await asyncio.sleep(0.02)
    assert not passing.done()
    office.clock.advance(0.2)
    await passing
    assert await scene.states() == [*scene.before, SENDING, *scene.after]
    await scene.pass_over(SETTLED_S)

    assert await scene.states() == [SENT] * 3
    await scene.ends_well()


@at_each_place
def test_5xx_and_then_a_refusal_is_still_unknown(tmp_path: Path, place: Place) -> None:
    """The first request may have made the message, whatever the second one is answered."""

    async def play() -> None:
        async with open_scene(tmp_path, ManualClock(), place) as scene:
            scene.office.sandbox.faults.status(500, after=True, **POSTS)
            scene.office.sandbox.faults.status(403, nth=2, **POSTS)

            await scene.pass_over()

            assert (scene.posts[-2:], await scene.state()) == ([500, 403], SENDING)
            await scene.ends_well()

    run_hastily(play())


@at_each_place
@pytest.mark.parametrize("down_s", [10.0, 600.0, DAY_S], ids=["10 s", "10 min", "1 day"])
async def test_killed_after_discord_took_the_message_and_down_gives_one_message(scene: Scene, down_s: float) -> None:
    """The mark was never written; the next process reads the channel back."""
    claimed = await scene.office.claim()
    await scene.office.messenger.post(scene.channel.id, claimed.draft, nonce=claimed.draft.key)

    await scene.office.restart(after_s=down_s)

    assert await scene.states() == [*scene.before, SENDING, *scene.after]
    await scene.ends_well()


@at_each_place
async def test_killed_between_claim_and_post_gives_one_message(scene: Scene) -> None:
    """The row says SENDING although nothing was sent: it is read back, and posted then."""
    await scene.office.claim()

    await scene.office.restart(after_s=10)

    await scene.ends_well()


async def lose_the_answer(scene: Scene) -> None:
    """Discord takes the message, nobody hears of it, and a moderator deletes it."""
    scene.office.sandbox.faults.drop(after=True, **POSTS)
    await scene.pass_over()
    delete(scene.channel.messages[-1])


@at_each_place
async def test_deleted_by_a_moderator_within_the_nonce_window_is_sent_and_not_sent_again(scene: Scene) -> None:
    """Discord knows the nonce and says that its message is gone (10008): it was there."""
    await lose_the_answer(scene)

    await scene.pass_over(SETTLED_S)

    assert await scene.states() == [SENT] * 3
    assert scene.texts == [text for text in ("Part 1", "Part 2", "Part 3") if text != f"Part {scene.part}"]
    assert (await scene.row()).message_id == 0


@at_each_place
async def test_deleted_by_a_moderator_and_retried_later_is_posted_once_more(scene: Scene) -> None:
    """One of the two holes that stay: Discord has forgotten the nonce."""
    await lose_the_answer(scene)

    await scene.pass_over(600)

    await scene.ends_well()


@at_each_place
def test_deleted_by_a_moderator_between_two_requests_of_one_post_is_sent(tmp_path: Path, place: Place) -> None:
    """The first one has an unknown outcome, and the second one's "it is gone" says what became of it."""

    async def play() -> None:
        async with open_scene(tmp_path, ManualClock(), place) as scene:
            there = len(scene.texts)
            scene.office.sandbox.faults.status(500, after=True, **POSTS)
            passing: Awaitable[int] = asyncio.ensure_future(scene.pass_over())
            delete((await scene.channel.wait_for_messages(there + 1, timeout=100))[-1])
            await passing

            assert await scene.state() is SENT
            assert f"Part {scene.part}" not in scene.texts

    run_hastily(play())
