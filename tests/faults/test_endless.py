"""A fault that comes once is met by the other files of this folder; here it comes each time, for a long time.

Ten minutes in `make test`, an hour in `make endless`; the loop's time jumps.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from bot.app.log import set_up_logging
from bot.app.start import Newsdesk
from bot.news.delivery import DeliveryKey
from bot.news.edition import LATE_AFTER
from bot.sandbox import Sandbox
from bot.sandbox.faults import Fault
from tests.faults.jumping import LoopClock, run_jumping
from tests.support.fault_points import POSTS
from tests.support.ledger import sqlite_ledger
from tests.support.makers import make_schedule
from tests.support.postoffice import SCHEDULE, plan_parts
from tests.support.running_bot import Town

FOR_S: Final = float(os.environ.get("ENDLESS_S", "600"))
MOST_CONNECTIONS: Final = 10 + FOR_S / 30
"""Half of a minute apart, but for the first."""

MOST_REQUESTS: Final = 50 + FOR_S / 2.5
"""The bot's own limit would allow 48 a second."""

MOST_LINES: Final = 100 + FOR_S
MOST_BYTES: Final = 100_000 + 500 * FOR_S

Arrange = Callable[[Sandbox], Fault]

GATEWAY: Final[dict[str, Arrange]] = {
    "op 7 at each RESUME": lambda sandbox: sandbox.faults.gateway_reconnect(on="RESUME", times=None),
    "closed at each HELLO": lambda sandbox: sandbox.faults.gateway_close(4000, on="HELLO", times=None),
    "dropped at each HELLO": lambda sandbox: sandbox.faults.gateway_drop(on="HELLO", times=None),
    "op 9 at each RESUME and IDENTIFY": lambda sandbox: sandbox.faults.gateway_invalidate(
        on="(RESUME|IDENTIFY)", times=None
    ),
    "malformed after each HELLO": lambda sandbox: sandbox.faults.gateway_malformed(on="HELLO", times=None),
}
REST: Final[dict[str, Arrange]] = {
    "posts answered 500": lambda sandbox: sandbox.faults.status(500, times=None, **POSTS),
    "posts answered 503": lambda sandbox: sandbox.faults.status(503, times=None, **POSTS),
    "posts dropped": lambda sandbox: sandbox.faults.drop(times=None, **POSTS),
    "posts rate limited": lambda sandbox: sandbox.faults.rate_limit(5.0, times=None, **POSTS),
    "everything answered 503": lambda sandbox: sandbox.faults.status(503, times=None),
    "everything dropped": lambda sandbox: sandbox.faults.drop(times=None),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """What the time with the fault came to."""

    hits: int
    requests: int
    log: str
    short_connections: int

    def is_bounded(self) -> None:
        """Neither Discord nor the disk is flooded."""
        assert self.requests <= MOST_REQUESTS
        assert self.log.count("\n") <= MOST_LINES
        assert len(self.log) <= MOST_BYTES


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """What is written to the log; logging is put back as it was."""
    root, out = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    set_up_logging("INFO", "console", stream=out)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)  # the sandbox's, not the bot's
    try:
        yield out
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(capture=False)


async def _live(folder: Path, arrange: Arrange) -> Spell:
    clock: Any = LoopClock()
    async with Town(folder, seeds=False, clock=clock, heartbeat_s=1e6) as town:
        with logged() as out:
            bot = await town.start_bot(patience_s=300)
            fault = arrange(town.sandbox)
            before = len(town.sandbox.requests)
            keys = await _plan(town, bot)
            town.sandbox.gateway.reconnect()
            await asyncio.sleep(FOR_S)
            spell = Spell(
                hits=fault.hits,
                requests=len(town.sandbox.requests) - before,
                log=out.getvalue(),
                short_connections=bot._runtime().short_connections,
            )
            town.sandbox.faults.clear()
            await asyncio.wait_for(_until(lambda: bot.client.is_connected), 60)
            await asyncio.wait_for(_until(lambda: len(town.channel.messages) >= len(keys)), 900)
            assert [message.text.splitlines()[0] for message in town.channel.messages] == ["Part 1", "Part 2", "Part 3"]
        town.sandbox.deviations.clear()
        return spell


async def _plan(town: Town, bot: Newsdesk) -> tuple[DeliveryKey, ...]:
    """An edition of three parts, due now; they already say that they are late, so they aren't drawn again for that."""
    schedule = make_schedule(id=SCHEDULE, guild_id=town.guild.id, channel_id=town.channel.id, saved_by=town.admin.id)
    now = town.clock.now()
    drawn_at = now + 2 * LATE_AFTER
    ledger = sqlite_ledger(bot.store.files)
    return await plan_parts(ledger, schedule, parts=3, due_at=now, planned_at=now, drawn_at=drawn_at)


async def _until(happened: Callable[[], bool]) -> None:
    while not happened():  # noqa: ASYNC110 - nobody would set an event
        await asyncio.sleep(0.5)


@pytest.mark.parametrize("arrange", GATEWAY.values(), ids=GATEWAY)
def test_gateway_fault_without_end_makes_few_connections_and_lines_and_is_named(
    tmp_path: Path, arrange: Arrange
) -> None:
    """Each connection meets it; a minute after its end commands are back."""
    spell = run_jumping(_live(tmp_path, arrange))

    assert 10 <= spell.hits <= MOST_CONNECTIONS
    assert spell.short_connections >= 4
    spell.is_bounded()


@pytest.mark.parametrize("arrange", REST.values(), ids=REST)
def test_rest_fault_without_end_makes_few_requests_and_lines(tmp_path: Path, arrange: Arrange) -> None:
    """Each request meets it; after its end the edition is there, once."""
    spell = run_jumping(_live(tmp_path, arrange))

    assert spell.hits >= 1
    spell.is_bounded()
