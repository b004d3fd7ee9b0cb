"""Look at the pages of items that lack a date, an excerpt or a picture, once for each item, a few of a site a pass."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import structlog

from bot.clock import Clock
from bot.collect.fetch.client import LARGEST_PAGE, Client
from bot.collect.fetch.robots import Robots
from bot.collect.fetched import Fetched
from bot.collect.item import Item
from bot.collect.items.addresses import publisher_of
from bot.collect.items.page import completed, read_page
from bot.collect.state.memory import Memory
from bot.collect.state.values import Entry
from bot.text.pages import page_key

log = structlog.get_logger(__name__)

MOST_OF_A_SITE: Final = 20
"""Pages of one publisher, and of one feed, in a pass; the others follow in the next passes."""

LONGEST_S: Final = 120.0
"""After this many seconds no further page is asked for in a pass: new articles wait for it to be written."""

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
        until_s = self.clock.uptime() + LONGEST_S
        counts = await asyncio.gather(*(self._read_site(each, robots, until_s) for each in self._by_site()))
        return sum(counts)

    def _by_site(self) -> list[list[Entry]]:
        """List the items of this pass for each publisher: a feed may link to as many sites as it likes."""
        by_site: defaultdict[str, list[Entry]] = defaultdict(list)
        of_feed: Counter[str] = Counter()
        for entry in self.memory.entries_without_page(self.clock.now() - NEWEST):
            site = by_site[publisher_of(entry.item.url)]
            if len(site) < MOST_OF_A_SITE and of_feed[entry.feed] < MOST_OF_A_SITE:
                of_feed[entry.feed] += 1
                site.append(entry)
        return list(by_site.values())

    async def _read_site(self, entries: Sequence[Entry], robots: Robots, until_s: float) -> int:
        requests = 0
        for entry in entries:
            if self.clock.uptime() > until_s:
                break
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
                    item = _completed(item, outcome)
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


def _completed(item: Item, fetched: Fetched) -> Item:
    """Complete an item by its page, unless the page can't be read: one page must not end a pass."""
    try:
        return completed(item, read_page(fetched))
    except Exception:
        log.exception("a page can't be read", page=item.url)
        return item
