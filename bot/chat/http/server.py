"""The HTTP server that takes interactions and events from Discord, behind the operator's TLS proxy.

A request is refused as early as that is possible: by its path and headers before its body is read, by its size while it
is read, by its signature before anything of it is parsed. An interaction is answered through Discord's API as one from
the gateway is; the request itself gets 202 without a body, which is what Discord documents for that.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.chat.http.refusals import STATUS, Refusal
from bot.chat.http.replays import EVENT_S, INTERACTION_S, Replays
from bot.chat.http.signature import Signed, Verifier, read_headers
from bot.checkup.listening import Listener
from bot.clock import Clock
from bot.news.checkup.runtime import HttpInteractions

log = structlog.get_logger(__name__)

INTERACTIONS: Final = "/interactions"
EVENTS: Final = "/events"

LARGEST_BODY: Final = 256 * 1024
"""Bytes: the largest interactions carry a whole message, whose texts JSON may write six times as long."""

BODY_WITHIN_S: Final = 2.0
"""Of the three seconds in which an interaction is answered or has failed."""

MOST_AT_ONCE: Final = 256
"""Bodies that are read at the same time: 64 MiB at the most."""

_WITHIN_S: Final = {INTERACTIONS: INTERACTION_S, EVENTS: EVENT_S}

_PING: Final = 1
_ID: Final = re.compile(r"[0-9]{1,20}")
"""A snowflake. Ids are remembered against replays, so their length bounds the memory, too."""

_JOINS_AND_LEAVES: Final = frozenset({"APPLICATION_AUTHORIZED", "APPLICATION_DEAUTHORIZED"})

_KEEPALIVE_S: Final = 75.0
"""Longer than proxies keep a connection, so that they, not we, close it: nginx keeps one for 60 s."""

_SHUTDOWN_S: Final = 1.0


class Takes(Protocol):
    """Takes interactions, as the client does."""

    @property
    def can_answer(self) -> bool:
        """Whether an interaction can be answered now."""

    def take_interaction(self, data: Any) -> None:
        """Have an interaction answered; returns at once."""

    async def ask_time(self) -> None:
        """Learn from Discord what time it is there, unless it was asked just now."""


class InteractionServer:
    """Takes interactions and events at one address."""

    def __init__(
        self,
        client: Takes,
        *,
        public_key: str,
        now_s: Callable[[], float],
        clock: Clock,
        note_joins: Callable[[], None],
    ) -> None:
        """Connect the server with what it serves.

        Args:
            client: Answers the interactions.
            public_key: The application's public key, in 64 hexadecimal digits.
            now_s: Seconds since 1970 by Discord's clock, as far as it is known.
            clock: For the waits between attempts to listen, and for how long replays are remembered.
            note_joins: Called if the bot may have been added to a server or removed from one.
        """
        self._client = client
        self._verifier = Verifier(public_key)
        self._replays = Replays(now_s, clock)
        self._note_joins = note_joins
        self._reading = 0
        self._taken = self._events = 0
        self._refused: Counter[Refusal] = Counter()
        self._listener = Listener("interactions", self._runner, clock)

    @property
    def port(self) -> int | None:
        """The port that it listens at; None while it doesn't."""
        return self._listener.port

    def status(self) -> HttpInteractions:
        """Count what arrived since the start."""
        return HttpInteractions(
            is_listening=self.port is not None,
            taken=self._taken,
            events=self._events,
            refused={str(why): self._refused[why] for why in Refusal},
        )

    async def serve(self, host: str, port: int, stop: asyncio.Event) -> None:
        """Answer until `stop` is set; an address that can't be used is tried again."""
        await self._listener.serve(host, port, stop)

    async def stop(self) -> None:
        """Stop listening."""
        await self._listener.stop()

    def _runner(self) -> web.ServerRunner:
        # Nothing is unpacked, and the rest of a refused body is not read.
        server = web.Server(
            self._serve,
            access_log=None,
            auto_decompress=False,
            lingering_time=0,
            keepalive_timeout=_KEEPALIVE_S,
            logger=_quiet_logger(),
        )
        return web.ServerRunner(server, shutdown_timeout=_SHUTDOWN_S)

    async def _serve(self, request: web.BaseRequest) -> web.Response:
        answer = await self._answer(request)
        if not isinstance(answer, Refusal):
            return answer
        self._refused[answer] += 1
        log.debug("a request was refused", why=answer)
        return web.Response(status=STATUS[answer])

    async def _answer(self, request: web.BaseRequest) -> web.Response | Refusal:
        within_s = _WITHIN_S.get(request.path)
        if within_s is None:
            return Refusal.PATH
        if request.method != "POST":
            return Refusal.METHOD
        signed = read_headers(request.headers.get("X-Signature-Ed25519"), request.headers.get("X-Signature-Timestamp"))
        if signed is None:
            return Refusal.HEADERS
        body = await self._read(request)
        if isinstance(body, Refusal):
            return body
        if not self._verifier.is_genuine(signed, body):
            return Refusal.SIGNATURE
        if not await self._is_timely(signed, within_s):
            return Refusal.TIME
        data = _parse(body)
        if data is None:
            return Refusal.BODY
        return self._interaction(data) if request.path == INTERACTIONS else self._event(data)

    async def _is_timely(self, signed: Signed, within_s: float) -> bool:
        """Judge the age of a genuine request; before one is refused, Discord is asked what time it is.

        After a suspended machine, or days without a request, what is known of its clock may be wrong.
        """
        if self._replays.is_timely(signed.at_s, within_s):
            return True
        await self._client.ask_time()
        return self._replays.is_timely(signed.at_s, within_s)

    async def _read(self, request: web.BaseRequest) -> bytes | Refusal:
        if (request.content_length or 0) > LARGEST_BODY:
            return Refusal.SIZE
        if self._reading >= MOST_AT_ONCE:
            return Refusal.BUSY
        self._reading += 1
        try:
            async with asyncio.timeout(BODY_WITHIN_S):
                return await _read_body(request)
        except TimeoutError:
            return Refusal.SLOW
        except (OSError, web.RequestPayloadError):
            return Refusal.CUT_OFF
        finally:
            self._reading -= 1

    def _interaction(self, data: Mapping[str, Any]) -> web.Response | Refusal:
        if data.get("type") == _PING:
            return web.json_response({"type": _PING})
        interaction_id = data.get("id")
        if not isinstance(interaction_id, str) or not _ID.fullmatch(interaction_id):
            return Refusal.BODY
        if not self._client.can_answer:
            return Refusal.NOT_READY
        if self._replays.is_full:
            return Refusal.BUSY
        if not self._replays.is_first(interaction_id):
            return Refusal.REPLAY
        self._taken += 1
        self._client.take_interaction(data)
        return web.Response(status=HTTPStatus.ACCEPTED)

    def _event(self, data: Mapping[str, Any]) -> web.Response:
        """Take an event as a hint: it can be late, repeated or missing, so nothing is changed by what it says."""
        event = data.get("event")
        kind = event.get("type") if isinstance(event, dict) else None
        if isinstance(kind, str) and kind in _JOINS_AND_LEAVES:
            self._events += 1
            self._note_joins()
        # Discord wants a content type even here (its documentation, Acknowledging PING requests).
        return web.Response(status=HTTPStatus.NO_CONTENT, content_type="application/json")


def _quiet_logger() -> logging.Logger:
    """Return a logger for aiohttp's server that leaves out requests that aren't HTTP.

    It would log each with a traceback, and anyone can send them, so a stranger could fill the log.
    """
    logger = logging.getLogger(f"{__name__}.aiohttp")
    logger.addFilter(_is_not_about_bytes)  # a second time changes nothing
    return logger


def _is_not_about_bytes(record: logging.LogRecord) -> bool:
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


async def _read_body(request: web.BaseRequest) -> bytes | Refusal:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LARGEST_BODY:
            return Refusal.SIZE
    return bytes(body)


def _parse(body: bytes) -> Mapping[str, Any] | None:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
