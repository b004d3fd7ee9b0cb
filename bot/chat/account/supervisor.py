"""Keep the account connected: log in, connect, and reconnect until stopped or refused permanently.

discord.py recovers from most broken connections. It doesn't survive a first connect that fails (AttributeError) and an
event that it can't parse (KeyError, TypeError): those end `connect`, and the supervisor calls it again. Posting only
needs the login and continues meanwhile.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import discord
import structlog
from discord.gateway import KeepAliveHandler
from discord.utils import MISSING

from bot.chat.account.client import NewsClient
from bot.chat.account.identifies import IdentifyBudgetError
from bot.clock import Clock
from bot.errors import StoreError, TokenRefusedError
from bot.news.delivery import backoff_s
from bot.store.port.admin import AdminStore
from bot.waits import first_of

log = structlog.get_logger(__name__)

CLOSE_S: Final = 3.0

_STEADY_S: Final = 60.0
"""After a connection of this length the next back-off begins at one second again."""

_LOOK_S: Final = 30.0
_IDLE_S: Final = 30.0
"""Without a connection, at most the sum of these two passes between two attempts to get one."""

LOOK_EVERY_S: Final = 600.0
"""Without a gateway, how long it takes at the most until the bot knows that it was added or removed."""

_BUDGET_WAIT_S: Final = 900.0
"""Refused IDENTIFYs count too: 96 a day are fewer than the hundred that `MOST_IDENTIFIES` leaves."""

_STARTS: Final = 5
_STARTS_WITHIN: Final = timedelta(minutes=10)
_LONGEST_START_WAIT_S: Final = 300.0

_PORTAL: Final = "in the Developer Portal"
_CURES: Final = {
    4004: f"Reset the token {_PORTAL} under Bot, and put the new one into the configuration.",
    4010: "Another process uses this token with shards; stop it, or use another token here.",
    4011: "The bot is in too many servers for one connection; it needs shards.",
    4012: "Update the bot: Discord no longer supports this gateway version.",
    4013: "Update the bot: Discord no longer supports its intents.",
    4014: f"Allow the bot's intents {_PORTAL} under Bot, Privileged Gateway Intents.",
}


class Supervisor:
    """Keeps one client connected."""

    def __init__(
        self, client: NewsClient, token: str, *, store: AdminStore, clock: Clock, jitter: Callable[[], float]
    ) -> None:
        """Set up the supervisor.

        Args:
            client: Not logged in yet.
            token: Without `Bot `.
            store: Counts the starts of the process.
            clock: For all waits.
            jitter: Random numbers in [0, 1).
        """
        self._client = client
        self._token = token
        self._store = store
        self._clock = clock
        self._jitter = jitter

    async def run(self, stop: asyncio.Event) -> None:
        """Stay connected until `stop` is set, then close.

        Raises:
            TokenRefusedError: Discord refuses the token or a setting permanently.
        """
        try:
            await self._pause(await self._start_wait_s(), stop)
            await self._login(stop)
            if self._client.has_gateway:
                await self._stay_connected(stop)
            else:
                await self._stay_logged_in(stop)
        finally:
            await self.close()

    async def _start_wait_s(self) -> float:
        """Return how long a process that restarts often waits before it uses another IDENTIFY."""
        now = self._clock.now()
        try:
            over = await self._store.starts_since(at=now, since=now - _STARTS_WITHIN) - _STARTS
        except StoreError as error:
            log.warning("this start is not counted", error=str(error))
            return 0.0
        wait_s = min(_LONGEST_START_WAIT_S, 30.0 * max(0, over))
        if wait_s:
            log.warning("started too often; waiting before the login", starts=over + _STARTS, wait_s=wait_s)
        return wait_s

    async def _login(self, stop: asyncio.Event) -> None:
        for tries in range(1_000_000):
            if stop.is_set():
                return
            error = await self._until_stopped(self._client.login(self._token), stop)
            if error is None:
                return
            if isinstance(error, discord.LoginFailure):
                raise TokenRefusedError("Discord refused the bot's token.", cure=_CURES[4004]) from error
            # Of the network, Discord or the commands: a later attempt may work.
            log.warning("the login failed", error=f"{type(error).__name__}: {error}")
            await self._forget_session()
            await self._pause(backoff_s(tries, self._jitter()), stop)

    async def _forget_session(self) -> None:
        """Close the HTTP session: discord.py creates another one at each login and would leave this one open."""
        await self._client.http.close()
        self._client.http.connector = MISSING

    async def _stay_connected(self, stop: asyncio.Event) -> None:
        tries = 0
        while not stop.is_set():
            began_s = self._clock.uptime()
            error = await self._until_stopped(self._connect(), stop)
            if stop.is_set():
                return
            self._client.note_connection(is_connected=False)
            if error is not None:
                _raise_if_permanent(error)
            await self._drop_socket()
            tries = 0 if self._clock.uptime() - began_s > _STEADY_S else tries + 1
            wait_s = _BUDGET_WAIT_S if isinstance(error, IdentifyBudgetError) else backoff_s(tries, self._jitter()) / 2
            log.warning("the gateway connection ended", error=repr(error), wait_s=round(wait_s, 1))
            await self._pause(wait_s, stop)

    async def _stay_logged_in(self, stop: asyncio.Event) -> None:
        """Without a gateway: ask now and then for what its events would have said."""
        while not stop.is_set():
            self._client.note_connection(is_connected=True)
            self._client.on_news()
            await self._pause(LOOK_EVERY_S, stop)

    async def _connect(self) -> None:
        """Stay connected; return once discord.py waits too long between two attempts.

        Its own back-off grows up to 17 minutes, and commands are to be back within a minute of an outage's end.
        """
        began_s = self._clock.uptime()
        connecting = asyncio.ensure_future(self._client.connect())
        try:
            while not connecting.done() and not self._is_idle(began_s):
                await first_of(asyncio.wait({connecting}), self._clock.sleep(_LOOK_S))
        finally:
            connecting.cancel()
            await asyncio.wait({connecting})
        if not connecting.cancelled():
            connecting.result()

    def _is_idle(self, began_s: float) -> bool:
        last_s = max(began_s, self._client.pace.last_s)
        return not self._client.is_connected and self._clock.uptime() - last_s > _IDLE_S

    async def _until_stopped(self, work: Awaitable[Any], stop: asyncio.Event) -> BaseException | None:
        """Wait for the work's end or for `stop`; return what the work raised, if anything."""
        task = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if not task.done():
                task.cancel()
        await asyncio.wait({task})
        return None if task.cancelled() else task.exception()

    async def _drop_socket(self) -> None:
        """Close the sockets that discord.py leaves open after an event that it can't parse or a refused IDENTIFY.

        Each has a heartbeat thread, which has the only reference to a connection that the client never took over.
        """
        state = self._client._connection  # noqa: SLF001 - identifies this client's connections
        for thread in threading.enumerate():
            if isinstance(thread, KeepAliveHandler) and thread.ws._connection is state:  # noqa: SLF001
                await _within(CLOSE_S, thread.ws.close(code=4000))

    async def _pause(self, seconds: float, stop: asyncio.Event) -> None:
        if seconds > 0:
            await self._until_stopped(self._clock.sleep(seconds), stop)

    async def close(self) -> None:
        """Close the connection and the HTTP session within 3 seconds; calling it twice is harmless."""
        self._client.note_connection(is_connected=False)
        await self._drop_socket()
        await _within(CLOSE_S, self._client.close())


async def _within(seconds: float, work: Awaitable[Any]) -> None:
    """Wait for the work at most that long; log what it raises."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        task.cancel()
        await asyncio.wait({task}, timeout=1.0)
    elif (error := task.exception()) is not None:
        log.info("closing was not clean", error=repr(error))


def _raise_if_permanent(error: BaseException) -> None:
    code = 4014 if isinstance(error, discord.PrivilegedIntentsRequired) else getattr(error, "code", None)
    is_closed = isinstance(error, discord.ConnectionClosed | discord.PrivilegedIntentsRequired)
    if is_closed and code in _CURES:
        raise TokenRefusedError(f"Discord closed the connection permanently ({code}).", cure=_CURES[code]) from error
