"""Threads on messages, posts in forums."""

from __future__ import annotations

from datetime import datetime

from bot.sandbox import posting, refusals
from bot.sandbox.channel import Channel
from bot.sandbox.rest.call import Call, Limit, Reply, Route
from bot.sandbox.rest.messages import check_may_post

_THREADS = "/channels/{channel_id}/threads"
_MEMBER = "/channels/{channel_id}/thread-members/@me"


def _on_message(call: Call) -> Reply:
    channel = call.channel()
    message = call.message(channel)
    call.require(channel, "create_public_threads")
    if channel.is_thread or channel.guild is None:
        raise refusals.wrong_channel_type()
    if message.id in call.world.channels:
        raise refusals.Refusal(400, 160004, "A thread has already been created for this message")
    thread = channel.add_thread(call.body["name"], thread_id=message.id)
    message.raw["thread"] = thread.to_json()
    return 201, thread.to_json()


def _open(call: Call) -> Reply:
    channel = call.channel()
    if channel.kind == "forum":
        return _forum_post(call, channel)
    if channel.is_thread or channel.guild is None:
        raise refusals.wrong_channel_type()
    call.require(channel, "create_public_threads")
    return 201, channel.add_thread(call.body["name"]).to_json()


def _forum_post(call: Call, forum: Channel) -> Reply:
    body = call.body["message"]
    check_may_post(call, forum, body)
    thread = forum.add_thread(call.body["name"])
    message = posting.create(thread, call.world.bot, body, call.uploads, message_id=thread.id)
    return 201, thread.to_json() | {"message": message.raw}


def _active(call: Call) -> Reply:
    guild = call.guild()
    every = [one for one in call.world.channels.values() if one.guild is guild and one.is_thread and not one.archived]
    return 200, {"threads": [one.to_json() for one in every], "members": [], "has_more": False}


def _archived(call: Call) -> Reply:
    limit = int(call.query.get("limit", "50"))
    before = datetime.fromisoformat(call.query["before"]) if "before" in call.query else None
    archived = [one for one in call.channel().threads if one.archived and (before is None or one.archived_at < before)]
    archived.sort(key=lambda one: one.archived_at, reverse=True)
    page = [one.to_json() for one in archived[:limit]]
    return 200, {"threads": page, "members": [], "has_more": len(archived) > limit}


def _join(call: Call) -> Reply:
    if call.channel().archived:
        raise refusals.archived_thread()
    return 204, None


_OPENING = Limit(requests=10, per_s=10.0)

ROUTES = (
    Route(
        method="POST",
        template="/channels/{channel_id}/messages/{message_id}/threads",
        handler=_on_message,
        limit=_OPENING,
    ),
    Route(method="POST", template=_THREADS, handler=_open, limit=_OPENING, form="thread"),
    Route(method="GET", template=_THREADS + "/archived/public", handler=_archived),
    Route(method="GET", template="/guilds/{guild_id}/threads/active", handler=_active),
    Route(method="PUT", template=_MEMBER, handler=_join),
    Route(method="DELETE", template=_MEMBER, handler=_join),
)
