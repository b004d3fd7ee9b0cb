"""Look at the pages of items that lack a date, an excerpt or a picture, once for each item, a few of a site a pass."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.collect.fetch.client import LARGEST_PAGE, Client
from bot.collect.fetch.robots import Robots
from bot.collect.fetched import Fetched
from bot.collect.items.page import completed, read_page
from bot.collect.state.memory import Memory
from bot.collect.state.values import Entry
from bot.text.links import domain_of
from bot.text.pages import page_key

MOST_OF_A_SITE: Final = 20
"""Pages of one site in a pass; the others follow in the next passes."""

NEWEST: Final = timedelta(days=3)
"""Older items are written as their feeds have them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReader:
    """Completes items by their pages."""

    client: Client
    memory: Memory
    clock: Clock

    async def read_pages(self) -> int:
        """Fetch the pages of new items; returns the number of requests."""
        robots = Robots(self.client)
        by_site: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self.memory.entries_without_page(self.clock.now() - NEWEST):
            by_site[domain_of(entry.item.url)].append(entry)
        counts = await asyncio.gather(*(self._read_site(entries, robots) for entries in by_site.values()))
        return sum(counts)

    async def _read_site(self, entries: Sequence[Entry], robots: Robots) -> int:
        requests = 0
        for entry in entries[:MOST_OF_A_SITE]:
            item = entry.item
            if not self.client.reach.refusal(item.url) and await robots.allows(item.url):
                requests += 1
                outcome = await self.client.fetch(item.url, limit=LARGEST_PAGE, accept="text/html,*/*;q=0.5")
                is_page = isinstance(outcome, Fetched) and outcome.content_type in {
                    "text/html",
                    "application/xhtml+xml",
                    "",
                }
                if isinstance(outcome, Fetched) and is_page:
                    item = completed(item, read_page(outcome))
            self._keep(replace(entry, item=item, is_page_done=True))
        return requests

    def _keep(self, entry: Entry) -> None:
        """Store a completed item; one whose canonical page is another item's is left out."""
        page = page_key(entry.item.url)
        published_at = min(entry.item.published_at or entry.published_at, self.clock.now())
        entry = replace(entry, is_dirty=True, published_at=published_at)
        other = self.memory.entry_of_page(page)
        if other is not None and other.id != entry.id:
            reason = f"the same page as {other.item.title}"
            entry = replace(entry, verdict="" if entry.written else reason, is_dirty=entry.written is not None)
        else:
            entry = replace(entry, page=page)
        with self.memory.transaction():
            self.memory.change_entry(entry)
