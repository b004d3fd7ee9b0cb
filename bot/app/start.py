"""Put the running bot together, and start and stop it in order.

Start: the store (with the lock of the only posting process), the parts, the health server; then the tasks, which run
until they are told to stop: connection, deliverer, publisher, notices, watch, nightly reading; last the tick. The seed
folders are imported first, so that a first edition finds its articles. Stop: nothing new is planned or claimed,
requests in flight are finished, then the connection and the database are closed.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import structlog

from bot.app.config import Config, Limits
from bot.app.log import lost_lines
from bot.app.opening import open_patiently
from bot.app.planning import Planning
from bot.app.seed_folders import SeedFolders
from bot.app.tasks import Tasks
from bot.app.tick import Tick
from bot.app.watch import watch_folders
from bot.chat.account.client import NewsClient, point_at
from bot.chat.account.messenger import DiscordMessenger
from bot.chat.account.notices import NoticeSender
from bot.chat.account.rights import find_owner, may_manage
from bot.chat.account.supervisor import Supervisor
from bot.chat.commands.context import Services
from bot.chat.commands.registry import install
from bot.chat.quota import Quota
from bot.chat.wire import Wire
from bot.checkup import HealthServer
from bot.clock import Clock
from bot.errors import NewsdeskError, StoreUnavailableError
from bot.news.checkup.runtime import RuntimeStatus, WaitTimes
from bot.news.content import ImportLimits, ImportReport
from bot.store.sqlite import SqliteStore
from bot.usecases.delivery import Deliverer, Publisher
from bot.usecases.schedule import ClockTrust
from bot.usecases.story import Stories

log = structlog.get_logger(__name__)

_EARLY_S: Final = 0.1


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
        stories = Stories(store, clock)
        self._seeds = SeedFolders(config.seeds, store, stories, clock, zone=config.default_timezone)
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
            quota=Quota(clock, per_minute=config.limits.commands_per_minute, at_once=config.limits.commands_at_once),
            import_limits=_import_limits(config.limits),
        )
        self.client = NewsClient(
            services, wire=self._wire, install=install, guild_ready_timeout_s=_ready_timeout_s(config)
        )
        self._messenger = DiscordMessenger(self.client, self._wire, keys, clock)
        self._notices = NoticeSender(
            admin=store.admin,
            schedules=store.schedules,
            messenger=self._messenger,
            clock=clock,
            find_owner=self._find_owner,
            may_manage=self._may_manage,
            guild_name=self._guild_name,
        )
        self._deliverer = Deliverer(
            store=store, messenger=self._messenger, notifier=self._notices, clock=clock, jitter=random.random
        )
        self._publisher = Publisher(
            store=store, messenger=self._messenger, notifier=self._notices, clock=clock, jitter=random.random
        )
        self._supervisor = Supervisor(
            self.client, config.require_token(), store=store.admin, clock=clock, jitter=random.random
        )
        self._trust = ClockTrust(clock, self._messenger.discord_offset_s)
        planning = Planning(
            store, stories, clock, self._trust, notifier=self._notices, wake_deliverer=self._wake_deliverer
        )
        self._tick = Tick(planning.run_tick, clock=clock)
        self._health = HealthServer(store, clock, self._runtime)

    async def start(self) -> None:
        """Import the seeds, then start the health server, the tasks and the tick."""
        await self._import_at_the_start()
        tasks = self._tasks
        if self._config.health_address is not None:
            address = self._config.health_address
            tasks.run(self._health.serve(address.host, address.port, tasks.stop), "health server")
        tasks.run_connection(self._supervisor.run(tasks.hang_up), "supervisor")
        tasks.run(self._deliverer.run(tasks.stop), "deliverer")
        tasks.run(self._publisher.run(tasks.stop), "publisher")
        tasks.run(self._notices.run(tasks.stop), "notices")
        if self._config.seeds:
            tasks.run(watch_folders(self._config.seeds, self._import_seeds, tasks.stop), "watch")
            tasks.run(self._seeds.read_nightly(tasks.stop), "nightly reading")
        self._tick.start()
        tasks.run(self._tick_early(tasks.stop), "first tick")

    async def _import_at_the_start(self) -> None:
        try:
            await self._seeds.refresh()
        except StoreUnavailableError as error:  # posting and reading need no seeds; the watch reads them again
            log.warning("the seeds were not imported", error=str(error))

    async def _tick_early(self, stop: asyncio.Event) -> None:
        """Tick as soon as Discord's clock is known: the tick of the start came too early to trust ours."""
        while self._messenger.discord_offset_s() is None and not stop.is_set():
            await self._clock.sleep(_EARLY_S)
        await self._tick.run_once()
        await stop.wait()

    async def stop(self) -> None:
        """Stop the tick, the health server and the tasks; finish requests in flight, then close the connection."""
        self._tasks.stop.set()
        await self._tick.stop()
        await self._health.stop()
        await self._tasks.stop_all()

    async def run(self) -> None:
        """Return after `ask_to_stop`, or raise the error that ended a task.

        Raises:
            TokenRefusedError: Discord rejected the token or a gateway setting; restarting can't help.
        """
        await self._tasks.ended

    def ask_to_stop(self) -> None:
        """Let `run` return, as SIGTERM does."""
        self._tasks.end()

    async def wait_until_ready(self, timeout_s: float = 10.0) -> None:
        """Return once commands are answered.

        Raises:
            NewsdeskError: they are not after `timeout_s` seconds, or the bot ended.
        """
        ended = self._tasks.ended
        ready = asyncio.ensure_future(self._until_ready())
        try:
            await asyncio.wait({ready, ended}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if ended.done():
            await ended
        if not self.client.is_ready():
            raise NewsdeskError("The bot was not ready in time.", cure="Check the log for the reason.")

    async def _until_ready(self) -> None:
        while not self.client.is_ready():  # noqa: ASYNC110 - discord.py's own wait raises before the login
            await asyncio.sleep(0.01)

    async def tick(self) -> None:
        """Plan due editions now."""
        await self._tick.run_once()

    async def deliver_pending(self) -> None:
        """Post and publish everything that is planned, and deliver the notices about it."""
        await self._deliverer.deliver_due()
        await self._publisher.publish_due()
        await self._publisher.finish()
        await self._notices.deliver_waiting()

    async def refresh(self) -> tuple[ImportReport, ...]:
        """Import the configured seed folders again; one report for each folder."""
        return await self._seeds.refresh()

    async def _import_seeds(self, _changed: list[Path]) -> None:
        await self._seeds.refresh()

    def _wake_deliverer(self) -> None:
        self._deliverer.wake()

    async def _find_owner(self) -> int | None:
        return await find_owner(self.client, self._clock) if self._config.owner_notices else None

    async def _may_manage(self, guild_id: int, user_id: int) -> bool | None:
        return await may_manage(self.client, self._clock, guild_id=guild_id, user_id=user_id)

    def _guild_name(self, guild_id: int) -> str:
        guild = self.client.get_guild(guild_id)
        return guild.name if guild is not None else ""

    def _runtime(self) -> RuntimeStatus:
        """Read the status of the running parts."""
        now = self._clock.uptime()
        last_tick_s = self._started_s if self._tick.last_end_s is None else self._tick.last_end_s
        blocked = self._wire.shut_out()
        waits = self._wire.limiter_waits
        dropped, log_trouble = lost_lines()
        return RuntimeStatus(
            is_connected=self.client.is_connected,
            connection_age_s=now - self.client.connected_s,
            tick_age_s=now - last_tick_s,
            is_posting_on_hold=self._deliverer.is_on_hold,
            blocked=blocked.why if blocked else "",
            blocked_s=blocked.retry_after_s if blocked else 0.0,
            is_clock_trusted=self._trust.is_trusted,
            clock_offset_s=self._messenger.discord_offset_s(),
            retries=self._deliverer.retries,
            limiter_waits=WaitTimes(up_to=waits.up_to, count=waits.count, seconds=waits.seconds),
            log_lines_dropped=dropped,
            log_trouble=log_trouble,
        )


@asynccontextmanager
async def open_newsdesk(config: Config, *, clock: Clock) -> AsyncIterator[Newsdesk]:
    """Run the bot with a configuration, and stop it in order at the end.

    Raises:
        ConfigError: no token.
        StoreLockedError: another process posts from this database.
        StoreError: the database can't be used; a lock and a full disk are waited for.
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


async def run_bot(config: Config, clock: Clock) -> None:
    """Run until SIGTERM or Ctrl-C, which end the start as well: the first import of a large folder takes minutes.

    Raises:
        NewsdeskError: see `open_newsdesk` and `Newsdesk.run`.
    """
    loop = asyncio.get_running_loop()
    asked, running = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    work = asyncio.create_task(_run_until(asked, running, config, clock))
    asking = asyncio.create_task(asked.wait())
    await asyncio.wait({work, asking}, return_when=asyncio.FIRST_COMPLETED)
    asking.cancel()
    if asked.is_set() and not running.is_set():
        work.cancel()
    await asyncio.wait({work})
    if not work.cancelled():
        work.result()


async def _run_until(asked: asyncio.Event, running: asyncio.Event, config: Config, clock: Clock) -> None:
    async with open_newsdesk(config, clock=clock) as newsdesk:
        running.set()
        asking = asyncio.create_task(asked.wait())
        asking.add_done_callback(lambda _: newsdesk.ask_to_stop())
        try:
            await newsdesk.run()
        finally:
            asking.cancel()


def _import_limits(limits: Limits) -> ImportLimits:
    return ImportLimits(
        imports_per_hour=limits.imports_per_hour,
        articles_per_shelf=limits.articles_per_shelf,
        bytes_per_shelf=limits.shelf_megabytes * 1024 * 1024,
    )


def _ready_timeout_s(config: Config) -> float:
    """Seconds that READY waits for the servers; a sandbox sends them all at once."""
    return 2.0 if config.api_base is None else 0.05
