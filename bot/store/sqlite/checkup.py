"""SQLite implementation of `CheckupStore`: the database's status, and each schedule's newest edition."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Final

from typing_extensions import override

from bot.clock import Clock
from bot.errors import StoreDamagedError, StoreError
from bot.news.article import ShelfId, guild_of_shelf
from bot.news.checkup.database import DatabaseStatus
from bot.news.checkup.schedule import LastEdition
from bot.news.delivery import DeliveryState, EditionKey, ScheduleId
from bot.news.edition import Skipped
from bot.store.engine.connection import Connection, Row
from bot.store.port.checkup import CheckupStore
from bot.store.sqlite.backup import BACKED_UP_AT
from bot.store.sqlite.file.deadline import Deadline
from bot.store.sqlite.file.kinds import archive_folder, companions, views_path
from bot.store.sqlite.file.moments import as_moment
from bot.store.sqlite.ledger.check import LEDGER_TABLES
from bot.store.sqlite.shelves.files import StoreFiles

_NEWEST: Final = """
    SELECT newest.* FROM schedule JOIN edition AS newest ON edition_id = (
        SELECT edition_id FROM edition WHERE edition.schedule_id = schedule.schedule_id
        AND NOT (is_extra <> 0 AND skipped <> '')
        ORDER BY due_at DESC, edition_id DESC LIMIT 1
    )
    WHERE deleted_at IS NULL AND (guild_id = :guild_id OR :guild_id IS NULL)
"""

_TABLES: Final = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"

_STATES: Final = """
    SELECT state, count(*) AS parts, max(sent_at) AS sent_at, max(reason) AS reason FROM delivery
    WHERE schedule_id = :schedule_id AND edition = :edition GROUP BY state
"""


class SqliteCheckupStore(CheckupStore):
    """SQLite implementation of `CheckupStore`."""

    def __init__(self, files: StoreFiles, clock: Clock) -> None:
        self._database = files.ledger
        self._local = files.local
        self._archive = files.archive
        self._shelves = files.shelves
        self._clock = clock

    @override
    async def database_status(self, *, within_s: float) -> DatabaseStatus:
        deadline = Deadline(clock=self._clock, at=self._clock.uptime() + within_s)

        def work(connection: sqlite3.Connection) -> tuple[str, datetime | None]:
            damage = ""
            if within_s > 0:
                with deadline.on(connection), _interrupted(connection, within_s):
                    damage = _find_damage(connection, LEDGER_TABLES, deadline)
            return damage, _backed_up_at(connection)

        damage, backed_up_at = await self._local.read(work)
        archive_damage = await self._find_archive_damage(deadline)
        return DatabaseStatus(
            bytes_used=self._bytes_used(),
            bytes_free=self._bytes_free(),
            damage=damage,
            archive_damage=archive_damage,
            unreadable=await self._find_unreadable(deadline),
            is_checked=not deadline.is_over() or bool(damage),
            backed_up_at=backed_up_at,
        )

    async def _find_archive_damage(self, deadline: Deadline) -> str:
        """Find damage in the archive until the deadline, or return what was met before, without the machine's paths."""
        archive = self._archive
        if not archive.damage and not deadline.is_over():
            with suppress(StoreDamagedError):
                archive.damage = await archive.read(partial(self._look, deadline=deadline))
        return archive.damage.replace(str(archive.path), archive.path.name)

    async def _find_unreadable(self, deadline: Deadline) -> Mapping[int, str]:
        """Find the servers' files that can't be used: those known, and until the deadline others."""
        for shelf in self._shelves.servers():
            if not deadline.is_over():
                with suppress(StoreError):
                    await self._look_at(shelf, deadline)
        folder = f"{archive_folder(self._local.path)}/"
        found = {guild_of_shelf(shelf): text for shelf, text in self._shelves.find_unreadable().items()}
        return {guild: text.replace(folder, "") for guild, text in found.items() if guild is not None}

    async def _look_at(self, shelf: ShelfId, deadline: Deadline) -> None:
        async with self._shelves.file_of(shelf) as database:
            if damage := await database.read(partial(self._look, deadline=deadline)):
                database.damage = f"{database.path} is damaged: {damage}."
                raise StoreDamagedError(database.damage)

    def _look(self, connection: sqlite3.Connection, *, deadline: Deadline) -> str:
        found, left_s = [""], deadline.at - self._clock.uptime()
        with deadline.on(connection), _interrupted(connection, left_s):
            found.append(_find_damage(connection, [row["name"] for row in connection.execute(_TABLES)], deadline))
        return found[-1]  # nothing was, if the time was over

    def _bytes_used(self) -> int:
        ledger = self._local.path
        files = [ledger, views_path(ledger), *archive_folder(ledger).glob("*.sqlite3")]
        parts = (part for file in files for part in (file, *companions(file)))
        return sum(part.stat().st_size for part in parts if part.exists())

    def _bytes_free(self) -> int | None:
        try:
            return shutil.disk_usage(self._local.path.parent).free
        except OSError:
            return None

    @override
    async def last_editions(self, guild_id: int | None = None) -> Mapping[ScheduleId, LastEdition]:

        def work(connection: Connection) -> dict[ScheduleId, LastEdition]:
            rows = connection.execute(_NEWEST, {"guild_id": guild_id}).fetchall()
            return {ScheduleId(row["schedule_id"]): _read_last(connection, row) for row in rows}

        return await self._database.read(work)


def _find_damage(connection: sqlite3.Connection, tables: Sequence[str], deadline: Deadline) -> str:
    """Find the first damage in some tables, until the deadline."""
    for table in tables:
        if deadline.is_over():
            break
        for (answer,) in connection.execute(f"PRAGMA quick_check({table})"):
            if answer != "ok":
                return str(answer)
    return ""


@contextmanager
def _interrupted(connection: sqlite3.Connection, after_s: float) -> Iterator[None]:
    """Interrupt a statement that is one step to SQLite, which therefore never checks the deadline itself."""
    timer = threading.Timer(after_s, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # or it might interrupt the connection's next statement


def _backed_up_at(connection: sqlite3.Connection) -> datetime | None:
    row = connection.execute("SELECT value FROM setting WHERE name = ?", (BACKED_UP_AT,)).fetchone()
    return None if row is None else datetime.fromisoformat(row["value"])


def _read_last(connection: Connection, edition: Row) -> LastEdition:
    asked = {"schedule_id": edition["schedule_id"], "edition": edition["edition"]}
    rows = connection.execute(_STATES, asked).fetchall()
    return LastEdition(
        key=EditionKey(edition["edition"]),
        due_at=as_moment(edition["due_at"]),
        states={DeliveryState(row["state"]): row["parts"] for row in rows},
        sent_at=max((as_moment(row["sent_at"]) for row in rows if row["sent_at"] is not None), default=None),
        reason=next((row["reason"] for row in rows if row["reason"] and row["state"] != "sent"), ""),
        skipped=Skipped(edition["skipped"]) if edition["skipped"] else None,
    )
