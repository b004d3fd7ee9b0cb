"""A sandbox without sockets: requests of discord.py go to its server in the same loop, one step at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace, TracebackType
from typing import Any, Final, cast

import aiohttp
import discord
import yarl
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from bot.chat.account.client import NewsClient
from bot.sandbox import Sandbox
from bot.sandbox.wire import Json

ADDRESS: Final = "http://127.0.0.1:1"
"""What the sandbox would be reached at; nothing listens there."""


class Heard:
    """A response, as discord.py and the bot's trace read it."""

    def __init__(self, status: int, headers: CIMultiDict[str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.reason = ""
        self._body = body

    async def read(self) -> bytes:
        """Return the body."""
        return self._body

    async def text(self, encoding: str = "utf-8") -> str:
        """Return the body as text."""
        return self._body.decode(encoding)


class _Exchange:
    """One request: `async with` sends it."""

    def __init__(self, session: NearSession, method: str, url: str, options: dict[str, Any]) -> None:
        self._session = session
        self._method = method
        self._url = yarl.URL(url).update_query(options.get("params") or {})
        self._headers: CIMultiDict[str] = CIMultiDict(options.get("headers") or {})
        self._data = options.get("data")

    async def __aenter__(self) -> Heard:
        return await self._session.exchange(self._method, self._url, self._headers, self._data)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left open."""


class NearSession:
    """Takes the place of discord.py's its `aiohttp.ClientSession`."""

    def __init__(self, sandbox: Sandbox, trace: aiohttp.TraceConfig, on_way: Callable[[], Awaitable[object]]) -> None:
        """Connect to a sandbox.

        Args:
            sandbox: Answers the requests.
            trace: Sees them, as `bot.chat.wire` does.
            on_way: Awaited before a request arrives, and before its answer does.
        """
        self._sandbox = sandbox
        self._trace = trace
        self._on_way = on_way

    def request(self, method: str, url: str, **options: Any) -> _Exchange:
        """Prepare a request."""
        return _Exchange(self, method, url, options)

    def get(self, url: str, **options: Any) -> _Exchange:
        """Prepare a GET."""
        return _Exchange(self, "GET", url, options)

    async def exchange(self, method: str, url: yarl.URL, headers: CIMultiDict[str], data: Any) -> Heard:
        """Send a request and return the response."""
        session, seen = cast("aiohttp.ClientSession", self), SimpleNamespace(trace_request_ctx=None)
        for start in self._trace.on_request_start:
            await start(session, seen, aiohttp.TraceRequestStartParams(method, url, headers))
        await self._on_way()
        for sent in self._trace.on_request_headers_sent:
            await sent(session, seen, aiohttp.TraceRequestHeadersSentParams(method, url, headers))
        heard = await self._serve(method, url, headers, data)
        await self._on_way()
        for end in self._trace.on_request_end:
            response = cast("aiohttp.ClientResponse", heard)
            await end(session, seen, aiohttp.TraceRequestEndParams(method, url, headers, response))
        return heard

    async def _serve(self, method: str, url: yarl.URL, headers: CIMultiDict[str], data: Any) -> Heard:
        if isinstance(data, aiohttp.FormData):
            form, written = data(), _Written()
            await form.write(cast("Any", written))
            headers["Content-Type"] = form.content_type
            data = bytes(written.data)
        body = data.encode() if isinstance(data, str) else data or b""
        payload = aiohttp.StreamReader(cast("Any", _Protocol()), limit=2**20, loop=asyncio.get_running_loop())
        payload.feed_data(body)
        payload.feed_eof()
        request = make_mocked_request(method, url.raw_path_qs, headers, payload=payload)
        response = await self._sandbox._serve(request)
        return Heard(response.status, CIMultiDict(response.headers), bytes(cast("Any", response).body or b""))


class _Written:
    """Collects what a form writes."""

    def __init__(self) -> None:
        self.data = bytearray()

    async def write(self, chunk: bytes) -> None:
        """Add a piece."""
        self.data += chunk


class _Protocol:
    """What a stream asks of its connection: nothing needs to be held back."""

    _reading_paused = False

    def pause_reading(self) -> None:
        """Nothing comes meanwhile."""

    def resume_reading(self, **_how: bool) -> None:
        """Nothing was held back."""


async def connect(client: NewsClient, sandbox: Sandbox, session: NearSession) -> None:
    """Log a client in as `discord.Client.login` does, and show it the servers; events reach it at once.

    discord.py's own login opens a session with sockets, so its few lines are repeated here.
    """
    http = client.http
    setattr(http, "_HTTPClient__session", session)  # noqa: B010 - the name as Python mangles it
    http._global_over = asyncio.Event()
    http._global_over.set()
    http.token = sandbox.token
    await client._async_setup_hook()
    state = client._connection
    state.user = discord.ClientUser(state=state, data=await http.request(discord.http.Route("GET", "/users/@me")))
    state.application_id = sandbox.application_id
    await client.setup_hook()
    world = sandbox._world
    world.address = ADDRESS
    for guild in world.guilds.values():
        state._add_guild_from_data(cast("Any", world.guild_create(guild)))

    def dispatch(event: str, make: Callable[[], Json], *, guild: int | None = None) -> None:
        del guild
        if event == "INTERACTION_CREATE":
            state.parse_interaction_create(cast("Any", make()))

    world.dispatch = dispatch
