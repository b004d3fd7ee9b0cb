"""What the bot must remember of itself: settings, secrets, notices, the day's IDENTIFYs."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.news.notice import Notice

__all__ = ["AdminStore", "Notice"]


class AdminStore(Protocol):
    """Small things."""

    async def find_setting(self, name: str) -> str | None:
        """A remembered value."""
        ...

    async def save_setting(self, name: str, value: str) -> None:
        """Remember a value."""
        ...

    async def secrets(self) -> tuple[bytes, ...]:
        """Read the keys of custom ids, 32 random bytes each: the current one first, then older ones, still valid.

        The first call creates one.
        """
        ...

    async def add_notice(self, notice: Notice) -> Notice | None:
        """Keep a notice with its id; None where the same cause was noticed on that day (UTC) already."""
        ...

    async def notices(self, guild_id: int | None, *, unread_only: bool = True) -> tuple[Notice, ...]:
        """A server's notices (the instance's for None), oldest first."""
        ...

    async def mark_notice_shown(self, notice_id: int, *, at: datetime) -> None:
        """Somebody has read it; the first to do so counts."""
        ...

    async def count_identify(self, *, at: datetime) -> int:
        """Count one IDENTIFY; how many there were in the 24 hours up to `at`, this one included."""
        ...

    async def starts_since(self, *, at: datetime, since: datetime) -> int:
        """Count one start of the process; how many there were from `since` up to `at`, this one included."""
        ...
