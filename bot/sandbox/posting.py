"""Making, editing and deleting messages, once they are known to be allowed and well formed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.sandbox import components as parts
from bot.sandbox.message import LOADING, SandboxMessage, Upload
from bot.sandbox.users import User
from bot.sandbox.wire import Json, iso

if TYPE_CHECKING:
    from bot.sandbox.channel import Channel

Uploads = Mapping[int, Upload]
"""The files of a request, by the number in `files[n]`."""


def create(
    channel: Channel,
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
        channel: Where.
        author: Whose it is.
        body: The examined request.
        uploads: Its files.
        flags: Flags beside those of the body.
        private: Only one member sees it: it never stands in the channel.
        message_id: Its id where that is given, as of a forum post's first message.
        more: Further keys of the message's JSON, e.g. a webhook's id.
    """
    world = channel.world
    message_id = message_id or world.ids.new()
    files = uploads or {}
    attachments = _published(channel, body, files, private=private)
    raw: Json = {
        "id": str(message_id),
        "channel_id": str(channel.id),
        "type": 0,
        "content": body.get("content") or "",
        "author": author.to_json(),
        "timestamp": iso(world.clock.now()),
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
    _note_mentions(message)
    if not private:
        channel.by_id[message_id] = message
        _tell("MESSAGE_CREATE", message)
    world.changes.notify()
    return message


def edit(message: SandboxMessage, body: Json, uploads: Uploads | None = None) -> None:
    """Change what `body` names, and nothing else; a loading answer becomes a real one."""
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
        raw["edited_timestamp"] = iso(channel.world.clock.now())
    message.allowed_mentions = body.get("allowed_mentions", message.allowed_mentions)
    _note_mentions(message)
    if not message.ephemeral:
        _tell("MESSAGE_UPDATE", message)
    channel.world.changes.notify()


def delete(message: SandboxMessage) -> None:
    """Take a message away."""
    channel = message.channel
    message.deleted = True
    channel.by_id.pop(message.id, None)
    guild = channel.guild
    gone = {"id": str(message.id), "channel_id": str(channel.id)}
    if not message.ephemeral:
        gone |= {} if guild is None else {"guild_id": str(guild.id)}
        channel.world.dispatch("MESSAGE_DELETE", lambda: gone, guild=guild.id if guild else None)
    channel.world.changes.notify()


def gateway_json(message: SandboxMessage) -> Json:
    """The message as a gateway event carries it."""
    guild = message.channel.guild
    if guild is None:
        return dict(message.raw)
    shape = message.raw | {"guild_id": str(guild.id)}
    if message.author.id in guild.memberships:
        member = guild.member_json(message.author.id)
        del member["user"]
        shape["member"] = member
    return shape


def _tell(event: str, message: SandboxMessage) -> None:
    guild = message.channel.guild
    message.channel.world.dispatch(event, lambda: gateway_json(message), guild=guild.id if guild else None)


def _published(channel: Channel, body: Json, uploads: Uploads, *, private: bool) -> list[Json]:
    if not uploads:
        return []
    said = {str(one["id"]): one for one in body.get("attachments") or ()}
    folder = f"{'ephemeral-attachments' if private else 'attachments'}/{channel.id}"
    published = []
    for number, upload in uploads.items():
        attachment = channel.world.publish(upload, folder)
        if (said.get(str(number)) or {}).get("description"):
            attachment["description"] = said[str(number)]["description"]
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


def _components(channel: Channel, body: Json, attachments: list[Json]) -> list[Json]:
    by_name = {one["filename"]: one for one in attachments}
    return parts.stored(body.get("components") or (), by_name, channel.world.ids.new)


def _note_mentions(message: SandboxMessage) -> None:
    if not any("@" in text for text in _texts(message.raw)):
        return
    world = message.channel.world
    found = message.mentions
    known = {world.bot.id: world.bot} | {one.id: one.user for one in world.people.values()}
    message.raw["mentions"] = [known[user].to_json() for user in found.users if user in known]
    message.raw["mention_roles"] = [str(role) for role in found.roles]
    message.raw["mention_everyone"] = found.everyone


def _texts(raw: Json) -> list[str]:
    displays = [one["content"] for one in parts.walk(raw["components"]) if one["type"] == parts.TEXT_DISPLAY]
    return [raw["content"], *displays]
