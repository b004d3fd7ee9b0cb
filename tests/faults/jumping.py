"""A loop in whose time an hour takes seconds, while sockets and threads keep working at their own speed."""

from __future__ import annotations

import asyncio
import linecache
import selectors
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any, Final, TypeVar

from typing_extensions import override

from bot.clock import Clock

T = TypeVar("T")

_LOOK_S: Final = 0.001
_JUMP_S: Final = 0.5
"""In a thousandth of a real second without an event, while no thread works: a commit takes its real time."""

_WAITS: Final = ("threading.py", "queue.py", "selectors.py", "anyio", "execnet")
"""Files whose code a thread is in while it waits: anyio for a changed folder, execnet for pytest.

Pools and aiosqlite wait in a `get`.
"""


def _is_waiting(frame: FrameType) -> bool:
    # A frame that is about to end or begin has no line.
    path = frame.f_code.co_filename
    return any(each in path for each in _WAITS) or ".get(" in linecache.getline(path, frame.f_lineno or 0)


def _threads_work() -> bool:
    own = threading.get_ident()
    return not all(_is_waiting(frame) for ident, frame in sys._current_frames().items() if ident != own)


class _JumpingSelector(selectors.DefaultSelector):
    """Waits a moment for an event; if there is none and no thread works, time jumps toward what was asked for.

    Attributes:
        jumped_s: How far time has jumped.
        is_real: Time doesn't jump now.
    """

    jumped_s = 0.0
    is_real = False

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0 or self.is_real:
            return super().select(timeout)
        events = super().select(min(timeout, _LOOK_S))
        if not events and not _threads_work():
            self.jumped_s += min(timeout, _JUMP_S)
        return events


class JumpingLoop(asyncio.SelectorEventLoop):
    """Its time is the machine's and what was jumped."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    @override
    def time(self) -> float:
        return super().time() + self._jumping.jumped_s

    @contextmanager
    def real_time(self) -> Iterator[None]:
        """Let time pass as it does, for what happens outside of the loop, such as a report of the system's watch."""
        self._jumping.is_real = True
        try:
            yield
        finally:
            self._jumping.is_real = False

    def jump(self, seconds: float) -> None:
        """Let time pass at once, without anything that was due in between."""
        self._jumping.jumped_s += seconds


class LoopClock(Clock):
    """The time of the running loop, also for threads."""

    def __init__(self, now: datetime = datetime(2023, 11, 27, 8, 0, tzinfo=UTC)) -> None:
        self._start = now
        self._loop = asyncio.get_running_loop()
        self._zero_s = self._loop.time()

    @override
    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.uptime())

    @override
    def uptime(self) -> float:
        return self._loop.time() - self._zero_s

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


def run_jumping(work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end on a jumping loop."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(work)
