"""Uploads that were read and shown, and wait for somebody to import them.

What was read is kept in files for a quarter of an hour, so that exactly what was shown is imported. A restart forgets
them, and the button then says that it has expired.
"""

from __future__ import annotations

import secrets
import shutil
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.clock import Clock
from bot.errors import BadInputError
from bot.news.article import ReadFile, Seed, SeedNote, ShelfId
from bot.seedfile.processes.uploads import ReadUpload
from bot.threads import compute
from bot.usecases.ingest.source import Source

STAGED_FOR_S: Final = 15 * 60.0
MOST_OF_A_SHELF: Final = 3
MOST_STAGED: Final = 20
"""Of all servers: what was read of an upload takes up to 64 MiB of disk."""

_TOKEN_BYTES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFile:
    """One file of an upload: its name, and what was read of it."""

    source: Source
    read: ReadUpload


@dataclass(slots=True, kw_only=True, eq=False)
class Staged:
    """An upload that was read.

    Attributes:
        token: Names it in a button.
        shelf: The shelf that it would go to.
        origin: Its name for people.
        files: What was read, in the upload's order.
        folder: Holds what was read.
        shown: A fingerprint of what it would change, as it was shown last.
        is_done: True once it was imported.
    """

    token: str
    shelf: ShelfId
    origin: str
    files: Sequence[StagedFile]
    folder: Path
    since_s: float
    shown: str = ""
    is_done: bool = False

    async def results(self) -> AsyncIterator[tuple[Source, ReadFile | SeedNote]]:
        """Load what was read a batch at a time, in a thread of the uploads' own; seeds have their places."""
        for file in self.files:
            batches = file.read.batches()
            while batch := await compute(next, batches, None):
                for result in batch:
                    yield file.source, result

    async def seeds(self) -> AsyncIterator[Seed]:
        """Load the seeds alone, with their places."""
        async for source, result in self.results():
            if isinstance(result, Seed):
                yield source.placed(result)


class Staging:
    """The staged uploads of all servers: a few for each, the newest ones."""

    def __init__(self) -> None:
        self._staged: OrderedDict[str, Staged] = OrderedDict()

    def add(self, staged: Staged) -> None:
        """Keep an upload, and forget the oldest ones beyond the limits."""
        self._staged[staged.token] = staged
        of_shelf = [each for each in self._staged.values() if each.shelf == staged.shelf]
        for each in of_shelf[:-MOST_OF_A_SHELF]:
            self._forget(each)
        while len(self._staged) > MOST_STAGED:
            self._forget(next(iter(self._staged.values())))

    def get(self, token: str, shelf: ShelfId, clock: Clock) -> Staged:
        """Find an upload that waits.

        Raises:
            BadInputError: it has expired, or was imported.
        """
        for each in [old for old in self._staged.values() if clock.uptime() - old.since_s >= STAGED_FOR_S]:
            self._forget(each)
        staged = self._staged.get(token)
        if staged is None or staged.shelf != shelf:
            raise BadInputError("I no longer have this upload; nothing was stored.", cure="Use /content import again.")
        if staged.is_done:
            raise BadInputError("This was imported already.", cure="See /content status.")
        return staged

    def close(self) -> None:
        """Forget them all."""
        for each in list(self._staged.values()):
            self._forget(each)

    def _forget(self, staged: Staged) -> None:
        del self._staged[staged.token]
        shutil.rmtree(staged.folder, ignore_errors=True)


def new_token() -> str:
    """Create a name that can't be guessed."""
    return secrets.token_hex(_TOKEN_BYTES)
