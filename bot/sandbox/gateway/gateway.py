"""The gateway as a whole: its connections, and the disturbances that a test orders for all of them."""

from __future__ import annotations

from aiohttp import web

from bot.sandbox.gateway.connection import Connection
from bot.sandbox.gateway.sessions import Sessions
from bot.sandbox.wire import Json


class Gateway:
    """Serves the bot's WebSocket connections.

    Attributes:
        connections: The open connections.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self.connections: list[Connection] = []

    @property
    def identify_count(self) -> int:
        """The number of IDENTIFYs so far."""
        return self._sessions.identify_count

    @property
    def resume_count(self) -> int:
        """The number of RESUMEs so far."""
        return self._sessions.resume_count

    @property
    def ready(self) -> bool:
        """Whether a bot has identified, got READY, and is still connected."""
        return any(session.connection is not None for session in self._sessions.by_id.values())

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve one connection until it closes."""
        connection = Connection(self._sessions, request)
        self.connections.append(connection)
        try:
            return await connection.serve()
        finally:
            self.connections.remove(connection)

    def close(self, code: int) -> None:
        """Close every connection with a code."""
        for connection in list(self.connections):
            connection.close(code)

    def drop(self) -> None:
        """Abort every connection without a close frame."""
        for connection in list(self.connections):
            connection.drop()

    def reconnect(self) -> None:
        """Ask every client to reconnect (op 7)."""
        for connection in list(self.connections):
            connection.reconnect()

    def invalidate(self, *, resumable: bool = False) -> None:
        """Invalidate every session (op 9)."""
        if not resumable:
            self._sessions.by_id.clear()
        for connection in list(self.connections):
            connection.invalidate(resumable=resumable)

    def malformed(self, event: str = "MESSAGE_DELETE", data: Json | None = None) -> None:
        """Send an event that lacks its fields."""
        for session in self._sessions.by_id.values():
            session.push(event, data or {})
