"""Import or check the seed files, zips and folders given on a command line, even if they are unchanged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from bot.clock import Clock
from bot.news.article import SeedProblem, ShelfId
from bot.news.content import CheckReport, ImportReport
from bot.seedfile.paths import read_paths
from bot.seedfile.seed import shown_path
from bot.store.port.article import ArticleStore
from bot.usecases.ingest.run import BATCH, Import


async def ingest_files(store: ArticleStore, paths: Sequence[Path], shelf: ShelfId, *, clock: Clock) -> ImportReport:
    """Import seed files, zips and folders into a shelf; reads every file, even if it is unchanged."""
    origin = str(paths[0]) if len(paths) == 1 else f"{len(paths)} files"
    run = Import(store, shelf, origin=origin, clock=clock)
    results = read_paths(paths, shelf)
    while batch := await asyncio.to_thread(lambda: list(islice(results, BATCH))):
        await run.put(batch)
    await run.put_rest()
    run.is_news = True
    return await run.end(resolved={shown_path(str(path)) for path in paths})


def check_files(paths: Sequence[Path], shelf: ShelfId) -> CheckReport:
    """Validate seed files, zips and folders without storing anything."""
    results = list(read_paths(paths, shelf))
    problems = tuple(result for result in results if isinstance(result, SeedProblem))
    return CheckReport(articles=len(results) - len(problems), problems=problems)
