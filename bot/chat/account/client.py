"""The gateway client: which events the bot asks for, and the gateway that it connects to."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import discord
import structlog
import yarl
from discord import app_commands
from typing_extensions import override

from bot.chat.account.identifies import Identifies
from bot.chat.account.servers import Servers
from bot.chat.wire import Wire, with_retries
from bot.chat.wire.connections import bounded_connector
from bot.clock import Clock
from bot.errors import ConfigError
from bot.store.port import Store

log = structlog.get_logger(__name__)

_API: Final = "/api/v10"
_GONE: Final = frozenset({10004, 50001})

ASK_TIME_EVERY_S: Final = 5.0
ANSWERS_WITHIN_S: Final = 1.5
"""Half of the time in which an interaction must be answered."""

Install = Callable[["NewsClient"], None]
Sync = Callable[["NewsClient"], Awaitable[None]]


class ClientServices(Protocol):
    """The part of the commands' services that the client itself needs."""

    @property
    def store(self) -> Store:
        """All ports of the database."""

    @property
    def clock(self) -> Clock:
        """For waits, and for counting the day's IDENTIFYs."""


class NewsClient(discord.Client):
    """A discord.py client with the commands, which counts its IDENTIFYs.

    Attributes:
        services: What commands work with (`bot.chat.answering.context.Services`).
        tree: The commands.
        pace: Lets gateway connections begin.
        has_gateway: Whether it connects to the gateway.
        servers: The servers that the bot is in.
        is_connected: True while the gateway connection is up, so that commands arrive; without a gateway, once the bot
            is logged in. Posting doesn't need it.
        connected_s: Uptime in seconds at which that last changed.
        on_news: Called when the gateway is ready, and when the bot was added to a server or removed from one; without a
            gateway, now and then.
    """

    def __init__(
        self,
        services: ClientServices,
        *,
        wire: Wire,
        install: Install,
        sync: Sync,
        has_gateway: bool = True,
        guild_ready_timeout_s: float = 2.0,
    ) -> None:
        """Set up the client without connecting it.

        Args:
            services: What commands work with.
            wire: The checks that every HTTP request passes.
            install: Adds commands and dynamic items. Called once, at the login.
            sync: Sends changed commands to Discord. Called at the login and by `sync`; if it fails, posting and the
                earlier commands continue.
            has_gateway: Whether it connects to the gateway; without one, interactions arrive over HTTP alone.
            guild_ready_timeout_s: How long READY waits for the servers; tests have only a few.
        """
        # The bot never uses voice, so the missing libraries for it need no warning.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=discord.Intents(guilds=True),
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=wire.trace_config,
            guild_ready_timeout=guild_ready_timeout_s,
        )
        self.services = services
        self.tree = app_commands.CommandTree(self)
        self.pace = wire.gateway
        self._identifies = Identifies(services.store.admin, services.clock)
        self.has_gateway = has_gateway
        self.servers = Servers(self, services.clock, has_gateway=has_gateway)
        self.is_connected = False
        self.connected_s = services.clock.uptime()
        self.on_news: Callable[[], None] = lambda: None
        parsers = self._connection.parsers  # discord.py has no other place to survive an event that it can't read
        parsers["INTERACTION_CREATE"] = _surviving(parsers["INTERACTION_CREATE"])
        self._install = install
        self._sync = sync
        self._is_installed = False
        self._asking: asyncio.Task[Any] | None = None
        self._asked_s = 0.0

    @override
    async def login(self, token: str) -> None:
        self.http.connector = bounded_connector()  # that of an earlier login is closed
        await super().login(token)

    @override
    async def setup_hook(self) -> None:
        if not self._is_installed:
            self._install(self)
            self._is_installed = True
        try:
            await self._sync(self)
        except discord.HTTPException as error:
            log.warning("the commands were not sent; the earlier ones remain", error=str(error))

    @property
    def can_answer(self) -> bool:
        """Whether the commands are there and answers can be sent."""
        return self._is_installed and self.user is not None and not self.is_closed()

    def take_interaction(self, data: Any) -> None:
        """Have an interaction that arrived over HTTP answered, as discord.py does with one from the gateway."""
        self._connection.parsers["INTERACTION_CREATE"](data)

    async def ask_time(self) -> None:
        """Ask Discord for something that costs nothing: the wire learns its time from any answer.

        Callers at the same time share a request, and none is sent within `ASK_TIME_EVERY_S` of the last one.
        """
        clock = self.services.clock
        if self._asking is None or (self._asking.done() and clock.uptime() - self._asked_s > ASK_TIME_EVERY_S):
            self._asked_s = clock.uptime()
            self._asking = asyncio.create_task(self.http.request(discord.http.Route("GET", "/gateway")))
        await asyncio.wait({self._asking}, timeout=ANSWERS_WITHIN_S)
        if self._asking.done() and not self._asking.cancelled() and (error := self._asking.exception()) is not None:
            log.info("Discord's time is unknown", error=repr(error))

    @override
    async def connect(self, *, reconnect: bool = True) -> None:
        await self._find_gateway()
        await super().connect(reconnect=reconnect)

    async def _find_gateway(self) -> None:
        """Ask Discord for the gateway's address, as its documentation asks clients to: before each new connection.

        discord.py has an address of its own, and the class attribute is the only place to give it another.
        """
        route = discord.http.Route("GET", "/gateway")
        answer = await with_retries(lambda: self.http.request(route), self.services.clock)
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(answer["url"])

    @override
    async def before_identify_hook(self, _shard_id: int | None, *, initial: bool = False) -> None:
        # discord.py waits between the IDENTIFYs of one `connect` only, and each reconnect of the supervisor is another.
        await self._identifies.take_turn()

    def note_connection(self, *, is_connected: bool) -> None:
        """Note that the gateway connection came up or went down."""
        if is_connected is not self.is_connected:
            self.is_connected = is_connected
            self.connected_s = self.services.clock.uptime()

    async def on_ready(self) -> None:
        """Note that the connection is up; servers may have been joined or left meanwhile."""
        self.note_connection(is_connected=True)
        self.on_news()

    async def sync(self) -> None:
        """Send the commands to Discord if they changed.

        Raises:
            discord.HTTPException: Discord could not take them now; calling it again later can help.
        """
        await self._sync(self)

    async def has_left(self, guild_id: int) -> bool:
        """Ask Discord whether the bot is no longer in a server: an incomplete list must not switch anything off.

        Raises:
            discord.HTTPException: Discord doesn't say.
        """
        try:
            await self.fetch_guild(guild_id, with_counts=False)
        except discord.HTTPException as error:
            if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status == HTTPStatus.TOO_MANY_REQUESTS:
                raise
            return error.code in _GONE
        return False

    async def on_resumed(self) -> None:
        """Note that the connection is up again."""
        self.note_connection(is_connected=True)

    async def on_disconnect(self) -> None:
        """Note that the connection is down; the next one may have another address."""
        self.note_connection(is_connected=False)
        try:
            await self._find_gateway()
        except Exception as error:  # noqa: BLE001 - discord.py connects to the last known address
            log.info("the gateway's address is unknown", error=repr(error))

    async def on_guild_join(self, _guild: discord.Guild) -> None:
        """Announce that the bot was added to a server."""
        self.on_news()

    async def on_guild_available(self, _guild: discord.Guild) -> None:
        """Announce a server that came after READY, or after an outage: it may have been joined meanwhile."""
        self.on_news()

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Announce that the bot was removed from one. An unavailable server doesn't cause this event."""
        log.info("left a server", guild=guild.id)
        self.on_news()


def _surviving(parse: Callable[[Any], None]) -> Callable[[Any], None]:
    """Log an interaction that can't be read, of a kind that Discord may add, instead of losing the connection."""

    def parse_or_log(data: Any) -> None:
        try:
            parse(data)
        except Exception as error:  # noqa: BLE001 - whatever it lacks, the next interaction can be answered
            log.warning("an interaction can't be read", error=repr(error))

    return parse_or_log


def point_at(api_base: str) -> None:
    """Point discord.py at a sandbox on this machine instead of Discord, for the whole process.

    Args:
        api_base: `http://127.0.0.1:PORT`; REST is below `/api/v10` and names the gateway's address; pictures are below
            `/cdn`.

    Raises:
        ConfigError: the address is not on this machine; the token must not be sent anywhere else.
    """
    parts = urlsplit(api_base)
    if parts.scheme != "http" or not _is_loopback(parts.hostname or ""):
        raise ConfigError(
            (f"api_base: {api_base} is not an http address on this machine",), cure="Use http://127.0.0.1:PORT."
        )
    root = f"http://{parts.netloc}"
    discord.http.Route.BASE = root + _API
    discord.asset.Asset.BASE = f"{root}/cdn"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
