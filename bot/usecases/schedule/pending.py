"""Settings that were shown and wait for somebody to apply them: a quarter of an hour, until a restart."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from bot.clock import Clock
from bot.errors import BadInputError

PENDING_FOR_S: Final = 15 * 60.0

_MOST_PENDING: Final = 20
"""Of all servers, one of each: a file has half a MiB at most."""

_TOKEN_BYTES: Final = 8


@dataclass(slots=True, kw_only=True, eq=False)
class Pending:
    """A file of settings.

    Attributes:
        token: Names it in a button.
        guild_id: The server that it would be imported to.
        shown: A fingerprint of what it would change, as it was shown last.
        since_s: When it was shown first, by the clock that never jumps.
        is_done: True once it was applied.
    """

    token: str
    guild_id: int
    text: str
    shown: str
    since_s: float
    is_done: bool = False


class PendingSettings:
    """The newest file of each server."""

    def __init__(self) -> None:
        self._of_server: OrderedDict[int, Pending] = OrderedDict()

    def add(self, guild_id: int, text: str, shown: str, clock: Clock) -> str:
        """Keep a file, instead of the server's last one, and return its token."""
        self._of_server.pop(guild_id, None)
        token = secrets.token_hex(_TOKEN_BYTES)
        self._of_server[guild_id] = Pending(
            token=token, guild_id=guild_id, text=text, shown=shown, since_s=clock.uptime()
        )
        while len(self._of_server) > _MOST_PENDING:
            self._of_server.popitem(last=False)
        return token

    def get(self, guild_id: int, token: str, clock: Clock) -> Pending:
        """Find a file that waits.

        Raises:
            BadInputError: it has expired, another one took its place, or it was applied.
        """
        found = self._of_server.get(guild_id)
        if found is None or found.token != token or clock.uptime() - found.since_s >= PENDING_FOR_S:
            raise BadInputError("I no longer have this file; nothing was changed.", cure="Use /admin import again.")
        if found.is_done:
            raise BadInputError("This was applied already.", cure="See /admin log.")
        return found
