"""Greetings of servers that the bot has joined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.news.servers.joining import Greeting


class GreetingStore(Protocol):
    """One greeting for each server, ever; it is deleted with the server's other data."""

    async def greetings(self) -> Mapping[int, Greeting]:
        """Read all greetings, by server."""
        ...

    async def claim_greeting(self, greeting: Greeting) -> bool:
        """Store a server's first greeting; False, with nothing changed, if it has one."""
        ...

    async def mark_greeting(self, greeting: Greeting) -> None:
        """Replace a greeting that is SENDING; any other stays as it is."""
        ...

    async def release_greeting(self, guild_id: int) -> None:
        """Forget a greeting that is SENDING and was certainly not posted, so that it can be claimed again."""
        ...
