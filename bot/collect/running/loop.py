"""Passes by the clock; the feeds file is read again before each, so that a change needs no restart."""

from __future__ import annotations

import structlog

from bot.clock import Clock
from bot.collect.feed import FeedList
from bot.collect.feeds.file import read_feeds
from bot.collect.records.files import SeedFolder
from bot.collect.running.finishing import finish_pass
from bot.collect.running.opening import Workplace, collecting
from bot.collect.running.report import PassReport
from bot.collect.state.memory import open_memory
from bot.errors import ConfigError

log = structlog.get_logger(__name__)


async def collect_by_the_clock(workplace: Workplace, clock: Clock) -> None:
    """Run passes until cancelled.

    Raises:
        ConfigError: The feeds file can't be used at the start; later the feeds before the change stay in use.
        StoreLockedError: Another process collects with this memory.
    """
    feeds = read_feeds(workplace.feeds_file)
    folder = workplace.folder(feeds)
    with open_memory(workplace.memory_file) as memory:
        log.info("collecting", feeds=len(feeds.feeds), folder=str(folder), every_minutes=feeds.settings.every_minutes)
        while True:
            began_s = clock.uptime()
            feeds = _read_again(workplace, feeds)
            report = PassReport()
            async with collecting(memory, workplace, feeds, SeedFolder(workplace.folder(feeds)), clock) as collector:
                await collector.run_pass(report)
            for old, new in finish_pass(workplace, feeds, memory, report, clock):
                log.info("a feed has moved; its address was changed", old=old, new=new)
            _log_pass(report)
            await clock.sleep(max(1.0, feeds.settings.every_minutes * 60 - (clock.uptime() - began_s)))


def _read_again(workplace: Workplace, feeds: FeedList) -> FeedList:
    try:
        return read_feeds(workplace.feeds_file)
    except ConfigError as error:
        log.warning("the feeds file can't be used; the feeds before the change stay in use", reason=str(error))
        return feeds


def _log_pass(report: PassReport) -> None:
    results = report.results
    for line in report.lines:
        if line.result == "failed":
            log.warning("a feed failed", feed=line.url, reason=line.said)
    for problem in report.problems():
        log.warning("a file is not up to date", reason=problem)
    log.info(
        "pass done",
        new=results["new"],
        same=results["same"],
        not_due=results["waiting"],
        failed=results["failed"],
        written=len(report.added),
        changed=len(report.changed),
        seconds=round(report.seconds, 1),
    )
