"""A standing order, and when its editions are due.

The values stand here; the rules of local time (`due_on`, `latest_due`, `next_due`) follow DELIVERY's scheduler: a
local time that doesn't exist runs as much later as the gap is long, one that comes twice runs at its first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Literal

from bot.news.delivery import ScheduleId


class Weekday(StrEnum):
    """Days are named, never numbered."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


EVERY_DAY = tuple(Weekday)


class EmptyPolicy(StrEnum):
    """What an edition without a new story does."""

    SKIP = "skip"
    NOTE = "note"
    ARCHIVE = "archive"


class ScheduleState(StrEnum):
    """ACTIVE posts; PAUSED waits for a person; OFF lost its channel or its server."""

    ACTIVE = "active"
    PAUSED = "paused"
    OFF = "off"


Rule = Literal["default", "upstream"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A standing order: which digest goes where, when, how much, filtered how.

    Attributes:
        name: Unique in its server, at most 60 characters.
        days: One weekday for a weekly digest; several for more often; all seven for a daily one.
        at: Local wall time, minutes only.
        timezone: A name of the tz database.
        count: Picks an edition, 1 to 20.
        min_score: None means the default rule's bar alone.
        topics, providers: An article must have one of them; empty means all. Topics by folded label, providers by domain.
        muted_topics, muted_providers: Articles with one of them are left out.
        provider_cap: Picks of one provider at most.
        max_age: How old an article may be at its entry; None means twice the period (14 days for a weekly one).
        max_lateness: An edition that is later than this is skipped.
        notice_channel_id: Where its notices go; None means to `saved_by` directly.
        saved_by: The member who last saved it.
        state_reason: Why it is PAUSED or OFF, one sentence; empty where a person paused it.
        created_at: Editions that were due before are not made.
    """

    id: ScheduleId
    guild_id: int
    channel_id: int
    name: str
    days: tuple[Weekday, ...]
    at: time
    timezone: str
    count: int = 5
    rule: Rule = "default"
    min_score: int | None = None
    topics: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    muted_topics: tuple[str, ...] = ()
    muted_providers: tuple[str, ...] = ()
    provider_cap: int = 2
    max_age: timedelta | None = None
    max_lateness: timedelta = timedelta(hours=24)
    empty_policy: EmptyPolicy = EmptyPolicy.SKIP
    publish: bool = False
    mention_role: int | None = None
    notice_channel_id: int | None = None
    saved_by: int
    state: ScheduleState = ScheduleState.ACTIVE
    state_reason: str = ""
    created_at: datetime
