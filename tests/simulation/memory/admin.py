"""In-memory implementation of `AdminStore`."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from typing_extensions import override

from bot.news.notices.notice import Notice, NoticeCause
from bot.store.port.admin import AdminStore
from tests.simulation.memory.disk import Disk
from tests.simulation.memory.tables import Tables

_SECRET_BYTES: Final = 32
_KEPT_OCCURRENCES: Final = 10_000
_DAY: Final = timedelta(days=1)


class MemoryAdminStore(AdminStore):
    """In-memory implementation of `AdminStore`."""

    def __init__(self, tables: Tables, disk: Disk) -> None:
        self._tables = tables
        self._disk = disk

    @override
    async def find_setting(self, name: str) -> str | None:
        return await self._disk.read(lambda: self._tables.settings.get(name))

    @override
    async def save_setting(self, name: str, value: str) -> None:
        await self._disk.write(lambda: self._tables.settings.update({name: value}))

    @override
    async def secrets(self) -> tuple[bytes, ...]:
        def work() -> tuple[bytes, ...]:
            if not self._tables.secrets:
                self._tables.secrets.append(secrets.token_bytes(_SECRET_BYTES))
            return tuple(self._tables.secrets)

        return await self._disk.write(work)

    @override
    async def rotate_secret(self) -> None:
        def work() -> None:
            self._tables.secrets[:] = [secrets.token_bytes(_SECRET_BYTES), *self._tables.secrets[:1]]

        await self._disk.write(work)

    @override
    async def add_notice(self, notice: Notice) -> Notice | None:
        def work() -> Notice | None:
            if any(_said(each) == _said(notice) for each in self._tables.notices):
                return None
            kept = replace(notice, id=max((each.id or 0 for each in self._tables.notices), default=0) + 1)
            self._tables.notices.append(kept)
            return kept

        return await self._disk.write(work)

    @override
    async def notices(self, guild_id: int | None, *, unread_only: bool = True) -> tuple[Notice, ...]:
        def work() -> tuple[Notice, ...]:
            found = [
                notice
                for notice in self._tables.notices
                if notice.guild_id == guild_id and (notice.shown_at is None or not unread_only)
            ]
            return tuple(sorted(found, key=lambda notice: (notice.at, notice.id)))

        return await self._disk.read(work)

    @override
    async def mark_notice_shown(self, notice_id: int, *, at: datetime) -> None:
        def work() -> None:
            self._tables.notices = [
                replace(notice, shown_at=at) if notice.id == notice_id and notice.shown_at is None else notice
                for notice in self._tables.notices
            ]

        await self._disk.write(work)

    @override
    async def count_identify(self, *, at: datetime) -> int:
        return await self._count("identify", at=at, since=at - _DAY + timedelta.resolution)

    @override
    async def last_identify(self) -> datetime | None:
        return await self._disk.read(
            lambda: next((at for what, at in reversed(self._tables.occurrences) if what == "identify"), None)
        )

    @override
    async def starts_since(self, *, at: datetime, since: datetime) -> int:
        return await self._count("start", at=at, since=since)

    async def _count(self, what: str, *, at: datetime, since: datetime) -> int:
        def work() -> int:
            self._tables.occurrences.append((what, at))
            del self._tables.occurrences[:-_KEPT_OCCURRENCES]
            return sum(each == what and since <= moment <= at for each, moment in self._tables.occurrences)

        return await self._disk.write(work)


def _said(notice: Notice) -> tuple[int, int, NoticeCause, int]:
    """Return the key of a notice that is kept once a day."""
    return notice.guild_id or 0, notice.schedule_id or 0, notice.cause, notice.at.astimezone(UTC).toordinal()
