"""A sending process: the real store, discord.py against the sandbox, and the delivery protocol.

A test can kill it at any time and restart it on the same file.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp
import discord
from typing_extensions import override

from bot.chat.account.client import point_at
from bot.chat.posting.messenger import DiscordMessenger
from bot.chat.wire import Wire
from bot.chat.wire.limiter import Limiter
from bot.clock import Clock
from bot.news.choosing.recheck import Holding, Redrawn
from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, EditionKey, ScheduleId, nonce_for
from bot.news.message.actions import EDITION_WHY
from bot.news.message.draft import Button, ButtonRow, Draft, Paragraph, Text
from bot.news.notices.notice import Notice, Notifier
from bot.news.schedules.schedule import Schedule, ScheduleState
from bot.sandbox import Channel, Guild, Sandbox, SandboxMessage
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.shelves.files import StoreFiles, open_files
from bot.usecases.delivery import Deliverer, Publisher, ThreadOpener
from tests.support.clocks import ManualClock
from tests.support.data import find_data
from tests.support.ledger import LEASE, Ledger, find_delivery, sqlite_ledger
from tests.support.makers import make_delivery, make_edition, make_schedule
from tests.support.redraw import redraw_as_they_are

_T = TypeVar("_T")

KEYS: Final = (b"k" * 32,)
SCHEDULE: Final = ScheduleId(11)
SETTLED_S: Final = 47.0
"""Slightly more than the protocol's settle time, since the ledger counts in Discord's whole seconds."""


@dataclass(slots=True)
class NoticeBoard(Notifier):
    """Collects the notices for admins."""

    notices: list[Notice] = field(default_factory=list)

    @override
    async def notify(self, notice: Notice) -> None:
        self.notices.append(notice)

    @property
    def causes(self) -> list[str]:
        """The kind of each notice's cause."""
        return [notice.cause.kind for notice in self.notices]


def posted_draft(key: DeliveryKey, text: str = "") -> Draft:
    """Create a part as it is posted: a text, and the button with its nonce."""
    nonce = nonce_for(key)
    why = Button(action=EDITION_WHY, args=(nonce,), label="Why these?")
    paragraph = Paragraph(runs=(Text(text=text or f"Part {key.part}"),))
    return Draft(blocks=(paragraph, ButtonRow(buttons=(why,))), key=nonce)


class OwnClock(Clock):
    """The machine's clock: it runs with Discord's, but its wall clock can be wrong."""

    def __init__(self, discords: Clock) -> None:
        self._discords = discords
        self.wrong_by = timedelta(0)

    @override
    def now(self) -> datetime:
        return self._discords.now() + self.wrong_by

    @override
    def uptime(self) -> float:
        return self._discords.uptime()

    @override
    async def sleep(self, seconds: float) -> None:
        await self._discords.sleep(seconds)


