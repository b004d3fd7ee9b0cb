"""The sandbox: a Discord on this machine, for tests and for a person with a browser."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.web_protocol import RequestHandler

from bot.clock import Clock, SystemClock
from bot.sandbox.actions.guild import Guild
from bot.sandbox.actions.member import Member
from bot.sandbox.errors import SandboxError
from bot.sandbox.faults import Faults
from bot.sandbox.gateway.gateway import Gateway
from bot.sandbox.gateway.sessions import IDENTIFY_INTERVAL_S, Sessions
from bot.sandbox.page.server import Page
from bot.sandbox.rest.rate_limits import RateLimits
from bot.sandbox.rest.server import PREFIX, RestServer
from bot.sandbox.state.platform import Deviation, OutgoingWebhooks, RequestSeen
from bot.sandbox.validation.validator import Validator
from bot.sandbox.wire import Json
from bot.sandbox.world import World

_BACKLOG = 1024
_HOST = "127.0.0.1"
_LARGEST_REQUEST = 110 * 1024 * 1024


class Sandbox:
    """A Discord on loopback: REST v10, gateway, CDN, and people who use the bot.

    Guilds, channels and people may be added before the bot connects and later.

    Attributes:
        token: The bot's token.
        faults: The faults that a test orders.
        limits: The rate limits, with the requests that came too early.
        gateway: The gateway, with its counts and its disturbances.
        owner: The person who owns the application; not a member of any guild at first.
    """

    def __init__(  # noqa: PLR0913 - each has a default, and a test names the one it is about
        self,
        *,
        clock: Clock | None = None,
        description: Path | None = None,
        port: int = 0,
        token: str = "sandbox-token",  # noqa: S107 - not a secret: it opens nothing but this
        limits: bool = True,
        global_limit: int | None = 50,
        nonce_window_s: float = 120.0,
        heartbeat_s: float = 41.25,
        identify_interval_s: float = IDENTIFY_INTERVAL_S,
        privileged_intents: int = 0,
        seed: int = 0,
    ) -> None:
        """Create a sandbox; it listens once `start` is called.

        Args:
            clock: Discord's clock, for ids, nonces, limits, tokens and the Date header; None for the machine's.
            description: Discord's OpenAPI description, to validate every request and response against; None for
                the documented limits alone.
            port: The port on 127.0.0.1; 0 for any free one.
            token: The bot's token.
            limits: Whether rate limits are enforced; their headers are sent in any case.
            global_limit: Requests a second over all routes; None for no limit.
            nonce_window_s: How long a nonce is remembered ("a few minutes" at Discord), in seconds.
            heartbeat_s: The gateway's heartbeat interval, in seconds.
            identify_interval_s: Real seconds after an IDENTIFY in which a further one is refused with op 9.
            privileged_intents: The privileged intents that the application was granted, in bits.
            seed: Seeds tokens, session ids and the faults' chances.
        """
        self._world = world = World(clock or SystemClock(), seed, nonce_window_s=nonce_window_s)
        world.privileged_intents = privileged_intents
        world.owner = self.owner = Member(world, "Owner")
        self.token = token
        self._port = port
        self._validator = Validator(world, description)
        self.faults = Faults(random.Random(seed))  # noqa: S311 - repeatable, not secret
        self.limits = RateLimits(world.clock, enforced=limits, per_second=global_limit if limits else None)
        sessions = Sessions(
            world,
            token,
            self.faults,
            self._validator,
            heartbeat_s=heartbeat_s,
            identify_interval_s=identify_interval_s,
        )
        self.gateway = Gateway(sessions)
        self._page = Page(world, self._validator)
        self._rest = RestServer(world, token, self.limits, self.faults, self._validator)
        self._runner: web.ServerRunner | None = None
        self._site: web.TCPSite | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Start to listen."""
        server = web.Server(self._serve, request_factory=_request)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.2)
        await self._runner.setup()
        await self.accept_connections()

    async def close(self) -> None:
        """Stop listening and abort every connection."""
        self.gateway.drop()
        if self._world.webhooks is not None:
            await self._world.webhooks.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = self._site = None

    async def refuse_connections(self) -> None:
        """Stop listening and abort every connection, as if Discord were unreachable."""
        if self._site is not None:
            await self._site.stop()
            self._site = None
        self.gateway.drop()
        if self._runner is not None and self._runner.server is not None:
            for protocol in self._runner.server.connections:
                if protocol.transport is not None:
                    protocol.transport.abort()

    async def accept_connections(self) -> None:
        """Listen again on the same port."""
        if self._runner is None:
            raise SandboxError("The sandbox hasn't been started")
        if self._site is not None:
            return
        self._site = web.TCPSite(self._runner, _HOST, self._port, backlog=_BACKLOG, reuse_address=True)
        await self._site.start()
        self._port = self._runner.addresses[-1][1]
        self._world.address = f"http://{_HOST}:{self._port}"

    @property
    def api_base(self) -> str:
        """`http://127.0.0.1:PORT`; REST is below `/api/v10`, the CDN below `/cdn`, the page at `/`."""
        if not self._world.address:
            raise SandboxError("The sandbox has no address before it is started")
        return self._world.address

    @property
    def gateway_base(self) -> str:
        """The gateway's `ws://` address."""
        return self._world.gateway_address

    @property
    def application_id(self) -> int:
        """The application's id, which is its bot's too."""
        return self._world.application_id

    @property
    def clock(self) -> Clock:
        """Discord's clock."""
        return self._world.clock

    @property
    def guilds(self) -> list[Guild]:
        """Every guild."""
        return [one for one in self._world.guilds.values() if isinstance(one, Guild)]

    @property
    def people(self) -> list[Member]:
        """Every person."""
        return [one for one in self._world.people.values() if isinstance(one, Member)]

    @property
    def commands(self) -> list[Json]:
        """The registered global commands."""
        return self._world.commands.shared

    @property
    def sync_count(self) -> int:
        """The number of requests that registered commands."""
        return self._world.commands.sync_count

    @property
    def deviations(self) -> list[Deviation]:
        """Every request that real Discord would not accept, and every response that it would not send."""
        return self._world.deviations

    @property
    def checking(self) -> str:
        """A sentence that says what requests are validated against, for people."""
        return self._validator.checking

    @property
    def requests(self) -> deque[RequestSeen]:
        """The last 10,000 REST requests: method, path below `/api/v10`, status, moment."""
        return self._world.requests

    def add_guild(self, name: str, *, locale: str = "en-US") -> Guild:
        """Create a guild with the bot in it."""
        guild = Guild(self._world, name, locale=locale)
        guild.announce()
        guild.authorize()
        return guild

    def send_over_http(self, webhooks: OutgoingWebhooks) -> None:
        """Give the application a key and endpoints (`application.endpoint`), which needs the extra `newsdesk[http]`."""
        self._world.webhooks = webhooks

    def add_person(self, name: str, *, locale: str = "en-US") -> Member:
        """Create an account that is not in a guild yet."""
        return Member(self._world, name, locale=locale)

    async def wait_until_ready(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until a bot has identified and got READY.

        Raises:
            SandboxError: No bot has after `timeout` real seconds.
        """
        if not await self._world.changes.until(lambda: self.gateway.ready, timeout):
            raise SandboxError(f"No bot was ready after {timeout} s ({self.gateway.identify_count} IDENTIFYs)")

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith(PREFIX + "/"):
            return await self._rest.serve(request)
        if path.rstrip("/") == "/gateway":
            return await self.gateway.serve(request)
        if path.startswith("/cdn/"):
            return self._file(path.removeprefix("/cdn/"))
        return await self._page.serve(request)

    def _file(self, path: str) -> web.Response:
        upload = self._world.cdn.get(path)
        if upload is None:
            return web.Response(status=HTTPStatus.NOT_FOUND, text="404: Not Found")
        headers = {"Content-Type": upload.content_type, "X-Content-Type-Options": "nosniff"}
        return web.Response(body=upload.content, headers=headers)


def _request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: RequestHandler,
    writer: AbstractStreamWriter,
    task: asyncio.Task[None],
) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=_LARGEST_REQUEST)
