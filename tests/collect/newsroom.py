"""A collector in a folder of a test, with a clock that the test sets."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.collect.feed import Feed, FeedList, Settings
from bot.collect.running.finishing import finish_pass
from bot.collect.running.opening import Workplace, open_collector
from bot.collect.running.report import PassReport
from bot.collect.state.memory import Memory, open_memory
from bot.seedfile.front import find_front_matter
from bot.seedfile.values import Value, read_values
from tests.support.clocks import ManualClock


@dataclass
class Newsroom:
    """Runs passes over some feeds; time passes only where a test says so."""

    folder: Path
    test_site: str
    clock: ManualClock
    feeds: list[Feed] = field(default_factory=list)
    settings: Settings = field(default_factory=lambda: Settings(pages=False))
    topic_words: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def news(self) -> Path:
        """Where seed files are written."""
        return self.folder / "news"

    @property
    def workplace(self) -> Workplace:
        """Where this collector reads and writes."""
        return Workplace(
            feeds_file=self.folder / "feeds.toml",
            memory_file=self.folder / "collect.sqlite3",
            status_file=self.folder / "collect.json",
            seeds=self.news,
            test_site=self.test_site,
        )

    def add(self, urls: str | Iterable[str], **options: object) -> None:
        """Add feeds."""
        for url in [urls] if isinstance(urls, str) else urls:
            self.feeds.append(Feed(url=url, **options))  # type: ignore[arg-type]  # a test's keywords

    async def collect(self, *, after: timedelta = timedelta(0)) -> PassReport:
        """Run a pass, a while after the last one."""
        self.clock.advance(after.total_seconds())
        feeds = FeedList(feeds=tuple(self.feeds), settings=self.settings, topic_words=self.topic_words)
        report = PassReport()
        async with open_collector(self.workplace, feeds, self.clock) as collector:
            await collector.run_pass(report)
            finish_pass(self.workplace, feeds, collector.memory, report, self.clock)
        return report

    def files(self) -> list[Path]:
        """All seed files, by name."""
        return sorted(self.news.glob("*/*.md"))

    def values(self) -> list[dict[str, Value]]:
        """The values of all seed files."""
        return [values_of(path) for path in self.files()]

    def titled(self, title: str) -> dict[str, Value]:
        """The values of the file of one title."""
        (found,) = [values for values in self.values() if values["title"] == title]
        return found

    def memory(self) -> AbstractContextManager[Memory]:
        """The memory, to look at."""
        return open_memory(self.workplace.memory_file, read_only=True)


def values_of(path: Path) -> dict[str, Value]:
    """The values of a seed file."""
    front = find_front_matter(path.read_bytes())
    assert front is not None
    return read_values(front)[0]
