"""The bot as an operator starts it: a process of its own, beside a Discord of this machine."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from typing_extensions import override

from bot.clock import SystemClock
from bot.sandbox import Sandbox
from tests.support.killed import kill
from tests.support.running_bot import make_seed_text

START_S: Final = 15.0
LOOK_S: Final = 0.05


SLOWER: Final = 8.0
"""The sandbox shares the machine with the bot and other tests: its three seconds take this many times as long."""


class SlowClock(SystemClock):
    """Counts the sandbox's seconds slowly."""

    @override
    def uptime(self) -> float:
        return super().uptime() / SLOWER


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What `/healthz` answered."""

    status: int
    checks: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


class Process:
    """One running bot.

    Attributes:
        sandbox: Its Discord.
        folder: Holds its database, its seeds and its log.
        process: The process itself.
    """

    def __init__(self, sandbox: Sandbox, folder: Path, process: asyncio.subprocess.Process, port: int) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.process = process
        self._port = port

    @property
    def log(self) -> str:
        """What it has written to its log file so far."""
        with suppress(OSError):
            return (self.folder / "log").read_text("utf-8", errors="replace")
        return ""

    async def health(self) -> Health:
        """Ask `/healthz`; status 0 while it can't be reached."""
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
                session.get(f"http://127.0.0.1:{self._port}/healthz") as answer,
            ):
                problems = (await answer.json())["problems"]
        except (aiohttp.ClientError, OSError):
            return Health(status=0)
        return Health(
            status=answer.status,
            checks=tuple(each["check"] for each in problems),
            texts=tuple(f"{each['text']} {each['cure']}" for each in problems),
        )

    async def until_failing(self, check: str, patience_s: float = START_S) -> Health:
        """Return once health names a problem of this check."""
        seen = Health(status=0)

        async def is_failing() -> bool:
            nonlocal seen
            seen = await self.health()
            return check in seen.checks

        await self.until(is_failing, patience_s)
        return seen

    async def until_well(self, patience_s: float = START_S) -> None:
        """Return once health has no problem."""

        async def is_well() -> bool:
            return (await self.health()).status == 200

        await self.until(is_well, patience_s)

    async def until_connected(self, patience_s: float = START_S) -> None:
        """Return once the gateway has taken it: a command that is used before READY reaches nobody."""
        await self.until(lambda: self.sandbox.gateway.ready, patience_s)

    async def until(self, happened: Callable[[], bool | Awaitable[bool]], patience_s: float = START_S) -> None:
        """Return once it has happened; the process must not end meanwhile."""
        deadline = asyncio.get_running_loop().time() + patience_s
        while asyncio.get_running_loop().time() < deadline:
            answer = happened()
            if answer if isinstance(answer, bool) else await answer:
                return
            assert self.process.returncode is None, f"it ended with {self.process.returncode}: {self.log[-2000:]}"
            await asyncio.sleep(LOOK_S)
        raise AssertionError(f"it did not happen: {await self.health()} {self.log[-3000:]}")

    async def end(self, number: int, patience_s: float = 12.0) -> int:
        """Send a signal, and return the exit status."""
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), patience_s)


@asynccontextmanager
async def running(
    folder: Path, *, stderr: Any = None, sandbox: Sandbox | None = None, **options: Any
) -> AsyncIterator[Process]:
    """Start the bot in `folder`; it is dead at the end.

    Args:
        folder: Holds everything that it writes.
        stderr: Where its log goes; None for the file `log` in the folder.
        sandbox: Its Discord; None for a new one with a server and a channel.
        options: `environment` (more variables), `preexec_fn`, `cwd`.
    """
    if sandbox is None:
        async with Sandbox(limits=False, clock=SlowClock()) as opened:
            opened.add_guild("Town Square").add_channel("news")
            async with running(folder, stderr=stderr, sandbox=opened, **options) as started:
                yield started
        return
    port = free_port()
    seeds = folder / "seeds"
    seeds.mkdir(exist_ok=True)
    (seeds / "ferry.md").write_text(make_seed_text(title="Ferry returns to the harbour"), "utf-8")
    environment = environment_of(sandbox, folder, port) | options.pop("environment", {})
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log if stderr is None else stderr,
            **options,
        )
    try:
        yield Process(sandbox, folder, process, port)
    finally:
        await kill(process)
    assert "never awaited" not in (folder / "log").read_text("utf-8", errors="replace")


def environment_of(sandbox: Sandbox, folder: Path, port: int) -> Mapping[str, str]:
    """The variables that start a bot in `folder`."""
    return os.environ | {
        "NEWSDESK_TOKEN": sandbox.token,
        "NEWSDESK_DATABASE": str(folder / "newsdesk.sqlite3"),
        "NEWSDESK_SEEDS": str(folder / "seeds"),
        "NEWSDESK_API_BASE": sandbox.api_base,
        "NEWSDESK_HEALTH_ADDRESS": f"127.0.0.1:{port}",
        "NEWSDESK_LOG_FORMAT": "json",
    }


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def events_in(log: str) -> list[str]:
    """The events of a log in JSON lines; torn lines are left out."""
    found = []
    for line in log.splitlines():
        with suppress(ValueError):
            found.append(str(json.loads(line)["event"]))
    return found
