"""Two deeds side by side in one loop, in an order that is given: who goes on at each gate."""

from __future__ import annotations

import asyncio
import heapq
import math
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, Final

from typing_extensions import override

from bot.clock import Clock
from tests.simulation.loop import PROCESS, WORLD, SimulatedLoop, T, Ts

FIRST: Final = 1
SECOND: Final = 2

_A_MOMENT_S: Final = 0.001
"""Sleeps up to this long end at once; longer ones only if nothing else can go on."""


class GateLoop(SimulatedLoop):
    """A loop in which the two deeds stop at gates: before and after each transaction, request and work of a thread.

    What is between two gates runs as a whole, as everything between two awaits does in any loop.

    Attributes:
        passed: The owners of the gates that were opened, in their order.
    """

    def __init__(self) -> None:
        super().__init__()
        self._gates: dict[int, list[asyncio.Future[None]]] = {FIRST: [], SECOND: []}
        self.passed: list[int] = []

    async def gate(self) -> None:
        """Wait until it is this deed's turn."""
        who = PROCESS.get()
        if who == WORLD:
            return
        gate = self.create_future()
        self._gates[who].append(gate)
        await gate

    @override
    def run_in_executor(self, executor: object, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:

        async def work() -> T:
            await self.gate()
            return func(*args)

        return self.create_task(work())

    def play(self, deeds: Sequence[Coroutine[Any, Any, T]], turns: Callable[[Sequence[int]], int]) -> list[T]:
        """Run deeds to their ends.

        Args:
            deeds: At most two.
            turns: Chooses from those who wait at a gate.
        """
        self.passed = []
        self.failures.clear()
        self._gates = {FIRST: [], SECOND: []}
        tasks = [self.start(who, self._in_its_turn(deed)) for who, deed in enumerate(deeds, FIRST)]
        while not all(task.done() for task in tasks) or self._ready or any(self._gates.values()):
            if self._ready:
                self.run(lambda: not self._ready)
                continue
            waiting = [who for who, gates in self._gates.items() if gates]
            if self._next_timer() <= self._now + _A_MOMENT_S:
                self._pass_time()
            elif waiting:
                self._open(turns(waiting))
            else:
                self.run(lambda: bool(self._ready))  # both sleep
        return [task.result() for task in tasks]

    async def _in_its_turn(self, deed: Coroutine[Any, Any, T]) -> T:
        await self.gate()
        return await deed

    def alone(self, work: Coroutine[Any, Any, T]) -> T:
        """Run work outside of any deed to its end."""
        task = self.create_task(work)
        self.run(task.done)
        return task.result()

    def _next_timer(self) -> float:
        """When the next timer that still counts goes off."""
        while self._timers and self._timers[0][2].cancelled():
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else math.inf

    def _open(self, who: int) -> None:
        self.passed.append(who)
        gate = self._gates[who].pop(0)
        if not gate.done():
            gate.set_result(None)


class HeldClock(Clock):
    """A clock whose wall time stays as it was set, and whose uptime is the loop's until it is held as well.

    What a trial writes doesn't depend on how long it takes then: only sleeps that are slept out count.
    """

    def __init__(self, loop: GateLoop, now: datetime) -> None:
        self._loop = loop
        self._zero = self._now = now
        self._held_s: float | None = None
        self._slept_s = 0.0

    def hold(self) -> None:
        """Let the uptime stay as it was when this was called first, until somebody sleeps."""
        self._held_s = self._loop.time() if self._held_s is None else self._held_s
        self._slept_s = 0.0

    def set(self, now: datetime) -> None:
        """Show another moment from now on."""
        self._now = now

    @override
    def now(self) -> datetime:
        return self._now

    @override
    def uptime(self) -> float:
        run_s = self._loop.time() if self._held_s is None else self._held_s
        return 1000.0 + (self._now - self._zero).total_seconds() + run_s + self._slept_s

    @override
    async def sleep(self, seconds: float) -> None:
        began_s = self._slept_s
        await asyncio.sleep(max(0.0, seconds))
        if self._held_s is not None and seconds > _A_MOMENT_S:
            self._slept_s = max(self._slept_s, began_s + seconds)


def in_turns(spans: Sequence[tuple[int, int]]) -> Callable[[Sequence[int]], int]:
    """Order turns by spans: whose gates, and how many; what remains is the first one's, then the second one's."""
    left = [[who, count] for who, count in spans if count]

    def turn(waiting: Sequence[int]) -> int:
        while left:
            who, count = left[0]
            if who not in waiting:
                # It waits for the other one, or has ended.
                return waiting[0]
            left[0][1] = count - 1
            if count == 1:
                left.pop(0)
            return who
        return waiting[0]

    return turn
