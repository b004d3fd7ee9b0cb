"""How fast planned editions reach Discord: the real store, the real discord.py, and a Discord in another process.

Each delivery goes to a channel of its own. Without limits three rows are side by side: discord.py alone, our way to
Discord without the ledger, and with it; each has as many posts under way at once, and Discord takes 50 ms for one.
The last row keeps Discord's limits, and ours.

`python -m tests.bench.bench_delivery [deliveries] [deliveries within the limits]`; the table goes to
.bench/delivery.json, too. Exit status 1 where a message is missing or doubled.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import discord
import structlog

from bot.chat.account.client import point_at
from bot.chat.posting.components import mentions_for, to_view
from bot.chat.posting.messenger import DiscordMessenger
from bot.chat.wire import Wire
from bot.chat.wire.limiter import Limiter
from bot.clock import SystemClock
from bot.news.delivery import DeliveryKey, EditionKey, ScheduleId
from bot.store.sqlite.shelves.files import open_files
from bot.usecases.delivery import Deliverer
from bot.usecases.delivery.deliverer import MOST_IN_FLIGHT
from tests.bench.discord_process import Address, DiscordProcess, open_discord
from tests.support.ledger import Ledger, sqlite_ledger
from tests.support.makers import make_delivery, make_edition, make_schedule
from tests.support.postoffice import KEYS, NoticeBoard, posted_draft
from tests.support.redraw import redraw_as_they_are

LATENCY_S: Final = 0.05
_EDITION: Final = EditionKey("2021-05-10")
_RESULT: Final = Path(".bench") / "delivery.json"
_UNLIMITED: Final = 100_000

_HEAD: Final = (
    f"{'':34}{'deliveries':>11}{'seconds':>9}{'a second':>10}{'CPU ms each':>13}{'missing':>9}{'doubled':>9}{'429s':>6}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement.

    Attributes:
        seconds: From the first claim to the last mark.
        cpu_ms: Of this process, for each delivery; Discord's process not counted.
        refused: Requests that Discord answered 429.
    """

    name: str
    deliveries: int
    seconds: float
    a_second: float
    cpu_ms: float
    missing: int
    doubled: int
    refused: int

    def line(self) -> str:
        """Of the table."""
        return (
            f"{self.name:34}{self.deliveries:>11,}{self.seconds:>9.2f}{self.a_second:>10.1f}{self.cpu_ms:>13.2f}"
            f"{self.missing:>9}{self.doubled:>9}{self.refused:>6}"
        )


async def measure(name: str, there: DiscordProcess, work: Callable[[], Awaitable[object]]) -> Row:
    """Time a piece of work, and count what is posted after it."""
    count = len(there.address.channels)
    began, cpu_began = time.perf_counter(), time.process_time()
    await work()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu_began
    tally = await asyncio.to_thread(there.tally)
    return Row(
        name=name,
        deliveries=count,
        seconds=round(seconds, 2),
        a_second=round(count / seconds, 1),
        cpu_ms=round(1000 * cpu / count, 2),
        missing=count - tally.nonces,
        doubled=tally.messages - tally.nonces,
        refused=tally.refused,
    )


@asynccontextmanager
async def logged_in(there: DiscordProcess, wire: Wire | None) -> AsyncIterator[discord.Client]:
    """discord.py, through our wire or as it is."""
    point_at(there.address.api_base)
    options: dict[str, Any] = {} if wire is None else {"http_trace": wire.trace_config}
    client = discord.Client(intents=discord.Intents(guilds=True), max_messages=None, **options)
    async with client:
        await client.login(there.address.token)
        yield client


async def alone(there: DiscordProcess) -> Row:
    """discord.py as it is, and nothing else of ours than the message."""

    async def post(key: DeliveryKey) -> None:
        draft = posted_draft(key)
        view = to_view(draft, keys=KEYS, now=SystemClock().now())
        channel = client.get_partial_messageable(key.channel_id)
        await channel.send(view=view, nonce=draft.key, allowed_mentions=mentions_for(()))

    async with logged_in(there, None) as client:
        return await measure("discord.py alone", there, lambda: for_all(keys_of(there.address), post))


