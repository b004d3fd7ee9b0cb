"""The bot's own records: settings, secrets, notices, IDENTIFYs of the last 24 hours."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.news.notices.notice import Notice

__all__ = ["AdminStore", "Notice"]


class AdminStore(Protocol):
    """Settings, secrets, notices and counters."""

    async def find_setting(self, name: str) -> str | None:
        """Read a setting; None if it was never saved."""
        ...

    async def save_setting(self, name: str, value: str) -> None:
        """Save a setting, replacing its value."""
        ...

    async def secrets(self) -> tuple[bytes, ...]:
        """Read the keys of custom ids, 32 random bytes each: the current one first, then older ones, still valid.

        The first call creates one.
        """
        ...

    async def rotate_secret(self) -> None:
        """Create a new current key; the one before it stays valid, and older ones are deleted."""
        ...

    async def add_notice(self, notice: Notice) -> Notice | None:
        """Store a notice and return it with its id; None if the same cause was noticed on that day (UTC) already."""
        ...

    async def notices(self, guild_id: int | None, *, unread_only: bool = True) -> tuple[Notice, ...]:
        """Read a server's notices (the instance's for None), oldest first."""
        ...

    async def mark_notice_shown(self, notice_id: int, *, at: datetime) -> None:
        """Record when a notice was first shown; later calls change nothing."""
        ...

    async def count_identify(self, *, at: datetime) -> int:
        """Record one IDENTIFY and count those in the 24 hours up to `at`, this one included."""
        ...

    async def last_identify(self) -> datetime | None:
        """Read when the last IDENTIFY was recorded; None before the first."""
        ...

    async def starts_since(self, *, at: datetime, since: datetime) -> int:
        """Record one start of the process and count those from `since` up to `at`, this one included."""
        ...
