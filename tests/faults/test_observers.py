"""What watches the bot breaks: its log's disk or reader, the address of its health. The bot goes on working."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.process import Process, events_in, free_port, running

_NOISY = {"NEWSDESK_LOG_LEVEL": "DEBUG"}
_PIPE_BYTES = 1 << 16


@contextmanager
def pipe() -> Iterator[tuple[io.FileIO, io.FileIO]]:
    """A pipe's reading and writing ends."""
    reading, writing = os.pipe()
    with io.FileIO(reading, "r") as out, io.FileIO(writing, "w") as into:
        yield out, into


async def works(bot: Process) -> None:
    """It answers a member."""
    guild = bot.sandbox.guilds[0]
    answer = await guild.add_member("Mo").run(guild.channels[0], "news search", query="ferry")
    assert "Ferry returns" in answer.text


async def test_a_log_on_a_full_disk_is_dropped_and_counted_and_the_bot_works(tmp_path: Path) -> None:
    """Every line fails; health says so, and SIGTERM ends it with 0, not with Python's 120."""
    with open("/dev/full", "wb") as full:  # noqa: ASYNC230, PTH123 - a device that is always full
        async with running(tmp_path, stderr=full, environment=_NOISY) as bot:
            await bot.until_connected()
            seen = await bot.until_failing("log")
            await works(bot)

            assert seen.status == 503
            assert "No space left on device" in seen.texts[0]
            assert await bot.end(signal.SIGTERM) == 0


async def test_a_reader_of_the_log_that_ends_ends_nothing(tmp_path: Path) -> None:
    """`newsdesk run 2>&1 | logger`, and logger is gone."""
    with pipe() as (reading, writing):
        async with running(tmp_path, stderr=writing, environment=_NOISY) as bot:
            writing.close()
            await bot.until_connected()
            reading.close()

            assert "Broken pipe" in (await bot.until_failing("log", 60)).texts[0]
            await works(bot)
            assert await bot.end(signal.SIGTERM) == 0


async def test_a_reader_of_the_log_that_stops_blocks_neither_the_loop_nor_sigterm(tmp_path: Path) -> None:
    """The pipe is full for ever: lines wait, commands don't."""
    with pipe() as (reading, writing):
        os.set_blocking(writing.fileno(), False)
        writing.write(b"x" * _PIPE_BYTES)
        os.set_blocking(writing.fileno(), True)
        async with running(tmp_path, stderr=writing, environment=_NOISY) as bot:
            await bot.until_connected()
            await works(bot)

            assert await bot.end(signal.SIGTERM) == 0
            assert reading.read(2 * _PIPE_BYTES).strip(b"x") == b""


async def test_without_standard_error_the_bot_works(tmp_path: Path) -> None:
    """`2>&-`: there is nowhere to write."""
    async with running(tmp_path, preexec_fn=lambda: os.close(2)) as bot:
        await bot.until_connected()
        await works(bot)

        assert await bot.end(signal.SIGTERM) == 0


async def test_an_address_of_health_that_is_taken_is_waited_for(tmp_path: Path) -> None:
    """Another program listens there; the bot works, says so once, and listens as soon as it can."""
    port = free_port()
    taken = socket.create_server(("127.0.0.1", port))
    async with running(tmp_path, environment={"NEWSDESK_HEALTH_ADDRESS": f"127.0.0.1:{port}"}) as bot:
        with taken:
            await bot.until_connected()
            await works(bot)
        bot._port = port
        await bot.until_well(40)

        assert sum("can't listen" in event for event in events_in(bot.log)) == 1
        assert await asyncio.wait_for(bot.end(signal.SIGTERM), 12) == 0
