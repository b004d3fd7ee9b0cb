"""Interactions over HTTP: nothing passes that Discord did not sign, or that is old, repeated, large or slow."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from bot.chat.http.replays import EVENT_S, INTERACTION_S, KEPT_S, MOST_SEEN, Replays
from bot.chat.http.server import BODY_WITHIN_S, LARGEST_BODY, MOST_AT_ONCE, InteractionServer
from bot.chat.http.signature import Verifier, read_headers
from tests.support.clocks import ManualClock

KEY = SigningKey(b"k" * 32)
ANOTHER_KEY = SigningKey(b"a" * 32)
PUBLIC_KEY = KEY.verify_key.encode().hex()


def headers_of(body: bytes, at_s: float, key: SigningKey = KEY) -> dict[str, str]:
    """The headers that Discord would send."""
    timestamp = str(int(at_s))
    signature = key.sign(timestamp.encode() + body).signature.hex()
    return {"X-Signature-Ed25519": signature, "X-Signature-Timestamp": timestamp}


def interaction(number: int = 1, **more: Any) -> bytes:
    """The body of a command."""
    return json.dumps({"id": str(number), "type": 2, "token": "t", **more}).encode()


class Server:
    """A server that listens, with what it took."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.can_answer = True
        self.taken: list[Any] = []
        self.joins = 0
        self.ahead_s = 0.0
        self.asked = 0
        self.http = InteractionServer(
            self, public_key=PUBLIC_KEY, now_s=lambda: self.now_s + self.ahead_s, clock=clock, note_joins=self._note
        )
        self.port = 0

    def take_interaction(self, data: Any) -> None:
        """Keep it."""
        self.taken.append(data)

    async def ask_time(self) -> None:
        """Learn that the clocks agree."""
        self.asked += 1
        self.ahead_s = 0.0

    def _note(self) -> None:
        self.joins += 1

    @property
    def now_s(self) -> float:
        """Seconds since 1970."""
        return self.clock.now().timestamp()

    @property
    def refused(self) -> dict[str, int]:
        """What was refused, by reason."""
        return {why: count for why, count in self.http.status().refused.items() if count}

    async def send(
        self, body: bytes, headers: dict[str, str] | None = None, *, path: str = "/interactions", method: str = "POST"
    ) -> tuple[int, bytes]:
        """Send a request, by default signed as Discord does."""
        url = f"http://127.0.0.1:{self.port}{path}"
        given_headers = headers_of(body, self.now_s) if headers is None else headers
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, data=body, headers=given_headers) as response,
        ):
            return response.status, await response.read()

    async def status(self, body: bytes, headers: dict[str, str] | None = None, **more: Any) -> int:
        """The status of the response."""
        return (await self.send(body, headers, **more))[0]

    async def open(self, *, length: int | None, body: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Begin a request that claims this length (None: in chunks), with well-formed headers and part of its body."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        signed = "".join(f"{name}: {value}\r\n" for name, value in headers_of(body, self.now_s).items())
        size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
        writer.write(f"POST /interactions HTTP/1.1\r\nHost: x\r\n{signed}{size}\r\n\r\n".encode() + body)
        await writer.drain()
        return reader, writer


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[Server]:
    """A server that listens."""
    made = Server(clock)
    stop = asyncio.Event()
    serving = asyncio.create_task(made.http.serve("127.0.0.1", 0, stop))
    while made.http.port is None:  # noqa: ASYNC110 - nothing but tests waits for it
        await asyncio.sleep(0.005)
    made.port = made.http.port
    yield made
    stop.set()
    await serving


async def status_line(reader: asyncio.StreamReader) -> bytes:
    """The first line of a response."""
    return await asyncio.wait_for(reader.readline(), 10.0)


async def test_a_signed_interaction_is_taken_and_gets_202_without_a_body(server: Server) -> None:
    """Which is what Discord documents for an answer that is sent to the callback's address."""
    assert await server.send(interaction()) == (202, b"")
    assert server.taken == [json.loads(interaction())]


async def test_a_ping_is_answered_with_a_pong(server: Server) -> None:
    """Also before the bot is logged in: the address can be set at any time."""
    server.can_answer = False

    status, body = await server.send(json.dumps({"id": "1", "type": 1}).encode())

    assert (status, json.loads(body), server.taken) == (200, {"type": 1}, [])


async def test_a_bot_that_is_not_logged_in_takes_nothing(server: Server) -> None:
    """503, with which a proxy may ask another process."""
    server.can_answer = False

    assert await server.status(interaction()) == 503
    server.can_answer = True
    assert await server.status(interaction()) == 202


async def test_a_signature_of_another_key_is_refused(server: Server) -> None:
    """401, as Discord itself checks now and then."""
    assert await server.status(interaction(), headers_of(interaction(), server.now_s, ANOTHER_KEY)) == 401
    assert server.taken == []


async def test_an_altered_body_is_refused(server: Server) -> None:
    """By one byte."""
    signed = headers_of(interaction(), server.now_s)

    assert await server.status(interaction(2), signed) == 401


async def test_an_altered_time_is_refused(server: Server) -> None:
    """It is signed with the body."""
    signed = headers_of(interaction(), server.now_s) | {"X-Signature-Timestamp": str(int(server.now_s) + 1)}

    assert await server.status(interaction(), signed) == 401


@pytest.mark.parametrize("name", ["X-Signature-Ed25519", "X-Signature-Timestamp"])
@pytest.mark.parametrize("value", [None, "", "0" * 127, "g" * 128, "-1", "1e9", "٣" * 10, "0x10", "9" * 13])
async def test_headers_that_cannot_be_genuine_are_refused(server: Server, name: str, value: str | None) -> None:
    """Before the body is read."""
    signed = headers_of(interaction(), server.now_s)
    if value is None:
        del signed[name]
    else:
        signed[name] = value

    assert await server.status(interaction(), signed) == 401
    assert server.refused == {"headers": 1}


@pytest.mark.parametrize("age_s", [-INTERACTION_S - 2, INTERACTION_S + 2, 3600])
async def test_an_interaction_of_another_time_is_refused(server: Server, age_s: float) -> None:
    """Earlier or later."""
    assert await server.status(interaction(), headers_of(interaction(), server.now_s - age_s)) == 401
    assert server.refused == {"time": 1}


async def test_a_wrong_idea_of_discords_time_is_corrected_before_a_genuine_request_is_refused(server: Server) -> None:
    """A machine that was suspended believes that little time has passed."""
    server.ahead_s = -3600.0

    assert [await server.status(interaction(number)) for number in (1, 2)] == [202, 202]
    assert server.asked == 1


async def test_discord_is_not_asked_for_its_time_by_forgers(server: Server) -> None:
    """Each question is a request."""
    assert await server.status(interaction(), headers_of(interaction(), server.now_s - 3600, ANOTHER_KEY)) == 401
    assert (server.refused, server.asked) == ({"signature": 1}, 0)


async def test_a_repeated_request_is_refused(server: Server) -> None:
    """With the same headers, while its time would still do."""
    signed = headers_of(interaction(), server.now_s)

    assert [await server.status(interaction(), signed) for _ in range(3)] == [202, 401, 401]
    assert len(server.taken) == 1


async def test_an_interaction_that_is_signed_again_is_refused(server: Server) -> None:
    """It has its id still, and whatever it does is done once."""
    assert await server.status(interaction()) == 202
    server.clock.advance(2)

    assert await server.status(interaction()) == 401
    assert server.refused == {"replay": 1}


async def test_a_large_body_is_refused_before_it_is_read(server: Server) -> None:
    """By what it claims."""
    reader, writer = await server.open(length=LARGEST_BODY + 1)

    assert b" 413 " in await status_line(reader)
    writer.close()


async def test_a_large_body_of_unknown_length_is_refused_while_it_is_read(server: Server) -> None:
    """At the limit, however much follows."""
    chunk = b"x" * 65_536
    reader, writer = await server.open(length=None)
    for _ in range(LARGEST_BODY // len(chunk) + 1):
        writer.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
    await writer.drain()

    assert b" 413 " in await status_line(reader)
    writer.close()


async def test_a_packed_body_is_not_unpacked(server: Server) -> None:
    """The signature is over what was sent, and a small body can't become a large one."""
    packed = gzip.compress(interaction())
    signed = headers_of(packed, server.now_s) | {"Content-Encoding": "gzip"}

    assert await server.status(packed, signed) == 400


async def test_a_slow_body_is_given_up(server: Server) -> None:
    """And the connection closed."""
    reader, writer = await server.open(length=100, body=b"{")

    assert b" 408 " in await status_line(reader)
    assert server.refused == {"slow": 1}
    writer.close()


async def test_a_crowd_of_slow_bodies_takes_bounded_memory_and_no_others_time(server: Server) -> None:
    """The next one is refused at once; when their time is over, interactions are taken again."""
    crowd = [await server.open(length=100, body=b"{") for _ in range(MOST_AT_ONCE)]
    while server.http._reading < MOST_AT_ONCE:  # noqa: ASYNC110 - likewise
        await asyncio.sleep(0.01)

    assert await server.status(interaction()) == 503
    await asyncio.gather(*(status_line(reader) for reader, _ in crowd))
    assert await server.status(interaction()) == 202
    for _, writer in crowd:
        writer.close()


@pytest.mark.parametrize("length", [100, None])
async def test_a_body_that_is_cut_off_leaves_no_traceback(
    server: Server, length: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    """Anyone can hang up, thousands of times: it is counted, and no error of ours."""
    _, writer = await server.open(length=length, body=b"3\r\nabc\r\n")
    while not server.http._reading:  # noqa: ASYNC110 - likewise
        await asyncio.sleep(0.01)
    writer.transport.abort()

    while server.http._reading:  # noqa: ASYNC110 - likewise
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    assert server.refused == {"cut_off": 1}
    assert [record for record in caplog.records if record.exc_info] == []


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x00\xa5",
        b"POST /interactions HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /interactions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /interactions HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 20_000 + b"\r\n\r\n",
    ],
)
async def test_a_request_that_is_not_http_leaves_no_traceback(
    server: Server, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor a line: scanners send such bytes all day."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(sent)

    assert b" 400 " in await status_line(reader)
    assert [record for record in caplog.records if record.exc_info] == []
    writer.close()


BODIES_OF_NO_INTERACTION = [b"", b"{", b"[]", b"7", b"\xff\xfe", b"[" * 100_000, b"{}", b'{"id": 7, "type": 2}']
IDS_OF_NOTHING = ["", "x", "-1", "1\n", "\u0661", "1" * 21]


@pytest.mark.parametrize(
    "body", [*BODIES_OF_NO_INTERACTION, *(json.dumps({"id": each, "type": 2}).encode() for each in IDS_OF_NOTHING)]
)
async def test_a_signed_body_that_is_not_an_interaction_is_refused(server: Server, body: bytes) -> None:
    """400, without a traceback."""
    assert await server.status(body) == 400
    assert server.taken == []


@pytest.mark.parametrize("path", ["/", "/interactions/", "/healthz", "/%69nteractions/x", "/interactions/../x"])
async def test_other_paths_are_not_found(server: Server, path: str) -> None:
    """There are two."""
    assert await server.status(interaction(), path=path) == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods_are_refused(server: Server, method: str) -> None:
    """Only POST is used."""
    assert await server.status(interaction(), method=method) == 405


async def test_hundreds_of_interactions_at_once_are_each_taken_once(server: Server) -> None:
    """And as many forged ones are not."""
    bodies = [interaction(number) for number in range(300)]
    async with aiohttp.ClientSession() as session:

        async def post(body: bytes, key: SigningKey) -> int:
            url = f"http://127.0.0.1:{server.port}/interactions"
            async with session.post(url, data=body, headers=headers_of(body, server.now_s, key)) as response:
                return response.status

        found = await asyncio.gather(*(post(body, key) for body in bodies for key in (KEY, ANOTHER_KEY, KEY)))

    assert sorted(set(found)) == [202, 401]
    assert sorted(int(each["id"]) for each in server.taken) == list(range(300))


# --- events


def event(kind: str) -> bytes:
    """The body of an event."""
    return json.dumps({"version": 1, "type": 1, "event": {"type": kind, "data": {}}}).encode()


@pytest.mark.parametrize("kind", ["APPLICATION_AUTHORIZED", "APPLICATION_DEAUTHORIZED"])
async def test_joins_and_leaves_are_hints(server: Server, kind: str) -> None:
    """204 without a body, and somebody is told to look."""
    assert await server.send(event(kind), path="/events") == (204, b"")
    assert server.joins == 1


BODIES_OF_OTHER_EVENTS = [
    event("ENTITLEMENT_CREATE"),
    b'{"type": 0}',
    b'{"type": 1, "event": 7}',
    b'{"type": 1, "event": {"type": []}}',
    b'{"type": 1, "event": {"type": {}}}',
]


@pytest.mark.parametrize("body", BODIES_OF_OTHER_EVENTS)
async def test_other_events_are_acknowledged_and_nothing_more(server: Server, body: bytes) -> None:
    """Discord stops sending to those who don't."""
    assert await server.send(body, path="/events") == (204, b"")
    assert server.joins == 0


async def test_an_event_may_be_minutes_late(server: Server) -> None:
    """Discord repeats one that got no answer for ten minutes."""
    late = headers_of(event("APPLICATION_AUTHORIZED"), server.now_s - 600)

    assert await server.status(event("APPLICATION_AUTHORIZED"), late, path="/events") == 204
    too_late = headers_of(event("APPLICATION_AUTHORIZED"), server.now_s - EVENT_S - 2)
    assert await server.status(event("APPLICATION_AUTHORIZED"), too_late, path="/events") == 401


async def test_an_event_needs_a_signature_too(server: Server) -> None:
    """Or anyone could have the bot look all day."""
    body = event("APPLICATION_AUTHORIZED")

    assert await server.status(body, headers_of(body, server.now_s, ANOTHER_KEY), path="/events") == 401
    assert server.joins == 0


async def test_an_interaction_is_not_an_event(server: Server) -> None:
    """What is sent to the other path does nothing there."""
    assert await server.status(interaction(), path="/events") == 204
    assert (server.taken, server.joins) == ([], 0)


# --- the parts


@given(body=st.binary(max_size=200), at_s=st.integers(0, 10**12 - 1), flipped=st.integers(0, 64 * 8 - 1))
def test_no_signature_with_another_bit_is_genuine(body: bytes, at_s: int, flipped: int) -> None:
    """And the very one is."""
    raw = KEY.sign(str(at_s).encode() + body).signature
    other = bytearray(raw)
    other[flipped // 8] ^= 1 << flipped % 8
    good, bad = read_headers(raw.hex(), str(at_s)), read_headers(other.hex(), str(at_s))
    assert good is not None
    assert bad is not None

    assert Verifier(PUBLIC_KEY).is_genuine(good, body)
    assert not Verifier(PUBLIC_KEY).is_genuine(bad, body)


def test_replays_are_remembered_longer_than_their_time_is_accepted(clock: ManualClock) -> None:
    """Whatever the wall clock does meanwhile, by the uptime."""
    replays = Replays(lambda: clock.now().timestamp(), clock)
    assert replays.is_first("1")
    clock.advance(2 * INTERACTION_S)
    clock.step(-3600)

    assert not replays.is_full
    assert not replays.is_first("1")


def test_the_memory_of_replays_is_bounded(clock: ManualClock) -> None:
    """When it is full, more are refused; nothing that was taken is forgotten before its time."""
    replays = Replays(lambda: clock.now().timestamp(), clock, most=3)
    was_full = []
    for number in range(3):
        was_full.append(replays.is_full)
        assert replays.is_first(str(number))
    was_full.append(replays.is_full)
    assert not replays.is_first("0")
    clock.advance(KEPT_S + 1)

    assert [*was_full, replays.is_full] == [False, False, False, True, False]
    assert replays.is_first("0")


def test_the_limits_fit_each_other() -> None:
    """A body is read within the time of an interaction, and is remembered past it."""
    assert BODY_WITHIN_S < 3.0 < INTERACTION_S < KEPT_S
    assert LARGEST_BODY * MOST_AT_ONCE <= 64 * 1024 * 1024
    assert MOST_SEEN / KEPT_S >= 1000
