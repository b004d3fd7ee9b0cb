"""The disk of the simulated machine: a commit takes its time, and may find no room."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from typing_extensions import override

from bot.errors import StoreUnavailableError
from tests.simulation.memory.disk import Disk
from tests.simulation.weather import Weather

T = TypeVar("T")


class SimulatedDisk(Disk):
    """See `Disk`. A process can be killed or frozen before a commit, or after it and before it hears of it.

    Attributes:
        is_full: True while nothing can be written.
    """

    def __init__(self, weather: Weather, note: Callable[..., None]) -> None:
        self._weather = weather
        self._note = note
        self.is_full = False

    @override
    async def write(self, work: Callable[[], T]) -> T:
        await self._pass_time()
        if self.is_full:
            raise StoreUnavailableError("There is no room.")
        done = work()
        self._note("commit")
        await asyncio.sleep(0)
        return done

    @override
    async def read(self, work: Callable[[], T]) -> T:
        await asyncio.sleep(0)
        return work()

    async def _pass_time(self) -> None:
        if self._weather.is_over or self._weather.source.random() < 0.98 or not self._weather.climate.trouble[1]:
            await asyncio.sleep(0.002)
        else:
            await asyncio.sleep(self._weather.source.uniform(0.1, 25.0))
