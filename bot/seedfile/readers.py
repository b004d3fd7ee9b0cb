"""Many seed files are read at once by several processes, few in a thread of this one.

Parsing YAML is most of an import's work and holds Python's one lock: in a process of its own it takes nothing from a
running bot, and beside the store's writing it is half the wait (`tests/bench/bench_ingest.py`). These are plain
programs on pipes: `multiprocessing` would start each by importing the whole bot once more.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Final

from bot.news.article import Seed, SeedProblem, ShelfId
from bot.seedfile.folder import NamedFile, read_seed_files
from bot.seedfile.message import LENGTH, pack_request, unpack_answer

FEWEST: Final = 400
"""Files from which on processes are started: each takes 0.1 s."""

MOST_READERS: Final = 4
"""More only wait for the one process that stores."""

_AHEAD: Final = 8
"""Batches that each process has before it: it goes on reading while thousands of seeds are stored."""

_MOST_WAITING: Final = 16 * 1024 * 1024
"""Bytes of answers that may wait for us; a batch of 200 real seeds is 0.7 MB."""

Batch = list[Seed | SeedProblem]


async def read_batches(
    files: Sequence[NamedFile], shelf: ShelfId, *, size: int, readers: int | None = None
) -> AsyncGenerator[Batch, None]:
    """Read files, in their order.

    Args:
        files: Where each is and how a problem names it.
        shelf: Whose articles they become.
        size: Files a batch; the last one may hold fewer.
        readers: Processes that read; 0 for none. None takes one for each processor but the one that stores, and none
            where there are fewer than `FEWEST` files.

    Yields:
        What the files of each batch are, in the batches' order; whatever becomes of the processes.
    """
    batches = deque(files[start : start + size] for start in range(0, len(files), size))
    if readers is None:
        readers = min(MOST_READERS, max(1, (os.cpu_count() or 1) - 1)) if len(files) >= FEWEST else 0
    with suppress(OSError, EOFError):  # a process can't start, or was stopped: what is left is read without it
        async with AsyncExitStack() as stack:
            processes = [await stack.enter_async_context(_reader()) for _ in range(readers)]
            async for answer in _answers(processes, batches, shelf):
                batches.popleft()
                yield answer
    while batches:
        yield await asyncio.to_thread(read_seed_files, batches.popleft(), shelf)


async def _answers(
    processes: Sequence[Process], batches: Sequence[Sequence[NamedFile]], shelf: ShelfId
) -> AsyncIterator[Batch]:
    """Every batch's answer, from each process in turn; whoever takes one takes the batch away."""
    turn = 0
    asked = 0
    while batches and processes:
        while asked < min(len(batches), _AHEAD * len(processes)):
            await _ask(processes[(turn + asked) % len(processes)], batches[asked], shelf)
            asked += 1
        answer = await _answer(processes[turn], shelf)
        turn, asked = (turn + 1) % len(processes), asked - 1
        yield answer


async def _ask(process: Process, files: Sequence[NamedFile], shelf: ShelfId) -> None:
    pipe = process.stdin
    if pipe is not None:
        pipe.write(pack_request(files, shelf))
        await pipe.drain()


async def _answer(process: Process, shelf: ShelfId) -> Batch:
    pipe = process.stdout
    if pipe is None:
        return []
    length = int.from_bytes(await pipe.readexactly(LENGTH), "little")
    return unpack_answer(await pipe.readexactly(length), shelf)


@asynccontextmanager
async def _reader() -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "bot.seedfile.reader", stdin=PIPE, stdout=PIPE, limit=_MOST_WAITING
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
