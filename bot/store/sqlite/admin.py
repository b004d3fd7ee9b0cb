"""SQLite implementation of `AdminStore`: settings, secrets, notices, counters."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from typing_extensions import override

from bot.news.delivery import EditionKey
from bot.news.notices.notice import Notice, NoticeCause, NoticeKind
from bot.store.engine.connection import Connection, Row
from bot.store.engine.ledger import LedgerDatabase
from bot.store.port.admin import AdminStore
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.file.stored import read_stored

_SECRET_BYTES: Final = 32

_SECRETS: Final = "SELECT value FROM secret ORDER BY secret_id DESC"

_DROP_SECRETS: Final = """
    DELETE FROM secret WHERE secret_id NOT IN (SELECT secret_id FROM secret ORDER BY secret_id DESC LIMIT ?)
"""
_KEPT_SECRETS: Final = 2

_SAVE_SETTING: Final = "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"

_ADD_NOTICE: Final = """
    INSERT INTO notice (guild_id, schedule_id, cause, text, noticed_at, day, shown_at) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING RETURNING *
"""

_NOTICES: Final = """
    SELECT * FROM notice
    WHERE (guild_id = :guild_id OR (guild_id IS NULL AND :guild_id IS NULL)) AND (:unread_only = 0 OR shown_at IS NULL)
    ORDER BY noticed_at, notice_id
"""

_SHOWN: Final = "UPDATE notice SET shown_at = ? WHERE notice_id = ? AND shown_at IS NULL"

_COUNT: Final = "SELECT count(*) FROM occurrence WHERE what = :what AND at BETWEEN :since AND :at"

# By number, not by time: a clock that jumps must not delete the last 24 hours' IDENTIFYs.
_FORGET_OCCURRENCES: Final = """
    DELETE FROM occurrence WHERE occurrence_id <= (SELECT max(occurrence_id) FROM occurrence) - 10000
"""

_WITH_EDITION: Final = frozenset({NoticeKind.REFUSED, NoticeKind.NOT_SENT, NoticeKind.UNKNOWN})

_LAST_IDENTIFY: Final = "SELECT at FROM occurrence WHERE what = 'identify' ORDER BY occurrence_id DESC LIMIT 1"

_DAY: Final = timedelta(days=1)


class SqliteAdminStore(AdminStore):
    """SQLite implementation of `AdminStore`."""

    def __init__(self, database: LedgerDatabase) -> None:
        self._database = database

    @override
    async def find_setting(self, name: str) -> str | None:
        sql = "SELECT value FROM setting WHERE name = ?"
        row = await self._database.read(lambda connection: connection.execute(sql, (name,)).fetchone())
        return None if row is None else str(row["value"])

    @override
    async def save_setting(self, name: str, value: str) -> None:
        await self._database.write(lambda connection: connection.execute(_SAVE_SETTING, (name, value)).rowcount)

    @override
    async def secrets(self) -> tuple[bytes, ...]:
        known = await self._database.read(_read_secrets)
        return known or await self._database.write(_first_secret)

    @override
    async def rotate_secret(self) -> None:
        await self._database.write(_rotate_secret)

    @override
    async def add_notice(self, notice: Notice) -> Notice | None:
        row = (
            notice.guild_id,
            notice.schedule_id,
            _cause_text(notice.cause),
            notice.text,
            as_micros(notice.at),
            notice.at.astimezone(UTC).toordinal(),
            as_micros(notice.shown_at),
        )
        added = await self._database.write(lambda connection: connection.execute(_ADD_NOTICE, row).fetchone())
        return None if added is None else _read_notice(added)

    @override
    async def notices(self, guild_id: int | None, *, unread_only: bool = True) -> tuple[Notice, ...]:
        asked = {"guild_id": guild_id, "unread_only": unread_only}
        return await self._database.read(
            lambda connection: tuple(_read_notice(row) for row in connection.execute(_NOTICES, asked))
        )

    @override
    async def mark_notice_shown(self, notice_id: int, *, at: datetime) -> None:
        row = (as_micros(at), notice_id)
        await self._database.write(lambda connection: connection.execute(_SHOWN, row).rowcount)

    @override
    async def count_identify(self, *, at: datetime) -> int:
        return await self._count("identify", at=at, since=at - _DAY + timedelta.resolution)

    @override
    async def last_identify(self) -> datetime | None:
        row = await self._database.read(lambda connection: connection.execute(_LAST_IDENTIFY).fetchone())
        return None if row is None else as_moment(row["at"])

    @override
    async def starts_since(self, *, at: datetime, since: datetime) -> int:
        return await self._count("start", at=at, since=since)

    async def _count(self, what: str, *, at: datetime, since: datetime) -> int:
        row = {"what": what, "at": as_micros(at), "since": as_micros(since)}

        def work(connection: Connection) -> int:
            connection.execute("INSERT INTO occurrence (what, at) VALUES (:what, :at)", row)
            connection.execute(_FORGET_OCCURRENCES)
            return int(connection.execute(_COUNT, row).fetchone()[0])

        return await self._database.write(work)


def _read_secrets(connection: Connection) -> tuple[bytes, ...]:
    return tuple(row["value"] for row in connection.execute(_SECRETS))


def _first_secret(connection: Connection) -> tuple[bytes, ...]:
    # Another process may have created it since we looked.
    if not _read_secrets(connection):
        connection.execute("INSERT INTO secret (value) VALUES (?)", (secrets.token_bytes(_SECRET_BYTES),))
    return _read_secrets(connection)


def _rotate_secret(connection: Connection) -> None:
    connection.execute("INSERT INTO secret (value) VALUES (?)", (secrets.token_bytes(_SECRET_BYTES),))
    connection.execute(_DROP_SECRETS, (_KEPT_SECRETS,))


def _read_notice(row: Row) -> Notice:
    return Notice(
        id=row["notice_id"],
        guild_id=row["guild_id"],
        schedule_id=row["schedule_id"],
        cause=read_stored(f"Notice {row['notice_id']}", _read_cause, row["cause"]),
        text=row["text"],
        at=as_moment(row["noticed_at"]),
        shown_at=as_moment(row["shown_at"]),
    )


def _cause_text(cause: NoticeCause) -> str:
    """A cause as it is stored: its words, `refused 2026-11-16`, or `unknown 2026-11-16 2`."""
    words = (cause.kind, cause.edition, cause.part)
    return " ".join(str(word) for word in words if word is not None)


def _read_cause(text: str) -> NoticeCause:
    kind, _, rest = text.partition(" ")
    if not rest or text == NoticeKind.UNKNOWN_ZONE or kind not in _WITH_EDITION:
        return NoticeCause(kind=NoticeKind(text))
    edition, _, part = rest.partition(" ")
    return NoticeCause(kind=NoticeKind(kind), edition=EditionKey(edition), part=int(part) if part else None)
