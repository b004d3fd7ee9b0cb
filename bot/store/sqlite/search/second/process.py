"""Start the second process while many search, ask it, and end it when it isn't needed.

A search is computed by Python, and one process computes on one processor, however many threads it has. So while many
members search at once every other search goes to a second process. It takes 60 MB, so it is started by a crowd and ends
after some quiet minutes. Whatever happens to it, the bot searches itself.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio import StreamReader, StreamWriter, TimerHandle
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Final, cast

import structlog

from bot.store.sqlite.file.kinds import instance_path
from bot.store.sqlite.search.second.message import LENGTH, Answer, Asked, packed, unpacked
from bot.store.sqlite.shelves.troubles import inode_of

log = structlog.get_logger(__name__)

CROWD: Final = 4
"""Searches under way from which on a second process is worth it. The bot lets eight members' commands run at a time."""

AHEAD: Final = 2
"""Searches that it is asked at a time: it begins the next one while the bot takes the answer to the last."""

QUIET_S: Final = 600.0
"""It is ended ten minutes after the last crowd."""

LONGEST_S: Final = 2.0
"""An answer that takes longer isn't waited for: a search has 250 ms of its own."""

_LONGEST_START_S: Final = 60.0

_RETRIED_S: Final = 60.0
"""If it failed, it is started again at the earliest after this time."""

_OWN: Final = "NEWSDESK_"
"""Beginning of the names of the bot's own settings, the token among them: a search needs none of them."""


def has_processor() -> bool:
    """Return True if there is a second processor for a second process."""
    return len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) > 1


class SecondProcess:
    """The second process of one newsroom; none at first.

    Args:
        ledger: The newsroom's, which is open.
        quiet_s: Without a crowd for so long it is ended.
    """

    def __init__(self, ledger: Path, *, quiet_s: float = QUIET_S) -> None:
        self._ledger = ledger
        self._archive = inode_of(instance_path(ledger))
        self._quiet_s = quiet_s
        self._process: Process | None = None
        self._is_ready = False
        self._starting: asyncio.Task[None] | None = None
        self._asking: set[asyncio.Task[Answer]] = set()
        self._reading = asyncio.Lock()
        self._end: TimerHandle | None = None
        self._not_before_s = 0.0

    @property
    def pid(self) -> int | None:
        """Its number while it can be asked; None before and after."""
        return self._process.pid if self._process is not None and self._is_ready else None

    @property
    def is_free(self) -> bool:
        """True if it is started and can be asked."""
        return self._is_ready and len(self._asking) < AHEAD

    def want(self) -> None:
        """Start it unless it is running, and keep it for some minutes from now on."""
        is_starting = self._starting is not None and not self._starting.done()
        if self._is_ready:
            self._keep()
        elif not is_starting and asyncio.get_running_loop().time() >= self._not_before_s:
            self._starting = asyncio.create_task(self._start())

    def _keep(self) -> None:
        if self._end is not None:
            self._end.cancel()
        self._end = asyncio.get_running_loop().call_later(self._quiet_s, self._kill)

    async def search(self, asked: Asked) -> Answer:
        """Search in it, while it is free; None if the caller should search itself."""
        # To its end, also if the caller is cancelled: its answers come in the order of the questions.
        asking = asyncio.create_task(self._ask(asked))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)
        return await asyncio.shield(asking)

    async def close(self) -> None:
        """End it, and wait until it has ended."""
        if self._end is not None:
            self._end.cancel()
        if self._starting is not None:
            self._starting.cancel()
            with suppress(asyncio.CancelledError):
                await self._starting
        self._kill()
        if self._process is not None:
            await self._process.wait()

    async def _start(self) -> None:
        program = (sys.executable, "-P", "-m", "bot.store.sqlite.search.second.program")
        command = (*program, str(self._ledger), str(self._archive))
        environment = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
        try:
            self._process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=environment)
            await self._read(_LONGEST_START_S)
            self._is_ready = True
            self._keep()
        except (OSError, EOFError, TimeoutError) as error:
            log.warning("searches of many members share one processor", why=repr(error))
            self._fail()

    async def _ask(self, asked: Asked) -> Answer:
        requests = cast("StreamWriter", cast("Process", self._process).stdin)
        try:
            requests.write(packed(asked))  # a few hundred bytes, which the pipe has room for
            async with self._reading:
                return await self._read(LONGEST_S)
        except (OSError, EOFError, TimeoutError) as error:
            log.warning("a search is repeated: the second process has not answered", why=repr(error))
            self._fail()
            return None

    async def _read(self, longest_s: float) -> Answer:
        answers = cast("StreamReader", cast("Process", self._process).stdout)
        async with asyncio.timeout(longest_s):
            length = int.from_bytes(await answers.readexactly(LENGTH), "little")
            return cast("Answer", unpacked(await answers.readexactly(length)))

    def _fail(self) -> None:
        self._not_before_s = asyncio.get_running_loop().time() + _RETRIED_S
        self._kill()

    def _kill(self) -> None:
        self._is_ready = False
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
