"""Run the bot until a signal ends it, at any moment of its start."""

from __future__ import annotations

import asyncio
import signal

import structlog

from bot.app.config import Config
from bot.app.start import open_newsdesk
from bot.clock import Clock

log = structlog.get_logger(__name__)


async def run_bot(config: Config, clock: Clock) -> None:
    """Run until SIGTERM or Ctrl-C, which end the start as well: the first import of a large folder takes minutes.

    Raises:
        NewsdeskError: see `open_newsdesk` and `Newsdesk.run`.
    """
    loop = asyncio.get_running_loop()
    asked, running = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    loop.add_signal_handler(
        signal.SIGHUP, log.info, "SIGHUP changes nothing; restart the bot to reload its configuration"
    )
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
