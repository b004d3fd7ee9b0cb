"""Answers to members: late work is deferred, and a dead or already answered interaction is not an error."""

from __future__ import annotations

import asyncio
import gc
import io
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from bot.sandbox import Answer, SandboxError
from bot.store.sqlite.file.kinds import ARCHIVE, LEDGER
from tests.support.delivering_bot import Square, open_square

CALLBACK: Final = r"/callback$"
UNKNOWN_INTERACTION: Final = {"code": 10062, "message": "Unknown interaction"}


@pytest.fixture
async def square(tmp_path: Path) -> AsyncIterator[Square]:
    """The whole bot, connected."""
    async with open_square(tmp_path) as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_traceback(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Neither our own log nor discord.py's nor asyncio's has one, whatever a test here does."""
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    logging.getLogger().addHandler(handler)
    try:
        yield
        gc.collect()  # an error that nobody asked for is told of when its task is
    finally:
        logging.getLogger().removeHandler(handler)
    printed = capsys.readouterr()
    said = printed.out + printed.err + logged.getvalue()
    assert "Traceback" not in said, said
    assert "never retrieved" not in said, said


@asynccontextmanager
async def slow_files(square: Square) -> AsyncIterator[threading.Event]:
    """Every question to the ledger or the archive takes until the event is set."""
    release, files = threading.Event(), square.running.store.files
    busy = [
        asyncio.create_task(database.read(lambda _: release.wait(20)))
        for database, kind in ((files.local, LEDGER), (files.archive, ARCHIVE))
        for _ in range(kind.readers)
    ]
    await asyncio.sleep(0.05)
    try:
        yield release
    finally:
        release.set()
        await asyncio.gather(*busy)


async def ask(square: Square) -> Answer:
    """A question to the archive."""
    return await square.member.run(square.channel, "news latest")


async def test_3_second_limit_is_kept_by_deferring_within_1_s(square: Square) -> None:
    """The member sees that the bot thinks, and then the answer."""
    async with slow_files(square) as release:
        began_s = square.clock.uptime()
        asking = asyncio.create_task(ask(square))
        await square.until(lambda: bool(callbacks(square)))
        deferred_s = square.clock.uptime() - began_s
        release.set()
        answer = await asking

    assert answer.deferred
    assert 1.0 <= deferred_s < 2.0
    assert answer.text


def callbacks(square: Square) -> list[int]:
    """The answers to all first answers."""
    return [seen.status for seen in square.sandbox.requests if seen.path.endswith("/callback")]


async def test_10062_is_a_line_in_the_log_and_the_next_command_works(square: Square) -> None:
    """The member reads Discord's own sentence, that the application did not respond; there is no other way to them."""
    square.sandbox.faults.status(404, body=UNKNOWN_INTERACTION, path=CALLBACK)
    with pytest.raises(SandboxError, match="did not respond"):
        await square.member.run(square.channel, "news latest", timeout=0.5)

    assert (await ask(square)).text


async def test_10062_of_a_deferral_lets_slow_work_fail_without_an_accident(square: Square) -> None:
    """Nobody waits for what the work says any more."""
    square.sandbox.faults.status(404, body=UNKNOWN_INTERACTION, path=CALLBACK)
    async with slow_files(square) as release:
        asking = asyncio.create_task(
            square.member.run(square.channel, "digest latest", schedule="Nothing", timeout=1.7)
        )
        await square.until(lambda: bool(callbacks(square)))
        release.set()
        with pytest.raises(SandboxError, match="did not respond"):
            await asking

    assert (await ask(square)).text


async def test_10062_of_a_completion_is_not_an_accident(square: Square) -> None:
    """Somebody types on; what came too late is of no use to anybody."""
    square.sandbox.faults.status(404, body=UNKNOWN_INTERACTION, path=CALLBACK)
    with pytest.raises(SandboxError, match="did not respond"):
        await square.member.complete(square.channel, "news search", focused="topic", value="x", timeout=0.5)

    assert await square.member.complete(square.channel, "news search", focused="topic", value="x") == []


async def test_40060_leaves_the_member_with_the_answer(square: Square) -> None:
    """Discord took the first answer, but its reply was lost: the second try is told that there is one."""
    square.sandbox.faults.status(500, after=True, path=CALLBACK)

    answer = await ask(square)
    await square.until(lambda: 400 in callbacks(square))

    assert answer.text


async def test_40060_of_a_deferral_leaves_the_member_with_a_sentence(square: Square) -> None:
    """The bot isn't left thinking: what the slow work says, here what is wrong, comes in the place of that line."""
    square.sandbox.faults.status(500, after=True, path=CALLBACK)
    async with slow_files(square) as release:
        asking = asyncio.create_task(square.member.run(square.channel, "digest latest", schedule="Nothing"))
        await square.until(lambda: 400 in callbacks(square))
        release.set()
        answer = await asking

    assert answer.deferred
    assert "No schedule" in answer.text


async def test_40060_of_a_press_leaves_the_member_with_the_answer(square: Square) -> None:
    """The same for a button."""
    keys = await square.plan()
    (message, *_) = await square.channel.wait_for_messages(len(keys))
    square.sandbox.faults.status(500, after=True, path=CALLBACK)

    answer = await square.member.press(message, "Why these?")
    await square.until(lambda: 400 in callbacks(square))

    assert answer.text
