"""The gateway: sessions, events, disturbances and close codes."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox import Channel, Guild, Member, Sandbox
from tests.sandbox.conftest import SmallBot, Start


class Line:
    """A raw gateway connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, *, compressed: bool) -> None:
        self.socket = socket
        self._inflate = zlib.decompressobj() if compressed else None

    async def read(self) -> dict[str, Any]:
        """The next payload."""
        message = await asyncio.wait_for(self.socket.receive(), 2)
        if message.type is aiohttp.WSMsgType.CLOSE:
            return {"closed": message.data}
        if message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING):
            return {"closed": self.socket.close_code}
        text = self._inflate.decompress(message.data) if self._inflate else message.data
        payload: dict[str, Any] = json.loads(text)
        return payload

    async def read_until(self, event: str) -> dict[str, Any]:
        """The next payload of that event."""
        while True:
            payload = await self.read()
            if "closed" in payload or payload["t"] == event:
                return payload

    async def send(self, op: int, data: Any) -> None:
        """Send a payload."""
        await self.socket.send_json({"op": op, "d": data})

    async def identify(self, token: str = "sandbox-token", intents: int = 1) -> None:
        """Send IDENTIFY."""
        await self.send(2, {"token": token, "intents": intents, "properties": {}})


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP session."""
    async with aiohttp.ClientSession() as session:
        yield session


async def dial(sandbox: Sandbox, session: aiohttp.ClientSession, *, compressed: bool = False) -> Line:
    """A line on which HELLO has come in."""
    query = {"v": "10", "encoding": "json"} | ({"compress": "zlib-stream"} if compressed else {})
    line = Line(await session.ws_connect(sandbox.gateway_base, params=query), compressed=compressed)
    assert (await line.read())["op"] == 10
    return line


@pytest.mark.parametrize("compressed", [True, False])
async def test_identify_brings_ready_and_the_servers(
    sandbox: Sandbox, guild: Guild, session: aiohttp.ClientSession, *, compressed: bool
) -> None:
    """Compressed or not."""
    line = await dial(sandbox, session, compressed=compressed)
    await line.identify()
    assert (await line.read())["d"]["resume_gateway_url"] == sandbox.gateway_base
    assert (await line.read())["d"]["id"] == str(guild.id)


async def test_a_heartbeat_is_acknowledged(sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
    """Op 11."""
    line = await dial(sandbox, session)
    await line.send(1, None)
    assert (await line.read())["op"] == 11


async def test_a_client_without_heartbeat_is_cut_off(session: aiohttp.ClientSession) -> None:
    """4009 after one and a half intervals."""
    async with Sandbox(heartbeat_s=0.1) as sandbox:
        line = await dial(sandbox, session)
        assert await line.read() == {"closed": 4009}


@pytest.mark.parametrize(
    ("token", "intents", "code"),
    [("wrong", 1, 4004), ("sandbox-token", 1 << 15, 4014), ("sandbox-token", 1 << 40, 4013)],
)
async def test_a_wrong_identify_is_closed(
    sandbox: Sandbox, session: aiohttp.ClientSession, token: str, intents: int, code: int
) -> None:
    """Each with its own code."""
    line = await dial(sandbox, session)
    await line.identify(token, intents)
    assert await line.read() == {"closed": code}


@pytest.mark.parametrize(("payload", "code"), [("{", 4002), ('{"op": 99}', 4001), ('{"op": 3, "d": {}}', 4003)])
async def test_a_wrong_payload_is_closed(
    sandbox: Sandbox, session: aiohttp.ClientSession, payload: str, code: int
) -> None:
    """No JSON, no such opcode, not identified."""
    line = await dial(sandbox, session)
    await line.socket.send_str(payload)
    assert await line.read() == {"closed": code}


async def test_a_wrong_gateway_payload_is_a_deviation(sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
    """The sandbox's own rules cover what the description doesn't."""
    line = await dial(sandbox, session)
    await line.send(2, {"token": sandbox.token, "intents": 1, "properties": {}, "large_threshold": 5})
    await line.read()
    assert sandbox.deviations[0].where == "d.large_threshold"


async def test_a_resume_brings_what_was_missed(sandbox: Sandbox, guild: Guild, session: aiohttp.ClientSession) -> None:
    """Events are numbered, kept, and sent again."""
    line = await dial(sandbox, session)
    await line.identify()
    ready = await line.read()
    await line.read()
    sandbox.gateway.drop()
    await line.read()
    guild.add_channel("missed")
    again = await dial(sandbox, session)
    await again.send(6, {"token": sandbox.token, "session_id": ready["d"]["session_id"], "seq": 2})
    events = [(await again.read())["t"] for _ in range(2)]
    assert (events, sandbox.gateway.resume_count) == (["CHANNEL_CREATE", "RESUMED"], 1)


async def test_an_unknown_session_is_invalid(sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
    """Op 9 with false."""
    line = await dial(sandbox, session)
    await line.send(6, {"token": sandbox.token, "session_id": "old", "seq": 1})
    payload = await line.read()
    assert (payload["op"], payload["d"]) == (9, False)


@pytest.mark.parametrize(("intents", "heard"), [(1, False), (1 | 1 << 9, True)])
async def test_messages_need_their_intent(
    sandbox: Sandbox, channel: Channel, member: Member, session: aiohttp.ClientSession, intents: int, *, heard: bool
) -> None:
    """With the guilds intent alone no message arrives."""
    line = await dial(sandbox, session)
    await line.identify(intents=intents)
    await line.read_until("GUILD_CREATE")
    await member.say(channel, "psst")
    channel.rename("later")
    event = await line.read()
    assert (event["t"] == "MESSAGE_CREATE") is heard


async def test_a_messages_words_need_their_own_intent(
    sandbox: Sandbox, channel: Channel, member: Member, session: aiohttp.ClientSession
) -> None:
    """Without Message Content they arrive empty."""
    line = await dial(sandbox, session)
    await line.identify(intents=1 | 1 << 9)
    await line.read_until("GUILD_CREATE")
    await member.say(channel, "psst")
    assert (await line.read())["d"]["content"] == ""


async def again(bot: SmallBot, sandbox: Sandbox, event: str) -> int:
    """How often the bot has seen an event, once it is back."""
    for _ in range(300):
        await asyncio.sleep(0.02)
        if event in bot.events[1:] and sandbox.gateway.ready:
            break
    return bot.events.count(event)


async def test_discord_py_resumes_after_op_7(sandbox: Sandbox, start: Start) -> None:
    """A reconnect costs no IDENTIFY."""
    bot = await start(SmallBot())
    sandbox.gateway.reconnect()
    await again(bot, sandbox, "RESUMED")
    assert (sandbox.gateway.resume_count, sandbox.gateway.identify_count) == (1, 1)


async def test_a_server_can_come_and_go_while_the_bot_runs(sandbox: Sandbox, start: Start) -> None:
    """GUILD_CREATE and GUILD_DELETE reach it."""
    bot = await start(SmallBot())
    guild = sandbox.add_guild("New")
    await asyncio.sleep(0.05)
    known = bot.get_guild(guild.id)
    guild.remove_bot()
    await asyncio.sleep(0.05)
    assert (known is not None, bot.get_guild(guild.id)) == (True, None)


async def test_an_outage_leaves_the_server_known(guild: Guild, start: Start) -> None:
    """Unavailable is not gone."""
    bot = await start(SmallBot())
    guild.set_unavailable()
    await asyncio.sleep(0.05)
    known = bot.get_guild(guild.id)
    assert known is not None
    assert known.unavailable


async def test_a_malformed_event_ends_discord_py(sandbox: Sandbox, start: Start) -> None:
    """Which is why the bot needs a supervisor."""
    bot = await start(SmallBot())
    sandbox.gateway.malformed()
    await asyncio.sleep(0.1)
    assert bot.running.done()


@pytest.mark.parametrize("code", [4004, 4014])
async def test_a_fatal_close_ends_discord_py(sandbox: Sandbox, start: Start, code: int) -> None:
    """These codes can't be resumed."""
    bot = await start(SmallBot())
    sandbox.gateway.close(code)
    await asyncio.sleep(0.1)
    assert bot.running.done()


