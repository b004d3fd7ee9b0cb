"""Views are written after the answer: a member's search waits neither for the disk nor for a running import.

A view is kept in memory at once and written soon after, together with others that came meanwhile, into a file of their
own. If the process is killed in between, or the file is damaged, the view is lost, and its buttons say that it has
expired.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.news.search import View
from bot.news.value_json import value_from_json, value_to_json
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.file.sql import storable
from bot.store.sqlite.shelves.files import StoreFiles

log = structlog.get_logger(__name__)

_DROP: Final = "DELETE FROM view WHERE expires_at <= ?"
_SAVE: Final = "INSERT OR REPLACE INTO view (view_id, expires_at, value) VALUES (?, ?, ?)"
_FIND: Final = "SELECT value FROM view WHERE view_id = ? AND expires_at > ?"


KEPT_IN_MEMORY: Final = 1_000
"""The number of views without a file for them."""


class Views:
    """The views of one store, those not yet on disk included.

    Without a file for them they are kept in memory, and the file may be lost: then they have expired.
    """

    def __init__(self, files: StoreFiles, clock: Clock) -> None:
        self._archive = files.archive
        self._database = files.views
        self._clock = clock
        self._unwritten: dict[str, View] = {}
        self._writing: asyncio.Task[None] | None = None
        if self._database is not None:
            self._database.before_closing(self.flush)

    def save(self, view: View) -> None:
        """Save a view; `find` finds it from now on."""
        self._unwritten[view.id] = view
        if self._database is None:
            while len(self._unwritten) > KEPT_IN_MEMORY:
                del self._unwritten[next(iter(self._unwritten))]
        elif self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all(self._database))

    async def find(self, view_id: str, *, now: datetime) -> View | None:
        """Find a view that has not expired, written or not."""
        unwritten = self._unwritten.get(view_id)
        if unwritten is not None:
            return unwritten if unwritten.expires_at > now else None
        if self._database is None:
            return None
        asked = (storable(view_id), as_micros(now))
        try:
            row = await self._database.read(lambda connection: connection.execute(_FIND, asked).fetchone())
        except StoreError as error:
            log.warning("search pages can't be read", error=str(error))
            return None
        return None if row is None else value_from_json(View, row["value"])

    async def flush(self) -> None:
        """Wait until all views are on disk or could not be written."""
        if self._writing is not None:
            await self._writing

    async def _write_all(self, database: Database) -> None:
        while self._unwritten:
            # Searches go first; the views of concurrent ones are written together.
            await self._archive.give_way()
            views = list(self._unwritten.values())
            try:
                await database.write(partial(self._write, views=views))
            except StoreError as error:
                # The answer was given already; the next search tries again with its own view.
                log.warning("search pages could not be saved", views=len(views), error=str(error))
            for view in views:
                if self._unwritten.get(view.id) is view:
                    del self._unwritten[view.id]

    def _write(self, connection: sqlite3.Connection, views: Sequence[View]) -> None:
        connection.execute(_DROP, (as_micros(self._clock.now()),))
        connection.executemany(
            _SAVE, [(storable(view.id), as_micros(view.expires_at), value_to_json(view)) for view in views]
        )
