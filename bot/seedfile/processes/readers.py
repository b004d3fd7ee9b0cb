"""Read many seed files in worker processes, a few in a thread of this one.

Parsing YAML is most of an import's work and holds the GIL: in a worker it takes no time from a running bot, and an
import takes half as long, because the store writes at the same time (`tests/bench/bench_ingest.py`).

The workers are plain programs on pipes. `concurrent.futures.ProcessPoolExecutor` imports the parent's main module in
each worker and pickles whole dataclasses: on 2 cores an import of 500 seeds took 0.24 s with these workers, 0.55 s with
its forkserver and 0.65 s with spawn; one of 3,000 took 0.9 s, 1.3 s and 1.3 s. Its workers outlive a killed parent.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from typing import Final, cast

from bot.news.article import ReadFile, ShelfId
from bot.seedfile.folder import NamedFile, read_seed_files
from bot.seedfile.processes.message import LENGTH, pack_request, unpack_response

FEWEST: Final = 400
"""The least number of files for which workers are started: starting one takes 0.1 s."""

MOST_READERS: Final = 4
"""More workers would only wait for the one process that stores."""

_AHEAD: Final = 8
"""Batches queued for each worker: it keeps reading while thousands of seeds are stored."""

_MOST_BUFFERED: Final = 16 * 1024 * 1024
"""Bytes of responses buffered in this process; a batch of 200 real seeds is 0.7 MB."""

Batch = list[ReadFile]


async def read_batches(
    files: Sequence[NamedFile], shelf: ShelfId, *, now: datetime, size: int, readers: int | None = None
) -> AsyncGenerator[Batch, None]:
    """Read files in order, batch by batch.

    Args:
        files: The path of each and its name in problems.
        shelf: The shelf that the articles go to.
        now: As for `read_seed`.
        size: Files per batch; the last one may be smaller.
        readers: Worker processes; 0 for none. None takes one for each processor but the one that stores, and none for
            fewer than `FEWEST` files.

    Yields:
        What was read of each batch, in order, even if the workers die.
    """
    batches = deque(files[start : start + size] for start in range(0, len(files), size))
    if readers is None:
        readers = min(MOST_READERS, max(1, (os.cpu_count() or 1) - 1)) if len(files) >= FEWEST else 0
    with suppress(OSError, EOFError):  # a worker can't start, or was killed: read the rest without workers
        async with AsyncExitStack() as stack:
            workers = [await stack.enter_async_context(_worker()) for _ in range(readers)]
            async for response in _responses(workers, batches, shelf, now):
                batches.popleft()
                yield response
    while batches:
        yield await asyncio.to_thread(read_seed_files, batches.popleft(), shelf, now)


async def _responses(
    workers: Sequence[_Worker], batches: Sequence[Sequence[NamedFile]], shelf: ShelfId, now: datetime
) -> AsyncIterator[Batch]:
    """Yield the response to each batch, from the workers in turn; the caller removes the batch."""
    turn = 0
    requested = 0
    while batches and workers:
        while requested < min(len(batches), _AHEAD * len(workers)):
            await workers[(turn + requested) % len(workers)].request(batches[requested], shelf, now)
            requested += 1
        response = await workers[turn].response(shelf)
        turn, requested = (turn + 1) % len(workers), requested - 1
        yield response


class _Worker:
    """The pipes of one worker process."""

    def __init__(self, requests: StreamWriter, responses: StreamReader) -> None:
        self._requests = requests
        self._responses = responses

    async def request(self, files: Sequence[NamedFile], shelf: ShelfId, now: datetime) -> None:
        self._requests.write(pack_request(files, shelf, now))
        await self._requests.drain()

    async def response(self, shelf: ShelfId) -> Batch:
        length = int.from_bytes(await self._responses.readexactly(LENGTH), "little")
        return unpack_response(await self._responses.readexactly(length), shelf)


@asynccontextmanager
async def _worker() -> AsyncIterator[_Worker]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "bot.seedfile.processes.reader", stdin=PIPE, stdout=PIPE, limit=_MOST_BUFFERED
    )
    try:
        yield _Worker(cast("StreamWriter", process.stdin), cast("StreamReader", process.stdout))
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
