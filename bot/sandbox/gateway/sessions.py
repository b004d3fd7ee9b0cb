"""The gateway's sessions: opening and releasing them, READY, and the dispatch of events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.sandbox.faults import Faults
from bot.sandbox.gateway.session import Sends, Session
from bot.sandbox.validation.validator import Validator
from bot.sandbox.wire import Json
from bot.sandbox.world import World

IDENTIFY_INTERVAL_S: Final = 5.0
"""Seconds in which Discord takes one IDENTIFY at `max_concurrency` 1: docs, Gateway, Sharding, Max Concurrency."""
_ENDING: Final = frozenset({1000, 1001})
"""Close codes with which a client ends its session: docs, Gateway, Initiating a Disconnect."""


class Sessions:
    """Sessions by id, and the shared settings of their connections.

    Attributes:
        heartbeat_s: The heartbeat interval that HELLO announces, in seconds.
        identify_interval_s: Real seconds after an IDENTIFY in which a further one is refused.
        identify_count: IDENTIFYs so far.
        resume_count: RESUMEs so far.
    """

    def __init__(
        self,
        world: World,
        token: str,
        faults: Faults,
        validator: Validator,
        *,
        heartbeat_s: float,
        identify_interval_s: float,
    ) -> None:
        self.world = world
        self.token = token
        self.faults = faults
        self.validator = validator
        self.heartbeat_s = heartbeat_s
        self.identify_interval_s = identify_interval_s
        self.by_id: dict[str, Session] = {}
        self.identify_count = 0
        self.resume_count = 0
        self._identify_after = 0.0
        world.dispatch = self.dispatch

    def take_identify(self, now: float) -> bool:
        """Count an IDENTIFY; False if it came within `identify_interval_s` of the last one.

        `now` is in seconds on the machine's clock: clients wait on that, even when Discord's clock is simulated.
        """
        self.identify_count += 1
        self.world.count_identify()
        early = now < self._identify_after
        if not early:
            self._identify_after = now + self.identify_interval_s
        return not early

    def dispatch(self, event: str, make: Callable[[], Json], *, guild: int | None = None) -> None:
        """Send an event to every session that subscribes to it: `platform.Dispatch`."""
        if guild is not None:
            place = self.world.guilds.get(guild)
            if place is not None and not place.has_bot and event != "GUILD_DELETE":
                return
        subscribed = [session for session in self.by_id.values() if session.wants(event, guild)]
        if subscribed:
            data = make()
            for session in subscribed:
                session.push(event, data)

    def open(self, intents: int, shard: tuple[int, int], connection: Sends) -> Session:
        """Open a session on a connection, and send it READY and the guilds."""
        session_id = f"{self.world.random.getrandbits(128):032x}"
        session = Session(session_id, intents, shard, self.world.bot.id)
        session.connection = connection
        self.by_id[session_id] = session
        self._greet(session)
        return session

    def release(self, session: Session | None, connection: Sends, code: int | None) -> None:
        """Detach a closed connection; the session ends if its client closed with 1000 or 1001."""
        if session is not None and session.connection is connection:
            session.connection = None
            if code in _ENDING:
                self.by_id.pop(session.id, None)
        self.world.changes.notify()

    def _greet(self, session: Session) -> None:
        world = self.world
        guilds = [guild for guild in world.guilds.values() if guild.has_bot and session.wants("GUILD_CREATE", guild.id)]
        session.push(
            "READY",
            {
                "v": 10,
                "user": world.bot.to_json() | {"verified": True, "mfa_enabled": True, "email": None},
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "resume_gateway_url": world.gateway_address,
                "shard": list(session.shard),
                "application": {"id": str(world.application_id), "flags": 0},
                "session_type": "normal",
                "private_channels": [],
                "_trace": [],
            },
        )
        for guild in guilds:
            if guild.available:
                session.push("GUILD_CREATE", world.guild_create(guild))
        world.changes.notify()
