"""Read our own messages back from a channel's history, with REST alone.

Without the permission Read Message History Discord answers an empty list, not an error (docs/delivery.md, Protocol).
So the permission is asked for first, and from Discord itself: the gateway's last word may be old if the connection is
broken.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, TypeVar

import discord
from discord.utils import snowflake_time, time_snowflake

from bot.chat.account.error_mapping import refusal_of
from bot.chat.account.membership import Memberships
from bot.chat.posting.custom_ids import carries
from bot.chat.posting.posted_parts import components_in, posted_part
from bot.chat.wire import with_retries
from bot.clock import Clock
from bot.news.message.history import PostedPart
from bot.news.message.messenger import CannotRead, NotThere, Posted, ReadBack, Refused, Unclear

_T = TypeVar("_T")

_PAGE: Final = 100
_STOPPING: Final = frozenset({"token_refused", "circuit_open", "rate_limited"})

_ServerChannel = discord.abc.GuildChannel | discord.Thread


class Reader:
    """Reads channels back, as `Messenger.read_back` does."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._memberships = Memberships(client, clock)

    async def find(self, channel_id: int, key: str, *, after: datetime, before: datetime) -> ReadBack:
        """Find the message that carries `key` among those of a time span."""

        async def work(messages: AsyncIterator[Any]) -> ReadBack:
            async for message in messages:
                if _carries(message, key):
                    return Posted(message_id=int(message["id"]))
            return NotThere()

        found = await self._read(channel_id, after, before, work)
        return NotThere() if found is None else found

    async def posted_parts(
        self, channel_id: int, *, after: datetime, before: datetime
    ) -> tuple[PostedPart, ...] | CannotRead | Unclear | Refused:
        """Read the parts of editions among the messages of a time span, oldest first."""

        async def work(messages: AsyncIterator[Any]) -> tuple[PostedPart, ...]:
            parts = [part async for message in messages if (part := posted_part(message)) is not None]
            return tuple(sorted(parts, key=lambda part: part.message_id))

        found = await self._read(channel_id, after, before, work)
        return () if found is None else found

    async def _read(
        self, channel_id: int, after: datetime, before: datetime, work: Callable[[AsyncIterator[Any]], Awaitable[_T]]
    ) -> _T | CannotRead | Unclear | Refused | None:
        """Work on our own messages of a time span; None if the channel was deleted."""
        try:
            messages = await self._open(channel_id, after, before)
            return messages if isinstance(messages, CannotRead) else await work(messages)
        except discord.HTTPException as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            if error.status == HTTPStatus.FORBIDDEN:
                return CannotRead(detail=refusal_of(error).detail)
            return _unless_stopped(error)
        except Exception as error:  # noqa: BLE001 - the network, or an answer that discord.py can't read: neither is an answer
            return _unless_stopped(error)

    async def _open(self, channel_id: int, after: datetime, before: datetime) -> AsyncIterator[Any] | CannotRead:
        channel = await with_retries(lambda: self._client.fetch_channel(channel_id), self._clock)
        if not isinstance(channel, _ServerChannel):
            return CannotRead(detail="not a channel of a server")
        membership = await self._memberships.find(channel.guild.id)
        home = await self._home(membership.guild, channel)
        if not _may_read(home, membership.me):
            return CannotRead(detail="Read Message History is missing")
        if isinstance(home, discord.ForumChannel) and not isinstance(channel, discord.Thread):
            return self._first_messages(membership.guild, home, after, before)
        return self._own_messages(channel_id, after, before)

    async def _home(self, guild: discord.Guild, channel: _ServerChannel) -> discord.abc.GuildChannel:
        """Return the channel that has the permissions (itself, or a thread's parent), with the server's roles."""
        if not isinstance(channel, discord.Thread):
            channel.guild = guild  # type: ignore[misc] # every channel class has the slot, their base class only annotates it
            return channel
        home = await with_retries(lambda: guild.fetch_channel(channel.parent_id), self._clock)
        if isinstance(home, discord.Thread):
            raise TypeError("a thread can't be the parent of a thread")
        return home

    @property
    def _own_id(self) -> int:
        user = self._client.user
        if user is None:
            raise RuntimeError("not logged in")
        return user.id

    async def _own_messages(self, channel_id: int, after: datetime, before: datetime) -> AsyncIterator[Any]:
        async for message in self._messages(channel_id, after, before):
            if int(message["author"]["id"]) == self._own_id:
                yield message

    async def _messages(self, channel_id: int, after: datetime, before: datetime) -> AsyncIterator[Any]:
        """Yield the channel's messages of a time span as JSON, so that no other message can break the parsing."""
        start, end = time_snowflake(after), time_snowflake(before, high=True)
        while True:
            page = await with_retries(
                lambda start=start: self._client.http.logs_from(channel_id, _PAGE, after=start),  # type: ignore[misc]
                self._clock,
            )
            page.sort(key=lambda message: int(message["id"]))
            for message in page:
                if int(message["id"]) > end:
                    return
                yield message
            if len(page) < _PAGE:
                return
            start = int(page[-1]["id"])

    async def _first_messages(
        self, guild: discord.Guild, forum: discord.ForumChannel, after: datetime, before: datetime
    ) -> AsyncIterator[Any]:
        """Yield the first messages of our forum posts; a post has the id of its first message."""
        async for thread_id in self._posts(guild, forum, after):
            if after <= snowflake_time(thread_id) <= before:
                message = await self._first_message(thread_id)
                if message is not None:
                    yield message

    async def _posts(self, guild: discord.Guild, forum: discord.ForumChannel, after: datetime) -> AsyncIterator[int]:
        for thread in await with_retries(guild.active_threads, self._clock):
            if thread.parent_id == forum.id and thread.owner_id == self._own_id:
                yield thread.id
        async for thread in forum.archived_threads(limit=None):
            if (
                thread.archive_timestamp < after
            ):  # the latest archived come first, and no post is archived before it was created
                return
            if thread.owner_id == self._own_id:
                yield thread.id

    async def _first_message(self, thread_id: int) -> Any | None:
        try:
            return await with_retries(lambda: self._client.http.get_message(thread_id, thread_id), self._clock)
        except discord.NotFound:
            return None


def _may_read(channel: discord.abc.GuildChannel, me: discord.Member) -> bool:
    allowed = channel.permissions_for(me)
    return allowed.read_messages and allowed.read_message_history


def _carries(message: Any, key: str) -> bool:
    return any(carries(custom_id, key) for custom_id in _custom_ids(message))


def _custom_ids(message: Any) -> Iterator[str]:
    return (each["custom_id"] for each in components_in(message) if "custom_id" in each)


def _unless_stopped(error: Exception) -> Unclear | Refused:
    refusal = refusal_of(error)
    return refusal if refusal.cause in _STOPPING else Unclear(detail=refusal.detail)
