"""Threads, and posts in forums."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from bot.sandbox import api_errors
from bot.sandbox.application import posting
from bot.sandbox.rest.messages import check_may_post
from bot.sandbox.rest.route import Call, Limit, Reply, Route
from bot.sandbox.state.channel import Channel
from bot.sandbox.state.message import HAS_THREAD

_THREADS = "/channels/{channel_id}/threads"
_MEMBER = "/channels/{channel_id}/thread-members/@me"


def _on_message(call: Call) -> Reply:
    channel = call.channel()
    message = call.message(channel)
    call.require(channel, "create_public_threads")
    if channel.is_thread or channel.guild is None:
        raise api_errors.wrong_channel_type()
    if message.id in call.world.channels:
        raise api_errors.ApiError(HTTPStatus.BAD_REQUEST, 160004, "A thread has already been created for this message")
    thread = channel.add_thread(call.body["name"], thread_id=message.id)
    message.raw["thread"] = thread.to_json()
    message.raw["flags"] |= HAS_THREAD
    return HTTPStatus.CREATED, thread.to_json()


def _create(call: Call) -> Reply:
    channel = call.channel()
    if channel.kind == "forum":
        return _create_post(call, channel)
    if channel.is_thread or channel.guild is None:
        raise api_errors.wrong_channel_type()
    call.require(channel, "create_public_threads")
    return HTTPStatus.CREATED, channel.add_thread(call.body["name"]).to_json()


def _create_post(call: Call, forum: Channel) -> Reply:
    body = call.body["message"]
    check_may_post(call, forum, body)
    tags = tuple(int(tag) for tag in call.body.get("applied_tags") or ())
    _check_tags(call, forum, tags)
    thread = forum.add_thread(call.body["name"], tags=tags)
    message = posting.create(thread, call.world.bot, body, call.uploads, message_id=thread.id)
    return HTTPStatus.CREATED, thread.to_json() | {"message": message.raw}


def _check_tags(call: Call, forum: Channel, tags: tuple[int, ...]) -> None:
    # Docs, Channels, Forum Tag Object and Channel Flags.
    known = {tag.id: tag for tag in forum.tags}
    if any(tag not in known for tag in tags):
        raise api_errors.unknown_tag()
    if forum.requires_tag and not tags:
        raise api_errors.tag_required()
    if any(known[tag].moderated for tag in tags):
        call.require(forum, "manage_threads")


def _active(call: Call) -> Reply:
    active = call.world.active_threads(call.guild())
    return HTTPStatus.OK, {"threads": [one.to_json() for one in active], "members": [], "has_more": False}


def _archived(call: Call) -> Reply:
    limit = int(call.query.get("limit", "50"))
    before = datetime.fromisoformat(call.query["before"]) if "before" in call.query else None
    archived = [one for one in call.channel().threads if one.archived and (before is None or one.archived_at < before)]
    archived.sort(key=lambda one: one.archived_at, reverse=True)
    page = [one.to_json() for one in archived[:limit]]
    return HTTPStatus.OK, {"threads": page, "members": [], "has_more": len(archived) > limit}


def _join(call: Call) -> Reply:
    if call.channel().archived:
        raise api_errors.archived_thread()
    return HTTPStatus.NO_CONTENT, None


_CREATING = Limit(requests=10, per_s=10.0)

ROUTES = (
    Route(
        method="POST",
        template="/channels/{channel_id}/messages/{message_id}/threads",
        handler=_on_message,
        limit=_CREATING,
        form="message-thread",
    ),
    Route(method="POST", template=_THREADS, handler=_create, limit=_CREATING, form="thread"),
    Route(method="GET", template=_THREADS + "/archived/public", handler=_archived),
    Route(method="GET", template="/guilds/{guild_id}/threads/active", handler=_active),
    Route(method="PUT", template=_MEMBER, handler=_join),
    Route(method="DELETE", template=_MEMBER, handler=_join),
)
