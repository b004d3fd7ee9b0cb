"""What a member uploads comes onto their server's shelf whole, within the server's limits, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePath
from typing import Final

from bot.clock import Clock
from bot.errors import TooManyError
from bot.news.article import Seed, SeedProblem, ShelfId
from bot.news.content import ImportLimits, ImportReport, Room, require_room, room_left, text_bytes
from bot.seedfile.paths import read_upload
from bot.seedfile.seed import ENDINGS, shown_path
from bot.store.port.article import ArticleStore, PutReport
from bot.usecases.ingest.run import Import, batches

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
    """Put what a member uploaded on their server's shelf: every good seed of it, or nothing where they don't fit.

    Args:
        store: Where it goes.
        data: A seed file or a zip of them, whole.
        filename: As the member named it; its ending says which of them it is.
        shelf: The server's.
        by: The member.
        clock: What the hour's imports are counted by.
        limits: What the shelf may hold, counted before anything is stored.
        dry_run: Only say what would be done; it isn't counted as an import.

    Returns:
        What was done, and what still fits.

    Raises:
        BadInputError: By its name it is neither a seed nor a zip.
        ArchiveError: The zip is refused as a whole.
        TooManyError: A limit is reached; it says what is left.
    """
    run = Import(store, shelf, origin=shown_path(PurePath(filename).name), clock=clock, by=by)
    room = await room_of(store, shelf, limits, clock)
    if not room.imports:
        raise await _too_often(store, shelf, limits, clock)
    results = await asyncio.to_thread(read_upload, data, name=run.origin, shelf=shelf)
    seeds = [result for result in results if isinstance(result, Seed)]
    would = await store.compare_seeds(shelf, seeds)
    _require_room(room, seeds, would)
    if dry_run:
        run.count(would)
        run.problems.extend(result for result in results if isinstance(result, SeedProblem))
        return replace(run.report(), is_dry_run=True, left=room)
    for batch in batches(results):
        await run.put(batch)
    await run.put_rest()
    run.is_news = True
    report = await run.end(resolved={f"{run.origin}/{seed.article.stem}{end}" for seed in seeds for end in ENDINGS})
    return replace(report, left=await room_of(store, shelf, limits, clock))


async def room_of(store: ArticleStore, shelf: ShelfId, limits: ImportLimits, clock: Clock) -> Room:
    """What still fits on a server's shelf, and how many imports this hour still has."""
    imports = await store.imports_since(shelf, clock.now() - _HOUR)
    return room_left(limits, await store.shelf_size(shelf), imports=imports)


async def _too_often(store: ArticleStore, shelf: ShelfId, limits: ImportLimits, clock: Clock) -> TooManyError:
    records = await store.imports(shelf, limit=limits.imports_per_hour)
    oldest = min((record.at for record in records), default=clock.now())
    minutes = max(1, -(-(oldest + _HOUR - clock.now()) // timedelta(minutes=1)))
    reason = f"This server had its {limits.imports_per_hour} imports of this hour; none is left."
    return TooManyError(reason, cure=f"Try again in {minutes} min, best with one zip of all seeds.")


def _require_room(room: Room, seeds: Sequence[Seed], would: PutReport) -> None:
    """All of it fits, or none is stored. What changed articles took before isn't taken off: strict at the brim."""
    entering = {*would.added, *would.changed}
    texts = (
        text_bytes(article)
        for seed in seeds
        if seed.article.id in entering
        for article in (seed.article, *seed.coverage)
    )
    require_room(room, articles=len(would.added), size=sum(texts))
