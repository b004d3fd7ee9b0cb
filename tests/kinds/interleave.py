"""Run two callers of a store side by side, in every order of their calls."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import combinations
from typing import Any, Final, TypeVar

_T = TypeVar("_T")

FIRST: Final = 0
SECOND: Final = 1


class Turns:
    """Whose call comes next; a caller who has ended gives the turns that remain to the other one."""

    def __init__(self, order: Sequence[int]) -> None:
        self._order = deque(order)
        self._changed = asyncio.Condition()

    async def take(self, who: int, call: Callable[[], Awaitable[_T]]) -> _T:
        """Wait for the caller's turn, and make the call."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._order or self._order[0] == who)
        try:
            return await call()
        finally:
            async with self._changed:
                if self._order:
                    self._order.popleft()
                self._changed.notify_all()

    async def end(self, who: int) -> None:
        """Drop the turns of a caller who has ended."""
        async with self._changed:
            self._order = deque(each for each in self._order if each != who)
            self._changed.notify_all()


class InTurns:
    """A store whose calls wait for their caller's turn."""

    def __init__(self, store: Any, turns: Turns, who: int) -> None:
        self._store = store
        self._turns = turns
        self._who = who
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            return await self._turns.take(self._who, lambda: method(*args, **kwargs))

        return call


def merges(first: int, second: int) -> Iterator[tuple[int, ...]]:
    """Every order of so many calls of the first caller and so many of the second one."""
    for places in combinations(range(first + second), first):
        yield tuple(FIRST if place in places else SECOND for place in range(first + second))


async def side_by_side(turns: Turns, first: Awaitable[_T], second: Awaitable[_T]) -> tuple[_T, _T]:
    """Run both to their ends."""

    async def run(who: int, work: Awaitable[_T]) -> _T:
        try:
            return await work
        finally:
            await turns.end(who)

    return await asyncio.gather(run(FIRST, first), run(SECOND, second))
