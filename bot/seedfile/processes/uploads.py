"""Read an upload in a process of its own, and hand its seeds over batch by batch.

The bot's memory doesn't grow with what a file unpacks to: the worker writes what it reads to a file, and a batch of
that is held at a time. A worker that takes too much memory or time is ended, and with it only its upload.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.errors import ArchiveError
from bot.news.article import ReadFile, SeedNote, ShelfId
from bot.seedfile.processes.message import LENGTH, Upload, pack_upload, unpack_results


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadUpload:
    """What was read of an upload, in a file."""

    results: Path
    shelf: ShelfId

    def batches(self) -> Iterator[list[ReadFile | SeedNote]]:
        """Load it again, batch by batch, in the upload's order."""
        with self.results.open("rb") as spool:
            while length := spool.read(LENGTH):
                yield unpack_results(spool.read(int.from_bytes(length, "little")), self.shelf)


class ReadApart(Protocol):
    """Reads an upload where it can do no harm: `read_upload_apart`."""

    def __call__(self, path: Path, *, name: str, shelf: ShelfId, now: datetime, results: Path) -> Awaitable[ReadUpload]:
        """Read the file at `path`; as `read_upload_apart`."""


async def read_upload_apart(path: Path, *, name: str, shelf: ShelfId, now: datetime, results: Path) -> ReadUpload:
    """Read an uploaded file in a worker process.

    If the caller is cancelled, the worker is ended.

    Args:
        path: Where the file is.
        name: Its file name; the extension says what it is.
        shelf: The shelf that the articles go to.
        now: As for `read_seed`.
        results: A file that is written, and that the caller removes.

    Raises:
        ArchiveError: The upload is rejected as a whole, or the worker ended without an answer.
    """
    request = pack_upload(Upload(path=str(path), results=str(results), name=name, shelf=shelf, now=now))
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "bot.seedfile.processes.upload_reader", stdin=PIPE, stdout=PIPE
    )
    try:
        answer, _ = await worker.communicate(request)
    finally:
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
    if not answer:
        raise ArchiveError("The file can't be read: it takes too much memory or time.", cure="Split it into several.")
    if refusal := json.loads(answer):
        raise ArchiveError(refusal["message"], cure=refusal["cure"])
    return ReadUpload(results=results, shelf=shelf)
