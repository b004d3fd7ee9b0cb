"""A gateway session: numbered events, kept so that a resume can replay them."""

from __future__ import annotations

from collections import deque
from typing import Final, Protocol

from bot.sandbox.gateway import intents
from bot.sandbox.wire import Json, dump

_KEPT: Final = 5_000
"""Events kept for a resume."""


class Sends(Protocol):
    """A connection's sending end."""

    def send(self, payload: bytes) -> None:
        """Queue a payload."""
        ...


class Session:
    """A session, from an IDENTIFY until it ends.

    Attributes:
        connection: Its present connection, or None.
        sequence: The number of the last event.
    """

    def __init__(self, session_id: str, wanted: int, shard: tuple[int, int], bot_id: int) -> None:
        self.id = session_id
        self.intents = wanted
        self.shard = shard
        self.connection: Sends | None = None
        self.sequence = 0
        self._bot_id = str(bot_id)
        self._sent: deque[tuple[int, bytes]] = deque(maxlen=_KEPT)

    def wants(self, event: str, guild: int | None) -> bool:
        """Whether the session's intents and shard subscribe to the event."""
        number, count = self.shard
        mine = number == 0 if guild is None else (guild >> 22) % count == number
        need = intents.needed(event, in_guild=guild is not None)
        return mine and (need == 0 or bool(self.intents & need))

    def push(self, event: str, data: Json) -> None:
        """Number an event, keep it for a resume, and send it if there is a connection."""
        self.sequence += 1
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            data = self._with_content(data)
        payload = dump({"op": 0, "t": event, "s": self.sequence, "d": data})
        self._sent.append((self.sequence, payload))
        if self.connection is not None:
            self.connection.send(payload)

    def replay(self, after: int) -> bool:
        """Send every event after number `after` again; False if some are no longer kept."""
        oldest = self._sent[0][0] if self._sent else self.sequence + 1
        if after > self.sequence or after < oldest - 1:
            return False
        for number, payload in self._sent:
            if number > after and self.connection is not None:
                self.connection.send(payload)
        return True

    def _with_content(self, message: Json) -> Json:
        mine = message["author"]["id"] == self._bot_id or "guild_id" not in message
        named = any(user["id"] == self._bot_id for user in message["mentions"])
        if mine or named or self.intents & intents.MESSAGE_CONTENT:
            return message
        return message | {"content": "", "embeds": [], "attachments": [], "components": []}
