"""Posting, reading, editing, deleting and publishing messages."""

from __future__ import annotations

from http import HTTPStatus
from itertools import islice

from bot.sandbox import api_errors
from bot.sandbox.application import posting
from bot.sandbox.rest.route import Call, Limit, Reply, Route
from bot.sandbox.state.channel import Channel
from bot.sandbox.state.message import CROSSPOSTED
from bot.sandbox.wire import Json

_MESSAGES = "/channels/{channel_id}/messages"
_MESSAGE = _MESSAGES + "/{message_id}"


def check_may_post(call: Call, channel: Channel, body: Json) -> None:
    """Check that the bot may post this message in the channel.

    Raises:
        ApiError: The bot lacks a permission, the person blocks direct messages, or the message is empty.
    """
    bot = call.world.bot.id
    if not channel.may_post(bot):
        raise api_errors.missing_permissions()
    if body.get("embeds"):
        call.require(channel, "embed_links")
    if call.uploads:
        call.require(channel, "attach_files")
    if channel.recipient is not None and not channel.recipient.takes_direct_messages:
        raise api_errors.closed_direct_messages()
    filled = any(body.get(key) for key in ("content", "embeds", "components", "sticker_ids", "poll"))
    if not filled and not call.uploads:
        raise api_errors.empty_message()


def _post(call: Call) -> Reply:
    channel, body, world = call.channel(), call.body or {}, call.world
    if not channel.takes_messages:
        raise api_errors.not_a_text_channel()
    check_may_post(call, channel, body)
    if channel.archived and channel.locked:
        raise api_errors.archived_thread()
    nonce = str(body["nonce"]) if body.get("enforce_nonce") and body.get("nonce") is not None else None
    if nonce is not None:
        known = world.nonces.find(world.bot.id, nonce)
        if known is not None:
            if known.deleted:
                raise api_errors.unknown_message()
            return HTTPStatus.OK, known.raw
    if channel.archived:  # a message unarchives its thread: docs, Threads, Active & Archived Threads
        channel.set_archived(False)
    message = posting.create(channel, world.bot, body, call.uploads)
    if nonce is not None:
        world.nonces.remember(world.bot.id, nonce, message)
    return HTTPStatus.OK, message.raw


def _list(call: Call) -> Reply:
    channel = call.channel()
    if not channel.allows(call.world.bot.id, "read_message_history"):
        return HTTPStatus.OK, []
    limit = int(call.query.get("limit", "50"))
    if "after" in call.query:
        after = int(call.query["after"])
        found = list(islice((one for one in channel.messages if one.id > after), limit))
    elif "around" in call.query:
        around = int(call.query["around"])
        earlier = [one for one in channel.messages if one.id <= around][-(limit // 2 + 1) :]
        found = earlier + list(islice((one for one in channel.messages if one.id > around), limit - len(earlier)))
    else:
        before = int(call.query.get("before", str(1 << 63)))
        found = [one for one in channel.messages if one.id < before][-limit:]
    return HTTPStatus.OK, [message.raw for message in reversed(found)]


def _get(call: Call) -> Reply:
    channel = call.channel()
    if not channel.allows(call.world.bot.id, "read_message_history"):
        raise api_errors.missing_access()
    return HTTPStatus.OK, call.message(channel).raw


def _edit(call: Call) -> Reply:
    channel = call.channel()
    message = call.message(channel)
    if message.author.id != call.world.bot.id:
        raise api_errors.other_users_message()
    if channel.archived:
        raise api_errors.archived_thread()
    posting.edit(message, call.body or {}, call.uploads)
    return HTTPStatus.OK, message.raw


def _delete(call: Call) -> Reply:
    channel = call.channel()
    message = call.message(channel)
    if message.author.id != call.world.bot.id:
        call.require(channel, "manage_messages")
    posting.delete(message)
    return HTTPStatus.NO_CONTENT, None


def _publish(call: Call) -> Reply:
    channel = call.channel()
    message = call.message(channel)
    if channel.kind != "announcement":
        raise api_errors.wrong_channel_type()
    call.require(channel, "send_messages")
    if message.author.id != call.world.bot.id:
        call.require(channel, "manage_messages")
    if message.crossposted:
        raise api_errors.already_crossposted()
    posting.edit(message, {"flags": CROSSPOSTED})
    message.raw["edited_timestamp"] = None
    return HTTPStatus.OK, message.raw


def _existing_flags(call: Call) -> int:
    channel = call.world.channels.get(call.number("channel_id"))
    message = channel.by_id.get(call.number("message_id")) if channel else None
    return message.flags if message else 0


_WRITING = Limit(requests=5, per_s=5.0)
_PUBLISHING = Limit(requests=10, per_s=3600.0)

ROUTES = (
    Route(method="POST", template=_MESSAGES, handler=_post, limit=_WRITING, form="message"),
    Route(method="GET", template=_MESSAGES, handler=_list, form="message-list"),
    Route(method="GET", template=_MESSAGE, handler=_get),
    Route(
        method="PATCH", template=_MESSAGE, handler=_edit, limit=_WRITING, form="message-edit", existing=_existing_flags
    ),
    Route(method="DELETE", template=_MESSAGE, handler=_delete, limit=Limit(requests=5, per_s=1.0)),
    Route(method="POST", template=_MESSAGE + "/crosspost", handler=_publish, limit=_PUBLISHING),
)
