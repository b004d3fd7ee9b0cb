"""Stores with one guard missing: what is decided then shows in the channels, or nothing was proved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, TypeAlias

from typing_extensions import override

from bot.clock import Clock
from bot.news.choosing.recheck import Holding
from bot.news.delivery import Delivery, DeliveryKey, ScheduleId
from bot.news.edition import Basis, Edition, Verdict
from bot.news.schedules.desk import Desk, DeskAct, OnDesk
from bot.news.schedules.looking import Outlook
from bot.news.schedules.schedule import Schedule, ScheduleState
from bot.news.servers.log import LogEntry
from bot.store.port.schedule import Change
from bot.store.sqlite import SqliteStore, store_of
from bot.store.sqlite.desk import SqliteDeskStore
from bot.store.sqlite.ledger.deliveries import SqliteDeliveryStore
from bot.store.sqlite.ledger.editions import SqliteDigestStore
from bot.store.sqlite.ledger.schedules import SqliteScheduleStore
from bot.store.sqlite.shelves.files import StoreFiles

MakeStore: TypeAlias = Callable[[StoreFiles, Clock], SqliteStore]


class BlindPlans(SqliteDigestStore):
    """Stores an edition whatever has happened since it was chosen."""

    @override
    async def plan(
        self,
        edition: Edition,
        verdicts: Sequence[Verdict],
        deliveries: Sequence[Delivery],
        *,
        basis: Basis | None = None,
        desk: Desk | None = None,
        entry: LogEntry | None = None,
    ) -> Edition | None:
        return await super().plan(edition, verdicts, deliveries, desk=desk, entry=entry)


class _KeepsTakenDown(SqliteDeliveryStore):
    @override
    async def holding(self, key: DeliveryKey) -> Holding:
        return replace(await super().holding(key), taken_down=frozenset())


class _KeepsChannels(SqliteDeliveryStore):
    @override
    async def holding(self, key: DeliveryKey) -> Holding:
        holding = await super().holding(key)
        schedule = holding.schedule and replace(holding.schedule, channel_id=key.channel_id)
        return replace(holding, schedule=schedule)


class _IsNeverLate(SqliteDeliveryStore):
    @override
    async def holding(self, key: DeliveryKey) -> Holding:
        holding = await super().holding(key)
        schedule = holding.schedule and replace(holding.schedule, max_lateness=timedelta(days=9999))
        return replace(holding, schedule=schedule)


class _NeverPauses(SqliteScheduleStore):
    @override
    async def change_schedule(
        self, schedule: ScheduleId, change: Change, *, entry: LogEntry | None = None
    ) -> Schedule | None:
        answer: Schedule | None = None

        def unless_paused(current: Schedule, outlook: Outlook) -> Any:
            nonlocal answer
            changed = change(current, outlook)
            answer = current if changed is None else changed[0]
            return None if changed is not None and changed[0].state is ScheduleState.PAUSED else changed

        found = await super().change_schedule(schedule, unless_paused, entry=entry)
        return found and answer


class ForgetsRevisions(SqliteDeskStore):
    """Does what an editor wants to whatever draft is there by now."""

    @override
    async def change(self, desk: Desk, act: DeskAct, edition: Edition, parts: Sequence[Delivery]) -> OnDesk:
        stored = await self.find_draft(desk.schedule_id, desk.edition)
        revision = desk.revision if stored is None else stored.desk.revision + 1
        return await super().change(replace(desk, revision=revision), act, edition, parts)


class _NeverHolds(SqliteDeskStore):
    @override
    async def change(self, desk: Desk, act: DeskAct, edition: Edition, parts: Sequence[Delivery]) -> OnDesk:
        return await super().change(desk, act, edition, _free(desk, parts))

    @override
    async def postpone(self, desk: Desk, parts: Sequence[Delivery]) -> bool:
        return await super().postpone(desk, _free(desk, parts))


def _free(desk: Desk, parts: Sequence[Delivery]) -> list[Delivery]:
    return [replace(part, not_before=desk.due_at) for part in parts]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarelessControl:
    """A guard that is missing.

    Attributes:
        breaks: The kind of breach that must show (`judging.Breaches`).
    """

    name: str
    breaks: str
    make_store: MakeStore


def with_ports(**ports: Callable[[StoreFiles], object]) -> MakeStore:
    """Build the real store with some of its ports replaced."""

    def make(files: StoreFiles, clock: Clock) -> SqliteStore:
        made: dict[str, Any] = {name: port(files) for name, port in ports.items()}
        return replace(store_of(files, clock), **made)

    return make


CARELESS: Final = (
    CarelessControl(name="blind plans", breaks="told_twice", make_store=with_ports(digest=BlindPlans)),
    CarelessControl(
        name="takedowns not looked at", breaks="taken_down", make_store=with_ports(deliveries=_KeepsTakenDown)
    ),
    CarelessControl(
        name="channels not looked at", breaks="wrong_channel", make_store=with_ports(deliveries=_KeepsChannels)
    ),
    CarelessControl(name="lateness not looked at", breaks="too_late", make_store=with_ports(deliveries=_IsNeverLate)),
    CarelessControl(name="revisions not looked at", breaks="dropped", make_store=with_ports(desks=ForgetsRevisions)),
    CarelessControl(name="holds not kept", breaks="while_held", make_store=with_ports(desks=_NeverHolds)),
    CarelessControl(name="pauses not kept", breaks="while_paused", make_store=with_ports(schedules=_NeverPauses)),
)
