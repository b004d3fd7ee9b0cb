"""The account stays connected through everything that a gateway does, or ends with a sentence that helps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import discord
import pytest
from typing_extensions import override

from bot.chat.account.client import NewsClient, point_at
from bot.chat.account.identifies import MOST_IDENTIFIES
from bot.chat.account.supervisor import Supervisor
from bot.chat.answering.context import Services
from bot.chat.quota import Quotas
from bot.chat.wire import Wire
from bot.errors import ConfigError, TokenRefusedError
from bot.news.checkup.runtime import RuntimeStatus
from bot.sandbox import Sandbox
from bot.sandbox.gateway.sessions import IDENTIFY_INTERVAL_S
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.story import Stories
from tests.support.clocks import RunningClock


class HastyClock(RunningClock):
    """Sleeps a hundredth of the time, and records the time asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self.waits_for_ever = False

    @override
    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(3600 if self.waits_for_ever else seconds / 100)


class Line:
    """A client and its supervisor, on a line to the sandbox."""

    def __init__(self, sandbox: Sandbox, store: SqliteStore) -> None:
        self.sandbox = sandbox
        self.store = store
        self.clock = HastyClock()
        self.stop = asyncio.Event()
        self.synced = 0
        self.refuses_commands = False
        self.client: NewsClient
        self.token = sandbox.token
        self.running: asyncio.Task[None] | None = None

    async def sync(self, _client: NewsClient) -> None:
        """Stands for the commands."""
        self.synced += 1
        if self.refuses_commands:
            await self.client.http.get_channel(1)

    async def start(self) -> None:
        """Begin to connect."""
        services = Services(
            store=self.store,
            stories=Stories(self.store, self.clock),
            clock=self.clock,
            keys=(b"k" * 32,),
            zone=ZoneInfo("UTC"),
            runtime=lambda: RuntimeStatus(is_connected=True),
            wake_sender=lambda: None,
            refresh=_nothing,
            reading=lambda: None,
            holds=lambda _: False,
            quotas=Quotas(self.clock),
        )
        self.client = NewsClient(
            services, wire=Wire(RunningClock()), install=lambda _: None, sync=self.sync, guild_ready_timeout_s=0.05
        )
        supervisor = Supervisor(self.client, self.token, store=self.store.admin, clock=self.clock, jitter=lambda: 0.5)
        self.running = asyncio.create_task(supervisor.run(self.stop))

    async def connect(self) -> None:
        """Begin, and return when commands work."""
        await self.start()
        await self.until(lambda: self.client.is_connected)

    async def until(self, happened: Callable[[], bool], patience_s: float = 10.0) -> None:
        """Return when it has happened, or when the supervisor has ended."""
        assert self.running is not None
        for _ in range(int(patience_s / 0.01)):
            if happened():
                return
            if self.running.done():
                await self.running
            await asyncio.sleep(0.01)
        raise AssertionError("it did not happen")

    async def end(self) -> None:
        """As SIGTERM does."""
        self.stop.set()
        if self.running is not None:
            await asyncio.wait_for(self.running, 10)

    async def survives(self, event: Callable[[], object]) -> None:
        """Something happens to the gateway; commands are back soon, with two IDENTIFYs at most."""
        before = self.sandbox.gateway.identify_count
        handled = self.sandbox.gateway.resume_count + before
        event()
        await self.until(lambda: self._answered() > handled and self.client.is_connected)
        assert self.sandbox.gateway.identify_count - before <= 2

    def _answered(self) -> int:
        return self.sandbox.gateway.resume_count + self.sandbox.gateway.identify_count

    async def post(self) -> discord.Message:
        """Something over REST."""
        channel = self.sandbox.guilds[0].channels[0]
        return await self.client.get_partial_messageable(channel.id).send("hello")


async def _nothing() -> tuple[()]:
    return ()


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    """Not connected yet; a server with one channel."""
    async with (
        Sandbox(limits=False, identify_interval_s=IDENTIFY_INTERVAL_S / 100) as sandbox,  # as HastyClock sleeps
        open_store(tmp_path / "newsdesk.db", clock=RunningClock()) as store,
    ):
        sandbox.add_guild("Town Square").add_channel("news")
        point_at(sandbox.api_base)
        opened = Line(sandbox, store)
        try:
            yield opened
        finally:
            with suppress(TokenRefusedError):
                await opened.end()


