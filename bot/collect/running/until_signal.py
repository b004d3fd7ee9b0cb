"""Run until SIGTERM or Ctrl-C, and end within seconds whatever is going on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Final

_GRACE_S: Final = 5.0
"""After this long the process ends at once. Nothing is lost by that: a pass can be killed anywhere."""

_STANDARD_INPUT: Final = 0
_CHUNK: Final = 1024


async def run_until_signal(work: Coroutine[Any, Any, None], *, until_eof: bool = False) -> None:
    """Run until the work ends or a signal arrives; the main thread is interrupted even where it computes.

    Args:
        work: What to run.
        until_eof: End as well when standard input is closed: the process at its other end is gone.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)

    has_ended = False

    def stop(*_: object) -> None:
        nonlocal has_ended
        has_ended = True
        signal.setitimer(signal.ITIMER_REAL, _GRACE_S)
        loop.call_soon_threadsafe(task.cancel)

    def read() -> None:
        if not os.read(_STANDARD_INPUT, _CHUNK):
            loop.remove_reader(_STANDARD_INPUT)
            stop()

    if until_eof:
        loop.add_reader(_STANDARD_INPUT, read)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    before[signal.SIGALRM] = signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
    try:
        with suppress(asyncio.CancelledError):
            await task
    finally:
        # After a signal the time limit also holds for what follows: a name that is being resolved can't be cancelled.
        if not has_ended:
            for number, handler in before.items():
                signal.signal(number, handler)
