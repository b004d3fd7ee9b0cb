"""Import a member's upload into their server's shelf: completely and within the server's limits, or not at all.

It is one transaction on the server's own file. How much of the disk it needs shows only then: if that is more than the
server may use, or if it takes too long, the shelf is as it was.

The file is read in a process of its own (`bot.seedfile.processes.uploads`), once; of all its seeds only what says which
articles they are is held at a time, until it is known that they fit.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Final

from bot.clock import Clock
from bot.errors import Limit, StoreFullError, TooManyError
from bot.news.article import ReadFile, Seed, SeedNote, ShelfId
from bot.news.content import ImportLimits, ImportReport, Room, no_room, require_room, room_left, seed_bytes
from bot.seedfile.paths import require_upload
from bot.seedfile.processes.uploads import ReadUpload
from bot.seedfile.seed import shown_path
from bot.store.port.article import ArticleStore, PutReport
from bot.threads import WorksFor, compute, working_for
from bot.usecases.ingest.run import LARGE, Import
from bot.usecases.ingest.source import Source
from bot.usecases.ingest.turns import ImportTurns

_HOUR: Final = timedelta(hours=1)

Fetch = Callable[[Path], Awaitable[None]]
"""Writes an upload to a path."""


async def ingest_upload(
    store: ArticleStore,
    fetch: Fetch,
    filename: str,
    shelf: ShelfId,
    *,
    turns: ImportTurns,
    clock: Clock,
    limits: ImportLimits,
    dry_run: bool = False,
) -> ImportReport:
    """Import an upload into a server's shelf: every good seed, or nothing if they exceed a limit.

    It is counted before anything of it is fetched, dry runs and uploads that are rejected then, too.

    Args:
        store: The store of articles.
        fetch: Writes the seed file or zip to a path.
        filename: The upload's file name; its extension says which of the two it is.
        shelf: The server's shelf.
        turns: Lets one import of a shelf run at a time: two could use the same room; and reads the file.
        clock: Counts the imports of the last hour.
        limits: The shelf's limits, checked before anything is stored.
        dry_run: Report what would change without storing it.

    Returns:
        The report of the import, with the remaining quota.

    Raises:
        BadInputError: The extension is neither a seed's nor a zip's; this isn't counted.
        ArchiveError: The whole zip is rejected.
        TooManyError: A limit is exceeded; the message says what is left. Nothing was stored.
    """
    require_upload(filename)
    origin = shown_path(PurePath(filename).name)
    async with turns.turn(shelf):
        now = clock.now()
        if not await store.begin_import(shelf, at=now, since=now - _HOUR, limit=limits.imports_per_hour):
            raise await _too_often(store, shelf, limits, now)
        with TemporaryDirectory(prefix="newsdesk-import-") as folder, working_for(WorksFor.UPLOADS):
            path, results = Path(folder) / "upload", Path(folder) / "results"
            try:
                async with asyncio.timeout(limits.longest_s):
                    await fetch(path)
                    found = await turns.read(path, name=origin, shelf=shelf, now=now, results=results)
                    if dry_run:
                        return await _compare(store, found, origin, limits, clock)
                    report = await _ingest(store, found, origin, limits, clock)
            except TimeoutError:
                raise _too_slow(limits) from None
            except StoreFullError:
                raise no_room(await room_of(store, shelf, limits, clock)) from None
            await _optimize(store, shelf, report, limits)
            return report


async def _ingest(
    store: ArticleStore, read: ReadUpload, origin: str, limits: ImportLimits, clock: Clock
) -> ImportReport:
    """Store an upload in one transaction."""
    shelf = read.shelf
    async with store.as_one(shelf, most_bytes=limits.file_bytes) as whole:
        run = Import(whole, shelf, origin=origin, clock=clock, seen_at=clock.now())
        source = Source(shown=origin)
        await _require_room(run, whole, read, source, limits, clock)
        async for result in _results(read):
            await run.put([result], source)
        await run.put_rest()
        run.is_news = True
        report = await run.end(was_read=lambda _: True)
        report = replace(report, left=await room_of(whole, shelf, limits, clock))
        await run.mark_as_seen_now()
    return report


async def _optimize(store: ArticleStore, shelf: ShelfId, report: ImportReport, limits: ImportLimits) -> None:
    """Merge the index after many changes; of a full shelf always, since what was replaced is only then forgotten."""
    is_half_full = report.left is not None and report.left.bytes < limits.file_bytes / 2
    changes = report.added + report.changed
    if changes >= LARGE or (changes and is_half_full):
        with suppress(StoreFullError):  # it needs room for a moment
            await store.optimize(shelf)


async def _compare(
    store: ArticleStore, read: ReadUpload, origin: str, limits: ImportLimits, clock: Clock
) -> ImportReport:
    """Report what would be stored; what it needs on disk isn't known."""
    run, source = Import(store, read.shelf, origin=origin, clock=clock), Source(shown=origin)
    would, room = await _require_room(run, store, read, source, limits, clock)
    run.sources.append(source)
    run.count(would)
    async for result in _results(read):
        run.findings.add(result)
    return replace(run.report(), is_dry_run=True, left=room)


async def _require_room(
    run: Import, store: ArticleStore, read: ReadUpload, source: Source, limits: ImportLimits, clock: Clock
) -> tuple[PutReport, Room]:
    seeds = [_outline(source.placed(each)) async for each in _results(read) if isinstance(each, Seed)]
    run.expect(seeds)
    would = await store.compare_seeds(read.shelf, seeds, fates=await run.fates_for(seeds))
    room = await room_of(store, read.shelf, limits, clock)
    # Changed articles take what they take already.
    require_room(room, articles=len(would.added), size=would.text_bytes)
    return would, room


async def _results(read: ReadUpload) -> AsyncIterator[ReadFile | SeedNote]:
    """Load what was read a batch at a time, in a thread of the uploads' own."""
    batches = read.batches()
    while batch := await compute(next, batches, None):
        for result in batch:
            yield result


def _outline(seed: Seed) -> Seed:
    """Leave out of a seed the texts that nothing is compared by, and note its size."""
    article = replace(seed.article, excerpt="", topics=(), pictures=())
    return replace(seed, article=article, coverage=(), notes=(), measured=seed_bytes(seed))


async def room_of(store: ArticleStore, shelf: ShelfId, limits: ImportLimits, clock: Clock) -> Room:
    """Compute a server's remaining quota: articles, bytes, and imports this hour."""
    now = clock.now()
    imports = await store.imports_begun(shelf, since=now - _HOUR, until=now)
    return room_left(limits, await store.shelf_size(shelf), imports=len(imports))


async def _too_often(store: ArticleStore, shelf: ShelfId, limits: ImportLimits, now: datetime) -> TooManyError:
    oldest = min(await store.imports_begun(shelf, since=now - _HOUR, until=now), default=now)
    minutes = max(1, -(-(oldest + _HOUR - now) // timedelta(minutes=1)))
    reason = f"This server has used its quota of {limits.imports_per_hour} imports per hour."
    cure = f"Try again in {minutes} min; one zip of all seeds counts as one import."
    return TooManyError(reason, limit=Limit.HOURLY_IMPORTS, cure=cure)


def _too_slow(limits: ImportLimits) -> TooManyError:
    return TooManyError(
        f"The import was stopped: it took longer than {limits.longest_s:g} seconds. Nothing was imported.",
        limit=Limit.IMPORT_TIME,
        cure="Split the file into several, and import them one after the other.",
    )