class Office:
    """A sending process with its file and its Discord.

    Attributes:
        board: The notices for admins.
        channel: The channel of the editions.
        clock: Discord's clock; `own` is the machine's.
        deliverer: The deliverer of the running process.
        jitter: The value of the back-offs' random numbers.
        connector: Creates the next process's aiohttp connector; None for the default one.
        redraw: How the next process draws parts again; they are not drawn from stories here unless a test says so.
    """

    def __init__(self, sandbox: Sandbox, clock: ManualClock, files: StoreFiles) -> None:
        self.sandbox = sandbox
        self.files = files
        self.clock = clock
        self.own = OwnClock(clock)
        self.ledger: Ledger = sqlite_ledger(files)
        self.board = NoticeBoard()
        self.jitter = 0.5
        self.connector: Callable[[], aiohttp.BaseConnector] | None = None
        self.redraw: Callable[[Ledger, Delivery, Holding, datetime], Awaitable[Redrawn]] = redraw_as_they_are
        self._on_the_wire: set[int] = set()
        self.guild: Guild = sandbox.add_guild("Town Square")
        self.channel: Channel = self.guild.add_channel("news")
        self.client: discord.Client
        self.wire: Wire
        self.messenger: DiscordMessenger
        self.deliverer: Deliverer
        self.publisher: Publisher
        self.threads: ThreadOpener

    async def open(self) -> None:
        """Start the process: it logs in, without a gateway connection."""
        # Most tests don't advance the clock: with an unlimited burst the limiter never waits for it.
        self.limiter = Limiter(self.own, burst=100_000)
        self.wire = Wire(self.own, limiter=self.limiter)
        self._count_requests()
        self.client = discord.Client(
            intents=discord.Intents(guilds=True),
            http_trace=self.wire.trace_config,
            max_messages=None,
            connector=self.connector() if self.connector else None,
        )
        self.messenger = DiscordMessenger(self.client, self.wire, KEYS, self.own)
        self.deliverer = Deliverer(
            store=self.ledger,
            messenger=self.messenger,
            notifier=self.board,
            clock=self.own,
            jitter=lambda: self.jitter,
            redraw=partial(self.redraw, self.ledger),
        )
        after: dict[str, Any] = {"store": self.ledger, "messenger": self.messenger, "notifier": self.board}
        self.publisher = Publisher(**after, clock=self.own, jitter=lambda: 0.5)
        self.threads = ThreadOpener(**after, clock=self.own, jitter=lambda: 0.5)
        await self.client.login(self.sandbox.token)

    def _count_requests(self) -> None:
        """Note which requests are on the wire: those that have passed the wire's waits and have no answer."""

        async def begun(_session: aiohttp.ClientSession, request: Any, _params: Any) -> None:
            self._on_the_wire.add(id(request))

        async def ended(_session: aiohttp.ClientSession, request: Any, _params: Any) -> None:
            self._on_the_wire.discard(id(request))

        trace = self.wire.trace_config
        trace.on_request_start.append(begun)
        trace.on_request_end.insert(0, ended)  # before the wire's own, which may raise
        trace.on_request_exception.insert(0, ended)

    async def close(self) -> None:
        """End the process as a kill would, without writing."""
        await self.client.close()

    async def restart(self, *, after_s: float = 0.0) -> None:
        """Kill the process and start another on the same file."""
        await self.close()
        self.clock.advance(after_s)
        await self.open()

    @property
    def database(self) -> Database:
        """The ledger's file."""
        return self.files.local

    async def move_to(self, files: StoreFiles) -> None:
        """Kill the process and start another on other files."""
        await self.close()
        self.files = files
        self.ledger = sqlite_ledger(files)
        await self.open()

    async def plan(
        self,
        *,
        parts: int = 1,
        channel: Channel | None = None,
        due_at: datetime | None = None,
        draft: Callable[[DeliveryKey], Draft] = posted_draft,
        **fields: Any,
    ) -> tuple[DeliveryKey, ...]:
        """Plan an edition that is due now, and return its parts' keys. `fields` are those of `Schedule`."""
        where = channel or self.channel
        schedule = make_schedule(**{"channel_id": where.id, "guild_id": self.guild.id, "id": SCHEDULE, **fields})
        return await plan_parts(
            self.ledger, schedule, parts=parts, due_at=due_at or self.own.now(), planned_at=self.own.now(), draft=draft
        )

    async def unplug(self) -> None:
        """Make Discord unreachable, and let the client notice that its connections are closed."""
        await self.sandbox.refuse_connections()
        await asyncio.sleep(0.05)

    def hold_requests(self, seconds: float) -> None:
        """Delay the next request before it is sent, as our own limiter does under load."""
        self.limiter._next_s = self.own.uptime() + self.limiter._ahead_s + seconds

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the file from another connection; the process doesn't wait for it."""
        rival = sqlite3.connect(self.database.path, isolation_level=None)
        rival.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            rival.close()

    async def claim(self) -> Delivery:
        """Claim the only row without sending it, as a process that is killed then."""
        now = self.clock.now()
        (row,) = await self.ledger.deliveries.claim(now=now, lease_until=now + LEASE)
        return row

    async def pass_over(self, seconds: float = 0.0) -> int:
        """Advance the clock, then let the process deliver what is due."""
        self.clock.advance(seconds)
        return await self.deliverer.deliver_due()

    async def while_time_runs(self, work: Awaitable[Any], *, step_s: float = 1.0) -> Any:
        """Advance the clock by `step_s` at a time until the work is done."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await asyncio.sleep(0.002)
            self.clock.advance(step_s)
        return task.result()

    async def past_waits(self, work: Awaitable[_T], *, longest_s: float = 5.0) -> _T:
        """Wait for the work to end, skipping every sleep of up to `longest_s`.

        Unlike `while_time_runs`, it doesn't advance the clock during a request, however slow the machine is.
        """
        task = asyncio.ensure_future(work)
        while not task.done():
            await asyncio.sleep(0.002)
            if not task.done() and not self._on_the_wire and self.clock.next_wake <= longest_s:
                self.clock.advance(self.clock.next_wake)
        return task.result()

    async def row(self, key: DeliveryKey) -> Delivery:
        """A row's present content."""
        found = await find_delivery(self.ledger.deliveries, key)
        assert found is not None
        return found

    async def states(self, keys: tuple[DeliveryKey, ...]) -> list[DeliveryState]:
        """The states of the parts."""
        return [(await self.row(key)).state for key in keys]

    async def schedule_state(self) -> ScheduleState:
        """The schedule's state."""
        schedule = await self.ledger.schedules.find_schedule(SCHEDULE)
        assert schedule is not None
        return schedule.state

    @property
    def messages(self) -> list[SandboxMessage]:
        """The channel's messages."""
        return self.channel.messages


