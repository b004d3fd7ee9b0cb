"""Services that all parts of a sandbox share: clock, ids, accounts, the gateway's dispatch, the CDN and the logs."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from bot.clock import Clock
from bot.sandbox.state.changes import Changes
from bot.sandbox.state.snowflakes import Snowflakes
from bot.sandbox.state.upload import Upload
from bot.sandbox.state.users import User
from bot.sandbox.wire import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """A request, gateway payload or response that real Discord would not accept or send.

    Attributes:
        method: The HTTP method, or GATEWAY.
        path: The request's path below `/api/v10`, or the name of the gateway's opcode.
        where: The place in the body, query or response.
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


IDENTIFIES_A_DAY: Final = 1000
"""Discord's session start limit: docs, Gateway Object, Session Start Limit."""
_DAY_S: Final = 86_400.0


class Dispatch(Protocol):
    """Sends an event to the gateway sessions that subscribe to it."""

    def __call__(self, event: str, make: Callable[[], Json], *, guild: int | None = None) -> None:
        """Send `make()` as `event`, by default one of direct messages; it is called only if a session subscribes."""
        ...


class OutgoingWebhooks(Protocol):
    """What an application gets over HTTP.

    Attributes:
        verify_key: The application's public key, in 64 hexadecimal digits.
        interactions_url: Where interactions are sent; None for the gateway.
    """

    verify_key: str
    interactions_url: str | None

    def deliver(self, payload: Json, refused: Callable[[str], None]) -> None:
        """Send an interaction; `refused` is called with the reason if it is not accepted."""
        ...

    def announce(self, event: str, data: Json) -> None:
        """Send an event, if the application has set an address for them."""
        ...

    async def close(self) -> None:
        """End the requests that are under way."""
        ...


class Platform:
    """The services that guilds, channels, messages and interactions share.

    Attributes:
        users: Every account but the bot's, by id.
        dispatch: Sends an event to the bot's gateway sessions; set by the gateway.
        webhooks: What the application gets over HTTP; None if that was never set up.
        cdn: Uploaded files by their path below `/cdn`.
        address: The sandbox's own base address, once it listens.
        privileged_intents: The privileged intents that the application was granted, in bits.
    """

    def __init__(self, clock: Clock, seed: int) -> None:
        self.clock = clock
        self.random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.ids = Snowflakes(clock)
        self.changes = Changes()
        self.bot = User(id=self.ids.new(), name="Newsdesk", is_bot=True)
        self.users: dict[int, User] = {}
        self.cdn: dict[str, Upload] = {}
        self.deviations: list[Deviation] = []
        self.requests: deque[RequestSeen] = deque(maxlen=10_000)
        self.address = ""
        self.privileged_intents = 0
        self.dispatch: Dispatch = _nowhere
        self.webhooks: OutgoingWebhooks | None = None
        self._identified_at: deque[float] = deque()

    @property
    def application_id(self) -> int:
        """The application's id, which is its bot's too."""
        return self.bot.id

    @property
    def gateway_address(self) -> str:
        """The gateway's WebSocket address."""
        return self.address.replace("http://", "ws://", 1) + "/gateway"

    def count_identify(self) -> None:
        """Count an IDENTIFY toward the limit of 24 hours."""
        self._identified_at.append(self.clock.uptime())

    def identifies_left(self) -> int:
        """How many IDENTIFYs are left of the last 24 hours' `IDENTIFIES_A_DAY`."""
        while self._identified_at and self._identified_at[0] <= self.clock.uptime() - _DAY_S:
            self._identified_at.popleft()
        return max(0, IDENTIFIES_A_DAY - len(self._identified_at))

    def upload(self, upload: Upload, folder: str) -> Json:
        """Put a file on the CDN and return its attachment object."""
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
    """Drop the event: no gateway listens yet."""
