"""The bot's access to a channel, the permissions that a schedule needs there, and what to do if some are missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol, assert_never

from bot.news.checkup.finding import Finding, failing, unchecked
from bot.news.parsing.names import folded
from bot.news.schedules.schedule import Schedule
from bot.text.clean import clean

Kind = Literal["text", "announcement", "thread", "forum", "other"]


class Permission(StrEnum):
    """A permission, by its name in Discord's settings."""

    VIEW = "View Channel"
    SEND = "Send Messages"
    SEND_IN_THREADS = "Send Messages in Threads"
    CREATE_POSTS = "Create Posts"
    EMBED_LINKS = "Embed Links"
    READ_HISTORY = "Read Message History"
    MANAGE_THREADS = "Manage Threads"
    CREATE_THREADS = "Create Public Threads"
    MENTION_ALL_ROLES = "Mention @everyone, @here and All Roles"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelAccess:
    """The bot's access to a channel that it can see.

    Attributes:
        allowed: The bot's permissions there; for a thread those of its parent channel.
        is_locked: For a thread: only members who may manage threads can write in it.
        has_usable_tag: False for a forum that requires a tag on each post and has none that the bot may set.
        tags: For a forum: the folded names of the tags that the bot may set.
    """

    kind: Kind
    allowed: frozenset[Permission] = frozenset()
    is_locked: bool = False
    has_usable_tag: bool = True
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAccess:
    """A channel that the bot can't see: it was deleted, is hidden, or Discord gave no answer (`detail`)."""

    why: Literal["gone", "hidden", "unknown"]
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAccess:
    """The bot's access to channels of one server.

    Attributes:
        channels: The access to each channel that was asked for.
        mentionable: For each role of the server, whether anyone may mention it.
        unknown: Why Discord gave no answer about the server; empty if it did, and only then the rest counts.
        is_gone: The bot is no longer in the server.
    """

    channels: Mapping[int, ChannelAccess | NoAccess] = field(default_factory=dict)
    mentionable: Mapping[int, bool] = field(default_factory=dict)
    unknown: str = ""
    is_gone: bool = False


class PermissionCheck(Protocol):
    """Reads the bot's access from Discord at this moment."""

    async def check_channels(self, guild_id: int, channel_ids: frozenset[int]) -> ServerAccess:
        """Read the access to these channels of a server; errors of Discord or the network are part of the answer."""
        ...


def may_be_readable(channel: ChannelAccess | NoAccess) -> bool:
    """False if the bot is not allowed to read the channel's history; True also if Discord gave no answer."""
    if isinstance(channel, NoAccess):
        return channel.why == "unknown"
    return {Permission.VIEW, Permission.READ_HISTORY} <= channel.allowed


_POST: Mapping[Kind, Permission] = {
    "text": Permission.SEND,
    "announcement": Permission.SEND,
    "thread": Permission.SEND_IN_THREADS,
    "forum": Permission.CREATE_POSTS,
}
"""The permission to post, by kind. Publishing one's own message needs no other (Discord's documentation)."""


def access_findings(schedule: Schedule, access: ServerAccess) -> Iterator[Finding]:
    """Find what keeps a schedule from posting in its channel; nothing if it can post."""
    channel = access.channels.get(schedule.channel_id)
    if channel is None or isinstance(channel, NoAccess):
        yield from _no_access_findings(channel)
        return
    if channel.kind == "other":
        cure = "Choose a text, announcement or forum channel or a thread with /schedule edit."
        yield failing("I can't post to a channel of its kind.", cure)
        return
    yield from _permission_findings(channel)
    yield from _option_findings(schedule, channel, access)
    if schedule.notice_channel_id is not None:
        yield from _notice_findings(access.channels.get(schedule.notice_channel_id))
    if schedule.desk_channel_id is not None:
        yield from _desk_findings(access.channels.get(schedule.desk_channel_id))


def _no_access_findings(channel: NoAccess | None) -> Iterator[Finding]:
    match channel:
        case NoAccess(why="gone"):
            yield failing("Its channel was deleted.", "Choose another one with /schedule edit.")
        case NoAccess(why="hidden"):
            yield _missing(Permission.VIEW, "I can't see its channel")
        case NoAccess():
            yield unchecked(f"Its channel was not checked: Discord did not answer ({channel.detail}).")
        case None:
            yield unchecked("Its channel was not checked.")
        case _:
            assert_never(channel)


