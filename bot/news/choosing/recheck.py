"""Decide, at the moment when a planned part is sent, whether what was planned still holds.

Hours or weeks may lie between planning and sending: a pause, a missing permission, an outage. What an admin decided
meanwhile counts, not what held when the part was planned.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.errors import UnknownZoneError
from bot.news.article import ArticleId
from bot.news.delivery import Delivery, local_date
from bot.news.edition import LATE_AFTER, Edition
from bot.news.message.draft import Draft, menu_values
from bot.news.schedules.breaking import MAX_LATENESS
from bot.news.schedules.schedule import Schedule, ScheduleState, zone_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a planned part rests on, as it is now.

    Attributes:
        schedule: None if it was deleted.
        taken_down: Those articles of the edition's stories that are hidden or were deleted.
    """

    schedule: Schedule | None
    taken_down: frozenset[ArticleId] = frozenset()


class Finding(StrEnum):
    """What becomes of a part that is about to be sent; the values of those that aren't sent are the stored reasons."""

    AS_PLANNED = "as planned"
    INACTIVE = "the schedule isn't active"
    """It waits until the schedule is resumed."""
    DELETED = "schedule deleted"
    TOO_LATE = "too late"
    MOVED = "the schedule posts to another channel now"
    """The parts before it are in the old channel."""
    EMPTIED = "all of its stories were taken down"
    OUTDATED = "outdated"
    """It is drawn again from the schedule as it is now."""
    REDUCED = "reduced"
    """It is drawn again if an article in it was taken down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrawn:
    """An edition's unsent parts, drawn again.

    Attributes:
        edition: With the stories that it still has.
        parts: From the first unsent one on, each with a higher revision; none if no story is left for them.
        is_reduced: True if an article in them was taken down.
    """

    edition: Edition
    parts: tuple[Delivery, ...]
    is_reduced: bool


def recheck(row: Delivery, holding: Holding, now: datetime) -> Finding:
    """Compare a claimed part, which is not in its channel, with what holds now; the parts before it were sent.

    A part is drawn again whatever came of earlier attempts: it keeps its nonce, by which Discord still recognizes them.
    """
    schedule = holding.schedule
    if schedule is None:
        return Finding.DELETED
    if schedule.state is not ScheduleState.ACTIVE:
        return Finding.INACTIVE
    if now - max(row.due_at, row.asked_at or row.due_at) > schedule.max_lateness:
        return Finding.TOO_LATE
    if _is_no_longer_breaking(row, schedule, now):
        return Finding.TOO_LATE
    if row.key.channel_id != schedule.channel_id:
        return Finding.OUTDATED if row.key.part == 1 else Finding.MOVED
    if _reads_otherwise(row, schedule, now):
        return Finding.OUTDATED
    return Finding.REDUCED if holding.taken_down else Finding.AS_PLANNED


def _is_no_longer_breaking(row: Delivery, schedule: Schedule, now: datetime) -> bool:
    """True for breaking news that comes in quiet hours or too late to be any; a member may send an extra edition."""
    if schedule.rule != "breaking" or local_date(row.key.edition) is None or row.key.part > 1:
        return False
    try:
        local = now.astimezone(zone_of(schedule.timezone)).time()
    except UnknownZoneError:  # the next tick pauses it
        return True
    return schedule.breaking.is_quiet(local) or now - row.due_at > MAX_LATENESS


def may_be_published(draft: Draft, holding: Holding) -> bool:
    """True if a message that was posted may still go to the followers of its channel.

    A message as plain text doesn't say which articles are in it, so none of its edition may be taken down.
    """
    schedule, shown = holding.schedule, menu_values(draft)
    is_clean = not (holding.taken_down & shown if shown else holding.taken_down)
    return schedule is not None and schedule.publish and is_clean


def _reads_otherwise(row: Delivery, schedule: Schedule, now: datetime) -> bool:
    """True if the part would be another message now; only the first one pings a role and says that it is late."""
    if row.publish != schedule.publish or row.posting != schedule.posting(row.key.part):
        return True
    if row.key.part > 1:
        return False
    says_late = (row.drawn_at or row.planned_at) - row.due_at > LATE_AFTER
    return row.mention_role != schedule.mention_role or (now - row.due_at > LATE_AFTER and not says_late)
