"""Import or check the seed files, zips and folders given on a command line, even if they are unchanged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from bot.clock import Clock
from bot.news.article import Seed, ShelfId
from bot.news.content import CheckReport, ImportReport
from bot.seedfile.paths import read_paths
from bot.store.port.article import ArticleStore
from bot.usecases.ingest.findings import Findings
from bot.usecases.ingest.run import BATCH, Import


async def ingest_files(store: ArticleStore, paths: Sequence[Path], shelf: ShelfId, *, clock: Clock) -> ImportReport:
    """Import seed files, zips and folders into a shelf; reads every file, even if it is unchanged."""
    origin = str(paths[0]) if len(paths) == 1 else f"{len(paths)} files"
    run = Import(store, shelf, origin=origin, clock=clock)
    results = read_paths(paths, shelf, now=clock.now())
    while batch := await asyncio.to_thread(lambda: list(islice(results, BATCH))):
        await run.put(batch)
    await run.put_rest()
    run.is_news = True
    return await run.end(was_read=lambda _: True)


def check_files(paths: Sequence[Path], shelf: ShelfId, *, clock: Clock) -> CheckReport:
    """Validate seed files, zips and folders without storing anything."""
    findings = Findings()
    articles = 0
    for result in read_paths(paths, shelf, now=clock.now()):
        findings.add(result)
        articles += isinstance(result, Seed)
    return CheckReport(
        articles=articles,
        problems=tuple(findings.problems),
        notes=tuple(findings.notes),
        others=findings.others,
    )
