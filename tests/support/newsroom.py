"""An archive for tests of ingest: a database, a folder of seeds, and the actions of the operator and an admin."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path

from bot.clock import Clock
from bot.news.article import INSTANCE_SHELF, ShelfId, server_shelf
from bot.news.content import ImportLimits, ImportReport
from bot.seedfile.processes import upload_reader
from bot.seedfile.processes.message import Upload as UploadToRead
from bot.seedfile.processes.uploads import ReadUpload
from bot.store.port.article import ArticleStore
from bot.store.sqlite.archive.articles import SqliteArticleStore
from bot.store.sqlite.shelves.files import open_files
from bot.usecases.ingest import ImportTurns, Staging, Upload, Uploads, ingest_folder
from bot.usecases.ingest.upload import Fetch
from tests.support.clocks import ManualClock
from tests.support.seed_files import make_seed_file

SERVER = server_shelf(7)


class Newsroom:
    """One instance's archive, the operator's folder, and the server whose admin uploads."""

    def __init__(self, store: ArticleStore, folder: Path, clock: ManualClock) -> None:
        self.store = store
        self.folder = folder
        self.clock = clock
        self.turns = ImportTurns()

    def write(self, name: str, **fields: object) -> Path:
        """Write a valid seed into the folder, with a later modification time; its URL depends on its name."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        was = path.stat().st_mtime_ns if path.exists() else 0
        path.write_bytes(seed_of(path.stem, **fields))
        os.utime(path, ns=(0, max(was, path.stat().st_mtime_ns) + 1))
        return path

    async def look(self, folder: Path | None = None, *, full: bool = False) -> ImportReport:
        """Ingest the folder, or another one."""
        return await ingest_folder(self.store, folder or self.folder, INSTANCE_SHELF, clock=self.clock, full=full)

    async def upload(
        self,
        data: bytes,
        name: str = "pack.zip",
        *,
        limits: ImportLimits | None = None,
        dry_run: bool = False,
        shelf: ShelfId = SERVER,
    ) -> ImportReport:
        """Upload a seed or a zip as the server's admin."""

        async def fetch(path: Path) -> None:
            await asyncio.to_thread(path.write_bytes, data)

        return await ingest_upload(
            self.store,
            fetch,
            name,
            shelf,
            turns=self.turns,
            clock=self.clock,
            limits=limits or ImportLimits(),
            dry_run=dry_run,
        )

    async def title(self, stem: str) -> str | None:
        """The title of the folder's article in the archive; None if it isn't there."""
        article = await self.store.find_by_stem(INSTANCE_SHELF, stem)
        return article.title if article else None

    async def problems(self) -> list[str]:
        """The paths of the folder's open problems."""
        return [problem.path for problem in await self.store.problems(INSTANCE_SHELF)]


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
    """Preview an upload, and import it at once unless it is a dry run."""
    with closing(Staging()) as staging:
        uploads = Uploads(store=store, turns=turns, staging=staging, clock=clock, limits=limits)
        previewed = await uploads.preview([Upload(name=filename, fetch=fetch)], shelf)
        return previewed.report if dry_run else await uploads.put(previewed.token, shelf)


@asynccontextmanager
async def open_newsroom(folder: Path, clock: ManualClock) -> AsyncIterator[Newsroom]:
    """Open a newsroom whose database and seeds are in `folder`; both are empty."""
    (folder / "seeds").mkdir()
    async with reopen_newsroom(folder, clock) as newsroom:
        yield newsroom


@asynccontextmanager
async def reopen_newsroom(folder: Path, clock: ManualClock) -> AsyncIterator[Newsroom]:
    """Open a newsroom whose database and seeds are in `folder` already."""
    async with open_files(folder / "newsdesk.db", clock=clock) as files:
        yield Newsroom(SqliteArticleStore(files), folder / "seeds", clock)


def seed_of(stem: str, **fields: object) -> bytes:
    """Create a valid seed whose title and URL depend on its stem."""
    usual: dict[str, object] = {"title": f"Title of {stem}", "webUrl": f"https://example.com/{stem}"}
    return make_seed_file(without=(), **(usual | fields))


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    """The counts of added, changed, unchanged and refused files."""
    return report.added, report.changed, report.unchanged, report.refused


async def read_here(path: Path, *, name: str, shelf: ShelfId, now: datetime, results: Path) -> ReadUpload:
    """Read an upload as its process does, in this one: where no process can be started."""
    upload = UploadToRead(path=str(path), results=str(results), name=name, shelf=shelf, now=now)
    await asyncio.to_thread(upload_reader.read, upload)
    return ReadUpload(results=results, shelf=shelf)
