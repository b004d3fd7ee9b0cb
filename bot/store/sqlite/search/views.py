"""Views are written after the answer: a member's search waits neither for the disk nor for a running import.

A view is kept in memory at once and written soon after, together with others that came meanwhile: one fsync for sixty.
If the process is killed in between, the view is lost, and its buttons say that it has expired.
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

log = structlog.get_logger(__name__)

_DROP: Final = "DELETE FROM view WHERE expires_at <= ?"
_SAVE: Final = "INSERT OR REPLACE INTO view (view_id, expires_at, value) VALUES (?, ?, ?)"
_FIND: Final = "SELECT value FROM view WHERE view_id = ? AND expires_at > ?"


class Views:
    """The views of one store, those not yet on disk included."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._unwritten: dict[str, View] = {}
        self._writing: asyncio.Task[None] | None = None
        database.before_closing(self.flush)

    def save(self, view: View) -> None:
        """Save a view; `find` finds it from now on."""
        self._unwritten[view.id] = view
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())

    async def find(self, view_id: str, *, now: datetime) -> View | None:
        """Find a view that has not expired, written or not."""
        unwritten = self._unwritten.get(view_id)
        if unwritten is not None:
            return unwritten if unwritten.expires_at > now else None
        asked = (storable(view_id), as_micros(now))
        row = await self._database.read(lambda connection: connection.execute(_FIND, asked).fetchone())
        return None if row is None else value_from_json(View, row["value"])

    async def flush(self) -> None:
        """Wait until all views are on disk or could not be written."""
        if self._writing is not None:
            await self._writing

    async def _write_all(self) -> None:
        while self._unwritten:
            # Reads go first; the views of concurrent searches are written together.
            await self._database.give_way()
            views = list(self._unwritten.values())
            try:
                await self._database.write(partial(self._write, views=views))
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
