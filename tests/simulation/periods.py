"""Ticks over the real rules of what is due, with clocks that are set wrong and processes that are down."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from typing_extensions import override

from bot.clock import Clock
from bot.news.delivery import EditionKey
from bot.news.edition import Edition
from bot.news.notices.notice import Notice, Notifier
from bot.news.schedules.schedule import Schedule, next_due
from bot.usecases.schedule import ClockTrust, run_tick
from tests.simulation import editions
from tests.simulation.memory import InstantDisk, MemoryDigestStore, MemoryScheduleStore, Tables
from tests.simulation.memory.tables import ScheduleRow

T = TypeVar("T")


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine answers that waits for nothing.

    Raises:
        RuntimeError: it waits.
    """
    try:
        work.send(None)
    except StopIteration as stop:
        answer: T = stop.value
        return answer
    raise RuntimeError("it waits for something")


@dataclass(slots=True)
class Noticed(Notifier):
    """Keeps what an admin would hear."""

    notices: list[Notice] = field(default_factory=list)

    @override
    async def notify(self, notice: Notice) -> None:
        self.notices.append(notice)


class TickClock(Clock):
    """A machine's clocks, moved by the caller of each tick.

    Attributes:
        true_at: What Discord's clock shows.
        wrong_by: How far the wall clock is ahead of it.
    """

    def __init__(self, at: datetime) -> None:
        self._began_at = at
        self.true_at = at
        self.wrong_by = timedelta(0)

    @override
    def now(self) -> datetime:
        return self.true_at + self.wrong_by

    @override
    def uptime(self) -> float:
        return (self.true_at - self._began_at).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Nobody sleeps here."""
        raise RuntimeError(f"nobody sleeps {seconds} s between two ticks")


class Planner:
    """A process that only plans, and the store that outlives it.

    Attributes:
        trust: Of the process that runs now.
        planned_at: The true moment at which each edition of each schedule was planned.
    """

    def __init__(self, schedules: Iterable[Schedule], at: datetime) -> None:
        self.schedules = tuple(schedules)
        self.clock = TickClock(at)
        self.tables = Tables()
        self.noticed = Noticed()
        self.planned_at: dict[tuple[Schedule, EditionKey], list[datetime]] = {}
        self._schedules = MemoryScheduleStore(self.tables, InstantDisk())
        self._digest = MemoryDigestStore(self.tables, InstantDisk())
        for schedule in self.schedules:
            due_at = next_due(schedule, schedule.created_at)[1]
            self.tables.schedules[schedule.id] = ScheduleRow(schedule=schedule, next_due_at=due_at)
        self.restart()

    def restart(self) -> None:
        """Another process takes over."""
        self.trust = ClockTrust(self.clock, self._offset_s)

    def _offset_s(self) -> float:
        return -self.clock.wrong_by.total_seconds()

    def tick(self) -> None:
        """Plan what is due now."""
        at_once(
            run_tick(
                self._schedules,
                self._digest,
                self._plan,
                notifier=self.noticed,
                clock=self.clock,
                trust=self.trust,
            )
        )

    async def _plan(self, schedule: Schedule, key: EditionKey, due_at: datetime) -> Edition | None:
        planned = await editions.plan(self._digest, schedule, key, due_at, now=self.clock.now(), parts=1)
        if planned is not None:
            self.planned_at.setdefault((schedule, key), []).append(self.clock.true_at)
        return planned

    def tick_until(self, end: datetime, *, after: Callable[[], timedelta]) -> None:
        """Tick up to `end`, each time so long `after` the next edition is due: other ticks find nothing."""
        while (due_at := self.tables.next_due_at()) is not None and due_at < end:
            self.clock.true_at = max(due_at, self.clock.true_at) + after()
            self.tick()
        self.clock.true_at = max(self.clock.true_at, end)

    def tick_every(self, span: timedelta, *, until: datetime) -> None:
        """Tick regularly, as the bot does."""
        while self.clock.true_at < until:
            self.tick()
            self.clock.true_at += span

    def dates_of(self, schedule: Schedule) -> list[date]:
        """The local dates of the schedule's editions, in the order in which they were planned."""
        return [date.fromisoformat(key) for key in self.tables.editions.get(schedule.id, {})]
