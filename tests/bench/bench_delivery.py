"""How fast planned editions reach Discord: the real store, the real discord.py, the sandbox on the same two cores.

Our own limit of 45 requests a second is lifted here; with it, nothing else is felt. Run it as
`python tests/bench/bench_delivery.py [deliveries]`.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import discord
import structlog

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.chat.client import point_at
from bot.chat.messenger import DiscordMessenger
from bot.chat.wire import Wire
from bot.chat.wire.limiter import Limiter
from bot.clock import SystemClock
from bot.delivery import Deliverer
from bot.news.delivery import DeliveryKey, ScheduleId
from bot.sandbox import Sandbox
from bot.store.sqlite.database import open_database
from tests.makers import make_delivery, make_edition, make_schedule
from tests.postoffice import KEYS, NoticeBoard, posted_draft
from tests.store.ledgers import Ledger, sqlite_ledger


async def plan(ledger: Ledger, sandbox: Sandbox, count: int, clock: SystemClock) -> None:
    """One edition of one part for each of `count` channels."""
    guild = sandbox.add_guild("Town Square")
    for number in range(count):
        channel = guild.add_channel(f"news-{number}")
        schedule = make_schedule(id=ScheduleId(number + 1), name=f"S{number}", guild_id=guild.id, channel_id=channel.id)
        await ledger.schedules.save_schedule(schedule, next_due_at=None)
        edition = make_edition(schedule_id=schedule.id, due_at=clock.now(), planned_at=clock.now(), picks=())
        key = DeliveryKey(channel_id=channel.id, schedule_id=schedule.id, edition=edition.key, part=1)
        row = replace(make_delivery(edition, draft=posted_draft(key), guild_id=guild.id), key=key)
        await ledger.digest.plan(edition, (), (row,))


async def main(count: int) -> None:
    """Plan, deliver, print."""
    clock = SystemClock()
    wire = Wire(clock, limiter=Limiter(clock, per_s=100_000, burst=100_000))
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Sandbox(limits=False) as sandbox,
            open_database(Path(folder) / "newsdesk.db", clock=clock) as database,
        ):
            point_at(sandbox.api_base)
            client = discord.Client(intents=discord.Intents(guilds=True), http_trace=wire.trace_config)
            messenger = DiscordMessenger(client, wire, KEYS, clock)
            ledger = sqlite_ledger(database)
            deliverer = Deliverer(
                ledger=ledger.deliveries,
                schedules=ledger.schedules,
                messenger=messenger,
                notifier=NoticeBoard(),
                clock=clock,
                jitter=lambda: 0.5,
            )
            await client.login(sandbox.token)
            began = time.perf_counter()
            await plan(ledger, sandbox, count, clock)
            planned = time.perf_counter()
            await deliverer.deliver_due()
            took = time.perf_counter() - planned
            await client.close()
            posted = sum(len(channel.messages) for channel in sandbox.guilds[0].channels)
    print(f"planned {count} editions in {planned - began:.1f} s")
    print(f"delivered {posted} of {count} in {took:.1f} s: {count / took:.0f} a second")


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
