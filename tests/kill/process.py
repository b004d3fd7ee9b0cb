"""The sending process as its watcher holds it: by a pipe, so that it ends when the watcher does, however that ends."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tests.support.killed import kill

_ROOT: Final = Path(__file__).parents[2]
_UNKNOWN: Final = 255
"""asyncio's status of a child that was reaped elsewhere, as `Popen.poll` may do when a killed one's pipes are closed. A
sender that fails by itself ends with 1 or 3."""

_EXPECTED: Final = frozenset({0, -9, _UNKNOWN})


class SenderEndedError(Exception):
    """A sending process ended by itself."""


@asynccontextmanager
async def running_sender(arguments: Sequence[str], log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A sending process; it is dead on leaving.

    Args:
        arguments: Of `tests.kill.sender`.
        log: Where its output goes, in place of the last one's.

    Raises:
        SenderEndedError: it ended in another way than it was told to; with its last line.
    """
    command = [sys.executable, "-m", "tests.kill.sender", *arguments]
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=_ROOT, stdin=asyncio.subprocess.PIPE, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        status = await kill(process)
    if status not in _EXPECTED:
        raise SenderEndedError(f"the sender ended with {status}: {_last_line(log)}")


def _last_line(log: Path) -> str:
    return " ".join(log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:])
