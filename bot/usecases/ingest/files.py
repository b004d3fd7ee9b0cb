"""Import or check the seed files, zips and folders given on a command line, even if they are unchanged."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from bot.clock import Clock
from bot.news.article import ReadFile, Seed, SeedNote, ShelfId
from bot.news.content import CheckReport, ImportReport
from bot.news.identity import links_of
from bot.seedfile.paths import is_named_like_a_zip, read_path
from bot.seedfile.seed import copy_of
from bot.store.port.article import ArticleStore
from bot.threads import compute
from bot.usecases.ingest.findings import Findings
from bot.usecases.ingest.run import BATCH, Import
from bot.usecases.ingest.source import Source


async def ingest_files(store: ArticleStore, paths: Sequence[Path], shelf: ShelfId, *, clock: Clock) -> ImportReport:
    """Import seed files, zips and folders into a shelf; reads every file, even if it is unchanged."""
    origin = str(paths[0]) if len(paths) == 1 else f"{len(paths)} files"
    run = Import(store, shelf, origin=origin, clock=clock)
    for path in paths:
        source = await compute(_source_of, path)
        results = read_path(path, shelf, now=clock.now())
        while batch := await compute(list, islice(results, BATCH)):
            await run.put(batch, source)
    await run.put_rest()
    run.is_news = True
    return await run.end(was_read=lambda _: True)


def _source_of(path: Path) -> Source:
    """Resolve a folder or zip, or the folder that a seed file is in: its name is below that."""
    is_folder = path.is_dir()
    folder = path if is_folder or is_named_like_a_zip(path.name) else path.parent
    return Source(shown=str(folder), real=os.path.realpath(folder), is_folder=is_folder or folder != path)


def check_files(paths: Sequence[Path], shelf: ShelfId, *, clock: Clock) -> CheckReport:
    """Validate seed files, zips and folders without storing anything."""
    findings = Findings()
    articles = 0
    for result in _without_copies(result for path in paths for result in read_path(path, shelf, now=clock.now())):
        findings.add(result)
        articles += isinstance(result, Seed)
    return CheckReport(
        articles=articles,
        problems=tuple(findings.problems),
        notes=tuple(findings.notes),
        others=findings.others,
    )


def _without_copies(results: Iterable[ReadFile | SeedNote]) -> Iterator[ReadFile | SeedNote]:
    """Reject every seed that has the name and a link of an earlier one, as an import does."""
    firsts: dict[tuple[str, str], str] = {}
    for result in results:
        if not isinstance(result, Seed):
            yield result
            continue
        named = [(result.article.stem, link) for link in sorted(links_of(result.article))]
        first = next((firsts[each] for each in named if each in firsts), None)
        if first is None:
            firsts.update(dict.fromkeys(named, result.path))
        yield result if first is None else copy_of(result.path, first)
