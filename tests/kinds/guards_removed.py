"""The bot with one guard missing: a proof must be able to fail, so each of these must."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from unittest.mock import patch

from typing_extensions import override

from bot.chat.once import Once
from bot.errors import BadInputError
from bot.news.article import ShelfId
from bot.news.delivery import DeliveryKey, DeliveryState, ScheduleId
from bot.news.message import actions
from bot.news.schedules.schedule import Schedule
from bot.news.servers.log import LogEntry
from bot.store.port.schedule import Change
from bot.store.sqlite import store_of
from bot.store.sqlite.archive.articles import SqliteArticleStore
from bot.store.sqlite.ledger.deliveries import SqliteDeliveryStore
from bot.store.sqlite.ledger.schedules import SqliteScheduleStore
from bot.store.sqlite.shelves.takedowns import Takedowns
from bot.usecases.ingest import ImportTurns
from tests.kinds.interleavings import Pair
from tests.simulation.careless import BlindPlans, ForgetsRevisions, MakeStore, with_ports

_WAITING: Final = frozenset({DeliveryState.FAILED, DeliveryState.UNKNOWN})


class WholeSchedules(SqliteScheduleStore):
    """Reads a schedule, changes it, and writes the whole."""

    @override
    async def change_schedule(
        self, schedule: ScheduleId, change: Change, *, entry: LogEntry | None = None
    ) -> Schedule | None:
        stored = await self.find_schedule(schedule)
        read = () if stored is None else await self.outlooks(stored.guild_id, schedule)
        changed = change(*read[0]) if read else None
        if changed is None:
            return stored
        await self.save_schedule(changed[0], next_due_at=changed[1], entry=entry)
        return changed[0]


class HastyDecisions(SqliteDeliveryStore):
    """Looks whether a part waits for a decision, and then takes it for decided."""

    @override
    async def resolve(self, key: DeliveryKey, state: DeliveryState, **how: Any) -> bool:
        rows = await self.deliveries(key.schedule_id, key.edition)
        if not any(row.key == key and row.state in _WAITING for row in rows):
            return False
        await super().resolve(key, state, **how)
        return True


class HastyCounts(SqliteArticleStore):
    """Looks how many imports began, and then counts one more."""

    @override
    async def begin_import(self, shelf: ShelfId, *, at: datetime, since: datetime, limit: int) -> bool:
        if len(await self.imports_begun(shelf, since=since, until=at)) >= limit:
            return False
        return await super().begin_import(shelf, at=at, since=since, limit=limit + 1)


@asynccontextmanager
async def _at_once(_turns: ImportTurns, _shelf: ShelfId) -> AsyncIterator[None]:
    """Let every import begin."""
    yield


@contextmanager
def _first_by_then(once: Once, what: str) -> Iterator[None]:
    """Note that something was done only when it is done."""
    if what in once._done:
        raise BadInputError("You have already shared this.", cure="Use the command again to share it once more.")
    yield
    once._done[what] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A guard that is removed, and two deeds that must show it.

    Attributes:
        make_store: Builds the store without it.
        without: Removes a guard that is not in the store, while it is entered.
    """

    name: str
    pair: Pair
    make_store: MakeStore = store_of
    without: Callable[[], AbstractContextManager[object]] = nullcontext


CONTROLS: Final = (
    Control(
        name="what an edition was chosen from is not compared",
        pair=Pair(first="schedule send-now (1)", second="tick"),
        make_store=with_ports(digest=BlindPlans),
    ),
    Control(
        name="the whole schedule is written",
        pair=Pair(first="schedule edit (1)", second="schedule edit (2)"),
        make_store=with_ports(schedules=WholeSchedules),
    ),
    Control(
        name="a decision is not compared",
        pair=Pair(first="dagain", second="dskip"),
        make_store=with_ports(deliveries=HastyDecisions),
    ),
    Control(
        name="a takedown doesn't wait for a plan",
        pair=Pair(first="schedule send-now (1)", second="content hide"),
        without=lambda: patch.object(Takedowns, "none_on", lambda *_: nullcontext()),
    ),
    Control(
        name="a server that was left is planned for",
        pair=Pair(first="tick", second="leave"),
        make_store=with_ports(digest=BlindPlans),
    ),
    Control(
        name="the desk forgets revisions",
        pair=Pair(first=actions.DESK_HOLD, second=actions.DESK_SWAP),
        make_store=with_ports(desks=ForgetsRevisions),
    ),
    Control(
        name="imports don't wait for each other, and are not counted in one transaction",
        pair=Pair(first="content import", second="content import"),
        make_store=with_ports(articles=HastyCounts),
        without=lambda: patch.object(ImportTurns, "turn", _at_once),
    ),
    Control(
        name="a button counts as pressed when it has shared",
        pair=Pair(first="share", second="share"),
        without=lambda: patch.object(Once, "first", _first_by_then),
    ),
)
