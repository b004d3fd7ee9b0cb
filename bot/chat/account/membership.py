"""Look up the bot's membership of a server at Discord, once for all callers at the same time.

After long downtime thousands of channels are read back, hundreds of them in one server. If each asked for the server
and the bot's roles there, three of five requests would do so, all in one rate limit bucket. An answer is never older
than the call: callers that ask while a lookup is running share the next one.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import discord

from bot.chat.wire import with_retries
from bot.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A server with its roles, and the bot as a member of it."""

    guild: discord.Guild
    me: discord.Member


class Memberships:
    """Looks up memberships."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._running: dict[int, asyncio.Task[Membership]] = {}
        self._next: dict[int, asyncio.Task[Membership]] = {}

    async def find(self, guild_id: int) -> Membership:
        """Look up the bot's membership of a server; the lookup begins after this call.

        Raises:
            Exception: what the lookup raised, for every caller that shares it.
        """
        task = self._next.get(guild_id)
        if task is None:
            # A task of its own: if the first caller is cancelled, the others still need the answer.
            task = self._next[guild_id] = asyncio.create_task(self._look_up(guild_id))
        return await asyncio.shield(task)

    async def _look_up(self, guild_id: int) -> Membership:
        if (running := self._running.get(guild_id)) is not None:
            await asyncio.wait([running])
        task = self._running[guild_id] = self._next.pop(guild_id)
        try:
            return await self._ask(guild_id)
        finally:
            if self._running.get(guild_id) is task:
                del self._running[guild_id]

    async def _ask(self, guild_id: int) -> Membership:
        guild = await with_retries(lambda: self._client.fetch_guild(guild_id, with_counts=False), self._clock)
        me = await with_retries(lambda: guild.fetch_member(self._own_id), self._clock)
        return Membership(guild=guild, me=me)

    @property
    def _own_id(self) -> int:
        user = self._client.user
        if user is None:
            raise RuntimeError("not logged in")
        return user.id
