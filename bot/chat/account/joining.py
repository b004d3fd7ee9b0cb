"""Greet the servers that the bot is in: what Discord says of them, and where a greeting can go."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial

import discord
import structlog

from bot.chat.account.servers import Servers
from bot.chat.wire import with_retries
from bot.clock import Clock
from bot.news.message.messenger import Messenger
from bot.news.servers.joining import JoinedServer
from bot.store.port import Store
from bot.usecases.joining import Greeter

log = structlog.get_logger(__name__)


async def greet_joined(servers: Servers, store: Store, messenger: Messenger, clock: Clock, *, now: datetime) -> None:
    """Greet the servers that the bot has joined.

    Args:
        servers: Those that the bot is in.
        store: Keeps which were greeted.
        messenger: Sends the greetings.
        clock: For the waits between attempts.
        now: The current moment, by Discord's clock.

    Raises:
        NewsdeskError: some greetings must wait; calling it again later helps.
    """
    greeter = Greeter(store=store, messenger=messenger, find_inviter=partial(find_inviter, servers, clock))
    guilds = await servers.newcomers()
    await greeter.greet(joined_servers(guilds), now=now)
    servers.settle(guilds)


def joined_servers(guilds: Collection[discord.Guild]) -> list[JoinedServer]:
    """Describe servers; one of an outage follows when it ends."""
    return [server for guild in guilds if (server := _joined(guild)) is not None]


def _joined(guild: discord.Guild) -> JoinedServer | None:
    me: discord.Member | None = guild.me  # None until Discord has named the bot as a member
    if guild.unavailable or me is None or me.joined_at is None:
        return None
    channel = guild.system_channel
    return JoinedServer(
        guild_id=guild.id,
        name=guild.name,
        joined_at=me.joined_at,
        channel_id=channel.id if channel is not None and _may_write(channel, me) else None,
    )


def _may_write(channel: discord.TextChannel, me: discord.Member) -> bool:
    allowed = channel.permissions_for(me)
    return allowed.read_messages and allowed.send_messages


async def find_inviter(servers: Servers, clock: Clock, guild_id: int) -> int | None:
    """Find the member who added the bot to a server, where it may read the audit log; None otherwise.

    The invite doesn't ask for that permission: it shows what every admin did, a lot for one message.
    """
    guild = await servers.find(guild_id)
    if guild is None or not guild.me.guild_permissions.view_audit_log:
        return None
    try:
        return await with_retries(lambda: _inviter(guild), clock)
    except Exception as error:  # noqa: BLE001 - of Discord, the network or our own wire: then nobody is greeted
        log.info("the member who added the bot is unknown", guild=guild_id, error=repr(error))
        return None


async def _inviter(guild: discord.Guild) -> int | None:
    async for entry in guild.audit_logs(action=discord.AuditLogAction.bot_add, limit=10):
        if entry.target is not None and entry.target.id == guild.me.id:
            return entry.user_id
    return None
