"""Play hours of trouble by a seed, and judge how the bot came through."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final, Self

import pytest
from typing_extensions import override

from bot.store.sqlite.file import opening
from tests.faults.jumping import run_jumping
from tests.outage.town import TroubledTown
from tests.outage.troubles import TROUBLES, Trouble, logging_to

BACK_S: Final = 60.0
QUIET_S: Final = 120.0
"""Nothing may be named any more: a gateway connection counts as sound after a minute."""

NAMED_S: Final = 350.0
_LOOK_S: Final = 2.0
_PAIRS: Final = 0.25
_HIDDEN: Final = ({"store", "rest"}, {"clock", "rest"})
"""While nothing is planned, nobody can notice that posts fail."""

_SETTLED: Final = timedelta(seconds=45)
"""A tick and a post: an edition that fell due this long before the end was due during the trouble."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What became of one seed.

    Attributes:
        faults: What was not as it must be, one sentence each.
        played: The names of the troubles, in order.
        back_s: After each trouble, the seconds until the bot was back.
        lost: Editions that were due and are not in their channel.
        doubled: Messages too many.
    """

    seed: int
    faults: list[str] = field(default_factory=list)
    played: list[str] = field(default_factory=list)
    back_s: list[float] = field(default_factory=list)
    editions: int = 0
    lost: int = 0
    doubled: int = 0

    @property
    def is_clean(self) -> bool:
        """True if nothing was wrong."""
        return not (self.faults or self.lost or self.doubled)


class Course:
    """One town and its troubles."""

    def __init__(self, seed: int, town: TroubledTown) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._town = town
        self._usual: set[str] = set()
        self.report = Report(seed=seed)

    async def play(self, hours: float, troubles: Sequence[Trouble]) -> None:
        """Start the bot, let trouble come for some hours, and count at the end."""
        town, span = self._town, timedelta(hours=hours)
        await town.start_bot(patience_s=300)
        await town.order(span)
        end = town.clock.now() + span
        waiting: list[Trouble] = []
        while town.clock.now() < end:
            waiting = waiting or self._chance.sample(troubles, len(troubles))
            await self._meet(self._drawn(waiting))
            await asyncio.sleep(self._chance.uniform(10, 90))
        await asyncio.sleep(300)
        self.report.editions = int(span / timedelta(minutes=4))
        self.report.lost = len(town.unsent(end))
        self.report.doubled = town.doubled()

    def _drawn(self, waiting: list[Trouble]) -> list[Trouble]:
        """The next trouble, now and then with another one that happens to something else."""
        first = waiting.pop()
        if self._chance.random() < _PAIRS and first.of != "process":
            for second in waiting:
                if second.of not in {first.of, "process"} and {first.of, second.of} not in _HIDDEN:
                    waiting.remove(second)
                    return [first, second]
        return [first]

    async def _meet(self, troubles: Sequence[Trouble]) -> None:
        town, name = self._town, " and ".join(each.name for each in troubles)
        self.report.played.append(name)
        lasts_s = max(self._chance.uniform(*each.seconds) for each in troubles)
        began_s = town.clock.uptime()
        async with AsyncExitStack() as stack:
            for each in troubles:
                await stack.enter_async_context(each.course(town))
            for each in troubles:
                if each.named:
                    await self._is_named(each, name)
            await asyncio.sleep(max(0.0, began_s + lasts_s - town.clock.uptime()))
        await self._is_back(name)

    async def _is_named(self, trouble: Trouble, name: str) -> None:
        async def in_health() -> bool:
            return bool(trouble.named & await self._town.failing())

        async def in_doctor() -> bool:
            # What keeps the doctor from opening the database is named by that.
            return bool((trouble.named | {"database"}) & await self._town.examined())

        for where, is_named in (("health", in_health), ("the doctor", in_doctor)):
            if await self._until(is_named, NAMED_S) is None:
                self.report.faults.append(f"{name}: not named in {where}: {sorted(await self._town.failing())}")

    async def _is_back(self, name: str) -> None:
        town, ended_at, ended_s = self._town, self._town.clock.now(), self._town.clock.uptime()

        async def is_back() -> bool:
            return not town.unsent(ended_at - _SETTLED) and await town.answers()

        back_s = await self._until(is_back, BACK_S)
        self.report.back_s.append(BACK_S if back_s is None else back_s)
        if back_s is None:
            unsent, answers = sorted(town.unsent(ended_at - _SETTLED)), await town.answers()
            self.report.faults.append(f"{name}: not back after {BACK_S:.0f} s: {unsent=}, {answers=}")

        async def is_well() -> bool:
            return not await town.failing()

        if await self._until(is_well, ended_s + QUIET_S - town.clock.uptime()) is None:
            self.report.faults.append(f"{name}: still named in health: {sorted(await town.failing())}")
        elif found := await town.examined():
            self.report.faults.append(f"{name}: still named in the doctor: {sorted(found)}")

    async def _until(self, happened: Callable[[], Awaitable[bool]], patience_s: float) -> float | None:
        """Seconds until it has happened; None if it didn't in time."""
        clock = self._town.clock
        began_s = clock.uptime()
        while True:
            if await happened():
                return clock.uptime() - began_s
            if clock.uptime() - began_s >= patience_s:
                return None
            await asyncio.sleep(_LOOK_S)


class _LoopTime(datetime):
    """The time of the running loop, for what asks for the machine's."""

    @override
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(asyncio.get_running_loop().time(), tz)


def play(seed: int, hours: float, folder: Path, troubles: Sequence[Trouble] = TROUBLES) -> Report:
    """Play one seed in an empty folder."""

    async def run() -> Report:
        async with TroubledTown(folder) as town:
            course = Course(seed, town)
            with logging_to(folder / "log") as town.log_descriptor:
                await course.play(hours, troubles)
                await town.stop_bot()
            return course.report

    with pytest.MonkeyPatch.context() as patch:
        # An attempt at a locked file takes real time, which doesn't jump; and APScheduler asks for the machine's time.
        patch.setattr(opening, "ATTEMPT_MS", 2)
        for module in ("schedulers.base", "triggers.interval", "triggers.date"):
            patch.setattr(f"apscheduler.{module}.datetime", _LoopTime)
        return run_jumping(run())
