"""The operator's seed folders: import what changed in them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from bot.app.config import Limits
from bot.clock import Clock
from bot.errors import NewsdeskError
from bot.news.article import INSTANCE_SHELF
from bot.news.checkup.finding import Finding, failing
from bot.news.checkup.runtime import Watching
from bot.news.content import ImportLimits, ImportReport, Reading
from bot.seedfile.folder import list_folder
from bot.store.port import Store
from bot.threads import WorksFor, working_for
from bot.usecases.ingest import ingest_folder
from bot.usecases.story import Stories
from bot.waits import first_of

log = structlog.get_logger(__name__)

READ_EVERY_S: Final = 600.0
"""The folders are looked through this often without any change: a file that could not be read is tried again, and the
system loses changes now and then. A folder without changes costs the reading of its files' sizes."""

MOST_FILES: Final = 100_000
"""The largest folder of which all files are read every night: reading that many takes about a minute."""

AT_NIGHT: Final = time(4)
"""In the operator's time zone: after the change to summer time, before the morning's editions."""

_LONGEST_SLEEP_S: Final = 3600.0


class SeedFolders:
    """Imports the configured folders, one import at a time."""

    def __init__(
        self,
        folders: Sequence[Path],
        store: Store,
        stories: Stories,
        clock: Clock,
        *,
        zone: ZoneInfo,
        most_files: int = MOST_FILES,
    ) -> None:
        self._folders = folders
        self._store = store
        self._stories = stories
        self._clock = clock
        self._zone = zone
        self._most_files = most_files
        self._importing = asyncio.Lock()
        self._far = Reading()
        self._has_read = not folders
        self._owes_full = False
        self._read_s: float | None = None
        self._is_polled = False

    def note_watch(self, *, is_polled: bool) -> None:
        """Note how the folders are watched."""
        self._is_polled = is_polled

    @property
    def watching(self) -> Watching | None:
        """How the folders are watched, and when they were last read; None without any, and before the first time."""
        if not self._folders or self._read_s is None:
            return None
        return Watching(is_polled=self._is_polled, read_age_s=self._clock.uptime() - self._read_s)

    @property
    def reading(self) -> Reading | None:
        """How far the folders are read; None once all of them are, unless a later import stops."""
        return None if self._has_read and not self._far.stopped_by else self._far

    def findings(self) -> Iterator[Finding]:
        """Name the folders that can't be listed at the moment."""
        for folder in self._folders:
            if not os.access(folder, os.R_OK | os.X_OK):
                yield failing(f"{folder} can't be read.", "Create it, or make it readable.", check="seeds")

    async def refresh(self, *, full: bool = False) -> tuple[ImportReport, ...]:
        """Import every folder again, and group new articles into stories; one report for each folder.

        Args:
            full: Read all files, also those whose size and time are unchanged, in folders of up to `most_files`. If
                that fails, the next call makes up for it.

        Raises:
            StoreError: the database can't be written; what was imported before is kept.
        """
        async with self._importing:
            self._owes_full = self._owes_full or full
            try:
                with working_for(WorksFor.SEEDS):
                    reports = await self._import_all()
            except Exception as error:
                self._note_stop(error)
                raise
            self._has_read, self._owes_full = True, False
            self._read_s = self._clock.uptime()
            self._far = replace(self._far, stopped_by="")
            return reports

    async def _import_all(self) -> tuple[ImportReport, ...]:
        reports: list[ImportReport] = []
        for folder in self._folders:
            reports.append(await self._import(folder, full=self._owes_full, before=_files_in(reports)))
        if any(report.added or report.changed for report in reports):
            await self._stories.take_in((INSTANCE_SHELF,))
        return tuple(reports)

    def _note_stop(self, error: Exception) -> None:
        why = error.message if isinstance(error, NewsdeskError) else f"{type(error).__name__}."
        self._far = replace(self._far, stopped_by=why)

    async def read_nightly(self, stop: asyncio.Event) -> None:
        """Read all files every night at `AT_NIGHT`, until `stop` is set: some edits leave a file's size and time."""
        while await self._sleep_until_night(stop):
            try:
                await first_of(self.refresh(full=True), stop.wait())
            except Exception:  # whatever one night failed with, the next one must come
                log.exception("reading all seeds failed")

    async def _sleep_until_night(self, stop: asyncio.Event) -> bool:
        """Return True at night and False once `stop` is set; a changed clock is noticed within an hour."""
        due = next_night(self._clock.now(), self._zone)
        stopped = asyncio.ensure_future(stop.wait())
        while not stop.is_set() and (left_s := (due - self._clock.now()).total_seconds()) > 0:
            sleep = asyncio.ensure_future(self._clock.sleep(min(left_s, _LONGEST_SLEEP_S)))
            await asyncio.wait({stopped, sleep}, return_when=asyncio.FIRST_COMPLETED)
            sleep.cancel()
            due = min(due, next_night(self._clock.now(), self._zone))
        stopped.cancel()
        return not stop.is_set()

    async def _import(self, folder: Path, *, full: bool, before: int) -> ImportReport:
        def note_progress(done: int, total: int) -> None:
            # why it stopped stays until a new try has come to its end
            self._far = replace(self._far, done=before + done, total=before + total)

        full = full and await asyncio.to_thread(_has_at_most, self._most_files, folder)
        report = await ingest_folder(
            self._store.articles, folder, INSTANCE_SHELF, clock=self._clock, full=full, progress=note_progress
        )
        log.info(
            "imported seeds",
            folder=str(folder),
            full=full,
            added=report.added,
            changed=report.changed,
            rejected=report.refused,
            notes=len(report.notes),
        )
        return report


def next_night(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the next moment after `now` that is `AT_NIGHT` in a zone, in UTC."""
    today = now.astimezone(zone).date()
    nights = (datetime.combine(today + timedelta(days=days), AT_NIGHT, zone).astimezone(UTC) for days in (0, 1, 2))
    return next(night for night in nights if night > now)


def _files_in(reports: Sequence[ImportReport]) -> int:
    return sum(report.read for report in reports)


def _has_at_most(limit: int, folder: Path) -> bool:
    """Return False, and log it, for a folder of too many files to read all of them every night."""
    try:
        files = list_folder(folder).files
    except OSError:
        return True  # the import reports it
    if files > limit:
        log.info(
            "not all seeds are read at night; `newsdesk ingest --full` reads them", folder=str(folder), files=files
        )
    return files <= limit


def import_limits(limits: Limits) -> ImportLimits:
    """Build the limits of a server's own imports from the configuration."""
    return ImportLimits(
        imports_per_hour=limits.imports_per_hour,
        articles_per_shelf=limits.articles_per_shelf,
        bytes_per_shelf=limits.shelf_megabytes * 1024 * 1024,
    )
