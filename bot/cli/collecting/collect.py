"""`newsdesk collect`: turn feeds into seed files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bot.app.config import Config
from bot.app.supply.collector import memory_file, status_file
from bot.cli.collecting.workplace import feeds_file, needing_the_extra
from bot.cli.output.line import Line
from bot.cli.session import Session
from bot.cli.store import configure
from bot.clock import SystemClock
from bot.render.format.number import count_of

with needing_the_extra():
    from bot.collect.feed import FeedList
    from bot.collect.feeds.file import read_feeds
    from bot.collect.records.files import DryFolder
    from bot.collect.running.finishing import finish_pass
    from bot.collect.running.loop import collect_by_the_clock
    from bot.collect.running.opening import Workplace, collecting, open_collector
    from bot.collect.running.report import FeedLine, OnFeed, PassReport
    from bot.collect.running.until_signal import run_until_signal
    from bot.collect.state.memory import open_copy


def run_collect(session: Session, *, once: bool, is_dry: bool, until_eof: bool = False) -> int:
    """Run one pass, or passes by the clock until SIGTERM.

    Args:
        session: The invocation.
        once: Run one pass and return.
        is_dry: Run one pass that writes nothing, and show what it would write.
        until_eof: End passes by the clock also when standard input is closed.

    Returns:
        The exit status: 1 if a file could not be written.

    Raises:
        NewsdeskError: The feeds file can't be used, or another process collects.
    """
    config = configure(session, in_background=not once)
    workplace = workplace_of(config)
    if not once:
        asyncio.run(run_until_signal(collect_by_the_clock(workplace, SystemClock()), until_eof=until_eof))
        return 0
    feeds = read_feeds(workplace.feeds_file)
    report = PassReport()
    run = _show_dry if is_dry else _run_once
    asyncio.run(run_until_signal(run(session, workplace, feeds, report)))
    session.out.show(*_summary(report, is_dry=is_dry))
    return 1 if any(report.problems()) else 0


def workplace_of(config: Config) -> Workplace:
    """Find where the collector of a configuration reads and writes."""
    return Workplace(
        feeds_file=feeds_file(config),
        memory_file=memory_file(config.database),
        status_file=status_file(config.database),
        seeds=config.seeds[0] if config.seeds else None,
        test_site=config.feeds_test_site,
    )


async def _run_once(session: Session, workplace: Workplace, feeds: FeedList, report: PassReport) -> None:
    clock = SystemClock()
    async with open_collector(workplace, feeds, clock) as collector:
        with _progress(session, len(feeds.feeds)) as on_feed:
            await collector.run_pass(report, on_feed)
        for old, new in finish_pass(workplace, feeds, collector.memory, report, clock):
            session.err.show(Line(text=f"{old} has moved to {new}; the feeds file was changed.", hanging=2))


async def _show_dry(session: Session, workplace: Workplace, feeds: FeedList, report: PassReport) -> None:
    clock, folder = SystemClock(), DryFolder(workplace.folder(feeds))
    with open_copy(workplace.memory_file) as memory:
        async with collecting(memory, workplace, feeds, folder, clock) as collector:
            with _progress(session, len(feeds.feeds)) as on_feed:
                await collector.run_pass(report, on_feed)
    for name, text in folder.written.items():
        session.out.show(Line(text=f"{folder.path / name}:", kind="heading"), *map(_text_line, text.splitlines()))


def _text_line(text: str) -> Line:
    return Line(text=text, level=1)


@contextmanager
def _progress(session: Session, total: int) -> Iterator[OnFeed]:
    """Show a bar if a person watches, else one line a feed."""
    if not session.err.is_terminal:
        yield lambda line: session.err.show(_feed_line(line))
        return
    with typer.progressbar(length=total, label="feeds", file=session.err.stream) as bar:
        yield lambda _: bar.update(1)


def _feed_line(line: FeedLine) -> Line:
    return Line(text=f"{line.name}: {line.said}", kind="trouble" if line.result == "failed" else "body", hanging=2)


def _summary(report: PassReport, *, is_dry: bool) -> Iterator[Line]:
    for problem in report.problems():
        yield Line(text=problem, kind="trouble", hanging=2)
    results, verb = report.results, "to write" if is_dry else "written"
    failed = f", {results['failed']} failed" if results["failed"] else ""
    waiting = f", {results['waiting']} not due" if results["waiting"] else ""
    yield Line(
        text=f"{count_of(len(report.lines), 'feed')}{failed}{waiting}: {count_of(len(report.added), 'file')} {verb},"
        f" {len(report.changed)} changed",
        kind="heading",
    )
