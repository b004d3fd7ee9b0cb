"""Put a collector together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock
from bot.collect.feed import FeedList
from bot.collect.fetch.addresses import Reach, read_test_site
from bot.collect.fetch.client import open_client
from bot.collect.records.files import SeedFolder
from bot.collect.running.one_pass import Collector
from bot.collect.state.memory import Memory, open_memory
from bot.errors import NewsdeskError


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Where a collector reads and writes.

    Attributes:
        feeds_file: The feeds file.
        memory_file: Its memory.
        status_file: What it says of itself.
        seeds: The first seed folder of the bot's configuration; None if it has none.
        test_site: A domain of tests, as for `read_test_site`; empty in practice.
    """

    feeds_file: Path
    memory_file: Path
    status_file: Path
    seeds: Path | None = None
    test_site: str = ""

    def folder(self, feeds: FeedList) -> Path:
        """Find the folder that seed files are written to.

        Raises:
            NewsdeskError: None is configured.
        """
        folder = feeds.settings.folder or self.seeds
        if folder is None:
            cure = f"Set `folder` in {self.feeds_file}, or `seeds` in the configuration."
            raise NewsdeskError("There is no folder to write seed files to.", cure=cure)
        return folder

    @property
    def reach(self) -> Reach:
        """What may be fetched."""
        return Reach(site=read_test_site(self.test_site) if self.test_site else None)


@asynccontextmanager
async def open_collector(workplace: Workplace, feeds: FeedList, clock: Clock) -> AsyncIterator[Collector]:
    """Open the memory and a client for a pass.

    Raises:
        StoreLockedError: Another process collects with this memory.
        NewsdeskError: The memory or the folder can't be used.
    """
    folder = workplace.folder(feeds)
    with open_memory(workplace.memory_file) as memory:
        async with collecting(memory, workplace, feeds, SeedFolder(folder), clock) as collector:
            yield collector


@asynccontextmanager
async def collecting(
    memory: Memory, workplace: Workplace, feeds: FeedList, folder: SeedFolder, clock: Clock
) -> AsyncIterator[Collector]:
    """Open a client for a pass with an open memory."""
    async with open_client(workplace.reach, clock, contact=feeds.settings.contact) as client:
        yield Collector(feeds=feeds, memory=memory, client=client, folder=folder, clock=clock)