async def test_account_is_connected_and_closes_cleanly(line: Line) -> None:
    """One IDENTIFY, and no connection is left."""
    await line.connect()
    await line.end()

    assert line.sandbox.gateway.identify_count == 1
    assert line.sandbox.gateway.connections == []
    assert not line.client.is_connected


async def test_account_asks_for_guilds_and_keeps_no_messages(line: Line) -> None:
    """Nothing privileged; nobody is pinged unless a post says so."""
    await line.connect()

    assert line.client.intents == discord.Intents(guilds=True)
    assert line.client._connection.max_messages is None
    mentions = line.client.allowed_mentions
    assert mentions is not None
    assert dict(mentions.to_dict()) == {"parse": []}


@pytest.mark.parametrize("fault", ["drop", "503", "ban"])
async def test_login_that_fails_is_tried_again(line: Line, fault: str) -> None:
    """Without leaving a session open."""
    match fault:
        case "drop":
            line.sandbox.faults.drop(path="^/users/@me$", times=4)
        case "503":
            line.sandbox.faults.status(503, path="^/users/@me$", times=2)
        case _:
            await line.sandbox.refuse_connections()
            asyncio.get_running_loop().call_later(0.1, lambda: asyncio.ensure_future(line.sandbox.accept_connections()))

    await line.connect()

    assert line.sandbox.gateway.identify_count == 1


async def test_wrong_token_ends_it_with_the_cure(line: Line) -> None:
    """Exit status 78: starting again can't help."""
    line.token = "wrong"
    await line.start()
    assert line.running is not None

    with pytest.raises(TokenRefusedError) as caught:
        await line.running

    assert caught.value.exit_status == 78
    assert "Reset the token" in caught.value.cure
    assert "wrong" not in str(caught.value)


async def test_first_connect_that_fails_comes_back(line: Line) -> None:
    """discord.py ends with an AttributeError there."""
    fault = line.sandbox.faults.gateway_drop(on="HELLO", times=1)

    await line.connect()

    assert fault.hits == 1


async def test_every_identify_is_counted_in_the_store(line: Line) -> None:
    """Also those that discord.py makes by itself."""
    await line.connect()
    await line.survives(line.sandbox.gateway.invalidate)

    count = await line.store.admin.count_identify(at=line.client.services.clock.now())
    assert count == line.sandbox.gateway.identify_count + 1


async def test_no_identify_is_made_when_the_days_are_spent(line: Line) -> None:
    """Past a thousand Discord would reset the token; posts go on."""
    for _ in range(MOST_IDENTIFIES):
        await line.store.admin.count_identify(at=RunningClock().now())

    await line.start()
    await line.until(lambda: 900.0 in line.clock.waits)

    assert line.sandbox.gateway.identify_count == 0
    assert (await line.post()).content == "hello"


async def test_process_that_starts_again_and_again_waits(line: Line) -> None:
    """More than five starts in ten minutes; longer with each."""
    now = line.clock.now()
    for _ in range(7):
        await line.store.admin.starts_since(at=now, since=now - timedelta(minutes=10))

    await line.connect()

    assert line.clock.waits[0] == 90.0


async def test_stop_during_a_wait_ends_at_once(line: Line) -> None:
    """SIGTERM doesn't wait for a back-off."""
    line.clock.waits_for_ever = True
    line.sandbox.faults.status(503, path="^/users/@me$", times=None)
    await line.start()
    await line.until(lambda: bool(line.clock.waits))

    await line.end()


async def test_commands_that_cannot_be_sent_stop_no_post(line: Line) -> None:
    """The connection comes up, and posts pass."""
    line.refuses_commands = True

    await line.connect()

    assert line.synced == 1
    assert (await line.post()).content == "hello"


@pytest.mark.parametrize(
    "address",
    ["https://discord.com", "http://192.0.2.1:80", "http://localhost.example:1", "http://[::ffff:8.8.8.8]", "x"],
)
def test_token_goes_to_no_other_machine(address: str) -> None:
    """`api_base` is for the sandbox alone."""
    with pytest.raises(ConfigError):
        point_at(address)
