"""The application's endpoints: interactions and events that are signed and sent over HTTP, as Discord does.

Once an interactions endpoint is set, interactions arrive there and no longer over the gateway.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Final

import aiohttp
from nacl.signing import SigningKey
from typing_extensions import override

from bot.clock import Clock
from bot.sandbox.errors import SandboxError
from bot.sandbox.state.platform import OutgoingWebhooks
from bot.sandbox.wire import Json, dump, iso

_PING: Final = 1
_EVENT_PING: Final = 0
_EVENT: Final = 1
_WITHIN_S: Final = 3.0


class Endpoint(OutgoingWebhooks):
    """An application's key pair and the addresses that it has set.

    Attributes:
        failures: Why events were not accepted, oldest first.
    """

    def __init__(self, *, application_id: int, clock: Clock, seed: bytes = b"sandbox key of 32 bytes, no more") -> None:
        """Create it without any address.

        Args:
            application_id: The application's id.
            clock: Discord's clock, for the time that is signed.
            seed: 32 bytes that the key pair is made of.
        """
        self._application_id = application_id
        self._clock = clock
        self._key = SigningKey(seed)
        self._session: aiohttp.ClientSession | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self.verify_key = self._key.verify_key.encode().hex()
        self.interactions_url: str | None = None
        self.events_url: str | None = None
        self.failures: list[str] = []

    async def set_interactions_url(self, url: str) -> None:
        """Set the interactions endpoint, after the check that Discord makes.

        Raises:
            SandboxError: It doesn't answer a PING, or accepts a wrong signature.
        """
        ping = dump({"id": "1", "application_id": str(self._application_id), "type": _PING, "token": "t", "version": 1})
        status, answer = await self._check(url, ping)
        if status != HTTPStatus.OK or json.loads(answer) != {"type": _PING}:
            raise SandboxError(f"The endpoint answered the PING with {status}: {answer!r}")
        self.interactions_url = url

    async def set_events_url(self, url: str) -> None:
        """Set the endpoint of events, after the check that Discord makes.

        Raises:
            SandboxError: It doesn't answer a PING, or accepts a wrong signature.
        """
        status, answer = await self._check(
            url, dump({"version": 1, "application_id": str(self._application_id), "type": _EVENT_PING})
        )
        if status != HTTPStatus.NO_CONTENT or answer:
            raise SandboxError(f"The endpoint answered the PING with {status}: {answer!r}")
        self.events_url = url

    async def _check(self, url: str, ping: bytes) -> tuple[int, bytes]:
        wrong = self.headers(ping) | {"X-Signature-Ed25519": "0" * 128}
        status, _ = await self.post(url, ping, wrong)
        if status != HTTPStatus.UNAUTHORIZED:
            raise SandboxError(f"The endpoint answered a wrong signature with {status}, not 401")
        return await self.post(url, ping, self.headers(ping))

    def headers(self, body: bytes, *, at_s: int | None = None) -> dict[str, str]:
        """Sign a body, by default as of now."""
        timestamp = str(int(self._clock.now().timestamp()) if at_s is None else at_s)
        signature = self._key.sign(timestamp.encode() + body).signature.hex()
        return {
            "Content-Type": "application/json",
            "User-Agent": "Discord-Interactions/1.0 (+https://discord.com)",
            "X-Signature-Ed25519": signature,
            "X-Signature-Timestamp": timestamp,
        }

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Send a request and return the response's status and body.

        Raises:
            aiohttp.ClientError: There is no response.
            TimeoutError: It takes too long.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_WITHIN_S))
        async with self._session.post(url, data=body, headers=headers) as response:
            return response.status, await response.read()

    @override
    def deliver(self, payload: Json, refused: Callable[[str], None]) -> None:
        if self.interactions_url is not None:
            self._start(self._deliver(self.interactions_url, payload, HTTPStatus.ACCEPTED, refused))

    @override
    def announce(self, event: str, data: Json) -> None:
        if self.events_url is not None:
            inner = {"type": event, "timestamp": iso(self._clock.now()), "data": data}
            payload = {"version": 1, "application_id": str(self._application_id), "type": _EVENT, "event": inner}
            self._start(self._deliver(self.events_url, payload, HTTPStatus.NO_CONTENT, self.failures.append))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _deliver(self, url: str, payload: Json, wanted: HTTPStatus, refused: Callable[[str], None]) -> None:
        body = dump(payload)
        try:
            status, answer = await self.post(url, body, self.headers(body))
        except (aiohttp.ClientError, TimeoutError) as error:
            why = f"the endpoint gave no answer ({error!r})"
        else:
            if status == wanted and not answer:
                return
            why = f"the endpoint answered {status} with {len(answer)} bytes"
        refused(why)

    @override
    async def close(self) -> None:
        for task in list(self._sending):
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None
