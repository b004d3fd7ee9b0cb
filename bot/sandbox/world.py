"""Everything that exists in one sandbox. All state hangs on one `World`; there are no globals."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.clock import Clock
from bot.sandbox.changes import Changes
from bot.sandbox.snowflakes import Snowflakes
from bot.sandbox.users import User
from bot.sandbox.wire import Json

if TYPE_CHECKING:
    from bot.sandbox.channel import Channel
    from bot.sandbox.commands import Commands
    from bot.sandbox.guild import Guild
    from bot.sandbox.interactions import Interactions
    from bot.sandbox.member import Member
    from bot.sandbox.message import Upload
    from bot.sandbox.nonces import Nonces


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """A request, a gateway payload or an answer that real Discord would not have seen or given.

    Attributes:
        method: The HTTP method, or GATEWAY.
        path: The request's path below `/api/v10`, or the gateway's opcode by name.
        where: The place in the body, query or answer.
        why: The rule that was broken.
    """

    method: str
    path: str
    where: str
    why: str


class RequestSeen(NamedTuple):
    """A line of the request log; `status` 0 means that the connection was dropped."""

    method: str
    path: str
    status: int
    at: datetime


_DAY_S = 86_400.0
_IDENTIFIES_A_DAY = 1000


class Dispatch(Protocol):
    """Sends an event to every gateway session of the bot that wants it."""

    def __call__(self, event: str, make: Callable[[], Json], *, guild: int | None = None) -> None:
        """Send `make()` as `event`; it is not called when nobody listens. Without `guild` it is a direct one."""
        ...


class World:
    """The state of the sandbox; it knows nothing of HTTP or WebSockets.

    Attributes:
        new_person: Makes an account from a name and a locale.
        dispatch: Sends an event to the bot's gateway sessions; set by the gateway.
        cdn: Uploaded files by their path below `/cdn`.
        address: The sandbox's own base address, once it listens.
        privileged_intents: The privileged intents that the application was granted, in bits.
    """

    commands: Commands
    interactions: Interactions
    nonces: Nonces
    owner: Member
    new_person: Callable[[str, str], Member]

    def __init__(self, clock: Clock, seed: int) -> None:
        self.clock = clock
        self.random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.ids = Snowflakes(clock)
        self.changes = Changes()
        self.bot = User(id=self.ids.new(), name="Newsdesk", is_bot=True)
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.people: dict[int, Member] = {}
        self.cdn: dict[str, Upload] = {}
        self.deviations: list[Deviation] = []
        self.requests: deque[RequestSeen] = deque(maxlen=10_000)
        self.address = ""
        self.privileged_intents = 0
        self._identified_at: deque[float] = deque()
        self.dispatch: Dispatch = _nowhere

    @property
    def application_id(self) -> int:
        """The application's id; its bot has the same."""
        return self.bot.id

    @property
    def gateway_address(self) -> str:
        """Where the gateway listens."""
        return self.address.replace("http://", "ws://", 1) + "/gateway"

    def note_identify(self) -> None:
        """Another IDENTIFY of the 1,000 that Discord grants in 24 hours."""
        self._identified_at.append(self.clock.uptime())

    def identifies_left(self) -> int:
        """How many IDENTIFYs are left today."""
        while self._identified_at and self._identified_at[0] <= self.clock.uptime() - _DAY_S:
            self._identified_at.popleft()
        return max(0, _IDENTIFIES_A_DAY - len(self._identified_at))

    def publish(self, upload: Upload, folder: str) -> Json:
        """Put a file on the CDN and give its attachment object."""
        attachment_id = self.ids.new()
        path = f"{folder}/{attachment_id}/{upload.filename}"
        self.cdn[path] = upload
        url = f"{self.address}/cdn/{path}"
        return {
            "id": str(attachment_id),
            "filename": upload.filename,
            "size": len(upload.content),
            "url": url,
            "proxy_url": url,
            "content_type": upload.content_type,
        }


def _nowhere(event: str, make: Callable[[], Json], *, guild: int | None = None) -> None:
    """No gateway yet: nobody hears the event."""
