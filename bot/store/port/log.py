"""Servers' logs. What changes the ledger takes its entry along and writes both in one transaction (`entry=`).

A server's articles are in a file of their own. What changes them is begun in the ledger, recorded by their file in the
transaction that does it (`done=`), and then finished in the ledger with that record (bot/usecases/logged.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.news.servers.log import Act, Begun, Deed, Done, LogEntry


class LogStore(Protocol):
    """The entries of servers' logs."""

    async def begin_entry(self, deed: Deed, act: Act) -> None:
        """Note what somebody is about to do to a server's articles; no entry yet."""
        ...

    async def begun(self) -> tuple[Begun, ...]:
        """Read what was begun and is not finished, the oldest first."""
        ...

    async def finish_entry(self, deed_id: int, done: Done | None) -> None:
        """Turn what was begun into an entry, in one transaction; None if it was not done, which leaves no entry."""
        ...

    async def entries(self, guild_id: int, *, since: datetime, limit: int, offset: int = 0) -> tuple[LogEntry, ...]:
        """Read a server's entries since a moment, newest first."""
        ...

    async def members_of(self, guild_id: int, deeds: Sequence[int]) -> Mapping[int, int]:
        """Read who did these deeds of a server, by their ids; those that the log doesn't know are left out."""
        ...

    async def entries_of(self, member_id: int) -> tuple[LogEntry, ...]:
        """Read the entries that hold this member's id, in every server, newest first."""
        ...

    async def drop_entries(self, *, before: datetime) -> int:
        """Delete the entries from before a moment, and return how many."""
        ...
