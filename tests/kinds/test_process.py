"""The bot is started and stopped by others: it ends in order at each moment of its start, which isn't an alarm."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from bot.__main__ import names_run
from bot.sandbox import Sandbox
from tests.faults.process import Process, environment_of, free_port, running
from tests.support.killed import kill

_CHANCE: Final = random.Random(11)  # noqa: S311 - repeatable
MOMENTS_S: Final = tuple(round((each + _CHANCE.random()) * 0.6, 2) for each in range(5))
"""One in each 0.6 s after the process could be stopped for the first time: the imports take a second, the rest of the
start another."""

WITHIN_S: Final = 10.0
EARLY_S: Final = 0.3
_AS_PID_1: Final = ("unshare", "--map-root-user", "--pid", "--fork", "--mount-proc")


def can_be_pid_1() -> bool:
    """True if this machine lets a process have a PID namespace of its own."""
    return subprocess.run([*_AS_PID_1, "true"], check=False, capture_output=True).returncode == 0


def ignore_sigterm() -> None:
    """Where a signal has no handler, the first process of a container ignores it; this has the same effect."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


@asynccontextmanager
async def started(
    folder: Path, sandbox: Sandbox, *, is_pid_1: bool
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """A bot, with the id under which signals reach it; returns as soon as it handles SIGTERM."""
    (folder / "seeds").mkdir(exist_ok=True)
    prefix = _AS_PID_1 if is_pid_1 and can_be_pid_1() else ()
    process = await asyncio.create_subprocess_exec(
        *(*prefix, sys.executable, "-m", "bot", "run"),
        env=environment_of(sandbox, folder, free_port()),
        preexec_fn=ignore_sigterm if is_pid_1 and not prefix else None,
    )
    try:
        bot = await _child_of(process.pid) if prefix else process.pid
        await until(lambda: _handles_sigterm(bot))
        yield process, bot
    finally:
        await kill(process)


async def _child_of(process: int) -> int:
    await until(lambda: bool(_children_of(process)))
    return int(_children_of(process)[0])


def _children_of(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()


async def until(happened: Callable[[], bool]) -> None:
    """Return once it has happened, in another process."""
    while not happened():  # noqa: ASYNC110 - nothing here knows when
        await asyncio.sleep(0.001)


def _handles_sigterm(process: int) -> bool:
    """Read the signals that a process catches (proc(5), `SigCgt`)."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    caught = next(int(line.split()[1], 16) for line in lines if line.startswith("SigCgt"))
    return bool(caught >> (signal.SIGTERM - 1) & 1)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A Discord with one server."""
    async with Sandbox(limits=False) as opened:
        opened.add_guild("Town Square").add_channel("news")
        yield opened


@pytest.mark.parametrize("is_pid_1", [False, True], ids=["as any process", "as PID 1"])
@pytest.mark.parametrize("moment_s", MOMENTS_S)
async def test_sigterm_at_any_moment_of_the_start_exits_0(
    tmp_path: Path, sandbox: Sandbox, moment_s: float, *, is_pid_1: bool
) -> None:
    """Within ten seconds, after which container engines kill."""
    async with started(tmp_path, sandbox, is_pid_1=is_pid_1) as (process, bot):
        await asyncio.sleep(moment_s)
        os.kill(bot, signal.SIGTERM)

        assert await asyncio.wait_for(process.wait(), WITHIN_S) == 0


async def test_signals_are_handled_before_anything_is_imported(tmp_path: Path, sandbox: Sandbox) -> None:
    """The imports alone take the better part of a second; an interpreter takes a tenth of that to start."""
    async with started(tmp_path, sandbox, is_pid_1=False) as (_, bot):
        assert _times_s(bot)[0] < EARLY_S


@pytest.mark.parametrize("path", ["/users/@me$", "/gateway$"])
async def test_sigterm_while_discord_does_not_answer_exits_0(tmp_path: Path, sandbox: Sandbox, path: str) -> None:
    """Neither the login nor the gateway's address is waited for."""
    fault = sandbox.faults.delay(60, times=None, path=path)
    async with started(tmp_path, sandbox, is_pid_1=False) as (process, bot):
        await until(lambda: fault.hits > 0)
        os.kill(bot, signal.SIGTERM)

        assert await asyncio.wait_for(process.wait(), WITHIN_S) == 0


@pytest.mark.parametrize(
    ("arguments", "is_run"),
    [
        (["run"], True),
        (["--config", "run", "run"], True),
        (["--config=x", "run"], True),
        (["search", "run"], False),
        (["--config", "run"], False),
        ([], False),
    ],
)
def test_only_run_takes_signals_before_anything_else(arguments: list[str], *, is_run: bool) -> None:
    """A search that is interrupted was not successful."""
    assert names_run(arguments) is is_run


async def test_health_is_200_within_2_s_of_a_clean_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first answer on: what is not known yet isn't an alarm. Waiting for a processor doesn't count."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # counting branches doubles the time of the start
    began_s = time.monotonic()
    async with running(tmp_path) as bot:
        seen = await first_answers(bot, began_s, for_s=3.0)

    assert {status for _, status in seen} == {200}
    assert seen[0][0] <= 2.0, seen[0]


async def first_answers(bot: Process, began_s: float, *, for_s: float) -> list[tuple[float, int]]:
    """The answers of `/healthz` from the first one on, each with the seconds since the start."""
    seen: list[tuple[float, int]] = []
    while not seen or time.monotonic() - began_s < seen[0][0] + for_s:
        status = (await bot.health()).status
        if status:
            seen.append((time.monotonic() - began_s - _times_s(bot.process.pid)[1], status))
        await asyncio.sleep(0.02)
    return seen


def _times_s(process: int) -> tuple[float, float]:
    """Read the seconds that a process's threads ran, and those that they waited for a processor (sched-stats)."""
    threads = [path.read_text("ascii").split() for path in Path(f"/proc/{process}/task").glob("*/schedstat")]
    return sum(int(ran) for ran, _, _ in threads) / 1e9, sum(int(waited) for _, waited, _ in threads) / 1e9
