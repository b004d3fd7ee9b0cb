"""The process that is killed: the bot's whole way from the ledger to Discord, with the trial's times.

`python -m tests.kill.sender DATABASE API_BASE TOKEN [--postgres ADDRESS]`;
it sends until SIGTERM, or until its standard input ends: the
process that started it holds the other end of that pipe, so a watcher that is killed itself leaves no sender behind.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import signal
import sys
from functools import partial
from pathlib import Path

import discord
import structlog
from typing_extensions import override

from bot.chat.account.client import point_at
from bot.chat.posting.messenger import DiscordMessenger
from bot.chat.wire import Wire
from bot.chat.wire.limiter import Limiter
from bot.clock import SystemClock
from bot.news.message.messenger import Messenger
from bot.news.notices.notice import Notice, Notifier
from bot.store.sqlite import open_store
from bot.store.sqlite.ledger.check import check_ledger
from bot.usecases.delivery import Deliverer
from bot.usecases.digest import redraw_rest
from tests.kill.broken import ForgetfulMessenger
from tests.kill.setting import Setting

_DESERTED = 3


class NoBoard(Notifier):
    """Nobody reads the notices of a trial; and loading less starts sooner."""

    @override
    async def notify(self, notice: Notice) -> None: ...


async def send(database: Path, api_base: str, token: str, setting: Setting, postgres: str = "") -> None:
    """Start as `bot.app.start` does, and send until told to stop."""
    stop, clock = asyncio.Event(), SystemClock()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_reader(sys.stdin, os._exit, _DESERTED)  # nothing is ever written there: it can be read when it ends
    point_at(api_base)
    wire = Wire(clock, limiter=Limiter(clock, per_s=setting.requests_per_s), wire_s=setting.times.wire_s)
    async with open_store(database, clock=clock, postgres=postgres) as store:
        store.files.local.lock_for_sending()  # with a PostgreSQL, several send: nobody waits for a turn
        await check_ledger(store.files.ledger)
        client = discord.Client(intents=discord.Intents(guilds=True), http_trace=wire.trace_config, max_messages=None)
        messenger: Messenger = DiscordMessenger(client, wire, await store.admin.secrets(), clock)
        deliverer = Deliverer(
            store=store,
            messenger=ForgetfulMessenger(messenger) if setting.is_broken else messenger,
            notifier=NoBoard(),
            clock=clock,
            jitter=random.random,
            redraw=partial(redraw_rest, store),
            times=setting.times,
        )
        async with client:
            await client.login(token)
            await deliverer.run(stop)


def main() -> None:
    """Read the arguments and send."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill.sender", description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("api_base")
    parser.add_argument("token")
    parser.add_argument("--divisor", type=float, default=1.0)
    parser.add_argument("--break", dest="is_broken", action="store_true")
    parser.add_argument("--postgres", default="")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    setting = Setting(divisor=asked.divisor, is_broken=asked.is_broken)
    asyncio.run(send(asked.database, asked.api_base, asked.token, setting, asked.postgres))


if __name__ == "__main__":
    main()
