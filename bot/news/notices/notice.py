"""Notices to admins: what a notice is about, where it is sent, and which ones a list shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal, Protocol

from bot.news.delivery import EditionKey
from bot.news.schedules.schedule import NOBODY, Schedule

MOST_LISTED: Final = 3
"""Notices, folded by their cause, that one answer of `/schedule list` shows."""


class NoticeKind(StrEnum):
    """The kind of event that a notice reports."""

    NO_PERMISSION = "no permission"
    CHANNEL_GONE = "channel gone"
    REFUSED = "refused"
    NOT_SENT = "unsent"
    NOT_PUBLISHED = "not published"
    NO_THREAD = "no thread"
    NOT_CORRECTED = "not corrected"
    PLAIN_FORM = "plain form"
    ROLE_GONE = "role gone"
    UNKNOWN = "unknown"
    LATE = "late"
    UNKNOWN_ZONE = "unknown zone"
    REJOINED = "rejoined"
    NOT_READ_BACK = "not read back"
    SHUT_OUT = "shut out"
    CLOCK = "clock"
    DISPLACED = "displaced"
    DAMAGED = "damaged"
    FAILING_FEEDS = "failing feeds"
    DESK = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeCause:
    """The cause of a notice; a second notice with the same cause on the same day is not kept.

    Attributes:
        edition: The edition that Discord refused, that was left out, or whose outcome is unknown; None for other kinds.
        part: 1-based, of a part whose outcome is unknown; None for other kinds.
    """

    kind: NoticeKind
    edition: EditionKey | None = None
    part: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An alert for a server's admins or the bot's owner.

    Attributes:
        schedule_id: None for a notice about the server or the instance.
        guild_id: None for a notice about the instance.
        text: Sentences, plain text: what happened, and what to do.
        shown_at: When it was delivered or shown in a list; None before.
    """

    id: int | None = None
    guild_id: int | None
    schedule_id: int | None = None
    cause: NoticeCause
    text: str
    at: datetime
    shown_at: datetime | None = None


class Notifier(Protocol):
    """Keeps notices and brings them to an admin."""

    async def notify(self, notice: Notice) -> None:
        """Keep the notice and have it delivered; do nothing if its cause was noticed on that day already.

        It returns when the notice is kept, not when it was read.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A channel, or a user's direct messages, by their id."""

    kind: Literal["channel", "user"]
    id: int


def recipients(notice: Notice, schedule: Schedule | None, *, owner_id: int | None) -> tuple[Recipient, ...]:
    """List where a notice may be delivered, in the order to try; empty if it can only wait in a list.

    Args:
        notice: What to deliver.
        schedule: The schedule that it names; None if it names none or that one was deleted.
        owner_id: The user who gets the instance's notices; None for nobody.
    """
    if notice.schedule_id is None:
        if notice.guild_id is not None or owner_id is None:
            return ()
        return (Recipient(kind="user", id=owner_id),)
    if schedule is None:
        return ()
    places = []
    if schedule.notice_channel_id is not None:
        places.append(Recipient(kind="channel", id=schedule.notice_channel_id))
    if schedule.saved_by != NOBODY:
        places.append(Recipient(kind="user", id=schedule.saved_by))
    return tuple(places)