def _permission_findings(channel: ChannelAccess) -> Iterator[Finding]:
    if Permission.VIEW not in channel.allowed:
        yield _missing(Permission.VIEW, "I can't see its channel")
        return
    needs = [(Permission.READ_HISTORY, "I can't check whether a message was posted before I send it again")]
    if _POST[channel.kind] in channel.allowed:  # without it Discord takes the other one away, too
        needs.append((Permission.EMBED_LINKS, "pictures may not be shown"))
    else:
        needs.insert(0, (_POST[channel.kind], "nothing can be posted"))
    if channel.is_locked:
        needs.append((Permission.MANAGE_THREADS, "the thread is locked, so nothing can be posted"))
    for permission, why in needs:
        if permission not in channel.allowed:
            yield _missing(permission, why)
    if not channel.has_usable_tag:
        cure = "Add a tag to the forum that anyone may set."
        yield failing("The forum requires a tag on each post and has none that I may set.", cure)


def _option_findings(schedule: Schedule, channel: ChannelAccess, access: ServerAccess) -> Iterator[Finding]:
    if schedule.publish and channel.kind != "announcement":
        yield failing(
            "Its option publish is on, but its channel is not an announcement channel.",
            "Turn it into one in the channel's settings, or use /schedule edit with publish:False.",
        )
    yield from _thread_findings(schedule, channel)
    yield from _tag_findings(schedule, channel)
    if schedule.mention_role is not None:
        cure = "Choose another one with /schedule edit, or clear mention_role there."
        yield from _role_findings("The role that it mentions", schedule.mention_role, cure, channel, access)
    for each in schedule.topic_roles:
        name = f"The role that it mentions for the topic “{clean(each.topic)}”"
        cure = "Choose another one with /schedule topic-role, or remove it there."
        yield from _role_findings(name, each.role_id, cure, channel, access)


def _role_findings(name: str, role: int, cure: str, channel: ChannelAccess, access: ServerAccess) -> Iterator[Finding]:
    if role not in access.mentionable:
        yield failing(f"{name} was deleted.", cure)
    elif not access.mentionable[role] and Permission.MENTION_ALL_ROLES not in channel.allowed:
        yield failing(
            f"{name} is not pinged, because not everyone may mention it.",
            f"Allow anyone to mention the role, or give me {Permission.MENTION_ALL_ROLES} in the channel.",
        )


def _thread_findings(schedule: Schedule, channel: ChannelAccess) -> Iterator[Finding]:
    if not schedule.thread:
        return
    if channel.kind == "forum":
        yield failing(
            "Its option thread has no effect in a forum, where each post is a thread.",
            "Use /schedule edit with thread:False.",
        )
    elif channel.kind == "thread":
        yield failing(
            "Its option thread is on, but its channel is a thread, which can't have threads.",
            "Choose another channel, or use /schedule edit with thread:False.",
        )
    elif Permission.CREATE_THREADS not in channel.allowed:
        yield _missing(Permission.CREATE_THREADS, "no discussion thread can be opened")


def _tag_findings(schedule: Schedule, channel: ChannelAccess) -> Iterator[Finding]:
    if schedule.tags and channel.kind != "forum":
        yield failing(
            "Its option tags is set, but its channel is not a forum.",
            "Choose a forum, or use /schedule edit with clear:tags.",
        )
        return
    for tag in schedule.tags:
        if folded(tag) not in channel.tags:
            yield failing(
                f"The forum has no tag “{clean(tag)}” that I may set, so posts don't get it.",
                "Add it to the forum, or change tags with /schedule edit.",
            )


def _notice_findings(channel: ChannelAccess | NoAccess | None) -> Iterator[Finding]:
    if isinstance(channel, NoAccess) and channel.why == "unknown":
        return
    if isinstance(channel, ChannelAccess) and channel.kind in _POST and _can_post(channel):
        return
    yield failing(
        "I can't post notices in its notice channel; they go to the member who last saved the schedule.",
        "Let me view the channel and post there, or choose another one with /schedule edit.",
    )


def _desk_findings(channel: ChannelAccess | NoAccess | None) -> Iterator[Finding]:
    if isinstance(channel, NoAccess) and channel.why == "unknown":
        return
    if isinstance(channel, ChannelAccess) and channel.kind in _POST and _can_post(channel):
        if Permission.READ_HISTORY not in channel.allowed:
            yield _missing(Permission.READ_HISTORY, "I can't check whether a draft is in its desk channel")
        return
    yield failing(
        "I can't post drafts in its desk channel.",
        "Let me view the channel and post there, or choose another one with /schedule desk.",
    )


def _can_post(channel: ChannelAccess) -> bool:
    return {Permission.VIEW, _POST[channel.kind]} <= channel.allowed


def _missing(permission: Permission, why: str) -> Finding:
    return failing(f"{permission} is missing: {why}.", "Give it to my role in the channel's settings.")
