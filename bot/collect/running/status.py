"""Leave a status file for the bot, its metrics and `newsdesk doctor`."""

from __future__ import annotations

import json
import os
from pathlib import Path

from bot.clock import Clock
from bot.collect.feed import FeedList
from bot.collect.running.report import PassReport
from bot.collect.state.memory import Memory
from bot.news.checkup.collector import FAILING_AFTER, CollectorStatus, FailingFeed, status_record


def pass_status(feeds: FeedList, memory: Memory, report: PassReport, clock: Clock) -> CollectorStatus:
    """Sum up a pass, and which feeds have failed for a week."""
    now = clock.now()
    states = [memory.feed(feed.url) for feed in feeds.feeds]
    named = tuple(
        FailingFeed(url=state.url, name=feed.name or state.title or state.url, since=since, trouble=state.trouble)
        for feed, state in zip(feeds.feeds, states, strict=True)
        if (since := state.failing_since) is not None and (state.is_gone or now - since >= FAILING_AFTER)
    )
    return CollectorStatus(
        at=now,
        every_s=feeds.settings.every_minutes * 60,
        feeds=len(states),
        failing=sum(state.failing_since is not None for state in states),
        named=named,
        articles=memory.count_entries(),
        requests=report.requests,
        pages=report.pages,
        added=len(report.added),
        changed=len(report.changed),
        seconds=round(report.seconds, 3),
    )


def write_status(path: Path, status: CollectorStatus) -> None:
    """Write the status file; a reader sees all of the old one or all of the new one.

    Raises:
        OSError: It can't be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(json.dumps(status_record(status)), encoding="utf-8")
    temporary.replace(path)
