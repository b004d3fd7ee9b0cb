"""Look up a server's channels and the bot's permissions in them, from Discord's REST API.

The gateway's data may be out of date if the connection is broken, and the command line has no gateway.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Final

import discord
from typing_extensions import override

from bot.chat.account.error_mapping import refusal_of
from bot.chat.account.membership import Membership, Memberships
from bot.chat.wire import with_retries
from bot.clock import Clock
from bot.news.checkup.channel import ChannelAccess, Kind, NoAccess, Permission, PermissionCheck, ServerAccess
from bot.news.parsing.names import folded

_GONE: Final = frozenset({10003, 10004})
_MISSING_ACCESS: Final = 50001

KINDS: Final[dict[discord.ChannelType, Kind]] = {
    discord.ChannelType.text: "text",
    discord.ChannelType.news: "announcement",
    discord.ChannelType.news_thread: "thread",
    discord.ChannelType.public_thread: "thread",
    discord.ChannelType.private_thread: "thread",
    discord.ChannelType.forum: "forum",
    discord.ChannelType.media: "forum",
}
"""What an edition's channel is, by Discord's type; any other is `other`."""


class ChannelPermissions(PermissionCheck):
    """discord.py implementation of `PermissionCheck`."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        """Set up the check.

        Args:
            client: Logged in; it needs no gateway connection.
            clock: For the waits between attempts.
        """
        self._clock = clock
        self._memberships = Memberships(client, clock)

    @override
    async def check_channels(self, guild_id: int, channel_ids: frozenset[int]) -> ServerAccess:
        try:
            membership = await self._memberships.find(guild_id)
        except discord.HTTPException as error:
            is_gone = error.code == _MISSING_ACCESS or error.code in _GONE
            return ServerAccess(unknown=refusal_of(error).detail, is_gone=is_gone)
        except Exception as error:  # noqa: BLE001 - the network, or our own wire: neither is an answer
            return ServerAccess(unknown=refusal_of(error).detail)
        wanted = sorted(channel_ids)
        channels = await asyncio.gather(*(self._look(membership, channel_id) for channel_id in wanted))
        return ServerAccess(
            channels=dict(zip(wanted, channels, strict=True)),
            mentionable={role.id: role.mentionable for role in membership.guild.roles},
        )

    async def _look(self, membership: Membership, channel_id: int) -> ChannelAccess | NoAccess:
        try:
            channel = await self._fetch(membership, channel_id)
            if not isinstance(channel, discord.Thread):
                return _access(channel, channel, membership.me)
            parent = await self._fetch(membership, channel.parent_id)
            return _access(channel, parent, membership.me)
        except discord.HTTPException as error:
            if error.code in _GONE:
                return NoAccess(why="gone")
            if error.code == _MISSING_ACCESS:
                return NoAccess(why="hidden")
            return NoAccess(why="unknown", detail=refusal_of(error).detail)
        except discord.InvalidData:  # of a type that discord.py doesn't know, or of another server
            return ChannelAccess(kind="other")
        except Exception as error:  # noqa: BLE001 - as in `check_channels`
            return NoAccess(why="unknown", detail=refusal_of(error).detail)

    async def _fetch(self, membership: Membership, channel_id: int) -> discord.abc.GuildChannel | discord.Thread:
        return await with_retries(lambda: membership.guild.fetch_channel(channel_id), self._clock)


class KnownPermissions(PermissionCheck):
    """Permissions that Discord sent with an interaction; of other channels it is asked."""

    def __init__(self, known: Mapping[int, ChannelAccess], others: PermissionCheck) -> None:
        self._known = known
        self._others = others

    @override
    async def check_channels(self, guild_id: int, channel_ids: frozenset[int]) -> ServerAccess:
        if channel_ids <= self._known.keys():
            return ServerAccess(channels={each: self._known[each] for each in channel_ids})
        return await self._others.check_channels(guild_id, channel_ids)


def _access(
    channel: discord.abc.GuildChannel | discord.Thread,
    home: discord.abc.GuildChannel | discord.Thread,
    me: discord.Member,
) -> ChannelAccess:
    """Describe a channel with the permissions of its home: itself, or a thread's parent."""
    allowed = discord.Permissions.none() if isinstance(home, discord.Thread) else home.permissions_for(me)
    return ChannelAccess(
        kind=KINDS.get(channel.type, "other"),
        allowed=frozenset(named(allowed)),
        is_locked=isinstance(channel, discord.Thread) and channel.locked,
        has_usable_tag=_has_usable_tag(channel),
        tags=frozenset(folded(tag.name) for tag in _usable_tags(channel)),
    )


def named(allowed: discord.Permissions) -> Iterator[Permission]:
    """Name the permissions that an edition may need, of those that are allowed."""
    bits = {
        Permission.VIEW: allowed.read_messages,
        Permission.SEND: allowed.send_messages,
        Permission.SEND_IN_THREADS: allowed.send_messages_in_threads,
        Permission.CREATE_POSTS: allowed.send_messages,  # one bit with two names (Discord's documentation)
        Permission.EMBED_LINKS: allowed.embed_links,
        Permission.READ_HISTORY: allowed.read_message_history,
        Permission.MANAGE_THREADS: allowed.manage_threads,
        Permission.CREATE_THREADS: allowed.create_public_threads,
        Permission.MENTION_ALL_ROLES: allowed.mention_everyone,
    }
    return (permission for permission, has in bits.items() if has)


def _has_usable_tag(channel: discord.abc.GuildChannel | discord.Thread) -> bool:
    if not isinstance(channel, discord.ForumChannel) or not channel.flags.require_tag:
        return True
    return bool(_usable_tags(channel))


def _usable_tags(channel: discord.abc.GuildChannel | discord.Thread) -> list[discord.ForumTag]:
    if not isinstance(channel, discord.ForumChannel):
        return []
    return [tag for tag in channel.available_tags if not tag.moderated]
