"""SQLite implementation of `ArticleStore`; each call is one transaction."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from datetime import datetime
from typing import TypeVar

from typing_extensions import override

from bot.news.article import INSTANCE_SHELF, Article, ArticleId, Finding, Seed, SeedNote, SeedProblem, ShelfId
from bot.news.content import ImportRecord, ShelfOverview, ShelfSize
from bot.news.servers.log import Done
from bot.store.port.article import NO_FATES, ArticleStore, Fate, FileStamp, PutReport, Rival
from bot.store.sqlite.archive import import_log
from bot.store.sqlite.archive.lookup import read_articles, read_by_url, read_hidden, read_named, read_overview
from bot.store.sqlite.archive.removal import delete_article, hide_article
from bot.store.sqlite.archive.upsert import compare_batch, mark_as_seen, put_batch, read_rivals
from bot.store.sqlite.file.whole import Whole
from bot.store.sqlite.index.rebuild import merge_index
from bot.store.sqlite.shelves.deeds import find_done, write_done
from bot.store.sqlite.shelves.files import StoreFiles
from bot.store.sqlite.shelves.recording import begin_recording, keep_recording

T = TypeVar("T")


class SqliteArticleStore(ArticleStore):
    """SQLite implementation of `ArticleStore`."""

    def __init__(self, files: StoreFiles) -> None:
        self._shelves = files.shelves
        self._ledger = files.ledger  # where imports are counted: one never waits for the instance's writer
        self._comparing = asyncio.Semaphore(1)  # a large upload must not take every reading connection
        self._whole: Whole | None = None

    @override
    @asynccontextmanager
    async def as_one(self, shelf: ShelfId, *, most_bytes: int) -> AsyncIterator[ArticleStore]:
        async with self._shelves.whole(shelf, most_bytes=most_bytes) as whole:
            within = copy(self)
            within._whole = whole  # noqa: SLF001 - its own
            await whole.run(lambda connection: begin_recording(connection, most_bytes))
            yield within
            await whole.run(keep_recording)

    async def _write(self, shelf: ShelfId, fn: Callable[[sqlite3.Connection], T], *, creates: bool = False) -> T:
        if self._whole is not None:
            return await self._whole.run(fn)
        return await self._shelves.write(shelf, fn, creates=creates)

    async def _read_file(
        self, shelf: ShelfId, fn: Callable[[sqlite3.Connection], T], *, turn: asyncio.Semaphore | None = None
    ) -> T:
        if self._whole is not None:
            return await self._whole.run(fn)
        return await self._shelves.read_file(shelf, fn, turn=turn)

    @override
    async def put_seeds(
        self,
        shelf: ShelfId,
        seeds: Sequence[Seed],
        *,
        seen_at: datetime,
        is_first_import: bool = False,
        fates: Mapping[str, Fate] = NO_FATES,
    ) -> PutReport:
        # Running reads go first.
        await self._shelves.give_way()
        return await self._write(
            shelf,
            lambda connection: put_batch(
                connection, shelf, seeds, seen_at=seen_at, is_first_import=is_first_import, fates=fates
            ),
            creates=True,
        )

    @override
    async def optimize(self, shelf: ShelfId) -> None:
        async with self._shelves.file_of(shelf) as database:
            await merge_index(database)

    @override
    async def rivals(self, shelf: ShelfId, seeds: Sequence[Seed]) -> tuple[Rival, ...]:
        return await self._read_file(
            shelf, lambda connection: read_rivals(connection, shelf, seeds), turn=self._comparing
        )

    @override
    async def compare_seeds(
        self, shelf: ShelfId, seeds: Sequence[Seed], *, fates: Mapping[str, Fate] = NO_FATES
    ) -> PutReport:
        return await self._read_file(
            shelf, lambda connection: compare_batch(connection, shelf, seeds, fates=fates), turn=self._comparing
        )

    @override
    async def is_empty_shelf(self, shelf: ShelfId) -> bool:
        return await self._read_file(shelf, lambda connection: import_log.is_empty(connection, shelf))

    @override
    async def find_article(self, shelves: Sequence[ShelfId], article: ArticleId) -> Article | None:
        return next(iter(await self.find_articles(shelves, [article])), None)

    @override
    async def find_articles(self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId]) -> tuple[Article, ...]:
        return await self._shelves.read(shelves, lambda view: read_articles(view, ids))

    @override
    async def find_by_url(self, shelves: Sequence[ShelfId], url: str) -> tuple[Article, ...]:
        return await self._shelves.read(shelves, lambda view: read_by_url(view, url))

    @override
    async def find_by_stem(self, shelf: ShelfId, stem: str) -> Article | None:
        return next((article for article, _ in await self.find_named(shelf, stem)), None)

    @override
    async def find_named(self, shelf: ShelfId, stem: str) -> tuple[tuple[Article, str], ...]:
        return await self._read_file(shelf, lambda connection: read_named(connection, shelf, stem))

    @override
    async def find_hidden(self, shelf: ShelfId) -> tuple[Article, ...]:
        return await self._read_file(shelf, lambda connection: read_hidden(connection, shelf))

    @override
    async def hide(
        self, shelf: ShelfId, article: ArticleId, *, hidden: bool = True, deed_id: int | None = None, reason: str = ""
    ) -> bool:

        def work(connection: sqlite3.Connection) -> bool:
            title = hide_article(connection, shelf, article, hidden=hidden)
            if title is not None and deed_id is not None:
                write_done(connection, Done(id=deed_id, subject=title, detail=reason))
            return title is not None

        # An edition that is being planned has it, or is planned without it.
        async with self._shelves.takedowns.one_on(shelf):
            return await self._write(shelf, work)

    @override
    async def save_done(self, shelf: ShelfId, done: Done) -> None:
        await self._write(shelf, lambda connection: write_done(connection, done), creates=True)

    @override
    async def find_done(self, shelf: ShelfId, deed_id: int) -> Done | None:
        return await self._read_file(shelf, lambda connection: find_done(connection, deed_id))

    @override
    async def delete(self, shelf: ShelfId, article: ArticleId) -> bool:
        async with self._shelves.takedowns.one_on(shelf):  # as `hide`
            return await self._write(shelf, lambda connection: delete_article(connection, shelf, article))

    @override
    async def file_stamps(self, folder: str) -> Mapping[str, FileStamp]:
        return await self._read_file(INSTANCE_SHELF, lambda connection: import_log.read_stamps(connection, folder))

    @override
    async def find_file_stamp(self, folder: str, name: str) -> FileStamp | None:
        return await self._read_file(INSTANCE_SHELF, lambda connection: import_log.find_stamp(connection, folder, name))

    @override
    async def drop_file_stamps(self, folder: str, names: Sequence[str]) -> None:
        await self._write(INSTANCE_SHELF, lambda connection: import_log.drop_stamps(connection, folder, names))

    @override
    async def save_file_stamps(self, folder: str, stamps: Mapping[str, FileStamp]) -> None:
        await self._write(INSTANCE_SHELF, lambda connection: import_log.save_stamps(connection, folder, stamps))

    @override
    async def save_findings(
        self, shelf: ShelfId, origin: str, findings: Sequence[Finding], *, resolved: Iterable[str], at: datetime
    ) -> None:
        gone = tuple(resolved)
        await self._write(
            shelf,
            lambda connection: import_log.save_findings(connection, shelf, origin, findings, gone, at),
            creates=bool(findings),
        )

    @override
    async def findings_of(self, shelf: ShelfId, origin: str) -> tuple[Finding, ...]:
        return await self._read_file(shelf, lambda connection: import_log.read_findings(connection, shelf, origin))

    @override
    async def problems(self, shelf: ShelfId, *, limit: int = 200) -> tuple[SeedProblem, ...]:
        return await self._read_file(shelf, lambda connection: import_log.read_problems(connection, shelf, limit))

    @override
    async def notes(self, shelf: ShelfId, *, limit: int = 200) -> tuple[SeedNote, ...]:
        return await self._read_file(shelf, lambda connection: import_log.read_notes(connection, shelf, limit))

    @override
    async def save_import(self, record: ImportRecord) -> None:
        await self._write(record.shelf, lambda connection: import_log.save_import(connection, record), creates=True)

    @override
    async def mark_as_seen(self, shelf: ShelfId, *, was: datetime, at: datetime) -> None:
        await self._write(shelf, lambda connection: mark_as_seen(connection, shelf, was, at))

    @override
    async def imports(self, shelf: ShelfId, *, limit: int = 10) -> tuple[ImportRecord, ...]:
        return await self._read_file(shelf, lambda connection: import_log.read_imports(connection, shelf, limit))

    @override
    async def begin_import(self, shelf: ShelfId, *, at: datetime, since: datetime, limit: int) -> bool:
        return await self._ledger.write(lambda connection: import_log.begin_import(connection, shelf, at, since, limit))

    @override
    async def imports_begun(self, shelf: ShelfId, *, since: datetime, until: datetime) -> tuple[datetime, ...]:
        return await self._ledger.read(lambda connection: import_log.read_begun(connection, shelf, since, until))

    @override
    def is_unreadable(self, shelf: ShelfId) -> bool:
        return bool(self._shelves.troubles.find(shelf))

    @override
    async def overview(self, shelf: ShelfId, now: datetime) -> ShelfOverview:
        return await self._read_file(shelf, lambda connection: read_overview(connection, shelf, now))

    @override
    async def shelf_size(self, shelf: ShelfId) -> ShelfSize:
        return await self._read_file(shelf, lambda connection: import_log.measure_shelf(connection, shelf))
