"""The program of the second process: it answers the searches on its input, one at a time.

It opens the newsroom's files for reading, beside the bot, and sees what the bot has committed. It exits at the end of
its input, so it can't outlive the bot.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from bot.clock import SystemClock
from bot.errors import StoreError
from bot.store.sqlite.search.search import SqliteSearchStore
from bot.store.sqlite.search.second.message import Answer, Asked, packed, read_message, unpacked
from bot.store.sqlite.shelves.files import StoreFiles, open_files
from bot.store.sqlite.shelves.troubles import inode_of


async def serve(ledger: Path, archive: int, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer every search until the end of the input; a first empty answer says that the files are open.

    Args:
        ledger: The newsroom's.
        archive: The inode of the archive that the bot has open. If another file has its name by now, such as an older
            copy in which nothing is hidden yet, nothing is answered.
        requests: Where searches come from.
        answers: Where their answers go.
    """
    async with open_files(ledger, clock=SystemClock(), read_only=True) as files:
        if inode_of(files.archive.path) != archive:
            return
        store = SqliteSearchStore(files, SystemClock())
        answers.write(packed(None))
        answers.flush()
        # Nothing else happens in this process, so the loop may wait here.
        while message := read_message(requests):
            asked = unpacked(message)
            answers.write(packed(await _answer(files, store, asked) if isinstance(asked, Asked) else None))
            answers.flush()


async def _answer(files: StoreFiles, store: SqliteSearchStore, asked: Asked) -> Answer:
    if asked.server is not None:
        files.shelves.follow(asked.server, asked.file)
    try:
        found = await store.search(
            asked.shelves,
            asked.query,
            now=asked.now,
            limit=asked.limit,
            loaded=asked.loaded,
            deadline_s=asked.deadline_s,
        )
    except StoreError:
        return None
    return None if asked.server is not None and files.shelves.troubles.find(asked.server) else found


def main() -> None:
    """Serve the newsroom whose ledger is named by the first argument; the second is its archive's inode."""
    # Ctrl-C reaches both processes; the bot decides what happens.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    # The pipe is for answers alone: the bot meets the same troubles itself, and logs them.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with suppress(StoreError, BrokenPipeError):  # the bot searches itself; or it is gone
        asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), sys.stdin.buffer, answers))


if __name__ == "__main__":
    main()
