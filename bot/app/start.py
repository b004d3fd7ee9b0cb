"""The only place where everything is put together, and the order of starting and stopping.

Start: the store (with the sending process's lock), the desk, the client; then the tasks, each of which lives until it
is told to stop: sender, publisher, notices, supervisor, watch, tick, health. The folder is read before the first tick,
so that a first edition finds its articles. Stop: nothing new is planned or claimed, what is on the wire is finished,
then the connection and the file are closed.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog

from bot.app.config import Config, Limits
from bot.app.tick import Tick
from bot.app.watch import watch_folders
from bot.chat.account.client import NewsClient, point_at
from bot.chat.account.messenger import DiscordMessenger
from bot.chat.account.notices import NoticeSender
from bot.chat.account.supervisor import Supervisor
from bot.chat.commands.context import Services
from bot.chat.commands.quota import Quota
from bot.chat.commands.registry import install
from bot.chat.wire import Wire
from bot.checkup import Health, Pulse, Waited
from bot.clock import Clock
from bot.errors import NewsdeskError
from bot.news.article import INSTANCE_SHELF
from bot.news.checkup.condition import Vitals
from bot.news.content import ImportLimits, ImportReport
from bot.news.delivery import EditionKey
from bot.news.edition import Edition
from bot.news.schedule import Schedule
from bot.store.port import Store
from bot.store.sqlite import SqliteStore, open_store
from bot.store.sqlite.ledger.check import check_ledger
from bot.usecases.delivery import Deliverer, Publisher
from bot.usecases.digest import plan_edition
from bot.usecases.ingest import ingest_folder
from bot.usecases.schedule import ClockTrust, run_tick
from bot.usecases.search import warm_up
from bot.usecases.story import Stories

log = structlog.get_logger(__name__)

STOP_S: Final = 10.0
PURGE_AFTER_DAYS: Final = 30


class Newsdesk:
    """The running bot. Made by `open_newsdesk`."""

    def __init__(self, config: Config, store: SqliteStore, keys: tuple[bytes, ...], clock: Clock) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._stories = Stories(store, clock)
        self._stop = asyncio.Event()
        self._hang_up = asyncio.Event()
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._connection: asyncio.Task[None] | None = None
        self._refreshing = asyncio.Lock()
        self._began_s = clock.uptime()
        self._wire = wire = Wire(clock)
        services = Services(
            store=store,
            stories=self._stories,
            clock=clock,
            keys=keys,
            zone=config.default_timezone,
            vitals=self._vitals,
            wake_sender=self._wake,
            refresh=self.refresh,
            quota=Quota(clock, per_minute=config.limits.commands_per_minute, at_once=config.limits.commands_at_once),
            import_limits=_import_limits(config.limits),
        )
        self.client = NewsClient(services, wire=wire, install=install, guild_ready_timeout_s=_ready_timeout_s(config))
        self._messenger = DiscordMessenger(self.client, wire, keys, clock)
        self._notices = NoticeSender(
            admin=store.admin,
            schedules=store.schedules,
            messenger=self._messenger,
            clock=clock,
            owner_id=self._owner_id,
            guild_name=self._guild_name,
        )
        self._deliverer = Deliverer(
            store=store,
            messenger=self._messenger,
            notifier=self._notices,
            clock=clock,
            jitter=random.random,
        )
        self._publisher = Publisher(
            store=store,
            messenger=self._messenger,
            notifier=self._notices,
            clock=clock,
            jitter=random.random,
        )
        self._supervisor = Supervisor(
            self.client, config.require_token(), store=store.admin, clock=clock, jitter=random.random
        )
        self._trust = ClockTrust(clock, self._messenger.discord_offset_s)
        self._tick = Tick(self._work_of_a_tick, clock=clock)
        self._health = Health(store.deliveries, store.schedules, clock, self._pulse)

    async def start(self) -> None:
        """Read the seeds and start every task."""
        await self.refresh()
        if self._config.health_address is not None:
            await self._health.start(self._config.health_address.host, self._config.health_address.port)
        self._connection = self._spawn(self._supervisor.run(self._hang_up), "supervisor")
        self._spawn(self._deliverer.run(self._stop), "sender")
        self._spawn(self._publisher.run(self._stop), "publisher")
        self._spawn(self._notices.run(self._stop), "notices")
        if self._config.seeds:
            self._spawn(watch_folders(self._config.seeds, self._seeds_changed, self._stop), "watch")
        self._tick.start()

    async def stop(self) -> None:
        """Stop; what is on the wire is finished first, within `STOP_S` seconds, and only then the connection closed."""
        self._stop.set()
        await self._tick.stop()
        await self._health.stop()
        await _end([task for task in self._tasks if task is not self._connection])
        self._hang_up.set()
        await _end(self._tasks)

    async def run(self) -> None:
        """Return after `stop`; what ends a task for good is raised here.

        Raises:
            TokenRefusedError: Discord refused the token, or a setting, for good.
        """
        await self._ended

    def ask_to_stop(self) -> None:
        """End `run`, as SIGTERM does."""
        if not self._ended.done():
            self._ended.set_result(None)

    async def wait_until_ready(self, patience_s: float = 10.0) -> None:
        """Return once commands are answered.

        Raises:
            NewsdeskError: they are not after `patience_s` seconds, or the bot ended.
        """
        ready = asyncio.ensure_future(self._until_ready())
        try:
            await asyncio.wait({ready, self._ended}, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if self._ended.done():
            await self._ended
        if not self.client.is_ready():
            raise NewsdeskError("The bot was not ready in time.", cure="Look into the log for the reason.")

    async def _until_ready(self) -> None:
        while not self.client.is_ready():  # noqa: ASYNC110 - discord.py's own wait raises before the login
            await asyncio.sleep(0.01)

    async def tick(self) -> None:
        """Plan what is due, now."""
        await self._tick.run_once()

    async def settle(self) -> None:
        """Send and publish what was planned, and bring the notices of it to their readers."""
        await self._deliverer.deliver_due()
        await self._publisher.publish_due()
        await self._publisher.finish()
        await self._notices.deliver_waiting()

    async def refresh(self) -> tuple[ImportReport, ...]:
        """Read the configured folders of seeds again; one report each."""
        async with self._refreshing:
            reports = tuple([await self._refresh_folder(folder) for folder in self._config.seeds])
            if any(report.added or report.changed for report in reports):
                await self._stories.take_in((INSTANCE_SHELF,))
            return reports

    async def _refresh_folder(self, folder: Path) -> ImportReport:
        report = await ingest_folder(self._store.articles, folder, INSTANCE_SHELF, clock=self._clock)
        log.info(
            "seeds were read", folder=str(folder), added=report.added, changed=report.changed, refused=report.refused
        )
        return report

    async def _seeds_changed(self, _paths: list[Path]) -> None:
        await self.refresh()

    async def _work_of_a_tick(self) -> None:
        await run_tick(
            self._store.schedules,
            self._store.digest,
            self._plan,
            notifier=self._notices,
            clock=self._clock,
            trust=self._trust,
        )
        self._wake()
        await self._store.schedules.purge_guilds(left_before=self._clock.now() - timedelta(days=PURGE_AFTER_DAYS))
        await self._stories.forget_old()

    async def _plan(self, schedule: Schedule, key: EditionKey, due_at: datetime) -> Edition | None:
        planned = await plan_edition(
            self._store,
            schedule,
            key=key,
            due_at=due_at,
            now=self._clock.now(),
            stories=self._stories,
        )
        return None if planned is None else planned.edition

    def _wake(self) -> None:
        self._deliverer.wake()

    def _owner_id(self) -> int | None:
        application = self.client.application
        return application.owner.id if self._config.owner_notices and application is not None else None

    def _guild_name(self, guild_id: int) -> str:
        guild = self.client.get_guild(guild_id)
        return guild.name if guild is not None else ""

    def _vitals(self) -> Vitals:
        shut_out = self._wire.shut_out()
        return Vitals(
            offset_s=self._messenger.discord_offset_s(),
            is_clock_trusted=self._trust.is_trusted,
            is_connected=self.client.is_connected,
            is_sending_held=self._deliverer.is_held,
            shut_out=shut_out.why if shut_out else "",
            shut_out_s=shut_out.retry_after_s if shut_out else 0.0,
        )

    def _pulse(self) -> Pulse:
        now = self._clock.uptime()
        last_tick_s = self._began_s if self._tick.last_end_s is None else self._tick.last_end_s
        shut_out = self._wire.shut_out()
        waits = self._wire.limiter_waits
        return Pulse(
            is_connected=self.client.is_connected,
            connection_age_s=now - self.client.connected_s,
            tick_age_s=now - last_tick_s,
            is_sending_held=self._deliverer.is_held,
            shut_out=shut_out.why if shut_out else "",
            is_clock_trusted=self._trust.is_trusted,
            is_clock_at_odds=self._trust.is_at_odds,
            clock_offset_s=self._messenger.discord_offset_s(),
            retries=self._deliverer.retries,
            waited=Waited(up_to=waits.up_to, count=waits.count, seconds=waits.seconds),
        )

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._task_ended)
        self._tasks.append(task)
        return task

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        """A task that ends before it was told to ends the bot, with its reason."""
        if self._stop.is_set() or self._ended.done() or task.cancelled():
            return
        error = task.exception()
        self._ended.set_exception(error or NewsdeskError(f"{task.get_name()} ended by itself.", cure="Report it."))


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Wait for the end of tasks that were told to end; those that don't in time are cancelled."""
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=STOP_S)
        for task in late:
            log.warning("a task did not end in time", task=task.get_name())
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def open_newsdesk(config: Config, *, clock: Clock) -> AsyncIterator[Newsdesk]:
    """The bot at work, from a configuration; stopped in order at the end.

    Raises:
        ConfigError: no token.
        StoreLockedError: another process sends from this database.
        StoreError: the database can't be used.
    """
    config.require_token()
    if config.api_base is not None:
        point_at(config.api_base)
    async with open_store(config.database, clock=clock) as store:
        store.database.lock_for_sending()
        await check_ledger(store.database)
        await warm_up(store.search, now=clock.now())
        newsdesk = Newsdesk(config, store, await store.admin.secrets(), clock)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(newsdesk.stop)
            await newsdesk.start()
            yield newsdesk


async def run_bot(config: Config, clock: Clock) -> None:
    """Run until SIGTERM or Ctrl-C.

    Raises:
        NewsdeskError: see `open_newsdesk` and `Newsdesk.run`.
    """
    async with open_newsdesk(config, clock=clock) as newsdesk:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, newsdesk.ask_to_stop)
        await newsdesk.run()


@asynccontextmanager
async def open_for_writing(config: Config, clock: Clock) -> AsyncIterator[Store]:
    """The store for the command line's writes; also beside a running bot."""
    async with open_store(config.database, clock=clock) as store:
        yield store


def _import_limits(limits: Limits) -> ImportLimits:
    return ImportLimits(
        imports_per_hour=limits.imports_per_hour,
        articles_per_shelf=limits.articles_per_shelf,
        bytes_per_shelf=limits.shelf_megabytes * 1024 * 1024,
    )


def _ready_timeout_s(config: Config) -> float:
    """Seconds that READY waits for the servers: a sandbox has them all at once."""
    return 2.0 if config.api_base is None else 0.05