async def plan_parts(
    ledger: Ledger,
    schedule: Schedule,
    *,
    parts: int,
    due_at: datetime,
    planned_at: datetime,
    draft: Callable[[DeliveryKey], Draft] = posted_draft,
    drawn_at: datetime | None = None,
) -> tuple[DeliveryKey, ...]:
    """Save a schedule, plan an edition of it, and return its parts' keys.

    `drawn_at` is when they were drawn; late enough, they are not drawn again for being late.
    """
    await ledger.schedules.save_schedule(schedule, next_due_at=None)
    key = EditionKey(planned_at.date().isoformat())
    edition = make_edition(schedule_id=schedule.id, due_at=due_at, planned_at=planned_at, key=key)
    keys = tuple(
        DeliveryKey(channel_id=schedule.channel_id, schedule_id=schedule.id, edition=key, part=part)
        for part in range(1, parts + 1)
    )
    row = replace(
        make_delivery(edition, guild_id=schedule.guild_id, title="An edition"),
        publish=schedule.publish,
        mention_role=schedule.mention_role,
        drawn_at=drawn_at,
    )
    rows = [replace(row, key=key, draft=draft(key), posting=schedule.posting(key.part)) for key in keys]
    assert await ledger.digest.plan(edition, (), rows) is not None
    return keys


@asynccontextmanager
async def open_office(folder: Path, clock: ManualClock, **sandbox_options: Any) -> AsyncIterator[Office]:
    """Open an office, and check at the end that Discord would have accepted every request."""
    description = find_data("discord", "openapi.json")
    async with (
        Sandbox(clock=clock, description=description, **sandbox_options) as sandbox,
        open_files(folder / "newsdesk.db", clock=clock) as files,
    ):
        point_at(sandbox.api_base)
        files.local.busy_timeout_s = 0.0
        office = Office(sandbox, clock, files)
        await office.open()
        try:
            yield office
        finally:
            await office.close()
        assert not sandbox.deviations, sandbox.deviations


def minutes(count: float) -> timedelta:
    """A duration in minutes."""
    return timedelta(minutes=count)
