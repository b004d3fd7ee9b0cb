"""One trial: a seed, a sandbox with faults, and a sending process that is killed and started until all is sent."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.clock import SystemClock
from bot.sandbox import Sandbox
from bot.store.sqlite.shelves.files import open_files
from tests.kill.check import check_channels, check_file, integrity_of
from tests.kill.plan import Planner
from tests.kill.process import SenderEndedError, running_sender
from tests.kill.setting import LATE, Setting
from tests.support.ledger import sqlite_ledger

FAULT_SHARE: Final = 0.02
"""The chance of each fault: three strike once a request has taken effect, three before."""

_POSTS: Final = r"^/channels/\d+/messages$"
_ALL: Final = "^/(channels|guilds)/"
_RETRY_AFTER_S: Final = 4.0
"""What a 429 asks for, before it is divided like all other times."""

_LOOK_S: Final = 0.01
_LEAST_AHEAD: Final = 20
_END_S: Final = 15.0
_EARLIEST_KILL_S: Final = 0.1
_LATEST_KILL_S: Final = 5.0
_HASTY: Final = 0.25
"""The share of kills that come some seconds after a start, whatever was sent by then: at the start itself, while it
waits, while it reads back. The others come after a given number of posts."""

_NO_LONGER_S: Final = 60.0
_LONGEST_LAG_S: Final = 0.03
_TELL_S: Final = 15.0


@dataclass(slots=True, kw_only=True)
class Result:
    """What a trial came to.

    Attributes:
        integrity: What SQLite's integrity_check says of the file.
        problems: Sentences, none if every delivery is posted once and the database is intact.
        seconds: Of the wall clock.
    """

    seed: int
    mode: str
    deliveries: int
    kills: int = 0
    faults: int = 0
    lost: int = 0
    doubled: int = 0
    integrity: str = ""
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Trial:
    """One trial at work. Made and run by `run_trial`."""

    def __init__(self, seed: int, setting: Setting, sandbox: Sandbox, planner: Planner, path: Path) -> None:
        self._setting = setting
        self._sandbox = sandbox
        self._planner = planner
        self._path = path
        self._source = random.Random(seed)  # noqa: S311 - repeatable, not secret
        share, late_s = FAULT_SHARE, setting.times.wire_s * LATE
        faults = sandbox.faults
        self._answered = faults.status(500, after=True, method="POST", path=_POSTS, times=None, probability=share)
        self._faults = (
            self._answered,
            faults.drop(after=True, path=_ALL, times=None, probability=share),
            # Longer than a request may take, before and after it takes effect: both ends come late.
            faults.delay(late_s, method="POST", path=_POSTS, times=None, probability=share),
            faults.delay(late_s, after=True, method="POST", path=_POSTS, times=None, probability=share),
            faults.status(503, path=_ALL, times=None, probability=share),
            faults.rate_limit(_RETRY_AFTER_S / setting.divisor, path=_ALL, times=None, probability=share),
        )
        self.result = Result(seed=seed, mode=setting.name, deliveries=setting.deliveries)

    @property
    def accepted(self) -> int:
        """How many posts the sandbox has taken so far, repeated ones included."""
        return self._answered.seen

    async def play(self) -> None:
        """Start, kill and start again; then let the last process finish."""
        latest = int(self._setting.deliveries * 0.95)
        for moment in sorted(self._source.randint(0, latest) for _ in range(self._setting.kills)):
            is_hasty = self._source.random() < _HASTY
            after_s = self._source.uniform(_EARLIEST_KILL_S, _LATEST_KILL_S) if is_hasty else _NO_LONGER_S
            async with self._sender() as process:
                await self._until(process, moment, time.monotonic() + after_s)
                await asyncio.sleep(self._source.uniform(0, _LONGEST_LAG_S))
                if process.returncode is None:
                    process.kill()
                    self.result.kills += 1
        async with self._sender() as process:
            await self._until_drained(process)
            if process.returncode is None:
                process.terminate()
                await asyncio.wait_for(process.wait(), _END_S)

    async def keep_planning(self) -> None:
        """Stay some editions ahead of the sending."""
        ahead = self._setting.deliveries // 4 + _LEAST_AHEAD
        while not self._planner.is_done:
            await self._planner.plan_up_to(self.accepted + ahead)
            await _look_again_later()

    async def keep_telling(self, tell: Callable[[str], None]) -> None:
        """Say now and then how far the trial is."""
        while True:
            await asyncio.sleep(_TELL_S)
            posts, kills = min(self.accepted, self._setting.deliveries), self.result.kills
            tell(f"seed {self.result.seed}, {self._setting.name}: {posts:,} posts taken, killed {kills} times so far")

    async def _until(self, process: asyncio.subprocess.Process, moment: int, latest_s: float) -> None:
        while process.returncode is None and self.accepted < moment and time.monotonic() < latest_s:
            await _look_again_later()

    async def _until_drained(self, process: asyncio.subprocess.Process) -> None:
        while process.returncode is None and not (self._planner.is_done and await self._planner.is_drained()):
            await _look_again_later(10)

    def _sender(self) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
        options = ["--divisor", str(self._setting.divisor), *(["--break"] if self._setting.is_broken else [])]
        where = [str(self._path), self._sandbox.api_base, self._sandbox.token]
        return running_sender([*where, *options], self._path.with_suffix(".log"))

    def judge(self) -> None:
        """Count the posted messages, and check the database."""
        standing = {
            channel.id: [message.custom_ids() for message in channel.messages]
            for guild in self._sandbox.guilds
            for channel in guild.channels
        }
        findings, result = check_channels(self._planner.planned, standing), self.result
        result.lost, result.doubled = len(findings.lost), len(findings.doubled)
        result.faults = sum(fault.hits for fault in self._faults)
        result.problems += [f"lost: {key}" for key in findings.lost[:3]]
        result.problems += [f"doubled: {key}" for key in findings.doubled[:3]]
        result.integrity = integrity_of(self._path)
        result.problems += check_file(self._path, self._setting.deliveries)
        result.problems += [f"Discord would have refused: {each}" for each in self._sandbox.deviations[:3]]
        if findings.strays and not findings.doubled:
            result.problems.append(f"{findings.strays} messages that nobody planned")


async def _look_again_later(looks: int = 1) -> None:
    await asyncio.sleep(looks * _LOOK_S)


async def run_trial(
    seed: int, setting: Setting, folder: Path, *, tell: Callable[[str], None] = lambda _: None
) -> Result:
    """Play one seed in `folder`, which must be empty; `tell` hears how far it is."""
    clock, path, began = SystemClock(), folder / "newsdesk.db", time.monotonic()
    async with Sandbox(
        nonce_window_s=setting.nonce_window_s,
        limits=setting.divisor == 1,  # a bucket's window is Discord's and isn't divided, so it isn't kept either
        seed=seed,
    ) as sandbox:
        async with open_files(path, clock=clock) as files:
            source = random.Random(seed)  # noqa: S311 - repeatable, not secret
            planner = Planner(sqlite_ledger(files), sandbox, clock, deliveries=setting.deliveries, source=source)
            trial = Trial(seed, setting, sandbox, planner, path)
            await _play(trial, setting.patience_s, tell)
        trial.judge()
    trial.result.seconds = round(time.monotonic() - began, 1)
    return trial.result


async def _play(trial: Trial, patience_s: float, tell: Callable[[str], None]) -> None:
    planning, telling = asyncio.create_task(trial.keep_planning()), asyncio.create_task(trial.keep_telling(tell))
    try:
        await asyncio.wait_for(trial.play(), patience_s)
    except TimeoutError:
        trial.result.problems.append(f"not done after {patience_s:.0f} s")
    except SenderEndedError as error:
        trial.result.problems.append(str(error))
    finally:
        planning.cancel()
        telling.cancel()
        planned, _ = await asyncio.gather(planning, telling, return_exceptions=True)
    if isinstance(planned, Exception):
        trial.result.problems.append(f"planning failed: {planned!r}")
