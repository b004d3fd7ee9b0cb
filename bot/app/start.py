"""Put the running bot together, and start and stop it in order.

Start: the store (with the lock of the only posting process), the parts, the health server; then the tasks, which run
until they are told to stop: connection, deliverer, publisher, notices, chores, watch, nightly reading; last the tick.
Members are answered while the seed folders are still read; planning waits for that, so that an edition finds its
articles. Stop: nothing new is planned or claimed, requests in flight are finished, then the connection and the database
are closed.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from bot.app.chores import Chore
from bot.app.config import Config
from bot.app.database.file_guard import FileGuard
from bot.app.database.opening import open_patiently
from bot.app.planning import CORRECT_EVERY_S, SHOW_DESKS_EVERY_S, Gates, Planning, correct_posted, show_desks
from bot.app.seed_folders import READ_EVERY_S, SeedFolders, import_limits
from bot.app.serving.interactions import interaction_server
from bot.app.serving.status import RunningParts
from bot.app.supply.collector import CollectorProcess
from bot.app.supply.watch import watch_folders
from bot.app.tasks import Tasks
from bot.app.tick import Tick
from bot.chat.account.client import NewsClient, point_at
from bot.chat.account.joining import greet_joined
from bot.chat.account.notices import NoticeSender
from bot.chat.account.rights import find_access, find_owner
from bot.chat.account.supervisor import Supervisor
from bot.chat.answering.context import Services
from bot.chat.commands.registry import install, sync
from bot.chat.posting.messenger import DiscordMessenger
from bot.chat.quota import Quotas
from bot.chat.wire import Wire
from bot.checkup import HealthServer
from bot.clock import Clock
from bot.errors import NewsdeskError
from bot.news.checkup.runtime import RuntimeStatus
from bot.news.content import ImportReport
from bot.news.delivery import ScheduleId
from bot.news.servers.access import Access
from bot.store.sqlite import SqliteStore
from bot.threads import WorksFor, working_for
from bot.usecases.delivery import Deliverer, after_posting
from bot.usecases.digest import redraw_rest
from bot.usecases.recovery import Recovery
from bot.usecases.schedule import ClockTrust, note_servers
from bot.usecases.story import Stories

log = structlog.get_logger(__name__)

_EARLY_S: Final = 0.1

PLAN_ANYWAY_S: Final = 600.0
"""Planning waits this long for the seed folders to be read after the start; an edition later than that helps nobody."""


class Newsdesk:
    """The running bot; created by `open_newsdesk`.

    Attributes:
        store: The open database.
        client: The connection to Discord.
    """

    def __init__(self, config: Config, store: SqliteStore, keys: tuple[bytes, ...], clock: Clock) -> None:
        self.store = store
        self._config = config
        self._clock = clock
        self._started_s = clock.uptime()
        self._tasks = Tasks()
        self._has_settled = asyncio.Event()
        self._knows_servers, self._server_news = False, 0
        stories = Stories(store, clock)
        self._seeds = SeedFolders(config.seeds, store, stories, clock, zone=config.default_timezone)
        self._reading = Chore("seeds", self._seeds.refresh, clock=clock, every_s=READ_EVERY_S)
        self._wire = Wire(clock)
        services = Services(
            store=store,
            stories=stories,
            clock=clock,
            keys=keys,
            zone=config.default_timezone,
            runtime=self._runtime,
            wake_sender=self._wake_deliverer,
            refresh=self._seeds.refresh,
            reading=lambda: self._seeds.reading,
            holds=self._holds,
            quotas=Quotas(clock, per_minute=config.limits.commands_per_minute, at_once=config.limits.commands_at_once),
            import_limits=import_limits(config.limits),
        )
        self._staging = services.staging
        ready_s = 2.0 if config.api_base is None else 0.05  # waits for the servers; a sandbox sends them all at once
        self.client = NewsClient(
            services,
            wire=self._wire,
            install=install,
            sync=sync,
            has_gateway=config.gateway,
            guild_ready_timeout_s=ready_s,
        )
        self.client.on_news = self._ask_upkeep
        self._upkeep = (
            Chore("commands", self._if_connected(self.client.sync), clock=clock),
            Chore("servers", self._if_connected(self._note_servers), clock=clock),
            Chore("greetings", self._if_connected(self._greet), clock=clock),
        )
        self._messenger = DiscordMessenger(self.client, self._wire, keys, clock)
        self._notices = NoticeSender(
            admin=store.admin,
            schedules=store.schedules,
            messenger=self._messenger,
            clock=clock,
            find_owner=self._find_owner,
            may_edit=self._may_edit,
            guild_name=self.client.servers.name,
        )
        self._deliverer = Deliverer(
            store=store,
            messenger=self._messenger,
            notifier=self._notices,
            clock=clock,
            jitter=random.random,
            redraw=partial(redraw_rest, store),
        )
        self._after = after_posting(store, self._messenger, self._notices, clock, random.random)
        self._correct = correct_posted(store, clock, self._discords_now)
        self._correcting = Chore("corrections", self._correct, clock=clock, every_s=CORRECT_EVERY_S)
        self._show_desks = show_desks(store, self._messenger, self._notices, clock)
        self._desks = Chore("desks", self._show_desks, clock=clock, every_s=SHOW_DESKS_EVERY_S)
        self._supervisor = Supervisor(
            self.client, config.require_token(), store=store.admin, clock=clock, jitter=random.random
        )
        self._recovery = Recovery(store, self._messenger, stories, notifier=self._notices, now=self._discords_now)
        self._reading_back = Chore("channels", self._read_back, clock=clock)
        self._trust = ClockTrust(clock, self._messenger.discord_offset_s)
        self._planning = Planning(
            store,
            stories,
            clock,
            self._trust,
            notifier=self._notices,
            wake_deliverer=self._wake_deliverer,
            gates=Gates(
                may_plan=self._may_plan,
                holds=self._recovery.holds,
                may_purge=lambda: self._knows_servers and self.client.is_connected,
            ),
        )
        self._files = FileGuard(store.files, clock, self._notices)
        self._collector = None if config.feeds is None else CollectorProcess(config, clock, self._notices)
        self._tick = Tick(self._run_tick, clock=clock)
        self._http = interaction_server(config, self.client, clock, now=self._discords_now, note_joins=self._ask_upkeep)
        self._status = RunningParts(
            clock=clock,
            started_s=self._started_s,
            client=self.client,
            wire=self._wire,
            messenger=self._messenger,
            deliverer=self._deliverer,
            tick=self._tick,
            trust=self._trust,
            files=self._files,
            seeds=self._seeds,
            recovery=self._recovery,
            chores=(self._reading_back, self._desks, self._correcting, *self._upkeep),
            collector=self._collector,
            http=self._http,
        )
        self._health = HealthServer(store, clock, self._runtime)

    async def start(self) -> None:
        """Start the health server, the tasks and the tick; the seeds are read meanwhile."""
        tasks = self._tasks
        if self._config.health_address is not None:
            address = self._config.health_address
            tasks.run(self._health.serve(address.host, address.port, tasks.stop), "health server")
        if self._http is not None and self._config.interactions_address is not None:
            address = self._config.interactions_address
            tasks.run(self._http.serve(address.host, address.port, tasks.stop), "interactions")
        tasks.run_connection(self._supervisor.run(tasks.hang_up), "supervisor")
        tasks.run(self._deliverer.run(tasks.stop), "deliverer")
        for after in self._after:
            tasks.run(after.run(tasks.stop), type(after).__name__.lower())
        tasks.run(self._notices.run(tasks.stop), "notices")
        tasks.run(self.store.files.ledger.keep_turn(tasks.stop), "turn")
        for chore in (self._reading, self._reading_back, self._desks, self._correcting, *self._upkeep):
            tasks.run(chore.run(tasks.stop), "chore")
        if self._config.seeds:
            tasks.run(
                watch_folders(self._config.seeds, self._ask_reading, tasks.stop, on_mode=self._seeds.note_watch),
                "watch",
            )
            tasks.run(self._seeds.read_nightly(tasks.stop), "nightly reading")
        if self._collector is not None:
            tasks.run(self._collector.run(tasks.stop), "collector")
            tasks.run(self._collector.watch(tasks.stop), "collector status")
        self._tick.start()
        tasks.run(self._tick_early(tasks.stop), "first tick")

    async def _tick_early(self, stop: asyncio.Event) -> None:
        """Tick once Discord's clock is known, once the seeds are read, and once it is known what the channels show.

        The tick of the start came too early for that.
        """
        conditions = (self._knows_discords_clock, self._may_plan, self._reading_back.tried.is_set)
        for is_met in conditions:
            while not is_met() and not stop.is_set():
                await self._clock.sleep(_EARLY_S)
            if not stop.is_set():
                await self._tick.run_once()
        self._has_settled.set()
        await stop.wait()

    def _knows_discords_clock(self) -> bool:
        return self._messenger.discord_offset_s() is not None

    def _may_plan(self) -> bool:
        """Return False while the seeds are read for the first time since the start."""
        return self._reading.tried.is_set() or self._clock.uptime() - self._started_s > PLAN_ANYWAY_S

    async def stop(self) -> None:
        """Stop the tick, the health server and the tasks; finish requests in flight, then close the connection."""
        self._tasks.stop.set()
        if self._http is not None:
            await self._http.stop()
        await self._tick.stop()
        await self._health.stop()
        await self._tasks.stop_all()
        self._staging.close()

    async def run(self) -> None:
        """Return after `ask_to_stop`, or raise the error that ended a task.

        Raises:
            TokenRefusedError: Discord rejected the token or a gateway setting; restarting can't help.
        """
        await self._tasks.ended

    def ask_to_stop(self) -> None:
        """Let `run` return, as SIGTERM does."""
        self._tasks.end()

    @property
    def interactions_port(self) -> int | None:
        """The port at which interactions arrive over HTTP; None if none does."""
        return None if self._http is None else self._http.port

    async def wait_until_ready(self, timeout_s: float = 10.0) -> None:
        """Return once commands are answered, the seeds are read, and what was due then is planned.

        Raises:
            NewsdeskError: they are not after `timeout_s` seconds, or the bot ended.
        """
        ended = self._tasks.ended
        ready = asyncio.ensure_future(self._until_ready())
        try:
            await asyncio.wait({ready, ended}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
            is_ready = ready.done()
        finally:
            ready.cancel()
        if ended.done():
            await ended
        if not is_ready:
            raise NewsdeskError("The bot was not ready in time.", cure="Check the log for the reason.")

    async def _until_ready(self) -> None:
        while not self.client.is_connected:  # noqa: ASYNC110 - discord.py's own wait raises before the login
            await asyncio.sleep(0.01)
        await self._has_settled.wait()

    async def tick(self) -> None:
        """Plan due editions now."""
        await self._tick.run_once()

    async def deliver_pending(self) -> None:
        """Post and publish everything that is planned, and deliver the notices about it."""
        await self._deliverer.deliver_due()
        await self._correct()
        for after in self._after:
            await after.do_due()
            await after.finish()
        await self._show_desks()
        await self._notices.deliver_waiting()

    async def refresh(self) -> tuple[ImportReport, ...]:
        """Import the configured seed folders again; one report for each folder."""
        return await self._seeds.refresh()

    async def _ask_reading(self, _changed: list[Path]) -> None:
        self._reading.ask()

    async def _run_tick(self) -> None:
        if await self._files.check():
            if await self._files.may_plan():
                await self._planning.run_tick()
            await self._recovery.note_alive(self._file_id())

    async def _read_back(self) -> None:
        """Take over what the channels show; after the seeds are read, which have the articles that messages name."""
        while not self._knows_discords_clock():
            await self._clock.sleep(_EARLY_S)
        await self._recovery.begin(self._file_id())
        await self._reading.tried.wait()
        with working_for(WorksFor.EDITIONS):
            await self._recovery.read_back()

    def _holds(self, schedule: ScheduleId) -> bool:
        return self._recovery.holds(schedule)

    def _file_id(self) -> str:
        """Identify the database's file: a copy of it is another one."""
        return self.store.files.ledger.identity

    def _discords_now(self) -> datetime:
        return self._clock.now() + timedelta(seconds=self._messenger.discord_offset_s() or 0.0)

    def _ask_upkeep(self) -> None:
        self._knows_servers, self._server_news = False, self._server_news + 1
        for chore in self._upkeep:
            chore.ask()

    def _if_connected(self, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        """Do work that needs a ready gateway; without one, READY asks for it again."""

        async def when_connected() -> None:
            if self.client.is_connected:
                await work()

        return when_connected

    async def _note_servers(self) -> None:
        noted = self._server_news
        await note_servers(
            self.store.schedules,
            await self.client.servers.ids(),
            self.client.has_left,
            notifier=self._notices,
            now=self._clock.now(),
        )
        self._knows_servers = noted == self._server_news  # else a server was joined or left meanwhile

    async def _greet(self) -> None:
        await greet_joined(self.client.servers, self.store, self._messenger, self._clock, now=self._discords_now())

    def _wake_deliverer(self) -> None:
        self._deliverer.wake()
        self._desks.ask()

    async def _find_owner(self) -> int | None:
        return await find_owner(self.client, self._clock) if self._config.owner_notices else None

    async def _may_edit(self, guild_id: int, user_id: int) -> bool | None:
        access = await find_access(self.client, self._clock, self.store.editors, guild_id=guild_id, user_id=user_id)
        return None if access is None else access >= Access.EDITOR

    def _runtime(self) -> RuntimeStatus:
        return self._status.read()


@asynccontextmanager
async def open_newsdesk(config: Config, *, clock: Clock) -> AsyncIterator[Newsdesk]:
    """Run the bot with a configuration, and stop it in order at the end.

    Raises:
        ConfigError: no token.
        StoreError: the database can't be used, as `open_patiently`.
    """
    config.require_token()
    if config.api_base is not None:
        point_at(config.api_base)
    async with open_patiently(config, clock) as opened:
        newsdesk = Newsdesk(config, opened.store, opened.keys, clock)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(newsdesk.stop)
            await newsdesk.start()
            yield newsdesk
