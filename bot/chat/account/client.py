"""The gateway client: which events the bot asks for, and what happens when it joins or leaves a server."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Final, Protocol
from urllib.parse import urlsplit

import discord
import structlog
import yarl
from discord import app_commands
from typing_extensions import override

from bot.chat.wire import Wire
from bot.clock import Clock
from bot.errors import ConfigError
from bot.store.port import Store

log = structlog.get_logger(__name__)

MOST_IDENTIFIES: Final = 900
"""Per day. Past 1,000 Discord resets the token (docs/platform.md, Behaviour); other programs may use the same token."""

_BETWEEN_IDENTIFIES_S: Final = 5.25
"""Discord accepts one IDENTIFY in 5 s (its documentation, Gateway); the rest is for one sent later than counted."""

_API: Final = "/api/v10"
_GONE: Final = frozenset({10004, 50001})

Install = Callable[["NewsClient"], Awaitable[None]]


class IdentifyBudgetError(Exception):
    """The day's IDENTIFYs are used up, and another one might cost the token; only commands wait, posting continues."""


class ClientServices(Protocol):
    """The part of the commands' services that the client itself needs."""

    @property
    def store(self) -> Store:
        """All ports of the database."""

    @property
    def clock(self) -> Clock:
        """For waits, and for counting the day's IDENTIFYs."""


class NewsClient(discord.Client):
    """A discord.py client with the commands, which counts its IDENTIFYs and notes joined and left servers.

    Attributes:
        services: What commands work with (`bot.chat.commands.context.Services`).
        tree: The commands.
        is_connected: True while the gateway connection is up, so that commands arrive. Posting doesn't need it.
        connected_s: Uptime in seconds at which that last changed.
    """

    def __init__(
        self, services: ClientServices, *, wire: Wire, install: Install, guild_ready_timeout_s: float = 2.0
    ) -> None:
        """Set up the client without connecting it.

        Args:
            services: What commands work with.
            wire: The checks that every HTTP request passes.
            install: Adds commands and dynamic items, and sends changed commands to Discord. Called at the login; if
                Discord refuses the commands, posting continues, and it is called again when the gateway is ready.
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
        self.is_connected = False
        self.connected_s = services.clock.uptime()
        self._install = install
        self._is_installed = False

    @override
    async def setup_hook(self) -> None:
        await self._install_once()

    async def _install_once(self) -> None:
        if self._is_installed:
            return
        self.tree.clear_commands(guild=None)  # an earlier attempt may have added some
        try:
            await self._install(self)
        except discord.HTTPException as error:
            log.warning(
                "Discord refused the commands; the earlier ones remain, and posting continues", error=str(error)
            )
        else:
            self._is_installed = True

    @override
    async def before_identify_hook(self, _shard_id: int | None, *, initial: bool = False) -> None:
        """Count the IDENTIFY in the store, so that a crash loop doesn't use up the day's, and wait for its turn.

        discord.py waits between the IDENTIFYs of one `connect` only, and each reconnect of the supervisor is another.

        Raises:
            IdentifyBudgetError: none is left for today.
        """
        await self._wait_after_last_identify()
        count = await self.services.store.admin.count_identify(at=self.services.clock.now())
        if count > MOST_IDENTIFIES:
            raise IdentifyBudgetError(f"{count} IDENTIFYs within 24 hours")

    async def _wait_after_last_identify(self) -> None:
        """Wait until five seconds have passed since the last IDENTIFY, which an earlier process may have sent."""
        last_at = await self.services.store.admin.last_identify()
        if last_at is not None:
            since_s = abs((self.services.clock.now() - last_at).total_seconds())  # the clock may have been set back
            if since_s < _BETWEEN_IDENTIFIES_S:
                await self.services.clock.sleep(_BETWEEN_IDENTIFIES_S - since_s)

    def note_connection(self, *, is_connected: bool) -> None:
        """Note that the gateway connection came up or went down."""
        if is_connected is not self.is_connected:
            self.is_connected = is_connected
            self.connected_s = self.services.clock.uptime()

    async def on_ready(self) -> None:
        """Note the servers that were joined or left while the bot was offline."""
        self.note_connection(is_connected=True)
        await self._install_once()
        schedules = self.services.store.schedules
        here = {guild.id for guild in self.guilds}
        for guild_id in here:
            await schedules.guild_joined(guild_id)
        for guild_id in {schedule.guild_id for schedule in await schedules.schedules()} - here:
            if await self._has_left(guild_id):
                await schedules.guild_left(guild_id, at=self.services.clock.now())

    async def _has_left(self, guild_id: int) -> bool:
        """Ask Discord itself: an incomplete list of servers must not switch anything off."""
        try:
            await self.fetch_guild(guild_id, with_counts=False)
        except discord.HTTPException as error:
            return error.code in _GONE
        return False

    async def on_resumed(self) -> None:
        """Note that the connection is up again."""
        self.note_connection(is_connected=True)

    async def on_disconnect(self) -> None:
        """Note that the connection is down."""
        self.note_connection(is_connected=False)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Keep what would have been purged of the server."""
        await self.services.store.schedules.guild_joined(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Switch the server's schedules off: the bot was removed. An unavailable server doesn't cause this event."""
        await self.services.store.schedules.guild_left(guild.id, at=self.services.clock.now())
        log.info("left a server", guild=guild.id)


def point_at(api_base: str) -> None:
    """Point discord.py at a sandbox on this machine instead of Discord, for the whole process.

    Args:
        api_base: `http://127.0.0.1:PORT`; REST is below `/api/v10`, the gateway at `/gateway`, pictures below `/cdn`.

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
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://{parts.netloc}/gateway")
    discord.asset.Asset.BASE = f"{root}/cdn"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
