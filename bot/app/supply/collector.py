"""Run the feed collector beside the bot: start it, start it again when it ends, and read what it says of itself.

It is a process of its own with `newsdesk collect` in it, so a feed can never disturb the bot, and the bot imports
nothing of it. It gets no token.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import structlog

from bot.app.config import PREFIX, Config
from bot.clock import Clock
from bot.news.checkup.collector import CollectorStatus, collector_findings, status_of
from bot.news.checkup.finding import Finding, failing
from bot.news.notices.notice import Notifier
from bot.news.notices.texts import failing_feeds_notice
from bot.waits import first_of

log = structlog.get_logger(__name__)

FIRST_RETRY_S: Final = 5.0
LONGEST_RETRY_S: Final = 600.0
STABLE_S: Final = 600.0
"""A process that ran for this long is started again at once."""

STOP_S: Final = 4.0
"""Time limit for it to end after SIGTERM; it can be killed at any moment."""

_COMMAND: Final = (sys.executable, "-m", "bot", "--config", os.devnull, "collect", "--until-eof")
"""Its standard input is closed with this process, even if that is killed: it must not collect on and keep the next one
out."""

_LOOK_S: Final = 60.0
_LARGEST: Final = 4 * 1024**2


def memory_file(database: Path) -> Path:
    """Name the collector's memory, beside the bot's database."""
    return database.with_name(f"{database.stem}-collect.sqlite3")


def status_file(database: Path) -> Path:
    """Name the file in which the collector says how it is."""
    return memory_file(database).with_suffix(".json")


def read_status(path: Path) -> CollectorStatus | None:
    """Read the status file; None if there is none that can be read."""
    try:
        with path.open("rb") as file:
            record = json.loads(file.read(_LARGEST))
    except (OSError, ValueError):
        return None
    return status_of(record) if isinstance(record, dict) else None


class CollectorProcess:
    """The collector's process, and what it says of itself.

    Attributes:
        status: After its last pass; None before the first.
    """

    def __init__(self, config: Config, clock: Clock, notifier: Notifier) -> None:
        self.status: CollectorStatus | None = None
        self._config = config
        self._clock = clock
        self._notifier = notifier
        self._status_file = status_file(config.database)
        self._named_file = self._status_file.with_name(f"{self._status_file.stem}-named.json")
        self._trouble = ""

    async def run(self, stop: asyncio.Event) -> None:
        """Keep it running until `stop` is set."""
        failures = 0
        while not stop.is_set():
            began_s = self._clock.uptime()
            try:
                trouble = f"it ended with status {await self._run_once(stop)}."
            except OSError as error:  # no memory, no more processes: the bot goes on without it
                trouble = f"it could not be started ({error})."
            if stop.is_set():
                return
            failures = 1 if self._clock.uptime() - began_s > STABLE_S else failures + 1
            wait_s = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(failures - 1, 10))
            self._trouble = trouble
            log.warning("the feed collector is started again", why=trouble, in_s=wait_s)
            await first_of(stop.wait(), self._clock.sleep(wait_s))

    async def watch(self, stop: asyncio.Event) -> None:
        """Read what it says of itself every minute, and name feeds that have failed for a week once."""
        while not stop.is_set():
            self.status = await asyncio.to_thread(read_status, self._status_file)
            if self.status is not None:
                await self._name_failing(self.status)
            await first_of(stop.wait(), self._clock.sleep(_LOOK_S))

    def findings(self) -> Iterator[Finding]:
        """Check the process and what it says."""
        if self._trouble:
            cure = "Check the log; it is started again automatically. `newsdesk collect --once` shows the cause."
            yield failing(self._trouble, cure, check="collector")
        else:
            yield from collector_findings(self.status, now=self._clock.now(), names_feeds=False)

    async def _run_once(self, stop: asyncio.Event) -> int:
        """Start it and wait for its end, or end it; returns its exit status."""
        process = await asyncio.create_subprocess_exec(
            *_COMMAND, stdin=asyncio.subprocess.PIPE, env=_environment(self._config)
        )
        ended = asyncio.ensure_future(process.wait())
        proven = asyncio.ensure_future(self._clock.sleep(FIRST_RETRY_S * 2))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({ended, proven, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if proven.done() and not ended.done():
                self._trouble = ""
            await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            proven.cancel()
            stopping.cancel()
            if process.returncode is None:
                await _end(process)
        return await ended

    async def _name_failing(self, status: CollectorStatus) -> None:
        """Send one notice of the feeds that have failed for a week, unless they were named before."""
        named = await asyncio.to_thread(_read_named, self._named_file)
        failing_now = {each.url: each.since.isoformat() for each in status.named}
        new = [each for each in status.named if named.get(each.url) != failing_now[each.url]]
        if new:
            await self._notifier.notify(failing_feeds_notice(new, at=self._clock.now()))
        if new or named.keys() - failing_now.keys():
            await asyncio.to_thread(_write_named, self._named_file, failing_now)


def _environment(config: Config) -> dict[str, str]:
    """Put the process's environment together: the parts of the configuration that it needs, and never the token."""
    given = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    given |= {
        f"{PREFIX}DATABASE": str(config.database),
        f"{PREFIX}FEEDS": str(config.feeds),
        f"{PREFIX}LOG_LEVEL": config.log_level,
        f"{PREFIX}LOG_FORMAT": config.log_format,
    }
    if config.seeds:
        given[f"{PREFIX}SEEDS"] = str(config.seeds[0])
    if config.feeds_test_site:
        given[f"{PREFIX}FEEDS_TEST_SITE"] = config.feeds_test_site
    return given


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _read_named(path: Path) -> Mapping[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _write_named(path: Path, named: Mapping[str, str]) -> None:
    with suppress(OSError):  # then they are named once more
        path.write_text(json.dumps(named), encoding="utf-8")
