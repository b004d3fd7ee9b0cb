"""Everybody asks at once: some are answered, the others are told, and nothing runs out."""

from __future__ import annotations

import asyncio
import os
import resource
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from bot.chat.admission import Admission
from bot.chat.answering.context import Services
from bot.chat.wire.connections import MOST_CONNECTIONS
from bot.errors import TooManyError
from bot.sandbox import Answer, Sandbox
from bot.sandbox.errors import SandboxError
from tests.faults.process import Process, SlowClock, events_in, running
from tests.support.delivering_bot import open_square

CROWD: Final = 1000
ANSWERED: Final = 400
TOLD: Final = "I'm answering as many commands as I can."


async def ask_all(bot: Process, count: int) -> list[Answer]:
    """Let this many members search at the same moment; what they got a minute later at most.

    The members' own waiting would cost more than the bot's work: each looks at every change.
    """
    guild = bot.sandbox.guilds[0]
    members = [guild.add_member(f"Member {number}") for number in range(count)]
    for member in members:
        with suppress(SandboxError):
            await member.run(guild.channels[0], "news search", timeout=0, query="ferry")
    asked = list(members[0].world.interactions._by_id.values())[-count:]
    for _ in range(300):
        if all(one.complete or one.expired for one in asked):
            break
        await asyncio.sleep(0.2)
    return [Answer(one) for one in asked]


async def test_thousand_searches_at_once_are_answered_or_told_and_connections_are_bounded(tmp_path: Path) -> None:
    """Of 1,000 Discord showed "did not respond" to 833, and to all on a process with 1,024 descriptors."""
    async with Sandbox(limits=False, clock=SlowClock()) as sandbox, running(tmp_path, sandbox=sandbox) as bot:
        sandbox.add_guild("Town Square").add_channel("news")
        await bot.until_connected()
        await bot.until_well()
        found = await ask_all(bot, CROWD)

        got = Counter(kind_of(answer) for answer in found)
        assert got["nothing"] == 0, got
        assert got["answer"] >= ANSWERED, got
        descriptors = len(os.listdir(f"/proc/{bot.process.pid}/fd"))  # noqa: PTH208 - the kernel's, not a file's
        assert descriptors < MOST_CONNECTIONS + 100
        await bot.until_well()


def kind_of(answer: Answer) -> str:
    """What a member got: an answer, the request to try again, nothing in time, or something else."""
    if not answer.interaction.complete:
        return "nothing"
    return "told" if TOLD in answer.text else "answer" if "Ferry" in answer.text else answer.text


async def test_accept_that_fails_is_logged_once_a_minute_and_health_is_back(tmp_path: Path) -> None:
    """No descriptor is left for a connection to `/healthz`: asyncio says so each second, with a traceback."""
    async with running(tmp_path) as bot:
        await bot.until_connected()
        await bot.until_well()
        used = len(os.listdir(f"/proc/{bot.process.pid}/fd"))  # noqa: PTH208 - as above
        soft, hard = resource.prlimit(bot.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(bot.process.pid, resource.RLIMIT_NOFILE, (used, hard))
        asking = [asyncio.ensure_future(bot.health()) for _ in range(5)]
        await asyncio.sleep(4)
        resource.prlimit(bot.process.pid, resource.RLIMIT_NOFILE, (soft, hard))
        await asyncio.gather(*asking)
        await bot.until_well()

        assert sum("socket.accept() out of system resource" in event for event in events_in(bot.log)) == 1


async def test_newest_of_those_who_wait_is_next_and_too_many_are_told() -> None:
    """Its member still looks at the screen."""
    admission, order = Admission(most_running=1, most_waiting=2), []
    begun, end = asyncio.Event(), asyncio.Event()

    async def work(name: str) -> None:
        async with admission.turn():
            order.append(name)
            begun.set()
            await end.wait()

    tasks = [asyncio.create_task(work(name)) for name in ("first", "older", "newer")]
    await begun.wait()
    await asyncio.sleep(0)
    with pytest.raises(TooManyError):
        await work("too late")
    end.set()
    await asyncio.gather(*tasks)
    await work("after all")
    assert order == ["first", "newer", "older", "after all"]


async def test_work_that_takes_long_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """An import of minutes gives its turn on after three seconds, and once."""
    monkeypatch.setattr("bot.chat.admission.LONG_S", 0.01)
    admission = Admission(most_running=1, most_waiting=2)
    async with admission.turn(), asyncio.timeout(1), admission.turn():
        pass
    async with admission.turn():
        assert admission._free == 0
    assert admission._free == 1


async def test_member_who_gives_up_waiting_takes_no_turn() -> None:
    """Cancelled before and in the moment of its turn."""
    admission = Admission(most_running=1, most_waiting=2)
    async with admission.turn():
        waiting = asyncio.ensure_future(admission._wait())
        await asyncio.sleep(0)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
    async with asyncio.timeout(1), admission.turn():
        pass
    assert admission._free == 1


async def test_completions_count_as_commands_and_offer_nothing_to_those_beyond_the_bound(tmp_path: Path) -> None:
    """Each letter that a member types is a completion."""
    async with open_square(tmp_path) as square:
        await square.plan()
        services = square.running.client.services
        assert isinstance(services, Services)

        async def choices() -> int:
            return len(await square.admin.complete(square.channel, "schedule show", focused="name"))

        assert await choices() == 1
        services.admission._free = services.admission._most_waiting = 0
        assert await choices() == 0