async def test_a_fault_can_close_the_nth_identify(sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
    """Faults meet gateway payloads by name."""
    sandbox.faults.gateway_close(4000, on="IDENTIFY", nth=2)
    first, second = await dial(sandbox, session), await dial(sandbox, session)
    await first.identify()
    await second.identify()
    assert ((await first.read())["t"], await second.read()) == ("READY", {"closed": 4000})


async def test_wait_until_ready_returns_when_a_bot_is_there(sandbox: Sandbox, start: Start) -> None:
    """A test may wait for it."""
    await start(SmallBot())
    await sandbox.wait_until_ready(1)
    assert sandbox.gateway.identify_count == 1


def test_discord_py_is_unmodified() -> None:
    """The tests mean this version."""
    assert discord.__version__ == "2.7.1"


async def test_a_second_identify_within_five_seconds_is_refused(
    sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    """Op 9, not resumable: Discord takes one IDENTIFY in 5 seconds."""
    first, second = await dial(sandbox, session), await dial(sandbox, session)
    await first.identify()
    assert (await first.read())["t"] == "READY"
    await second.identify()
    answer = await second.read()
    assert (answer["op"], answer["d"]) == (9, False)


async def test_an_identify_after_the_interval_is_taken(session: aiohttp.ClientSession) -> None:
    """On another connection."""
    async with Sandbox(identify_interval_s=0.1) as sandbox:
        first, second = await dial(sandbox, session), await dial(sandbox, session)
        await first.identify()
        await asyncio.sleep(0.2)
        await second.identify()
        assert (await second.read())["t"] == "READY"


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"d": 1}', '{"op": "1"}', '{"op": 2, "d": 1}', '{"op": 6}', '{"op": 1, "d": "' + "x" * 4096 + '"}'],
    ids=["no JSON", "a list", "no opcode", "a text as opcode", "no object", "nothing", "over 4096 bytes"],
)
async def test_a_payload_that_cannot_be_decoded_closes_with_4002(
    sandbox: Sandbox, session: aiohttp.ClientSession, text: str
) -> None:
    """What Discord can't read ends the connection."""
    line = await dial(sandbox, session)
    await line.socket.send_str(text)
    assert (await line.read())["closed"] == 4002


async def test_more_than_120_payloads_in_a_minute_close_with_4008(
    sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    """The 120 before are answered."""
    line = await dial(sandbox, session)
    for _ in range(121):
        await line.send(1, None)
    answers = [await line.read() for _ in range(121)]
    assert (answers[119].get("op"), answers[120].get("closed")) == (11, 4008)


async def test_an_unknown_version_closes_with_4012(sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
    """Version 7 and older are gone."""
    line = Line(await session.ws_connect(sandbox.gateway_base, params={"v": "7"}), compressed=False)
    await line.read()
    assert (await line.read())["closed"] == 4012
