"""Import a member's upload into their server's shelf: completely and within the server's limits, or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePath
from typing import Final

from bot.clock import Clock
from bot.errors import TooManyError
from bot.news.article import Seed, ShelfId
from bot.news.content import ImportLimits, ImportReport, Room, require_room, room_left
from bot.seedfile.paths import read_upload
from bot.seedfile.seed import shown_path
from bot.store.port.article import ArticleStore
from bot.usecases.ingest.run import Import, batches
from bot.usecases.ingest.source import Source

_HOUR: Final = timedelta(hours=1)


async def ingest_upload(
    store: ArticleStore,
    data: bytes,
    filename: str,
    shelf: ShelfId,
    *,
    by: int,
    clock: Clock,
    limits: ImportLimits,
    dry_run: bool = False,
) -> ImportReport:
    """Import an upload into a server's shelf: every good seed, or nothing if they exceed a limit.

    Args:
        store: The store of articles.
        data: The whole seed file or zip.
        filename: The upload's file name; its extension says which of the two it is.
        shelf: The server's shelf.
        by: The member's id.
        clock: Counts the imports of the last hour.
        limits: The shelf's limits, checked before anything is stored.
        dry_run: Report what would change without storing it; it doesn't count as an import.

    Returns:
        The report of the import, with the remaining quota.

    Raises:
        BadInputError: The extension is neither a seed's nor a zip's.
        ArchiveError: The whole zip is rejected.
        TooManyError: A limit is exceeded; the message says what is left.
    """
    run = Import(store, shelf, origin=shown_path(PurePath(filename).name), clock=clock, by=by)
    room = await room_of(store, shelf, limits, clock)
    if not room.imports:
        raise await _too_often(store, shelf, limits, clock)
    results = await asyncio.to_thread(read_upload, data, name=run.origin, shelf=shelf, now=clock.now())
    source = Source(shown=run.origin)
    seeds = [source.placed(result) for result in results if isinstance(result, Seed)]
    run.expect(seeds)
    would = await store.compare_seeds(shelf, seeds, fates=await run.fates_for(seeds))
    # The old size of changed articles still counts, which is on the safe side.
    require_room(room, articles=len(would.added), size=would.text_bytes)
    if dry_run:
        run.sources.append(source)
        run.count(would)
        for result in results:
            run.findings.add(result)
        return replace(run.report(), is_dry_run=True, left=room)
    for batch in batches(results):
        await run.put(batch, source)
    await run.put_rest()
    run.is_news = True
    report = await run.end(was_read=lambda _: True)
    return replace(report, left=await room_of(store, shelf, limits, clock))


async def room_of(store: ArticleStore, shelf: ShelfId, limits: ImportLimits, clock: Clock) -> Room:
    """Compute a server's remaining quota: articles, bytes, and imports this hour."""
    imports = await store.imports_since(shelf, clock.now() - _HOUR)
    return room_left(limits, await store.shelf_size(shelf), imports=imports)


async def _too_often(store: ArticleStore, shelf: ShelfId, limits: ImportLimits, clock: Clock) -> TooManyError:
    records = await store.imports(shelf, limit=limits.imports_per_hour)
    oldest = min((record.at for record in records), default=clock.now())
    minutes = max(1, -(-(oldest + _HOUR - clock.now()) // timedelta(minutes=1)))
    reason = f"This server has used its quota of {limits.imports_per_hour} imports per hour."
    return TooManyError(reason, cure=f"Try again in {minutes} min; one zip of all seeds counts as one import.")
