"""The bot's account at Discord: which events it asks for, and what a server's coming and going means."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Final, Protocol
from urllib.parse import urlsplit

import discord
import structlog
import yarl
from discord import app_commands

from bot.chat.wire import Wire
from bot.clock import Clock
from bot.errors import ConfigError
from bot.store.port import Store

log = structlog.get_logger(__name__)

MOST_IDENTIFIES: Final = 900
"""A day. Past 1,000 Discord resets the token (docs/platform.md, Behaviour); the rest is for whoever else uses it."""

_BETWEEN_IDENTIFIES_S: Final = 5.0
"""One connection may IDENTIFY once in so many seconds (Discord's documentation)."""

_API: Final = "/api/v10"
_GONE: Final = frozenset({10004, 50001})

Install = Callable[["NewsClient"], Awaitable[None]]


class IdentifyBudgetError(Exception):
    """Another IDENTIFY might cost the token; commands wait, posts go on."""


class ClientServices(Protocol):
    """The part of the handlers' context that the client itself needs."""

    @property
    def store(self) -> Store:
        """All ports of the database."""

    @property
    def clock(self) -> Clock:
        """For waits, and for the day's IDENTIFY count."""


class NewsClient(discord.Client):
    """The client.

    Attributes:
        services: What commands work with (`bot.chat.commands.context.Services`).
        tree: The commands.
        is_connected: True while the gateway is: commands work. Posts need it not.
        connected_s: Uptime at which that changed last.
    """

    def __init__(
        self, services: ClientServices, *, wire: Wire, install: Install, guild_ready_timeout_s: float = 2.0
    ) -> None:
        """See the class.

        Args:
            services: What commands work with.
            wire: What every request passes.
            install: Adds commands and dynamic items, and sends changed commands to Discord. Called at the login;
                where Discord refuses the commands, posts go on, and it is called again when the gateway is ready.
            guild_ready_timeout_s: How long READY waits for the servers; tests have few.
        """
        # The bot never speaks: that the libraries for it are missing is nothing to warn of.
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

    async def setup_hook(self) -> None:
        """See `discord.Client`: once the login has worked, before the gateway."""
        await self._install_once()

    async def _install_once(self) -> None:
        if self._is_installed:
            return
        self.tree.clear_commands(guild=None)  # a try before this one may have added some
        try:
            await self._install(self)
        except discord.HTTPException as error:
            log.warning("Discord did not take the commands; those of before stay, and posts go on", error=str(error))
        else:
            self._is_installed = True

    async def before_identify_hook(self, _shard_id: int | None, *, initial: bool = False) -> None:
        """See `discord.Client`; every IDENTIFY is counted in the store, so that no crash loop spends the day's.

        discord.py's own hook waits as long, on a clock that can't be handed in.

        Raises:
            IdentifyBudgetError: there are none left for today.
        """
        if not initial:
            await self.services.clock.sleep(_BETWEEN_IDENTIFIES_S)
        count = await self.services.store.admin.count_identify(at=self.services.clock.now())
        if count > MOST_IDENTIFIES:
            raise IdentifyBudgetError(f"{count} IDENTIFYs within 24 hours")

    def note_connection(self, *, is_connected: bool) -> None:
        """The gateway connection is up, or down."""
        if is_connected is not self.is_connected:
            self.is_connected = is_connected
            self.connected_s = self.services.clock.uptime()

    async def on_ready(self) -> None:
        """See `discord.Client`: servers that were joined or left while nobody was connected are found here."""
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
        """Asked of Discord itself: a list that came short must not switch anything off."""
        try:
            await self.fetch_guild(guild_id, with_counts=False)
        except discord.HTTPException as error:
            return error.code in _GONE
        return False

    async def on_resumed(self) -> None:
        """See `discord.Client`."""
        self.note_connection(is_connected=True)

    async def on_disconnect(self) -> None:
        """See `discord.Client`."""
        self.note_connection(is_connected=False)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """See `discord.Client`: whatever was to be purged of the server stays."""
        await self.services.store.schedules.guild_joined(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """See `discord.Client`: the bot was removed. A server that is merely unavailable doesn't come here."""
        await self.services.store.schedules.guild_left(guild.id, at=self.services.clock.now())
        log.info("left a server", guild=guild.id)


def point_at(api_base: str) -> None:
    """Let discord.py talk to a sandbox on this machine instead of Discord: for this whole process.

    Args:
        api_base: `http://127.0.0.1:PORT`; REST is below `/api/v10`, the gateway at `/gateway`, pictures below `/cdn`.

    Raises:
        ConfigError: the address is not on this machine. The token goes nowhere else.
    """
    parts = urlsplit(api_base)
    if parts.scheme != "http" or not _is_loopback(parts.hostname or ""):
        raise ConfigError((f"api_base: {api_base} is not http on this machine",), cure="Name http://127.0.0.1:PORT.")
    root = f"http://{parts.netloc}"
    discord.http.Route.BASE = root + _API
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://{parts.netloc}/gateway")
    discord.asset.Asset.BASE = f"{root}/cdn"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
