"""The committed rows. A copy of them is a backup."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from bot.news.article import ArticleId
from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, EditionKey, ScheduleId
from bot.news.edition import Edition, Verdict
from bot.news.notices.notice import Notice
from bot.news.schedules.desk import Desk, DeskAct, DeskMessage, is_on_desk
from bot.news.schedules.schedule import Schedule, ScheduleState

OPEN: Final = frozenset({DeliveryState.PLANNED, DeliveryState.SENDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRow:
    """A schedule's row. A deleted one stays as long as its editions do."""

    schedule: Schedule
    next_due_at: datetime | None
    deleted_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether its rows may be claimed and its editions planned."""
        return self.deleted_at is None and self.schedule.state is ScheduleState.ACTIVE


EditionId = tuple[ScheduleId, EditionKey]
_OpenKey = tuple[datetime, int, DeliveryKey]


@dataclass(slots=True)
class Tables:
    """All rows of one file. Values are frozen, so copies share them.

    Attributes:
        schedules: Schedules by id.
        editions: Of each schedule, in the order in which they were planned.
        rows: The ledger.
        planned_order: A number for each row, in the order of planning.
        publish_at: When publishing is due, by row.
        thread_at: When opening its thread is due, by row.
        left: When the bot left each server.
        occurrences: IDENTIFYs and starts.
        taken_down: The articles that are hidden or were deleted.
    """

    schedules: dict[ScheduleId, ScheduleRow] = field(default_factory=dict)
    editions: dict[ScheduleId, dict[EditionKey, Edition]] = field(default_factory=dict)
    verdicts: dict[EditionId, tuple[Verdict, ...]] = field(default_factory=dict)
    rows: dict[DeliveryKey, Delivery] = field(default_factory=dict)
    parts: dict[EditionId, tuple[DeliveryKey, ...]] = field(default_factory=dict)
    planned_order: dict[DeliveryKey, int] = field(default_factory=dict)
    publish_at: dict[DeliveryKey, datetime] = field(default_factory=dict)
    thread_at: dict[DeliveryKey, datetime] = field(default_factory=dict)
    left: dict[int, datetime] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    secrets: list[bytes] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    occurrences: list[tuple[str, datetime]] = field(default_factory=list)
    taken_down: set[ArticleId] = field(default_factory=set)
    desks: dict[EditionId, Desk] = field(default_factory=dict)
    desk_acts: dict[EditionId, tuple[DeskAct, ...]] = field(default_factory=dict)
    desk_messages: dict[EditionId, dict[int, DeskMessage]] = field(default_factory=dict)
    planned: int = 0
    open: list[_OpenKey] = field(default_factory=list)
    """The rows that are PLANNED or SENDING, oldest edition first."""

    def copy(self) -> Tables:
        """A backup."""
        return Tables(
            schedules=dict(self.schedules),
            editions={schedule: dict(editions) for schedule, editions in self.editions.items()},
            verdicts=dict(self.verdicts),
            rows=dict(self.rows),
            parts=dict(self.parts),
            planned_order=dict(self.planned_order),
            publish_at=dict(self.publish_at),
            thread_at=dict(self.thread_at),
            left=dict(self.left),
            settings=dict(self.settings),
            secrets=list(self.secrets),
            notices=list(self.notices),
            occurrences=list(self.occurrences),
            taken_down=set(self.taken_down),
            desks=dict(self.desks),
            desk_acts=dict(self.desk_acts),
            desk_messages={edition: dict(messages) for edition, messages in self.desk_messages.items()},
            planned=self.planned,
            open=list(self.open),
        )

    def add(self, row: Delivery) -> None:
        """Add a newly planned part."""
        self.planned += 1
        self.planned_order[row.key] = self.planned
        edition = (row.key.schedule_id, row.key.edition)
        self.parts[edition] = (*self.parts.get(edition, ()), row.key)
        self.rows[row.key] = row
        if row.state in OPEN:
            insort(self.open, self._open_key(row))

    def put(self, row: Delivery) -> None:
        """Replace the row with the same key."""
        before = self.rows[row.key]
        self.rows[row.key] = row
        if (row.state in OPEN) == (before.state in OPEN):
            return
        open_key = self._open_key(row)
        if row.state in OPEN:
            insort(self.open, open_key)
        else:
            del self.open[bisect_left(self.open, open_key)]

    def _open_key(self, row: Delivery) -> _OpenKey:
        return row.due_at, self.planned_order[row.key], row.key

    def parts_of(self, edition: EditionId) -> tuple[Delivery, ...]:
        """The parts of an edition, by part and channel."""
        found = [self.rows[key] for key in self.parts.get(edition, ())]
        return tuple(sorted(found, key=lambda row: (row.key.part, row.key.channel_id)))

    def is_draft(self, schedule: ScheduleId, edition: EditionKey) -> bool:
        """Whether an edition is on a desk and can still be changed."""
        return (schedule, edition) in self.desks and is_on_desk(self.parts_of((schedule, edition)))

    def may_go(self, row: Delivery) -> bool:
        """Whether the row's schedule is active and the part before it SENT."""
        stored = self.schedules.get(row.key.schedule_id)
        if stored is None or not stored.is_active:
            return False
        if row.key.part == 1:
            return True
        before = self.rows.get(replace(row.key, part=row.key.part - 1))
        return before is not None and before.state is DeliveryState.SENT

    def next_open_at(self) -> datetime | None:
        """When a row may be claimed next, in the ledger's time; None where none ever may be."""
        rows = (self.rows[key] for _, _, key in self.open)
        moments = [_free_at(row) for row in rows if self.may_go(row)]
        return min(moments, default=None)

    def next_due_at(self) -> datetime | None:
        """When a schedule is to be looked at next; None for never."""
        due = [each.next_due_at for each in self.schedules.values() if each.next_due_at is not None and each.is_active]
        return min(due, default=None)

    def skip_planned(self, schedules: Sequence[ScheduleId], reason: str) -> int:
        """Every PLANNED part of these schedules → SKIPPED; how many."""
        wanted = set(schedules)
        keys = [key for _, _, key in self.open if key.schedule_id in wanted]
        planned = [self.rows[key] for key in keys if self.rows[key].state is DeliveryState.PLANNED]
        for row in planned:
            self.put(replace(row, state=DeliveryState.SKIPPED, reason=reason))
        return len(planned)

    def skip_unsent(self, schedules: Sequence[ScheduleId], reason: str) -> int:
        """Every part of these schedules that isn't SENT → SKIPPED; how many."""
        wanted, settled = set(schedules), {DeliveryState.SENT, DeliveryState.SKIPPED}
        unsent = [row for row in self.rows.values() if row.key.schedule_id in wanted and row.state not in settled]
        for row in unsent:
            self.put(replace(row, state=DeliveryState.SKIPPED, reason=reason, lease_until=None, not_before=None))
        return len(unsent)

    def drop(self, key: DeliveryKey) -> None:
        """Drop a part that its edition doesn't have any more."""
        edition = (key.schedule_id, key.edition)
        self.parts[edition] = tuple(each for each in self.parts[edition] if each != key)
        row = self.rows.pop(key)
        self.publish_at.pop(key, None)
        self.thread_at.pop(key, None)
        if row.state in OPEN:
            del self.open[bisect_left(self.open, self._open_key(row))]
        del self.planned_order[key]

    def forget(self, editions: Iterable[EditionId]) -> None:
        """Drop editions with all that belongs to them."""
        for edition in editions:
            self.editions[edition[0]].pop(edition[1], None)
            for rows in (self.desks, self.desk_acts, self.desk_messages):
                rows.pop(edition, None)
            self.verdicts.pop(edition, None)
            for key in self.parts.get(edition, ()):
                self.drop(key)
            self.parts.pop(edition, None)


def _free_at(row: Delivery) -> datetime:
    free_at = row.not_before if row.state is DeliveryState.PLANNED else row.lease_until
    return row.planned_at if free_at is None else free_at
