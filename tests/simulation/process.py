"""One process of the bot on the simulated machine: the real core, put together as `app` does."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from bot.errors import StoreError, TokenRefusedError
from bot.news.delivery import EditionKey
from bot.news.edition import Edition
from bot.news.notices.notice import Notice, Notifier
from bot.news.schedules.schedule import Schedule
from bot.store.port.admin import AdminStore
from bot.store.port.delivery import DeliveryStore
from bot.store.port.digest import DigestStore
from bot.store.port.schedule import ScheduleStore
from bot.usecases.delivery import Deliverer
from bot.usecases.schedule import ClockTrust, run_tick
from tests.simulation import editions
from tests.simulation.admin import Admin
from tests.simulation.memory import MemoryAdminStore, MemoryDigestStore, MemoryScheduleStore
from tests.support.redraw import redraw_as_they_are

if TYPE_CHECKING:
    from tests.simulation.world import World

_TICK_S: Final = 30.0
_LONGEST_REST_S: Final = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeptNotices(Notifier):
    """Keeps notices, as the bot does before anybody reads them."""

    admin: AdminStore

    @override
    async def notify(self, notice: Notice) -> None:
        await self.admin.add_notice(notice)


@dataclass(frozen=True, slots=True, kw_only=True)
class _LedgerStores:
    """The stores that delivery needs, in memory."""

    deliveries: DeliveryStore
    schedules: ScheduleStore


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlannedStores:
    """The stores that hold planned editions, in memory."""

    digest: DigestStore
    deliveries: DeliveryStore


class Process:
    """A process from its start to its end.

    Attributes:
        stop: Set it and it ends in order, as after SIGTERM.
        messenger: Its way to Discord.
    """

    def __init__(self, world: World) -> None:
        tables, disk = world.tables, world.disk
        self._world = world
        self._ledger = world.variant.store(tables, disk)
        self._schedules = MemoryScheduleStore(tables, disk)
        self._digest = MemoryDigestStore(tables, disk)
        self._notices = _KeptNotices(admin=MemoryAdminStore(tables, disk))
        self.messenger = world.new_messenger()
        self.deliverer = Deliverer(
            store=_LedgerStores(deliveries=self._ledger, schedules=self._schedules),
            messenger=self.messenger,
            notifier=self._notices,
            clock=world.clock,
            jitter=world.source.random,
            redraw=partial(redraw_as_they_are, _PlannedStores(digest=self._digest, deliveries=self._ledger)),
        )
        self._trust = ClockTrust(world.clock, self.messenger.discord_offset_s)
        self._admin = Admin(self._ledger, self._schedules, world.discord, world.clock)
        self.stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Tick, log in, send, until it is told to stop or Discord refuses the token."""
        self._tasks = [asyncio.create_task(work) for work in self._works()]
        while not await self.messenger.log_in():
            await self._world.clock.sleep(self._world.source.uniform(1.1, 60.0))
        try:
            await self.deliverer.run(self.stop)
        except TokenRefusedError:
            self._world.note("token refused")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._world.has_ended()

    def _works(self) -> tuple[Coroutine[None, None, None], ...]:
        """All that it does beside sending."""
        return self._tick(), self._ask(), self._look_after()

    async def _tick(self) -> None:
        while True:
            waits = self._world.plans and await self.tick()
            await asyncio.sleep(_TICK_S if waits else self._until_a_tick_s())

    async def tick(self) -> bool:
        """Plan what is due; True where the clock is in doubt."""
        report = await run_tick(
            self._schedules,
            self._digest,
            self._plan,
            notifier=self._notices,
            clock=self._world.clock,
            trust=self._trust,
        )
        if report.planned:
            self.deliverer.wake()
        return report.waits_for_clock

    def _until_a_tick_s(self) -> float:
        """Up to a tick's span after the next edition is due: ticks that would find nothing are left out."""
        due_at = self._world.next_due_at()
        left_s = _LONGEST_REST_S if due_at is None else (due_at - self._world.clock.now()).total_seconds()
        return min(_LONGEST_REST_S, max(0.0, left_s) + self._world.source.uniform(0.1, _TICK_S))

    async def _plan(self, schedule: Schedule, key: EditionKey, due_at: datetime) -> Edition | None:
        parts = self._world.draw_parts()
        now = self._world.clock.now()
        return await editions.plan(self._digest, schedule, key, due_at, now=now, parts=parts)

    async def send_now(self, schedule: Schedule, key: EditionKey) -> None:
        """An extra edition, asked for by a member."""
        with suppress(StoreError):  # the disk is full: the member sees a sentence
            await self._plan(schedule, key, self._world.clock.now())
        self.deliverer.wake()

    async def _ask(self) -> None:
        """Requests of any other kind: they bring Discord's `Date`."""
        while True:
            await asyncio.sleep(600.0)
            await self.messenger.log_in()

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(self._world.admins_rest_s())
            with suppress(StoreError):  # and here they come back
                if await self._admin.look_after():
                    self.deliverer.wake()
