"""Open the database at the start, and wait out what passes: a lock, a full disk.

A running bot waits for these, so one that starts does too: its service manager could only start it again, and would
give up on some exit statuses. Health names the cause meanwhile.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

import structlog

from bot.app.config import Config
from bot.app.log import lost_lines
from bot.app.tasks import Tasks
from bot.checkup import HealthServer
from bot.clock import Clock, SystemClock
from bot.errors import StoreDamagedError, StoreUnavailableError
from bot.news.checkup.finding import failing
from bot.news.checkup.runtime import RuntimeStatus
from bot.store.sqlite import SqliteStore, open_store
from bot.store.sqlite.ledger.check import check_ledger
from bot.usecases.search import warm_up

log = structlog.get_logger(__name__)

_PAUSES_S: Final = (1.0, 2.0, 5.0, 10.0)
"""Between two attempts; the last one repeats, so that the bot is back within a minute of the cause's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The open database, and the keys of custom ids in it."""

    store: SqliteStore
    keys: tuple[bytes, ...]


@asynccontextmanager
async def open_patiently(config: Config, clock: Clock) -> AsyncIterator[Opened]:
    """Open the database as the only process that posts from it; wait while it is locked or its disk is full.

    Raises:
        StoreLockedError: another process posts from it.
        StoreError: it can't be used, and waiting doesn't help.
    """
    async with AsyncExitStack() as stack:
        async with AsyncExitStack() as waiting:
            opened = await _try(stack, config, clock)
            tries = 0
            while isinstance(opened, StoreUnavailableError):
                if not tries:
                    log.warning("the start waits for the database", reason=str(opened))
                    await waiting.enter_async_context(_health_of(opened, config, clock))
                await clock.sleep(_PAUSES_S[min(tries, len(_PAUSES_S) - 1)])
                tries += 1
                opened = await _try(stack, config, clock)
        yield opened


async def _try(stack: AsyncExitStack, config: Config, clock: Clock) -> Opened | StoreUnavailableError:
    try:
        return await stack.enter_async_context(_open(config, clock))
    except StoreUnavailableError as error:
        return error


@asynccontextmanager
async def _open(config: Config, clock: Clock) -> AsyncIterator[Opened]:
    async with open_store(
        config.database,
        clock=clock,
        spares_archive=True,
        qualities=config.quality,
        shelf_bytes=config.limits.shelf_megabytes * 1024 * 1024,
        serves_crowds=isinstance(clock, SystemClock),
        postgres=config.ledger_address(),
    ) as store:
        store.files.lock_for_sending()
        await check_ledger(store.files.ledger)
        with suppress(StoreDamagedError):  # of the archive, which health names
            await warm_up(store.search, now=clock.now())
        yield Opened(store=store, keys=await store.admin.secrets())


@asynccontextmanager
async def _health_of(error: StoreUnavailableError, config: Config, clock: Clock) -> AsyncIterator[None]:
    """Answer `/healthz` with the cause of the wait."""
    tasks = Tasks()
    if config.health_address is not None:
        finding = failing(f"the start waits: {error.message}", error.cure, check="database")
        server = HealthServer(None, clock, _runtime, findings=(finding,))
        tasks.run(server.serve(config.health_address.host, config.health_address.port, tasks.stop), "health server")
    try:
        yield
    finally:
        await tasks.stop_all()


def _runtime() -> RuntimeStatus:
    dropped, trouble = lost_lines()
    return RuntimeStatus(is_connected=False, log_lines_dropped=dropped, log_trouble=trouble)
