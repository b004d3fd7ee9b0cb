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


async def run_until_signal(work: Coroutine[Any, Any, None]) -> None:
    """Run until the work ends or a signal arrives; the main thread is interrupted even where it computes."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)

    has_ended = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal has_ended
        has_ended = True
        signal.setitimer(signal.ITIMER_REAL, _GRACE_S)
        loop.call_soon_threadsafe(task.cancel)

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
