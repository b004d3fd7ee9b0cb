"""The operator's seed folders: import what changed in them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.news.article import INSTANCE_SHELF
from bot.news.content import ImportReport
from bot.store.port import Store
from bot.usecases.ingest import ingest_folder
from bot.usecases.story import Stories

log = structlog.get_logger(__name__)


class SeedFolders:
    """Imports the configured folders, one import at a time."""

    def __init__(self, folders: Sequence[Path], store: Store, stories: Stories, clock: Clock) -> None:
        self._folders = folders
        self._store = store
        self._stories = stories
        self._clock = clock
        self._importing = asyncio.Lock()

    async def refresh(self) -> tuple[ImportReport, ...]:
        """Import every folder again, and group new articles into stories; one report for each folder."""
        async with self._importing:
            reports = tuple([await self._import(folder) for folder in self._folders])
            if any(report.added or report.changed for report in reports):
                await self._stories.take_in((INSTANCE_SHELF,))
            return reports

    async def _import(self, folder: Path) -> ImportReport:
        report = await ingest_folder(self._store.articles, folder, INSTANCE_SHELF, clock=self._clock)
        log.info(
            "imported seeds",
            folder=str(folder),
            added=report.added,
            changed=report.changed,
            rejected=report.refused,
            notes=len(report.notes),
        )
        return report
