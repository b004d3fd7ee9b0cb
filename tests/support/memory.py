"""Measure the memory of a process and of those that it started."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

MIB: Final = 1024 * 1024


def memory_of_family(pid: int) -> int:
    """Bytes of a process and all below it; pages that several of them share count once."""
    return sum(_proportional_bytes(each) for each in (pid, *_below(pid)))


def _below(pid: int) -> Iterator[int]:
    with suppress(OSError):  # it ended meanwhile
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                yield int(child)
                yield from _below(int(child))


def _proportional_bytes(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


class Peak:
    """The most memory seen, in bytes above what there was at the beginning."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.began = memory_of_family(pid)
        self.grown = 0

    def look(self) -> None:
        """Take in how much it is now."""
        self.grown = max(self.grown, memory_of_family(self._pid) - self.began)


@asynccontextmanager
async def watching_memory(*, pid: int | None = None, every_s: float = 0.1) -> AsyncIterator[Peak]:
    """Look at the memory of a process (None for this one) again and again until the block ends."""
    peak = Peak(os.getpid() if pid is None else pid)

    async def watch() -> None:
        while True:
            await asyncio.to_thread(peak.look)
            await asyncio.sleep(every_s)

    watcher = asyncio.create_task(watch())
    try:
        yield peak
    finally:
        watcher.cancel()
