"""The work of a tick: plan due editions, and delete data that is no longer needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.errors import PlanOutdatedError
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import Edition
from bot.news.notices.notice import Notifier
from bot.news.schedules.schedule import Schedule
from bot.store.port import Store
from bot.threads import WorksFor, working_for
from bot.usecases.digest import plan_edition
from bot.usecases.schedule import ClockTrust, run_tick
from bot.usecases.story import Stories

PURGE_AFTER: Final = timedelta(days=30)
"""A server's data is deleted this long after the bot left it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """What planning waits for.

    Attributes:
        may_plan: Returns False while what an edition is chosen from is incomplete.
        holds: Returns True while it isn't known what the schedule's channel shows.
        may_purge: Returns False while a server that the bot has left may have invited it again.
    """

    may_plan: Callable[[], bool]
    holds: Callable[[ScheduleId], bool]
    may_purge: Callable[[], bool]


class Planning:
    """Plans due editions at each tick."""

    def __init__(
        self,
        store: Store,
        stories: Stories,
        clock: Clock,
        trust: ClockTrust,
        *,
        notifier: Notifier,
        wake_deliverer: Callable[[], None],
        gates: Gates,
    ) -> None:
        """Set up the planning.

        Args:
            store: The database.
            stories: Recognizes stories that were posted already.
            clock: For the current moment.
            trust: Says whether the wall clock can be trusted.
            notifier: Receives notices about editions that are late.
            wake_deliverer: Called when something may have been planned.
            gates: What it waits for.
        """
        self._store = store
        self._stories = stories
        self._clock = clock
        self._trust = trust
        self._notifier = notifier
        self._wake_deliverer = wake_deliverer
        self._gates = gates

    async def run_tick(self) -> None:
        """Plan due editions, and purge what is no longer needed."""
        with working_for(WorksFor.EDITIONS):
            await self._run_tick()

    async def _run_tick(self) -> None:
        if self._gates.may_plan():
            await self._plan_due()
        if self._gates.may_purge():
            await self._store.schedules.purge_guilds(left_before=self._clock.now() - PURGE_AFTER)
        await self._stories.forget_old()

    async def _plan_due(self) -> None:
        await run_tick(
            self._store.schedules,
            self._store.digest,
            self._plan,
            notifier=self._notifier,
            clock=self._clock,
            trust=self._trust,
        )
        self._wake_deliverer()

    async def _plan(self, schedule: Schedule, key: EditionKey, due_at: datetime) -> Edition | None:
        if self._gates.holds(schedule.id):
            raise PlanOutdatedError("The channel is not read back yet.")
        planned = await plan_edition(
            self._store, schedule, key=key, due_at=due_at, now=self._clock.now(), stories=self._stories
        )
        return None if planned is None else planned.edition
