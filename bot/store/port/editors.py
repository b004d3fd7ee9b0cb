"""Editor roles: the roles whose members edit a server's schedules and content."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from bot.news.servers.log import LogEntry


class EditorStore(Protocol):
    """The editor roles of each server."""

    async def editor_roles(self, guild_id: int) -> frozenset[int]:
        """Read the ids of a server's editor roles, also of those that were deleted in Discord since."""
        ...

    async def add_editor_role(
        self, guild_id: int, role_id: int, *, limit: int, existing: Collection[int], entry: LogEntry | None = None
    ) -> bool:
        """Add an editor role, and drop those that don't exist any more; False if it is one already.

        Args:
            guild_id: The server.
            role_id: The role.
            limit: At most this many.
            existing: The ids of all roles that the server has now.
            entry: Logged if the role is added.

        Raises:
            TooManyError: the server has `limit` editor roles.
        """
        ...

    async def remove_editor_role(self, guild_id: int, role_id: int, *, entry: LogEntry | None = None) -> bool:
        """Remove an editor role, and log it; False if it isn't one."""
        ...
