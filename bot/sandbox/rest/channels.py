"""Reading, changing and deleting channels, and opening direct messages."""

from __future__ import annotations

from http import HTTPStatus

from bot.sandbox import api_errors
from bot.sandbox.rest.route import Call, Reply, Route

_CHANNEL = "/channels/{channel_id}"


def _get(call: Call) -> Reply:
    return HTTPStatus.OK, call.channel().to_json()


def _change(call: Call) -> Reply:
    channel, body, bot = call.channel(), call.body or {}, call.world.bot.id
    if not channel.is_thread:
        call.require(channel, "manage_channels")
    elif not channel.allows(bot, "manage_threads"):
        only_opens = set(body) == {"archived"} and body["archived"] is False
        if channel.locked or (not (only_opens and channel.may_post(bot)) and channel.owner_id != bot):
            raise api_errors.missing_permissions()
    if body.get("name"):
        channel.name = body["name"]
    if "topic" in body:
        channel.topic = body["topic"]
    if body.get("archived") is not None or body.get("locked") is not None:
        archived, locked = body.get("archived"), body.get("locked")
        channel.set_archived(
            channel.archived if archived is None else archived, locked=channel.locked if locked is None else locked
        )
    else:
        channel.dispatch("THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE", channel)
    return HTTPStatus.OK, channel.to_json()


def _delete(call: Call) -> Reply:
    channel = call.channel()
    call.require(channel, "manage_threads" if channel.is_thread else "manage_channels")
    shape = channel.to_json()
    channel.delete()
    return HTTPStatus.OK, shape


def _typing(call: Call) -> Reply:
    call.channel()
    return HTTPStatus.NO_CONTENT, None


def _open_direct(call: Call) -> Reply:
    recipient = str((call.body or {}).get("recipient_id") or "")
    person = call.world.people.get(int(recipient)) if recipient.isdigit() else None
    if person is None:
        raise api_errors.unknown_user()
    return HTTPStatus.OK, call.world.direct_channel(person).to_json()


ROUTES = (
    Route(method="GET", template=_CHANNEL, handler=_get),
    Route(method="PATCH", template=_CHANNEL, handler=_change),
    Route(method="DELETE", template=_CHANNEL, handler=_delete),
    Route(method="POST", template=_CHANNEL + "/typing", handler=_typing),
    Route(method="POST", template="/users/@me/channels", handler=_open_direct),
)
