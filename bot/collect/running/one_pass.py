"""One pass: ask all feeds that are due, look at pages, judge what is new, write its files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.collect.feed import Feed, FeedList
from bot.collect.fetch.client import Client
from bot.collect.judgement.judge import WINDOW, Judge
from bot.collect.records.files import SeedFolder
from bot.collect.running.asking import Asker
from bot.collect.running.paging import PageReader
from bot.collect.running.provider import provider_of
from bot.collect.running.report import OnFeed, PassReport
from bot.collect.running.writing import Writer
from bot.collect.state.memory import Memory
from bot.collect.state.values import Entry
from bot.news.article import Provider

REMEMBERED: Final = timedelta(days=180)
"""How long an item stays known that its feed may still list; older ones are too old to be taken again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Everything that a pass needs."""

    feeds: FeedList
    memory: Memory
    client: Client
    folder: SeedFolder
    clock: Clock

    async def run_pass(self, report: PassReport, on_feed: OnFeed = lambda _: None) -> None:
        """Run a pass; what is wrong with a feed, a page or a file is in the report, and the rest is done."""
        began_s = self.clock.uptime()
        await self._ask_all(report, on_feed)
        report.pages = await PageReader(client=self.client, memory=self.memory, clock=self.clock).read_pages()
        await self._write(report)
        with self.memory.transaction():
            self.memory.forget_entries(self.clock.now() - REMEMBERED)
        report.seconds = self.clock.uptime() - began_s

    async def _ask_all(self, report: PassReport, on_feed: OnFeed) -> None:
        asker = Asker(client=self.client, memory=self.memory, settings=self.feeds.settings, clock=self.clock)

        async def ask(feed: Feed) -> None:
            line = await asker.ask(feed)
            report.lines.append(line)
            report.requests += line.result != "waiting"
            moved_to = self.memory.feed(feed.url).moved_to
            if moved_to:
                report.moved.append((feed.url, moved_to))
            on_feed(line)

        await asyncio.gather(*map(ask, self.feeds.feeds))

    async def _write(self, report: PassReport) -> None:
        dirty = self.memory.dirty_entries()
        if not dirty:
            return
        self.folder.sweep()
        sources = self._sources()
        judge = Judge(feed_of=sources.feed, provider_of=sources.provider, topic_words=self.feeds.topic_words)
        writer = Writer(memory=self.memory, folder=self.folder, clock=self.clock, report=report)
        await writer.write(judge.judge(self._to_judge(dirty)))

    def _to_judge(self, dirty: Sequence[Entry]) -> list[Entry]:
        """List the articles that new ones are compared with: those of the days before and after them."""
        oldest = min(entry.published_at for entry in dirty)
        since = max(oldest, self.clock.now() - WINDOW) - WINDOW / 2
        entries = {entry.id: entry for entry in self.memory.entries_since(since)}
        return list((entries | {entry.id: entry for entry in dirty}).values())

    def _sources(self) -> _Sources:
        states = {state.url: (state.title, state.site) for state in self.memory.feeds()}
        return _Sources(feeds={feed.url: feed for feed in self.feeds.feeds}, states=states)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sources:
    """Settings and names of the feeds that entries are from."""

    feeds: dict[str, Feed]
    states: dict[str, tuple[str, str]]

    def feed(self, entry: Entry) -> Feed:
        """Find the settings of an entry's feed; one that was removed from the file has none."""
        return self.feeds.get(entry.feed) or Feed(url=entry.feed)

    def provider(self, entry: Entry) -> Provider:
        title, site = self.states.get(entry.feed, ("", ""))
        return provider_of(entry.item, self.feed(entry), title=title, site=site)