async def without_ledger(there: DiscordProcess) -> Row:
    """Our way to Discord; what is to be sent is stored nowhere."""
    clock, wire = SystemClock(), unlimited_wire()

    async def post(key: DeliveryKey) -> None:
        draft = posted_draft(key)
        await messenger.post(key.channel_id, draft, nonce=draft.key)

    async with logged_in(there, wire) as client:
        messenger = DiscordMessenger(client, wire, KEYS, clock)
        return await measure("without the ledger", there, lambda: for_all(keys_of(there.address), post))


async def with_ledger(there: DiscordProcess, name: str, wire: Wire) -> Row:
    """All of it: rows are claimed, posted and marked in a SQLite file."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_files(Path(folder) / "newsdesk.db", clock=clock) as files,
            logged_in(there, wire) as client,
        ):
            ledger = sqlite_ledger(files)
            deliverer = Deliverer(
                store=ledger,
                messenger=DiscordMessenger(client, wire, KEYS, clock),
                notifier=NoticeBoard(),
                clock=clock,
                jitter=lambda: 0.5,
                redraw=partial(redraw_as_they_are, ledger),
            )
            # A part that was planned before the sender began is read back first: the file might be a copy.
            await asyncio.sleep(2.5)
            await plan(ledger, there.address, clock)
            return await measure(name, there, deliverer.deliver_due)


async def plan(ledger: Ledger, address: Address, clock: SystemClock) -> None:
    """One edition of one part for each channel."""
    for key in keys_of(address):
        schedule = make_schedule(
            id=key.schedule_id, name=f"S{key.schedule_id}", guild_id=address.guild_id, channel_id=key.channel_id
        )
        await ledger.schedules.save_schedule(schedule, next_due_at=None)
        now = clock.now()
        edition = make_edition(schedule_id=schedule.id, key=key.edition, due_at=now, planned_at=now, picks=())
        row = replace(make_delivery(edition, draft=posted_draft(key), guild_id=address.guild_id), key=key)
        await ledger.digest.plan(edition, (), (row,))


def keys_of(address: Address) -> Iterator[DeliveryKey]:
    """What is to be delivered."""
    for number, channel_id in enumerate(address.channels):
        yield DeliveryKey(channel_id=channel_id, schedule_id=ScheduleId(number + 1), edition=_EDITION, part=1)


async def for_all(keys: Iterator[DeliveryKey], post: Callable[[DeliveryKey], Awaitable[None]]) -> None:
    """Post them, as many at once as the ledger claims."""

    async def work() -> None:
        for key in keys:
            await post(key)

    await asyncio.gather(*(work() for _ in range(MOST_IN_FLIGHT)))


def unlimited_wire() -> Wire:
    """A wire without our own limit."""
    clock = SystemClock()
    return Wire(clock, limiter=Limiter(clock, per_s=_UNLIMITED, burst=_UNLIMITED))


def rows(count: int, limited: int) -> Iterator[Row]:
    """All measurements, each against a Discord of its own."""
    with open_discord(channels=count, latency_s=LATENCY_S) as there:
        yield asyncio.run(alone(there))
    with open_discord(channels=count, latency_s=LATENCY_S) as there:
        yield asyncio.run(without_ledger(there))
    with open_discord(channels=count, latency_s=LATENCY_S) as there:
        yield asyncio.run(with_ledger(there, "with the ledger, SQLite", unlimited_wire()))
    with open_discord(channels=limited, latency_s=LATENCY_S, limits=True) as there:
        yield asyncio.run(with_ledger(there, "the same within 50 a second", Wire(SystemClock())))


def main(count: int, limited: int) -> int:
    """Measure and print."""
    print(f"{MOST_IN_FLIGHT} posts under way, {LATENCY_S * 1000:.0f} ms each at Discord, {os.cpu_count()} cores")
    print(_HEAD)
    found = []
    for row in rows(count, limited):
        found.append(row)
        print(row.line(), flush=True)
    print("Asked for: 5,000 deliveries with the ledger in 12 s; within 50 a second at least 47.5, and no 429.")
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps([asdict(row) for row in found], indent=1), encoding="utf-8")
    return 1 if any(row.missing or row.doubled for row in found) else 0


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.exit(main(*(int(count) for count in (*sys.argv[1:], "5000", "1500")[:2])))
