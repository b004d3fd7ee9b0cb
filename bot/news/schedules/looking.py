"""When the tick looks at a schedule: when its edition is due, or earlier by the lead time if it has a desk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.news.delivery import EditionKey
from bot.news.schedules.schedule import Schedule, edition_key, latest_due, next_due, next_free

LOOK_AGAIN: Final = timedelta(hours=1)
"""Between two looks at an edition that is to be drafted and has no story yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What decides, beside a schedule itself, which edition is planned next.

    Attributes:
        next_due_at: When the tick looks at the schedule next; None for never.
        planned: The keys of its editions: a date has one edition, whatever time it was moved to since.
        unposted: Those of them with a part that is planned or on its way.
        draft_due_at: When the earliest draft on the desk is due; None if there is none.
    """

    next_due_at: datetime | None
    planned: frozenset[EditionKey] = frozenset()
    unposted: frozenset[EditionKey] = frozenset()
    draft_due_at: datetime | None = None


def due_edition(schedule: Schedule, planned: Collection[EditionKey], now: datetime) -> tuple[date, datetime] | None:
    """Return the edition that a tick plans now: the latest one that is due, unless its date has an edition already.

    With a desk it is otherwise the latest one that is due within the lead time.

    Raises:
        UnknownZoneError: as `due_on`.
    """
    for at in dict.fromkeys((now, now + schedule.lead)):
        due = latest_due(schedule, at)
        if due is not None and edition_key(due[0]) not in planned:
            return due
    return None


def coming_edition(schedule: Schedule, outlook: Outlook, now: datetime) -> tuple[date, datetime]:
    """Return the edition of an active schedule that is planned next and posted.

    It is the one that is due and waits for a tick, unless it is too late; otherwise the next one whose date has no
    edition yet.

    Raises:
        UnknownZoneError, BadInputError: as `next_due`.
    """
    if outlook.next_due_at is not None and outlook.next_due_at <= now:
        overdue = due_edition(schedule, outlook.planned, now)
        if overdue is not None and now - overdue[1] <= schedule.max_lateness:
            return overdue
    return next_free(schedule, outlook.planned, now)


def looked_at(schedule: Schedule, due_at: datetime) -> datetime:
    """Return when the tick plans the edition that is due at a moment: earlier by the lead time if there is a desk."""
    return due_at - schedule.lead


def next_look(schedule: Schedule, planned: Collection[EditionKey], now: datetime) -> datetime:
    """Return when a tick looks at a schedule again after it has planned what it could at `now`.

    An edition within the lead time that has no story yet is looked at again every hour, and when it is due.

    Raises:
        UnknownZoneError, BadInputError: as `next_due`.
    """
    if not schedule.lead:
        return next_due(schedule, now)[1]
    due_at = next_free(schedule, planned, now)[1]
    look_at = looked_at(schedule, due_at)
    return look_at if look_at > now else min(due_at, now + LOOK_AGAIN)
