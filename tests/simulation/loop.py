"""An event loop without a machine under it: time passes when nothing else is to be done, and nothing runs beside it.

Every handle belongs to a process, by the context it was made in; 0 is the world outside. A process that is killed never
runs another handle, so none of its `finally` blocks does anything; one that is frozen runs them when it goes on.
"""

from __future__ import annotations

import asyncio
import heapq
import warnings
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from contextvars import Context, ContextVar
from typing import Any, Final, TypeVar, TypeVarTuple
from weakref import WeakSet

from typing_extensions import override

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Work = Generator[Any, None, T] | Coroutine[Any, Any, T]

WORLD: Final = 0
PROCESS: Final[ContextVar[int]] = ContextVar("process", default=WORLD)


class StalledError(Exception):
    """Everybody waits for somebody else, for ever."""


class SimulatedLoop(asyncio.BaseEventLoop):
    """Runs handles in their order; of two timers for one moment the one that was set first.

    Attributes:
        on_step: Asked before a handle of a process other than the world's runs, with the process; it may kill or freeze
            it, and then the handle doesn't run.
        works_for_s: How long the next work takes that would have a thread of its own.
        failures: What callbacks and forgotten tasks raised: mistakes of the simulation or of the core.
    """

    def __init__(self) -> None:
        self._is_over = False
        super().__init__()
        self._now = 0.0
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[float, int, asyncio.Handle]] = []
        self._set = 0
        self._dead: set[int] = set()
        self._frozen: dict[int, list[asyncio.Handle]] = {}
        self._tasks: dict[int, WeakSet[asyncio.Task[Any]]] = {}
        self._buried: list[asyncio.Task[Any]] = []
        self._outside = Context()
        self.on_step: Callable[[int], None] = lambda _process: None
        self.works_for_s: Callable[[], float] = lambda: 0.0
        self.failures: list[str] = []

    def time(self) -> float:
        """Seconds since the simulation began."""
        return self._now

    def run(self, until: Callable[[], bool]) -> None:
        """Run until something holds.

        Raises:
            StalledError: it never will.
        """
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self)
        try:
            while not until():
                self._step()
        finally:
            asyncio._set_running_loop(before)

    def _step(self) -> None:
        if not self._ready:
            self._pass_time()
        handle = self._ready.popleft()
        if handle.cancelled():
            return
        process = _process_of(handle)
        if process != WORLD:
            if process in self._dead:
                return
            if process not in self._frozen:
                self.on_step(process)
            if process in self._dead:
                return
            if process in self._frozen:
                self._frozen[process].append(handle)
                return
        handle._run()

    def _pass_time(self) -> None:
        while self._timers:
            when, _, handle = heapq.heappop(self._timers)
            if not handle.cancelled() and _process_of(handle) not in self._dead:
                self._now = max(self._now, when)
                self._ready.append(handle)
                return
        raise StalledError(f"nothing is left to do at {self._now:.3f} s")

    def start(self, process: int, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin work in a process; whatever it starts belongs to it, too."""
        context = Context()
        context.run(PROCESS.set, process)
        return self.create_task(work, context=context)

    def call_outside(self, delay: float, callback: Callable[[*Ts], object], *args: *Ts) -> asyncio.TimerHandle:
        """Call something later that belongs to no process, whichever process asks for it."""
        return self.call_later(delay, callback, *args, context=self._outside.copy())

    def kill(self, process: int) -> None:
        """End a process between two of its steps: nothing of it runs any more."""
        self._dead.add(process)
        tasks = [task for task in self._tasks.pop(process, WeakSet()) if not task.done()]
        for task in tasks:
            task._log_destroy_pending = False  # type: ignore[attr-defined] # being destroyed is what it is for
        self._buried += tasks  # kept until the end: a coroutine that is collected runs its `finally` blocks
        self._frozen.pop(process, None)

    def freeze(self, process: int) -> None:
        """Let nothing of a process run until `thaw`; the world goes on."""
        self._frozen.setdefault(process, [])

    def thaw(self, process: int) -> None:
        """Let a process go on: what became ready meanwhile runs now, in its order."""
        self._ready.extend(self._frozen.pop(process, ()))

    def is_dead(self, process: int) -> bool:
        """Whether it was killed."""
        return process in self._dead

    def pending(self, process: int) -> int:
        """How many tasks of a process have not ended."""
        return sum(not task.done() for task in self._tasks.get(process, ()))

    def close(self) -> None:
        """Let go of all that is left; nothing runs any more."""
        for process in list(self._tasks):
            self.kill(process)
        for task in self._buried:
            work = task.get_coro()
            # A `finally` block that waits is refused by Python; nobody is there to hear of it.
            with suppress(RuntimeError), warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # that one of them never began
                work.close()
        self._buried.clear()
        self._ready.clear()
        self._timers.clear()
        self._is_over = True

    # What asyncio itself asks of a loop.

    @override
    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    @override
    def call_later(
        self, delay: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    @override
    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self._set += 1
        heapq.heappush(self._timers, (when, self._set, handle))
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Nothing: it is passed over when its moment comes."""

    @override
    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    @override
    def create_task(
        self, coro: Work[T], *, name: object = None, context: Context | None = None, **options: Any
    ) -> asyncio.Task[T]:
        task = asyncio.Task(coro, loop=self, name=None if name is None else str(name), context=context, **options)
        process = PROCESS.get() if context is None else context.get(PROCESS, WORLD)
        self._tasks.setdefault(process, WeakSet()).add(task)
        return task

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Keep what went wrong."""
        self.failures.append(f"{context.get('message')}: {context.get('exception')!r}")

    @override
    def run_in_executor(self, executor: object, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        # There are no threads: the work is one step, done after the time that it takes.
        del executor
        done: asyncio.Future[T] = self.create_future()
        self.call_later(self.works_for_s(), _do, done, func, *args)
        return done

    @override
    def get_debug(self) -> bool:
        return False

    @override
    def is_closed(self) -> bool:
        return self._is_over


def _process_of(handle: asyncio.Handle) -> int:
    context: Context = handle._context  # type: ignore[attr-defined] # the only sign of whose it is
    return context.get(PROCESS, WORLD)


def _do(done: asyncio.Future[T], work: Callable[[*Ts], T], *args: *Ts) -> None:
    if done.done():
        return
    try:
        done.set_result(work(*args))
    except Exception as error:  # noqa: BLE001 - it is the caller's, as from a thread
        done.set_exception(error)
