"""Post drafts to Discord with discord.py; this needs a login but no gateway connection."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import discord
import structlog
from typing_extensions import override

from bot.chat.account.error_mapping import outcome_of, refusal_of
from bot.chat.posting.components import mentions_for, to_view
from bot.chat.posting.publishing import publish_message
from bot.chat.posting.readback import Reader
from bot.chat.wire import PostWatch, Wire
from bot.chat.wire.buckets import BucketSweep
from bot.clock import Clock
from bot.news.message.draft import Draft, mentioned_roles
from bot.news.message.history import ChannelHistory, PostedPart
from bot.news.message.messenger import CannotRead, Messenger, Outcome, Posted, ReadBack, Refused, Unclear
from bot.news.parsing.names import folded
from bot.news.schedules.posting import MOST_TAGS, USUAL, Posting
from bot.render.format.clip import clip

log = structlog.get_logger(__name__)

_NOT_A_TEXT_CHANNEL: Final = 50008
_NOT_IN_A_FORUM: Final = frozenset({_NOT_A_TEXT_CHANNEL, 10008})
"""Codes of an answer that a message isn't in a channel, which may be a forum."""

_ARCHIVED: Final = 50083
_LONGEST_TITLE: Final = 100
_USER_FENCE_S: Final = 60.0
_THREAD_FENCE_S: Final = 60.0
_HAS_THREAD: Final = 160004
_ARCHIVED_AFTER_MIN: Final = 10080
"""A discussion that nobody continues is archived after a week, the longest that Discord offers."""
_ROLE_WITHIN_S: Final = 3.0
_AHEAD: Final = timedelta(days=30)
"""Nothing is posted in the future, but our clock may be slow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _How:
    """What goes with a message besides its view."""

    mentions: discord.AllowedMentions
    nonce: str
    title: str
    posting: Posting


def _tags(forum: discord.ForumChannel, names: Sequence[str]) -> list[discord.ForumTag]:
    """Find the tags of these names that the bot may set; some other one if there is none and the forum requires one."""
    usable = [tag for tag in forum.available_tags if not tag.moderated]
    wanted = {folded(name) for name in names}
    found = [tag for tag in usable if folded(tag.name) in wanted][:MOST_TAGS]
    return found or (usable[:1] if forum.flags.require_tag else [])


class DiscordMessenger(Messenger, ChannelHistory):
    """Discord implementation of `Messenger` and `ChannelHistory`."""

    def __init__(self, client: discord.Client, wire: Wire, keys: Sequence[bytes], clock: Clock) -> None:
        """Set up the messenger.

        Args:
            client: Logged in, created with `wire.trace_config`.
            wire: The checks that its requests pass.
            keys: The keys of custom ids, the current one first.
            clock: For the expiry of buttons, and for retries.
        """
        self._client = client
        self._wire = wire
        self._keys = keys
        self._clock = clock
        self._reader = Reader(client, clock)
        self._sweep = BucketSweep(client)
        self._forums: set[int] = set()  # which way to try first; each post looks again

    @override
    def discord_offset_s(self) -> float | None:
        return self._wire.discord_offset_s()

    @override
    async def post(
        self,
        channel_id: int,
        draft: Draft,
        *,
        nonce: str,
        mention_roles: tuple[int, ...] = (),
        title: str = "",
        posting: Posting = USUAL,
        fence_s: float = 20.0,
    ) -> Outcome:
        self._sweep.count_request()
        try:
            view = to_view(draft, keys=self._keys, now=self._clock.now())
        except ValueError as error:
            return Refused(cause="invalid_form", detail=str(error))
        until_s = self._clock.uptime() + fence_s
        pinged = [role for role in mention_roles if role in mentioned_roles(draft)]
        if pinged and (gone := await self._gone_roles(channel_id, frozenset(pinged))):
            return Refused(cause="role_gone", detail="a role to mention was deleted", can_retry=True, roles=gone)
        how = _How(mentions=mentions_for(pinged), nonce=nonce, title=title, posting=posting)
        with self._wire.watch(until_s - self._clock.uptime()) as watch:
            try:
                message_id = await self._send(channel_id, view, how, watch)
            except Exception as error:  # noqa: BLE001 - the watch knows whether the message may have been posted
                return outcome_of(error, watch)
        return Posted(message_id=message_id)

    @override
    async def edit(self, channel_id: int, message_id: int, draft: Draft, *, fence_s: float = 20.0) -> Outcome:
        self._sweep.count_request()
        try:
            view = to_view(draft, keys=self._keys, now=self._clock.now())
        except ValueError as error:
            return Refused(cause="invalid_form", detail=str(error))
        with self._wire.watch(fence_s) as watch:
            try:
                await self._edit(channel_id, message_id, view)
            except Exception as error:  # noqa: BLE001 - as in `post`
                return outcome_of(error, watch)
        return Posted(message_id=message_id)

    async def _edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> None:
        """Edit a message in its channel, or in the post of a forum that it began, which has its id."""
        is_forum = channel_id in self._forums
        try:
            await self._edit_in(message_id if is_forum else channel_id, message_id, view)
        except discord.HTTPException as error:
            if is_forum or error.code not in _NOT_IN_A_FORUM or await self._find_forum(channel_id) is None:
                raise
            await self._edit_in(message_id, message_id, view)

    async def _edit_in(self, place_id: int, message_id: int, view: discord.ui.LayoutView) -> None:
        message = self._client.get_partial_messageable(place_id).get_partial_message(message_id)
        try:
            await message.edit(view=view, allowed_mentions=mentions_for(()))
        except discord.HTTPException as error:
            if error.code != _ARCHIVED:
                raise
            await self._unarchive(place_id)
            await message.edit(view=view, allowed_mentions=mentions_for(()))

    async def _gone_roles(self, channel_id: int, roles: frozenset[int]) -> frozenset[int]:
        """Find the roles of which Discord says that they were deleted; none also if it didn't answer in time."""
        try:
            async with asyncio.timeout(_ROLE_WITHIN_S):
                channel = self._client.get_channel(channel_id) or await self._client.fetch_channel(channel_id)
                if isinstance(channel, discord.abc.PrivateChannel):
                    return frozenset()
                guild = await self._client.fetch_guild(channel.guild.id, with_counts=False)
        except Exception:  # noqa: BLE001 - whatever keeps it from asking is met again when it posts
            return frozenset()
        return frozenset(role for role in roles if guild.get_role(role) is None)

    async def _send(self, channel_id: int, view: discord.ui.LayoutView, how: _How, watch: PostWatch) -> int:
        if channel_id not in self._forums:
            try:
                return await self._send_message(channel_id, view, how)
            except discord.HTTPException as error:
                if error.code != _NOT_A_TEXT_CHANNEL or await self._find_forum(channel_id) is None:
                    raise
        # As it is now: what a forum requires of a post changes without an event that reaches this client.
        forum = await self._find_forum(channel_id)
        if forum is None:
            return await self._send_message(channel_id, view, how)
        return await self._send_post(forum, view, how, watch)

    async def _find_forum(self, channel_id: int) -> discord.ForumChannel | None:
        channel = await self._client.fetch_channel(channel_id)
        if isinstance(channel, discord.ForumChannel):
            self._forums.add(channel_id)
            return channel
        self._forums.discard(channel_id)
        return None

    async def _send_message(self, channel_id: int, view: discord.ui.LayoutView, how: _How) -> int:
        channel = self._client.get_partial_messageable(channel_id)
        nonce, mentions, silent = how.nonce, how.mentions, how.posting.silent
        try:
            message = await channel.send(view=view, nonce=nonce, allowed_mentions=mentions, silent=silent)
        except discord.HTTPException as error:
            if error.code != _ARCHIVED:
                raise
            await self._unarchive(channel_id)
            message = await channel.send(view=view, nonce=nonce, allowed_mentions=mentions, silent=silent)
        return message.id

    async def _unarchive(self, channel_id: int) -> None:
        thread = await self._client.fetch_channel(channel_id)
        if isinstance(thread, discord.Thread):
            await thread.edit(archived=False)

    async def _send_post(
        self, forum: discord.ForumChannel, view: discord.ui.LayoutView, how: _How, watch: PostWatch
    ) -> int:
        watch.try_once()  # a forum has no nonces, so discord.py must not repeat the request
        made = await forum.create_thread(
            name=clip(how.title, _LONGEST_TITLE) or "News",
            view=view,
            allowed_mentions=how.mentions,
            applied_tags=_tags(forum, how.posting.tags),
            silent=how.posting.silent,
        )
        return made.message.id

    @override
    async def open_thread(self, channel_id: int, message_id: int, name: str) -> Outcome:
        if channel_id in self._forums:  # its post is a thread
            return Posted(message_id=message_id)
        with self._wire.watch(_THREAD_FENCE_S):
            try:
                await self._client.http.start_thread_with_message(
                    channel_id,
                    message_id,
                    name=clip(name, _LONGEST_TITLE) or "News",
                    auto_archive_duration=_ARCHIVED_AFTER_MIN,
                )
            except discord.HTTPException as error:
                if error.code == _HAS_THREAD or await self._is_forum(channel_id):
                    return Posted(message_id=message_id)
                return refusal_of(error)
            except Exception as error:  # noqa: BLE001 - the network, or our own wire
                return refusal_of(error)
        return Posted(message_id=message_id)

    async def _is_forum(self, channel_id: int) -> bool:
        try:
            return await self._find_forum(channel_id) is not None
        except Exception:  # noqa: BLE001 - the refusal of the thread says more
            return False

    @override
    async def publish(self, channel_id: int, message_id: int) -> Outcome:
        return await publish_message(self._client, self._wire, channel_id, message_id)

    @override
    async def read_back(self, channel_id: int, key: str, *, after: datetime, before: datetime) -> ReadBack:
        self._sweep.count_request()
        return await self._reader.find(channel_id, key, after=after, before=before)

    @override
    async def posted_parts(
        self, channel_id: int, *, after: datetime
    ) -> tuple[PostedPart, ...] | CannotRead | Unclear | Refused:
        self._sweep.count_request()
        return await self._reader.posted_parts(channel_id, after=after, before=self._clock.now() + _AHEAD)

    @override
    async def tell_user(self, user_id: int, draft: Draft) -> Outcome:
        with self._wire.watch(_USER_FENCE_S) as watch:
            watch.try_once()
            try:
                view = to_view(draft, keys=self._keys, user_id=user_id, now=self._clock.now())
                channel = await self._client.create_dm(discord.Object(user_id))
                message = await channel.send(view=view, allowed_mentions=discord.AllowedMentions.none())
            except Exception as error:  # noqa: BLE001 - as in `post`
                return outcome_of(error, watch)
        return Posted(message_id=message.id)
