"""A schedule, and when its editions are due.

An edition's key is the local date on which it is due, never the moment when it was planned: a clock that jumps or an
hour that comes twice can't cause a second one. Typed days, times and zones are read in `bot/news/parsing/times.py`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import BadInputError, UnknownZoneError
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.schedules.breaking import USUAL, Breaking, Looks
from bot.news.schedules.posting import Posting, TopicRole
from bot.news.schedules.rhythm import LONGEST_GAP, WEEKLY, Every, Rhythm


class Weekday(StrEnum):
    """A weekday by its name, never by a number."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


EVERY_DAY = tuple(Weekday)
_WEEK: Final = EVERY_DAY  # as `date.weekday` counts: Monday is 0
LONGEST_NAME: Final = 60
"""Characters of a schedule's name."""

DEFAULT_PROVIDER_CAP: Final = 2

MOST_COUNT: Final = 20
"""Stories of an edition."""

MOST_SCHEDULES: Final = 50
"""Schedules of one server."""

LONGEST_LEAD_HOURS: Final = 72
"""How long before it is due an edition may be drafted."""

NAME_A_ZONE: Final = "Use a name of the tz database, such as Europe/Berlin or America/New_York."


class EmptyPolicy(StrEnum):
    """What happens to an edition without a new story."""

    SKIP = "skip"
    NOTE = "note"
    ARCHIVE = "archive"


class DeskDefault(StrEnum):
    """What happens to a draft on the editors' desk without an act: it is posted at its time, or waits."""

    SEND = "send"
    WAIT = "wait"


class ScheduleState(StrEnum):
    """ACTIVE posts; PAUSED waits for a member; OFF has lost its channel or its server."""

    ACTIVE = "active"
    PAUSED = "paused"
    OFF = "off"


class StopReason(StrEnum):
    """Why the bot paused a schedule or switched it off: the stored values; `STOP_TEXTS` has the shown ones."""

    NONE = ""
    """It is active, or a member paused it."""
    NO_PERMISSION = "I may not post in the channel."
    CHANNEL_GONE = "The channel is gone."
    SERVER_LEFT = "server left"
    REJOINED = "server rejoined"
    """The bot was removed from the server and invited again: an admin decides whether to resume."""
    UNKNOWN_ZONE = "The time zone is not known here any more."


Rule = Literal["default", "upstream", "best-of", "breaking"]

