"""The work of a tick: plan due editions, and delete data that is no longer needed."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.clock import Clock
from bot.errors import PlanOutdatedError
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import Edition
from bot.news.message.messenger import Messenger
from bot.news.notices.notice import Notifier
from bot.news.notices.texts import suggestion_notice
from bot.news.schedules.schedule import Schedule
from bot.news.servers.log import LOG_KEPT
from bot.news.servers.suggestion import SUGGESTIONS_KEPT
from bot.store.port import Store
from bot.threads import WorksFor, working_for
from bot.usecases.delivery import DeskKeeper
from bot.usecases.digest import Corrections, count_came_in, desk_face, plan_edition, refresh_drafts
from bot.usecases.schedule import ClockTrust, run_tick
from bot.usecases.story import Stories
from bot.usecases.suggestion import suggestion_face

SHOW_DESKS_EVERY_S: Final = 5.0
"""Between two looks at the editors' desks if nothing asks for one: an edition on a desk may have been posted."""

CORRECT_EVERY_S: Final = 60.0
"""Between two looks at what was posted: a corrected article is noticed within a minute."""

COUNT_EVERY_S: Final = 600.0
"""Between two looks at what came in since an edition was drafted."""

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


def show_desks(store: Store, messenger: Messenger, notifier: Notifier, clock: Clock) -> Callable[[], Awaitable[None]]:
    """Return the work that brings the editors' desks up to their drafts and suggestions."""
    keeper = partial(DeskKeeper, messenger=messenger, notifier=notifier, clock=clock, jitter=random.random)
    drafts = keeper(desks=store.desks, face=partial(desk_face, store))
    suggestions = keeper(desks=store.suggestions, face=partial(suggestion_face, store), notice=suggestion_notice)

    async def show_due() -> None:
        await drafts.show_due()
        await suggestions.show_due()

    return show_due


def correct_posted(store: Store, clock: Clock, discords_now: Callable[[], datetime]) -> Callable[[], Awaitable[None]]:
    """Return the work that finds posted messages whose articles were corrected since."""
    corrections = Corrections(store, clock)

    async def look() -> None:
        with working_for(WorksFor.EDITIONS):
            await corrections.look(discords_now())

    return look


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
        self._counted_s: dict[tuple[ScheduleId, EditionKey], float] = {}

    async def run_tick(self) -> None:
        """Plan due editions, and purge what is no longer needed."""
        with working_for(WorksFor.EDITIONS):
            await self._run_tick()

    async def _run_tick(self) -> None:
        if self._gates.may_plan():
            await self._plan_due()
        if self._gates.may_purge():
            await self._store.schedules.purge_guilds(left_before=self._clock.now() - PURGE_AFTER)
        await self._store.log.drop_entries(before=self._clock.now() - LOG_KEPT)
        await self._store.suggestions.drop_suggestions(before=self._clock.now() - SUGGESTIONS_KEPT)
        await self._stories.forget_old()

    async def _plan_due(self) -> None:
        report = await run_tick(
            self._store.schedules,
            self._store.digest,
            self._plan,
            notifier=self._notifier,
            clock=self._clock,
            trust=self._trust,
        )
        if not report.waits_for_clock:  # drafts say how late they are, and what came in until now
            await refresh_drafts(self._store, now=self._clock.now())
            await self._count_late_stories()
        self._wake_deliverer()

    async def _count_late_stories(self) -> None:
        """Count what came in since each draft was made: choosing takes up to a second, so not at each tick."""
        for desk in await self._store.desks.desks():
            counted_s = self._counted_s.get((desk.schedule_id, desk.edition))
            if counted_s is None or self._clock.uptime() - counted_s >= COUNT_EVERY_S:
                self._counted_s[desk.schedule_id, desk.edition] = self._clock.uptime()
                await count_came_in(self._store, desk, now=self._clock.now(), stories=self._stories)

    async def _plan(self, schedule: Schedule, key: EditionKey, due_at: datetime) -> Edition | None:
        if self._gates.holds(schedule.id):
            raise PlanOutdatedError("The channel is not read back yet.")
        planned = await plan_edition(
            self._store, schedule, key=key, due_at=due_at, now=self._clock.now(), stories=self._stories
        )
        return None if planned is None else planned.edition
