"""A sandbox for each test, a small bot on discord.py unmodified, and a raw HTTP client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands

from bot.sandbox import Channel, Guild, Member, Sandbox
from bot.sandbox.wire import Json
from tests.support.data import find_data


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox that listens, without rate limits, validated against the description if there is one."""
    async with Sandbox(limits=False, description=find_data("discord", "openapi.json")) as sandbox:
        yield sandbox


@pytest.fixture
def guild(sandbox: Sandbox) -> Guild:
    """A server with the bot in it."""
    return sandbox.add_guild("Town Square")


@pytest.fixture
def channel(guild: Guild) -> Channel:
    """Its text channel."""
    return guild.add_channel("news")


@pytest.fixture
def admin(guild: Guild) -> Member:
    """A member with Manage Server."""
    return guild.add_member("Ada", permissions=("manage_guild",))


@pytest.fixture
def member(guild: Guild) -> Member:
    """A member without Manage Server."""
    return guild.add_member("Mo")


class Rest:
    """Raw requests to a sandbox, with the bot's token."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self._base = sandbox.api_base + "/api/v10"
        self._session = session
        self.headers = {"Authorization": f"Bot {sandbox.token}"}
        self.last: aiohttp.ClientResponse

    async def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        """Send a request, and return the status and the parsed response; `last` has its headers."""
        url = self._base + path
        async with self._session.request(method, url, json=body, params=query or None, headers=self.headers) as answer:
            self.last = answer
            text = await answer.read()
            return answer.status, await answer.json() if text else None

    async def post(self, channel: Channel, **body: Any) -> tuple[int, Any]:
        """Post a message."""
        return await self("POST", f"/channels/{channel.id}/messages", body)


@pytest.fixture
async def rest(sandbox: Sandbox) -> AsyncIterator[Rest]:
    """Raw requests to the sandbox."""
    async with aiohttp.ClientSession() as session:
        yield Rest(sandbox, session)


class SmallBot(discord.Client):
    """Unmodified discord.py, with a command tree."""

    def __init__(self, **more: Any) -> None:
        settings: dict[str, Any] = {"intents": discord.Intents(guilds=True), "guild_ready_timeout": 0.05}
        super().__init__(**(settings | more))
        self.tree = app_commands.CommandTree(self)
        self.events: list[str] = []
        self.got_ready = asyncio.Event()
        self.running: asyncio.Task[None]

    async def on_ready(self) -> None:
        """Set `got_ready`."""
        self.got_ready.set()

    async def on_socket_event_type(self, event: str) -> None:
        """Record the event's name."""
        self.events.append(event)


Start = Callable[[SmallBot], Awaitable[SmallBot]]


@asynccontextmanager
async def connected(sandbox: Sandbox, bot: SmallBot) -> AsyncIterator[SmallBot]:
    """`bot` while it runs against the sandbox, its commands synced."""
    await bot.login(sandbox.token)
    if bot.tree.get_commands() or bot.tree.get_commands(type=discord.AppCommandType.message):
        await bot.tree.sync()
    bot.running = asyncio.create_task(bot.connect())
    try:
        await asyncio.wait_for(bot.got_ready.wait(), 5)
        yield bot
    finally:
        await bot.close()
        await asyncio.gather(bot.running, return_exceptions=True)


@pytest.fixture
async def start(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Start]:
    """Starts a bot against the sandbox and stops it after the test."""
    monkeypatch.setattr(discord.http.Route, "BASE", sandbox.api_base + "/api/v10")
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.gateway_base))
    monkeypatch.setattr(discord.asset.Asset, "BASE", sandbox.api_base + "/cdn")
    running: list[Any] = []

    async def begin(bot: SmallBot) -> SmallBot:
        context = connected(sandbox, bot)
        running.append(context)
        return await context.__aenter__()

    yield begin
    for context in running:
        await context.__aexit__(None, None, None)


def text_display(text: str) -> Json:
    """A text component."""
    return {"type": 10, "content": text}