NOBODY: Final = 0
"""The id of no member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What to post where and when, how many stories, and which.

    Attributes:
        name: Unique in its server, at most `LONGEST_NAME` characters.
        days: One weekday for a weekly digest; all seven for a daily one.
        rhythm: In which weeks, or on which day of a month, they come.
        at: Local wall time, minutes only.
        timezone: A name of the tz database.
        count: Picks per edition, 1 to 20.
        breaking: What breaking news is, for the rule of that name, which looks all the time, not at `days` and `at`.
        min_score: None means the default rule's minimum alone.
        topics, providers: An article must have one of them; empty means all. Topics by folded label, providers by
            domain.
        muted_topics, muted_providers: Articles with one of them are left out.
        provider_cap: The most picks from one provider.
        max_age: The highest age of an article when it comes in; None means two periods (14 days for a weekly one).
        max_lateness: An edition that is later than this is skipped.
        sections: An edition has a heading for each of `topics`.
        also: Further picks of one line each, 0 to 10.
        mention_role: The role that every edition mentions.
        topic_roles: Roles that are mentioned only if one of the edition's stories has their topic.
        silent: Readers get no notification of its messages.
        thread: A discussion thread is opened under each edition.
        tags: Names of the tags that its posts get in a forum.
        notice_channel_id: The channel for its notices; None means direct messages to `saved_by`.
        desk_channel_id: The editors' channel, in which a draft of each edition is shown before it is due; None for no
            desk.
        lead_time: How long before it is due an edition is drafted, if there is a desk.
        desk_default: What happens to a draft without an act.
        saved_by: The member who last saved it; `NOBODY` if that member's id was deleted.
        state_reason: Why the bot paused it or switched it off.
        created_at: Editions that were due before are not planned.
        left_out: The key of the edition to skip; edits keep it as long as an edition is due on that date.
    """

    id: ScheduleId
    guild_id: int
    channel_id: int
    name: str
    days: tuple[Weekday, ...]
    at: time
    timezone: str
    rhythm: Rhythm = WEEKLY
    count: int = 5
    rule: Rule = "default"
    breaking: Breaking = USUAL
    min_score: int | None = None
    topics: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    muted_topics: tuple[str, ...] = ()
    muted_providers: tuple[str, ...] = ()
    provider_cap: int = DEFAULT_PROVIDER_CAP
    max_age: timedelta | None = None
    max_lateness: timedelta = timedelta(hours=24)
    empty_policy: EmptyPolicy = EmptyPolicy.SKIP
    sections: bool = False
    also: int = 0
    publish: bool = False
    mention_role: int | None = None
    topic_roles: tuple[TopicRole, ...] = ()
    silent: bool = False
    thread: bool = False
    tags: tuple[str, ...] = ()
    notice_channel_id: int | None = None
    desk_channel_id: int | None = None
    lead_time: timedelta = timedelta(hours=12)
    desk_default: DeskDefault = DeskDefault.SEND
    saved_by: int
    state: ScheduleState = ScheduleState.ACTIVE
    state_reason: StopReason = StopReason.NONE
    created_at: datetime
    left_out: EditionKey | None = None

    def chooses_like(self, other: Schedule) -> bool:
        """True if its options choose the same stories as another's: the same number, of the same topics, and so on."""
        return all(getattr(self, name) == getattr(other, name) for name in _CHOOSES)

    def is_due_like(self, other: Schedule) -> bool:
        """True if its editions are due when another's are."""
        return all(getattr(self, name) == getattr(other, name) for name in _DECIDES_WHEN)

    def posting(self, part: int) -> Posting:
        """How a part of an edition is posted; only the first one mentions roles and has a thread."""
        if part > 1:
            return Posting(silent=self.silent, tags=self.tags)
        return Posting(silent=self.silent, tags=self.tags, thread=self.thread, topic_roles=self.topic_roles)

    @property
    def lead(self) -> timedelta:
        """How long before it is due an edition is planned: its lead time if it has a desk, otherwise not before."""
        return self.lead_time if self.has_desk else timedelta(0)

    @property
    def has_desk(self) -> bool:
        """True if its editions are drafted; breaking news can't wait for that."""
        return self.desk_channel_id is not None and self.rule != "breaking"

    @property
    def is_paused_by_member(self) -> bool:
        """True if a member paused it, and not the bot for a reason of its own."""
        return self.state is ScheduleState.PAUSED and self.state_reason is StopReason.NONE

    def may_be_stopped_for(self, reason: StopReason) -> bool:
        """True unless it is stopped for another reason, which outlasts this one: a member's pause, a server left."""
        return self.state is ScheduleState.ACTIVE or self.state_reason is reason


_CHOOSES: Final = (
    "count",
    "rule",
    "breaking",
    "min_score",
    "topics",
    "providers",
    "muted_topics",
    "muted_providers",
    "provider_cap",
    "max_age",
    "empty_policy",
    "sections",
    "also",
)

_DECIDES_WHEN: Final = ("rule", "breaking", "days", "rhythm", "at", "timezone", "created_at", "left_out", "lead")

_REACH: Final = 2 * LONGEST_GAP.days + 3
"""Days to look back or ahead: two intervals, one of which may be skipped, a day that a time zone skipped, and one day
on either side of the zone's own date."""


_SAME_MOMENT: Final = timedelta(days=1)
"""A date of which a zone skipped all falls on the moment of the date after it."""


def due_on(schedule: Schedule, local_date: date) -> datetime | None:
    """Return when the edition of a local date is due, in UTC; None if there is none, or it is skipped.

    A local time that doesn't exist on that date is moved later by the length of the gap; one that comes twice means its
    first occurrence. A date that a zone skipped entirely follows the same rule: the next day, at the same local time.

    Raises:
        UnknownZoneError: the schedule's time zone is not in the tz database (any more).
    """
    if schedule.rule == "breaking":
        return _looks(schedule).first_on(local_date)
    if _WEEK[local_date.weekday()] not in schedule.days or not schedule.rhythm.has(local_date):
        return None
    if schedule.left_out == edition_key(local_date):
        return None
    # fold=0 is the earlier one of two, and in a gap the offset from before it: exactly the two rules above.
    wall = datetime.combine(local_date, schedule.at.replace(fold=0), tzinfo=zone_of(schedule.timezone))
    return wall.astimezone(UTC)


