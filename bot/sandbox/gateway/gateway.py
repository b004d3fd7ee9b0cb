"""The gateway as a whole: connections, sessions, and the events that go to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.gateway.connection import Connection
from bot.sandbox.gateway.session import Session
from bot.sandbox.wire import Json

if TYPE_CHECKING:
    from bot.sandbox.examiner.examiner import Examiner
    from bot.sandbox.faults import Faults
    from bot.sandbox.world import World


class Gateway:
    """Serves the bot's WebSocket connections.

    Attributes:
        connections: Those that are open now.
        sessions: Those that can be used or resumed, by id.
        identify_count: IDENTIFYs so far.
        resume_count: RESUMEs so far.
        heartbeat_s: The interval that HELLO tells, in seconds.
    """

    def __init__(self, world: World, token: str, faults: Faults, examiner: Examiner, heartbeat_s: float) -> None:
        self.world = world
        self.token = token
        self.faults = faults
        self.examiner = examiner
        self.heartbeat_s = heartbeat_s
        self.connections: list[Connection] = []
        self.sessions: dict[str, Session] = {}
        self.identify_count = 0
        self.resume_count = 0
        world.dispatch = self.dispatch

    @property
    def ready(self) -> bool:
        """Whether a bot has identified, got READY, and is still connected."""
        return any(session.connection is not None for session in self.sessions.values())

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve one connection until it ends."""
        connection = Connection(self, request)
        self.connections.append(connection)
        return await connection.serve()

    def dispatch(self, event: str, make: Callable[[], Json], *, guild: int | None = None) -> None:
        """Send an event to every session that wants it; see `world.Dispatch`."""
        if guild is not None:
            place = self.world.guilds.get(guild)
            if place is not None and not place.has_bot and event != "GUILD_DELETE":
                return
        wanting = [session for session in self.sessions.values() if session.wants(event, guild)]
        if wanting:
            data = make()
            for session in wanting:
                session.push(event, data)

    def open_session(self, wanted: int, shard: tuple[int, int]) -> Session:
        """Begin a session."""
        session_id = f"{self.world.random.getrandbits(128):032x}"
        session = Session(session_id, wanted, shard, self.world.bot.id)
        self.sessions[session_id] = session
        return session

    def greet(self, session: Session) -> None:
        """Send READY and the servers."""
        world = self.world
        mine = [guild for guild in world.guilds.values() if guild.has_bot and session.wants("GUILD_CREATE", guild.id)]
        session.push(
            "READY",
            {
                "v": 10,
                "user": world.bot.to_json() | {"verified": True, "mfa_enabled": True, "email": None},
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in mine],
                "session_id": session.id,
                "resume_gateway_url": world.gateway_address,
                "shard": list(session.shard),
                "application": {"id": str(world.application_id), "flags": 0},
                "session_type": "normal",
                "private_channels": [],
                "_trace": [],
            },
        )
        for guild in mine:
            if guild.available:
                session.push("GUILD_CREATE", guild.gateway_json())
        world.changes.notify()

    def forget(self, connection: Connection, code: int | None) -> None:
        """A connection has ended; a session that its client closed with 1000 or 1001 ends too."""
        if connection in self.connections:
            self.connections.remove(connection)
        session = connection.session
        if session is not None and session.connection is connection:
            session.connection = None
            if code in (1000, 1001):
                self.sessions.pop(session.id, None)
        self.world.changes.notify()

    def close(self, code: int) -> None:
        """Close every connection with a code."""
        for connection in list(self.connections):
            connection.close(code)

    def drop(self) -> None:
        """Cut every connection without a close frame."""
        for connection in list(self.connections):
            connection.drop()

    def reconnect(self) -> None:
        """Ask every client to reconnect (op 7)."""
        for connection in list(self.connections):
            connection.reconnect()

    def invalidate(self, *, resumable: bool = False) -> None:
        """Invalidate every session (op 9)."""
        if not resumable:
            self.sessions.clear()
        for connection in list(self.connections):
            connection.invalidate(resumable=resumable)

    def malformed(self, event: str = "MESSAGE_DELETE", data: Json | None = None) -> None:
        """Send an event that lacks its fields."""
        for session in self.sessions.values():
            session.push(event, data or {})
