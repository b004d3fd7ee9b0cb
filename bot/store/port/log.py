"""Servers' logs. What changes the ledger takes its entry along and writes both in one transaction (`entry=`)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.news.servers.log import LogEntry


class LogStore(Protocol):
    """The entries of servers' logs."""

    async def add_entry(self, entry: LogEntry) -> None:
        """Add an entry for what was done to another file than the ledger's; adding it twice changes nothing."""
        ...

    async def entries(self, guild_id: int, *, since: datetime, limit: int, offset: int = 0) -> tuple[LogEntry, ...]:
        """Read a server's entries since a moment, newest first."""
        ...

    async def entries_of(self, member_id: int) -> tuple[LogEntry, ...]:
        """Read the entries that hold this member's id, in every server, newest first."""
        ...

    async def drop_entries(self, *, before: datetime) -> int:
        """Delete the entries from before a moment, and return how many."""
        ...