def latest_due(schedule: Schedule, now: datetime) -> tuple[date, datetime] | None:
    """Return the local date and moment of the latest edition due at or before `now`; None before the first.

    If two dates fall on one moment (a zone skipped a day), it is the later date.

    Raises:
        UnknownZoneError: as `due_on`.
    """
    if schedule.rule == "breaking":
        return _looks(schedule).at(now) if now >= schedule.created_at else None
    start = now.astimezone(zone_of(schedule.timezone)).date() + timedelta(days=1)
    for back in range(_REACH):
        local_date = start - timedelta(days=back)
        due_at = due_on(schedule, local_date)
        if due_at is not None and due_at <= now:
            return (local_date, due_at) if due_at >= schedule.created_at else None
    return None


def next_due(schedule: Schedule, after: datetime) -> tuple[date, datetime]:
    """Return the local date and moment of the next edition due after a moment.

    Raises:
        UnknownZoneError: as `due_on`.
        BadInputError: the schedule has no weekday.
    """
    if schedule.rule == "breaking":
        return _looks(schedule).next_after(after)
    start = after.astimezone(zone_of(schedule.timezone)).date() - timedelta(days=1)
    found: tuple[date, datetime] | None = None
    for ahead in range(_REACH):
        local_date = start + timedelta(days=ahead)
        if found is not None and local_date > found[0] + _SAME_MOMENT:
            return found
        due_at = due_on(schedule, local_date)
        if due_at is None or due_at <= after:
            continue
        if found is not None and due_at > found[1]:
            return found
        found = (local_date, due_at)
    if found is None:
        raise BadInputError("The schedule has no weekday.", cure="Give at least one.")
    return found


def _looks(schedule: Schedule) -> Looks:
    return Looks(breaking=schedule.breaking, zone=zone_of(schedule.timezone), left_out=schedule.left_out)


def next_free(schedule: Schedule, planned: Collection[EditionKey], after: datetime) -> tuple[date, datetime]:
    """Return the next edition due after a moment whose date has no edition yet.

    Raises:
        UnknownZoneError, BadInputError: as `next_due`.
    """
    found = next_due(schedule, after)
    while edition_key(found[0]) in planned:
        found = next_due(schedule, found[1])
    return found


def skipped_due(schedule: Schedule) -> datetime | None:
    """Return when the skipped edition would be due; None if none is skipped, or none is due on its date.

    Raises:
        UnknownZoneError: as `due_on`.
    """
    if schedule.left_out is None:
        return None
    return due_on(replace(schedule, left_out=None), date.fromisoformat(schedule.left_out))


def anchored(schedule: Schedule, before: Schedule | None, now: datetime) -> Schedule:
    """Fix the weeks of a schedule that comes every second week: those it has already, else the next possible one.

    Raises:
        UnknownZoneError, BadInputError: as `next_due`.
    """
    if schedule.rhythm.every is not Every.SECOND_WEEK or schedule.rhythm.anchor is not None:
        return schedule
    if before is not None and before.rhythm.every is Every.SECOND_WEEK:
        return replace(schedule, rhythm=before.rhythm)
    first, _ = next_due(replace(schedule, rhythm=WEEKLY, left_out=None), now)
    return replace(schedule, rhythm=replace(schedule.rhythm, anchor=first))


def name_is_taken(name: str) -> BadInputError:
    """Build the error for a name that another schedule of the server has."""
    return BadInputError(f"This server already has a schedule “{name}”.", cure="Choose another name, or edit that one.")


def edition_key(local_date: date) -> EditionKey:
    """Build the key of the edition that is due on a local date."""
    return EditionKey(local_date.isoformat())


def extra_edition_key(interaction_id: int) -> EditionKey:
    """Build the key of an extra edition; an interaction that Discord delivers twice is one edition."""
    return EditionKey(f"x{interaction_id}")


@cache
def zone_of(name: str) -> ZoneInfo:
    """Load a time zone of the tz database.

    Raises:
        UnknownZoneError: there is no zone with that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: the name of a folder
        raise UnknownZoneError(f"Unknown time zone {name!r}.", cure=NAME_A_ZONE) from error
