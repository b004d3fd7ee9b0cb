"""A channel as the bot finds it, what it needs there for a schedule, and what to do where something is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from bot.news.checkup.finding import Finding, trouble
from bot.news.schedule import Schedule

Kind = Literal["text", "announcement", "thread", "forum", "other"]


class Permission(StrEnum):
    """A permission by the name that Discord's settings show."""

    VIEW = "View Channel"
    SEND = "Send Messages"
    SEND_IN_THREADS = "Send Messages in Threads"
    CREATE_POSTS = "Create Posts"
    EMBED_LINKS = "Embed Links"
    READ_HISTORY = "Read Message History"
    MANAGE_THREADS = "Manage Threads"
    MENTION_ALL_ROLES = "Mention @everyone, @here and All Roles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel that Discord showed to the bot.

    Attributes:
        allowed: What the bot may do there; of a thread what its channel allows.
        is_locked: Of a thread: only who may manage threads can write in it.
        has_tag_for_us: False for a forum that wants a tag on each post and has none that the bot may set.
    """

    kind: Kind
    allowed: frozenset[Permission] = frozenset()
    is_locked: bool = False
    has_tag_for_us: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPlace:
    """A channel that Discord did not show: it is gone, hidden from the bot, or there was no answer (`detail`)."""

    why: Literal["gone", "hidden", "unknown"]
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found in one server.

    Attributes:
        places: Every channel that was asked for.
        pingable: Every role of the server, and whether everybody may ping it.
        unknown: Why Discord said nothing about the server; empty where it did, then the rest counts.
        is_gone: The bot is not in the server any more.
    """

    places: Mapping[int, Place | NoPlace] = field(default_factory=dict)
    pingable: Mapping[int, bool] = field(default_factory=dict)
    unknown: str = ""
    is_gone: bool = False


class Surveyor(Protocol):
    """Looks at channels, in Discord's own words of this moment."""

    async def survey(self, guild_id: int, channel_ids: frozenset[int]) -> Survey:
        """What these channels of a server are; never raises for what Discord or the network does."""
        ...


_POST: Mapping[Kind, Permission] = {
    "text": Permission.SEND,
    "announcement": Permission.SEND,
    "thread": Permission.SEND_IN_THREADS,
    "forum": Permission.CREATE_POSTS,
}
"""The permission to post, by kind. Publishing one's own message needs no other one (Discord's documentation)."""


def place_findings(schedule: Schedule, survey: Survey) -> Iterator[Finding]:
    """What keeps a schedule from posting where it is to post, a line each; nothing where all is well."""
    place = survey.places.get(schedule.channel_id)
    if place is None or isinstance(place, NoPlace):
        yield from _no_place_findings(place)
        return
    if place.kind == "other":
        cure = "Choose a text, announcement or forum channel or a thread with /schedule edit."
        yield trouble("Its channel is of a kind that I can't post to.", cure)
        return
    yield from _permission_findings(place)
    yield from _wish_findings(schedule, place, survey)
    if schedule.notice_channel_id is not None:
        yield from _notice_findings(survey.places.get(schedule.notice_channel_id))


def _no_place_findings(place: NoPlace | None) -> Iterator[Finding]:
    match place:
        case NoPlace(why="gone"):
            yield trouble("Its channel is gone.", "Choose another with /schedule edit.")
        case NoPlace(why="hidden"):
            yield _missing(Permission.VIEW, "I can't see its channel")
        case NoPlace():
            yield Finding(is_well=None, text=f"Discord did not show me its channel ({place.detail}).")
        case None:
            yield Finding(is_well=None, text="Its channel was not looked at.")


def _permission_findings(place: Place) -> Iterator[Finding]:
    if Permission.VIEW not in place.allowed:
        yield _missing(Permission.VIEW, "I can't see its channel")
        return
    needs = [(Permission.READ_HISTORY, "I can't look for my own message before I would send it again")]
    if _POST[place.kind] in place.allowed:  # without it Discord takes the other one away, too
        needs.append((Permission.EMBED_LINKS, "pictures may not be shown"))
    else:
        needs.insert(0, (_POST[place.kind], "nothing can be posted"))
    if place.is_locked:
        needs.append((Permission.MANAGE_THREADS, "the thread is locked, so nothing can be posted"))
    for permission, why in needs:
        if permission not in place.allowed:
            yield _missing(permission, why)
    if not place.has_tag_for_us:
        cure = "Add a tag to the forum that everybody may set."
        yield trouble("The forum wants a tag on each post and has none that I may set.", cure)


def _wish_findings(schedule: Schedule, place: Place, survey: Survey) -> Iterator[Finding]:
    if schedule.publish and place.kind != "announcement":
        yield trouble(
            "It is to be published to followers, but its channel is no announcement channel.",
            "Make it one in the channel's settings, or use /schedule edit with publish:False.",
        )
    role = schedule.mention_role
    if role is None:
        return
    if role not in survey.pingable:
        cure = "Choose another with /schedule edit, or clear mention_role there."
        yield trouble("The role that it mentions is gone.", cure)
    elif not survey.pingable[role] and Permission.MENTION_ALL_ROLES not in place.allowed:
        yield trouble(
            "The role that it mentions is not pinged: not everybody may mention it.",
            f"Allow anyone to mention the role, or give me {Permission.MENTION_ALL_ROLES} in the channel.",
        )


def _notice_findings(place: Place | NoPlace | None) -> Iterator[Finding]:
    if isinstance(place, NoPlace) and place.why == "unknown":
        return
    if isinstance(place, Place) and place.kind in _POST and {Permission.VIEW, _POST[place.kind]} <= place.allowed:
        return
    yield trouble(
        "I can't post my notices in the channel that was chosen for them; they go to who saved the schedule.",
        "Let me view it and post there, or choose another with /schedule edit.",
    )


def _missing(permission: Permission, why: str) -> Finding:
    return trouble(f"{permission} is missing: {why}.", "Give it to my role in the channel's settings.")
