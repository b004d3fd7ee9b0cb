"""The servers that the bot is in, with their channels and roles: from the gateway, or from REST without one."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final

import discord
import structlog

from bot.chat.wire import with_retries
from bot.clock import Clock

log = structlog.get_logger(__name__)

HASTY_S: Final = 0.6
"""For a form, which opens at once or not before another press: less than an answer waits until it is deferred."""

PATIENT_S: Final = 10.0

MOST_AT_FIRST: Final = 50
"""Servers that are looked at for a greeting after the start: four requests each, of 48 a second."""


class Servers:
    """Looks up servers. Without a gateway each answer is asked for: a role that isn't seen counts as deleted."""

    def __init__(self, client: discord.Client, clock: Clock, *, has_gateway: bool) -> None:
        """Begin without knowing any.

        Args:
            client: Logged in when it is asked.
            clock: For the waits between attempts.
            has_gateway: Whether the gateway names the servers.
        """
        self._client = client
        self._clock = clock
        self._has_gateway = has_gateway
        self._names: dict[int, str] = {}
        self._settled: set[int] | None = None
        self._reading: set[asyncio.Task[discord.Guild | None]] = set()

    async def ids(self) -> set[int]:
        """List the servers that the bot is in.

        Raises:
            discord.HTTPException: Discord doesn't say.
        """
        if self._has_gateway:
            return {guild.id for guild in self._client.guilds}
        self._names = await with_retries(self._read_names, self._clock)
        return set(self._names)

    async def _read_names(self) -> dict[int, str]:
        return {guild.id: guild.name async for guild in self._client.fetch_guilds(limit=None, with_counts=False)}

    def name(self, guild_id: int) -> str:
        """Return the name of a server; empty if it isn't known."""
        guild = self._client.get_guild(guild_id)
        return self._names.get(guild_id, "") if guild is None else guild.name

    async def find(self, guild_id: int, *, within_s: float = PATIENT_S) -> discord.Guild | None:
        """Find a server with its channels, its roles and the bot as a member; None if it can't be seen now.

        Args:
            guild_id: The server.
            within_s: How long Discord is waited for. Its answer is then still taken, and nothing is done with it: a
                request must not be cancelled (docs/platform.md, Behaviour).
        """
        if self._has_gateway:
            guild = self._client.get_guild(guild_id)
            return None if guild is None or guild.unavailable else guild
        reading = asyncio.create_task(self._read(guild_id))
        self._reading.add(reading)
        reading.add_done_callback(self._reading.discard)
        await asyncio.wait({reading}, timeout=within_s)
        return reading.result() if reading.done() else None

    async def _read(self, guild_id: int) -> discord.Guild | None:
        try:
            return await self._ask(guild_id)
        except Exception as error:  # noqa: BLE001 - of Discord, the network or our own wire: it can't be seen now
            log.info("a server can't be read", guild=guild_id, error=repr(error))
            return None

    async def _ask(self, guild_id: int) -> discord.Guild:
        """Ask for what GUILD_CREATE would say, and let discord.py parse it as that."""
        http, user = self._client.http, self._client.user
        if user is None:
            raise RuntimeError("not logged in")
        guild, channels, threads, me = await asyncio.gather(
            with_retries(lambda: http.get_guild(guild_id, with_counts=False), self._clock),
            with_retries(lambda: http.get_all_guild_channels(guild_id), self._clock),
            with_retries(lambda: http.get_active_threads(guild_id), self._clock),
            with_retries(lambda: http.get_member(guild_id, user.id), self._clock),
        )
        whole = {**guild, "channels": channels, "threads": threads["threads"], "members": [me]}
        return discord.Guild(data=whole, state=self._client._connection)  # type: ignore[arg-type] # noqa: SLF001 - as discord.py does with an event's

    async def newcomers(self) -> list[discord.Guild]:
        """List the servers that may have been joined lately and not been greeted; with a gateway, all of them.

        Without one each costs requests: those are looked at that were not in the list after the start, and all of a
        short list then.

        Raises:
            discord.HTTPException: Discord doesn't say which servers the bot is in.
        """
        if self._has_gateway:
            return list(self._client.guilds)
        here = await self.ids()
        if self._settled is None:
            self._settled = here if len(here) > MOST_AT_FIRST else set()
        self._settled &= here
        return [guild for each in sorted(here - self._settled) if (guild := await self.find(each)) is not None]

    def settle(self, guilds: Collection[discord.Guild]) -> None:
        """Note that these need no greeting any more."""
        if self._settled is not None:
            self._settled |= {guild.id for guild in guilds}
