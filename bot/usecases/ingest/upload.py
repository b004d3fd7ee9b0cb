"""Import a member's upload into their server's shelf: completely and within the server's limits, or not at all.

First it is read and compared, and what it would change is shown; then exactly that is imported, in one transaction on
the server's own file. How much of the disk it needs shows only then: if that is more than the server may use, or if it
takes too long, the shelf is as it was. Each file is read in a
process of its own (`bot.seedfile.processes.uploads`), once; of all its seeds only what says which articles they are is
held at a time, until it is known that they fit.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from tempfile import mkdtemp
from typing import Final

from bot.clock import Clock
from bot.errors import BadInputError, ImportOutdatedError, Limit, StoreFullError, TooManyError
from bot.news.article import Seed, ShelfId
from bot.news.content import (
    ImportLimits,
    ImportReport,
    Room,
    SeedChange,
    changed_fields,
    no_room,
    require_room,
    room_left,
    seed_bytes,
)
from bot.news.servers.log import Done
from bot.seedfile.paths import is_named_like_a_zip, require_upload
from bot.seedfile.seed import shown_path
from bot.store.port.article import ArticleStore, PutReport
from bot.threads import WorksFor, compute, working_for
from bot.usecases.ingest.run import LARGE, Import
from bot.usecases.ingest.source import Source
from bot.usecases.ingest.staging import Staged, StagedFile, Staging, new_token
from bot.usecases.ingest.turns import ImportTurns

MOST_FILES: Final = 10
"""Of an upload: as many as a message can have."""

_HOUR: Final = timedelta(hours=1)

_AT_ONCE: Final = 200
"""Changed articles that are compared with the stored ones at a time."""

Fetch = Callable[[Path], Awaitable[None]]
"""Writes an upload to a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An uploaded file that is yet to be fetched: its name, whose extension says what it is, and how to fetch it."""

    name: str
    fetch: Fetch


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """What an import would do, and the token by which it can be imported."""

    report: ImportReport
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """Imports uploads.

    Attributes:
        store: The store of articles.
        turns: Lets one import of a shelf run at a time: two could use the same room; and reads the files.
        staging: Keeps what was read until it is imported.
        clock: Counts the imports of the last hour.
        limits: The shelf's limits, checked before anything is stored.
    """

    store: ArticleStore
    turns: ImportTurns
    staging: Staging
    clock: Clock
    limits: ImportLimits

    async def preview(self, uploads: Sequence[Upload], shelf: ShelfId) -> Previewed:
        """Read an upload and report what would change, without storing it: seed files, or one zip of them.

        It is counted before anything of it is fetched, uploads that are rejected then, too.

        Raises:
            BadInputError: an extension is neither a seed's nor a zip's, two files have one name, or a zip isn't alone;
                this isn't counted.
            ArchiveError: the whole zip is rejected.
            TooManyError: a limit is exceeded; the message says what is left.
        """
        names = _names_of(uploads)
        async with self.turns.turn(shelf):
            staged, report = await self._stage(names, uploads, shelf)
            self.staging.add(staged)
            return Previewed(report=report, token=staged.token)

    async def put_at_once(self, uploads: Sequence[Upload], shelf: ShelfId, *, deed_id: int | None) -> ImportReport:
        """Import what somebody has seen already, without a preview; counted, and raises, as `preview` and `put`.

        Args:
            uploads: As for `preview`.
            shelf: The server's.
            deed_id: The interaction of the member who imports; they log it as something else than an import.
        """
        names = _names_of(uploads)
        async with self.turns.turn(shelf):
            staged, _ = await self._stage(names, uploads, shelf)
            try:
                return await self._put_in_time(staged, deed_id)
            finally:
                await compute(shutil.rmtree, staged.folder, ignore_errors=True)

    async def _stage(
        self, names: Sequence[str], uploads: Sequence[Upload], shelf: ShelfId
    ) -> tuple[Staged, ImportReport]:
        """Fetch, read and compare an upload, within a turn."""
        now = self.clock.now()
        limit = self.limits.imports_per_hour
        if not await self.store.begin_import(shelf, at=now, since=now - _HOUR, limit=limit):
            raise await self._too_often(shelf, now)
        folder = Path(await compute(mkdtemp, prefix="newsdesk-import-"))
        try:
            with working_for(WorksFor.UPLOADS):
                async with asyncio.timeout(self.limits.longest_s):
                    files = [
                        await self._read(name, upload.fetch, shelf, folder / f"{number}", now)
                        for number, (name, upload) in enumerate(zip(names, uploads, strict=True))
                    ]
                    staged = Staged(
                        token=new_token(),
                        shelf=shelf,
                        origin=_origin_of(names),
                        files=files,
                        folder=folder,
                        since_s=self.clock.uptime(),
                    )
                    return staged, await self.compare(staged)
        except BaseException as error:
            await compute(shutil.rmtree, folder, ignore_errors=True)
            if isinstance(error, TimeoutError):
                raise self._too_slow() from None
            raise

    async def _read(self, name: str, fetch: Fetch, shelf: ShelfId, path: Path, now: datetime) -> StagedFile:
        await fetch(path)
        read = await self.turns.read(path, name=name, shelf=shelf, now=now, results=path.with_suffix(".results"))
        await compute(path.unlink)
        return StagedFile(source=Source(shown=name), read=read)

    async def put(self, token: str, shelf: ShelfId, *, deed_id: int | None = None) -> ImportReport:
        """Import what was shown, in one transaction: every good seed, or nothing if they exceed a limit.

        What was done is recorded in that transaction, for the log.

        Args:
            token: Names the upload.
            shelf: The server's.
            deed_id: The interaction of the member who imports.

        Returns:
            The report of the import, with the remaining quota.

        Raises:
            BadInputError: it has expired, or was imported.
            ImportOutdatedError: it would change something else by now than what was shown.
            TooManyError: a limit is exceeded; nothing was stored.
        """
        async with self.turns.turn(shelf):
            staged = self.staging.get(token, shelf, self.clock)
            report = await self._put_in_time(staged, deed_id, is_logged=True)
            staged.is_done = True
            return report

    async def _put_in_time(self, staged: Staged, deed_id: int | None, *, is_logged: bool = False) -> ImportReport:
        try:
            with working_for(WorksFor.UPLOADS):
                async with asyncio.timeout(self.limits.longest_s):
                    report = await self._put(staged, deed_id, is_logged=is_logged)
        except TimeoutError:
            raise self._too_slow() from None
        except StoreFullError:
            raise no_room(await self.room_of(staged.shelf)) from None
        await self._optimize(staged.shelf, report)
        return report

    async def _put(self, staged: Staged, deed_id: int | None, *, is_logged: bool) -> ImportReport:
        async with self.store.as_one(staged.shelf, most_bytes=self.limits.file_bytes) as whole:
            inside, shown = replace(self, store=whole), staged.shown
            await inside.compare(staged)
            if staged.shown != shown:
                raise ImportOutdatedError("The articles have changed since the preview.", cure="Look at the new one.")
            run = Import(
                whole,
                staged.shelf,
                origin=staged.origin,
                clock=self.clock,
                seen_at=self.clock.now(),
                deed_id=deed_id,
            )
            run.expect([_outline(seed) async for seed in staged.seeds()])
            async for source, result in staged.results():
                await run.put([result], source)
            await run.put_rest()
            run.is_news = True
            report = await run.end(was_read=lambda _: True)
            report = replace(report, left=await inside.room_of(staged.shelf))
            await run.mark_as_seen_now()
            if deed_id is not None and is_logged:
                did = f"{report.added:,} added, {report.changed:,} changed"
                await whole.save_done(staged.shelf, Done(id=deed_id, subject=report.origin, detail=did))
        return report

    async def _optimize(self, shelf: ShelfId, report: ImportReport) -> None:
        """Merge the index after many changes; of a full shelf always, as what was replaced is only then forgotten."""
        is_half_full = report.left is not None and report.left.bytes < self.limits.file_bytes / 2
        changes = report.added + report.changed
        if changes >= LARGE or (changes and is_half_full):
            with suppress(StoreFullError):  # it needs room for a moment
                await self.store.optimize(shelf)

    async def preview_again(self, token: str, shelf: ShelfId) -> Previewed:
        """Report what a staged upload would change now.

        Raises:
            BadInputError: it has expired, or was imported.
        """
        async with self.turns.turn(shelf):
            staged = self.staging.get(token, shelf, self.clock)
            with working_for(WorksFor.UPLOADS):
                return Previewed(report=await self.compare(staged), token=token)

    async def compare(self, staged: Staged) -> ImportReport:
        """Report what an upload would change, and note a fingerprint of that."""
        run = Import(self.store, staged.shelf, origin=staged.origin, clock=self.clock)
        run.sources += [file.source for file in staged.files]
        seeds = [_outline(seed) async for seed in staged.seeds()]
        run.expect(seeds)
        would = await self.store.compare_seeds(staged.shelf, seeds, fates=await run.fates_for(seeds))
        room = await self.room_of(staged.shelf)
        # Changed articles take what they take already.
        require_room(room, articles=len(would.added), size=would.text_bytes)
        run.count(would)
        async for _, result in staged.results():
            run.findings.add(result)
        changes, stored = await self._changes(staged, would)
        report = replace(run.report(), is_dry_run=True, changes=changes, left=room)
        said = (would.added, would.changed, would.unchanged, would.kept_out, changes, stored)
        staged.shown = hashlib.sha256(repr(said).encode(errors="replace")).hexdigest()
        return report

    async def _changes(self, staged: Staged, would: PutReport) -> tuple[tuple[SeedChange, ...], str]:
        """Say of each new or changed article what is new, and hash what is stored of them now."""
        changed = frozenset(would.changed)
        changes: list[SeedChange] = []
        stored = hashlib.sha256()
        batch: list[Seed] = []

        async def take_batch() -> None:
            found = await self.store.find_articles([staged.shelf], [would.paths[seed.path] for seed in batch])
            before = {article.id: article for article in found}
            for seed in batch:
                article = before.get(would.paths[seed.path])
                stored.update(repr(article).encode(errors="replace"))
                fields = changed_fields(article, seed.article)
                changes.append(SeedChange(path=seed.path, title=seed.article.title, fields=fields))
            batch.clear()

        async for seed in staged.seeds():
            article = would.paths.get(seed.path)
            if article in changed:
                batch.append(seed)
            elif article is not None:
                changes.append(SeedChange(path=seed.path, title=seed.article.title))
            if len(batch) >= _AT_ONCE:
                await take_batch()
        await take_batch()
        return tuple(changes), stored.hexdigest()

    async def room_of(self, shelf: ShelfId) -> Room:
        """Compute a server's remaining quota: articles, bytes, and imports this hour."""
        now = self.clock.now()
        imports = await self.store.imports_begun(shelf, since=now - _HOUR, until=now)
        return room_left(self.limits, await self.store.shelf_size(shelf), imports=len(imports))

    async def _too_often(self, shelf: ShelfId, now: datetime) -> TooManyError:
        oldest = min(await self.store.imports_begun(shelf, since=now - _HOUR, until=now), default=now)
        minutes = max(1, -(-(oldest + _HOUR - now) // timedelta(minutes=1)))
        reason = f"This server has used its quota of {self.limits.imports_per_hour} imports per hour."
        cure = f"Try again in {minutes} min; one zip of all seeds counts as one import."
        return TooManyError(reason, limit=Limit.HOURLY_IMPORTS, cure=cure)

    def _too_slow(self) -> TooManyError:
        return TooManyError(
            f"The import was stopped: it took longer than {self.limits.longest_s:g} seconds. Nothing was imported.",
            limit=Limit.IMPORT_TIME,
            cure="Split the file into several, and import them one after the other.",
        )


def _names_of(uploads: Sequence[Upload]) -> list[str]:
    names = [shown_path(PurePath(upload.name).name) for upload in uploads]
    for upload in uploads:
        require_upload(upload.name)
    if len(names) > 1 and any(map(is_named_like_a_zip, names)):
        raise BadInputError("A zip can't be imported together with other files.", cure="Import it alone.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInputError(f"Two of the files are called {twice[0]}.", cure="Rename one, or put them into a zip.")
    return names


def _origin_of(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _outline(seed: Seed) -> Seed:
    """Leave out of a seed the texts that nothing is compared by, and note its size."""
    article = replace(seed.article, excerpt="", topics=(), pictures=())
    return replace(seed, article=article, coverage=(), notes=(), measured=seed_bytes(seed))
