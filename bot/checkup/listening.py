"""Listen for HTTP at one address, also if it is in use at first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from aiohttp import web

from bot.clock import Clock
from bot.waits import first_of

log = structlog.get_logger(__name__)

TRY_AGAIN_S: Final = 5.0
"""Between two attempts to listen at an address that is in use."""


class Listener:
    """One address that an HTTP server listens at.

    Attributes:
        port: The port; None while it doesn't listen.
    """

    def __init__(self, name: str, make_runner: Callable[[], web.BaseRunner], clock: Clock) -> None:
        """Set it up without listening.

        Args:
            name: What listens, for the log.
            make_runner: Creates the server's runner, once for each attempt.
            clock: For the waits between attempts.
        """
        self._name = name
        self._make_runner = make_runner
        self._clock = clock
        self._runner: web.BaseRunner | None = None
        self.port: int | None = None

    async def serve(self, host: str, port: int, stop: asyncio.Event) -> None:
        """Answer until `stop` is set; an address that can't be used is tried again, because the bot works without."""
        is_reported = False
        while not stop.is_set():
            try:
                await self.start(host, port)
            except OSError as error:
                await self.stop()
                if not is_reported:
                    address = f"{host}:{port}"
                    log.warning("can't listen; trying again", server=self._name, address=address, error=str(error))
                is_reported = True
                await first_of(stop.wait(), self._clock.sleep(TRY_AGAIN_S))
            else:
                await stop.wait()
        await self.stop()

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port; if `port` is 0, a free one is chosen.

        Raises:
            OSError: the address can't be used.
        """
        self._runner = self._make_runner()
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.port = int(self._runner.addresses[0][1])
        return self.port

    async def stop(self) -> None:
        """Stop listening."""
        self.port = None
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
