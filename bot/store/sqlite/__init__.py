"""SQLite implementation of the ports: one module per feature, one writer per file, numbered SQL migrations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock
from bot.errors import StoreDamagedError
from bot.store.port.admin import AdminStore
from bot.store.port.article import ArticleStore
from bot.store.port.checkup import CheckupStore
from bot.store.port.delivery import CorrectionStore, DeliveryStore
from bot.store.port.desk import DeskStore, SuggestionStore
from bot.store.port.digest import DigestStore
from bot.store.port.editors import EditorStore
from bot.store.port.joining import GreetingStore
from bot.store.port.log import LogStore
from bot.store.port.related import RelatedStore
from bot.store.port.schedule import ScheduleStore
from bot.store.port.search import SearchStore
from bot.store.port.story import StoryStore
from bot.store.sqlite.admin import SqliteAdminStore
from bot.store.sqlite.archive.aliases import hash_pages
from bot.store.sqlite.archive.articles import SqliteArticleStore
from bot.store.sqlite.checkup import SqliteCheckupStore
from bot.store.sqlite.corrections import SqliteCorrectionStore
from bot.store.sqlite.desk import SqliteDeskStore
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.index.rebuild import is_index_current, rebuild_index
from bot.store.sqlite.ledger.deliveries import SqliteDeliveryStore
from bot.store.sqlite.ledger.editions import SqliteDigestStore
from bot.store.sqlite.ledger.joining import SqliteGreetingStore
from bot.store.sqlite.ledger.schedules import SqliteScheduleStore
from bot.store.sqlite.ledger.servers.editors import SqliteEditorStore
from bot.store.sqlite.ledger.servers.log import SqliteLogStore
from bot.store.sqlite.ledger.servers.suggestions import SqliteSuggestionStore
from bot.store.sqlite.search.related import SqliteRelatedStore
from bot.store.sqlite.search.search import SqliteSearchStore
from bot.store.sqlite.search.second.process import SecondProcess, has_processor
from bot.store.sqlite.shelves.files import StoreFiles, open_files
from bot.store.sqlite.shelves.move import move_shelves
from bot.store.sqlite.shelves.shelves import PROMISED_BYTES
from bot.store.sqlite.stories.stories import SqliteStoryStore


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteStore:
    """All ports of one newsroom, and its files."""

    files: StoreFiles
    articles: ArticleStore
    search: SearchStore
    related: RelatedStore
    stories: StoryStore
    digest: DigestStore
    schedules: ScheduleStore
    editors: EditorStore
    log: LogStore
    deliveries: DeliveryStore
    corrections: CorrectionStore
    desks: DeskStore
    suggestions: SuggestionStore
    admin: AdminStore
    greetings: GreetingStore
    checkup: CheckupStore


@asynccontextmanager
async def open_store(
    path: Path,
    *,
    clock: Clock,
    read_only: bool = False,
    spares_archive: bool = False,
    qualities: Mapping[str, int] | None = None,
    shelf_bytes: int = PROMISED_BYTES,
    serves_crowds: bool = False,
    postgres: str = "",
) -> AsyncIterator[SqliteStore]:
    """Open the store whose ledger is at `path`; `open_files` describes creation, upgrades and errors.

    Args:
        path: The ledger's file.
        clock: Decides when views expire and searches end.
        read_only: Open an existing file and change nothing.
        spares_archive: As for `open_files`.
        qualities: As `DigestStore.qualities`; None for none.
        shelf_bytes: As for `open_files`.
        serves_crowds: Start a second process while many search, if there is a processor for it.
        postgres: As for `open_files`.

    Raises:
        StoreError: the file can't be used.
    """
    async with open_files(
        path,
        clock=clock,
        read_only=read_only,
        spares_archive=spares_archive,
        shelf_bytes=shelf_bytes,
        postgres=postgres,
    ) as files:
        if not read_only:
            with suppress(StoreDamagedError) if spares_archive else nullcontext():
                await _bring_up_to_date(files.archive, clock)
                await move_shelves(files)
        second = SecondProcess(path) if serves_crowds and has_processor() else None
        try:
            yield store_of(files, clock, qualities=qualities, second=second)
        finally:
            if second is not None:
                await second.close()


async def _bring_up_to_date(archive: Database, clock: Clock) -> None:
    while await archive.write(hash_pages):
        continue
    if not await archive.read(is_index_current):
        await rebuild_index(archive, clock)


def store_of(
    files: StoreFiles,
    clock: Clock,
    *,
    qualities: Mapping[str, int] | None = None,
    second: SecondProcess | None = None,
) -> SqliteStore:
    """Build all ports of open files."""
    return SqliteStore(
        files=files,
        articles=SqliteArticleStore(files),
        search=SqliteSearchStore(files, clock, second=second),
        related=SqliteRelatedStore(files),
        stories=SqliteStoryStore(files),
        digest=SqliteDigestStore(files, qualities or {}),
        schedules=SqliteScheduleStore(files),
        editors=SqliteEditorStore(files),
        log=SqliteLogStore(files),
        deliveries=SqliteDeliveryStore(files),
        corrections=SqliteCorrectionStore(files),
        desks=SqliteDeskStore(files),
        suggestions=SqliteSuggestionStore(files),
        admin=SqliteAdminStore(files.ledger),
        greetings=SqliteGreetingStore(files.ledger),
        checkup=SqliteCheckupStore(files, clock),
    )
