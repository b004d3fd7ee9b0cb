"""Creating, editing and deleting messages, once they are known to be allowed and valid."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.content import components as parts
from bot.sandbox.content import reading
from bot.sandbox.state.message import LOADING, Place, SandboxMessage
from bot.sandbox.state.upload import Upload
from bot.sandbox.state.users import User
from bot.sandbox.wire import Json, iso

Uploads = Mapping[int, Upload]
"""A request's files, by the number in `files[n]`."""


def create(
    channel: Place,
    author: User,
    body: Json,
    uploads: Uploads | None = None,
    *,
    flags: int = 0,
    private: bool = False,
    message_id: int | None = None,
    **more: object,
) -> SandboxMessage:
    """Post a message.

    Args:
        channel: The channel.
        author: The author.
        body: The validated request.
        uploads: The request's files.
        flags: Flags in addition to those of the body.
        private: Only one member sees it, so the channel's messages don't include it.
        message_id: The id, if it is given, as for a forum post's first message.
        more: Further keys of the message's JSON, e.g. a webhook's id.
    """
    platform = channel.platform
    message_id = message_id or platform.ids.new()
    files = uploads or {}
    attachments = _published(channel, body, files, private=private)
    raw: Json = {
        "id": str(message_id),
        "channel_id": str(channel.id),
        "type": 0,
        "content": body.get("content") or "",
        "author": author.to_json(),
        "timestamp": iso(platform.clock.now()),
        "edited_timestamp": None,
        "flags": (body.get("flags") or 0) | flags,
        "attachments": attachments,
        "embeds": _embeds(body),
        "components": _components(channel, body, attachments),
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "pinned": False,
        "tts": bool(body.get("tts")),
        **more,
    }
    if body.get("nonce") is not None:
        raw["nonce"] = body["nonce"]
    message = SandboxMessage(
        message_id=message_id,
        channel=channel,
        author=author,
        raw=raw,
        allowed_mentions=body.get("allowed_mentions"),
        files=tuple(files.values()),
    )
    _update_mentions(message)
    if not private:
        channel.by_id[message_id] = message
        _dispatch("MESSAGE_CREATE", message)
    platform.changes.notify()
    return message


def edit(message: SandboxMessage, body: Json, uploads: Uploads | None = None) -> None:
    """Change only the fields that `body` has; a loading answer becomes a complete one."""
    raw, channel, files = message.raw, message.channel, uploads or {}
    fresh = _published(channel, body, files, private=message.ephemeral)
    if body.get("attachments") is not None:
        kept = {str(one["id"]) for one in body["attachments"]}
        raw["attachments"] = [one for one in raw["attachments"] if one["id"] in kept] + fresh
    else:
        raw["attachments"] = raw["attachments"] + fresh
    message.files += tuple(files.values())
    if "content" in body:
        raw["content"] = body["content"] or ""
    if "embeds" in body:
        raw["embeds"] = _embeds(body)
    if "components" in body:
        raw["components"] = _components(channel, body, raw["attachments"])
    if body.get("flags") is not None:
        raw["flags"] |= body["flags"]
    if raw["flags"] & LOADING:
        raw["flags"] &= ~LOADING
    else:
        raw["edited_timestamp"] = iso(channel.platform.clock.now())
    message.allowed_mentions = body.get("allowed_mentions", message.allowed_mentions)
    _update_mentions(message)
    if not message.ephemeral:
        _dispatch("MESSAGE_UPDATE", message)
    channel.platform.changes.notify()


def delete(message: SandboxMessage) -> None:
    """Delete a message."""
    channel = message.channel
    message.deleted = True
    channel.by_id.pop(message.id, None)
    guild = channel.guild
    gone = {"id": str(message.id), "channel_id": str(channel.id)}
    if not message.ephemeral:
        gone |= {} if guild is None else {"guild_id": str(guild.id)}
        channel.platform.dispatch("MESSAGE_DELETE", lambda: gone, guild=guild.id if guild else None)
    channel.platform.changes.notify()


def gateway_json(message: SandboxMessage) -> Json:
    """The message as the payload of a gateway event."""
    guild = message.channel.guild
    if guild is None:
        return dict(message.raw)
    shape = message.raw | {"guild_id": str(guild.id)}
    if message.author.id in guild.memberships:
        member = guild.member_json(message.author.id)
        del member["user"]
        shape["member"] = member
    return shape


def _dispatch(event: str, message: SandboxMessage) -> None:
    guild = message.channel.guild
    message.channel.platform.dispatch(event, lambda: gateway_json(message), guild=guild.id if guild else None)


def _published(channel: Place, body: Json, uploads: Uploads, *, private: bool) -> list[Json]:
    if not uploads:
        return []
    described = {str(one["id"]): one for one in body.get("attachments") or ()}
    folder = f"{'ephemeral-attachments' if private else 'attachments'}/{channel.id}"
    published = []
    for number, upload in uploads.items():
        attachment = channel.platform.upload(upload, folder)
        if (described.get(str(number)) or {}).get("description"):
            attachment["description"] = described[str(number)]["description"]
        if private:
            attachment["ephemeral"] = True
        published.append(attachment)
    return published


def _embeds(body: Json) -> list[Json]:
    return [_embed(embed) for embed in body.get("embeds") or ()]


def _embed(sent: Json) -> Json:
    embed = {"type": "rich"} | {key: value for key, value in sent.items() if value is not None}
    if "fields" in embed:
        embed["fields"] = [{"inline": False} | field for field in embed["fields"]]
    return embed


def _components(channel: Place, body: Json, attachments: list[Json]) -> list[Json]:
    by_name = {one["filename"]: one for one in attachments}
    return parts.stored(body.get("components") or (), by_name, channel.platform.ids.new)


def _update_mentions(message: SandboxMessage) -> None:
    if not any("@" in text for text in reading.texts(message.raw)):
        return
    platform = message.channel.platform
    found = message.mentions
    known = {platform.bot.id: platform.bot} | platform.users
    message.raw["mentions"] = [known[user].to_json() for user in found.users if user in known]
    message.raw["mention_roles"] = [str(role) for role in found.roles]
    message.raw["mention_everyone"] = found.everyone
