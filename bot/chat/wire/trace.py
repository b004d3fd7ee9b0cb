"""The trace that every HTTP request of discord.py passes (`discord.Client(http_trace=...)`)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, Final

import aiohttp

from bot.chat.wire.breaker import Breaker
from bot.chat.wire.headers import date_s, wait_s
from bot.chat.wire.limiter import Limiter, Waits
from bot.chat.wire.pace import GatewayPace
from bot.chat.wire.refusals import CircuitOpenError, TooEarlyError, WireCutError
from bot.chat.wire.waited import WaitCounts
from bot.chat.wire.watch import CURRENT_POST, PostWatch, creates_a_message
from bot.clock import Clock
from bot.news.checkup.clock_bounds import ClockBounds

WIRE_S: Final = 15.0

_EXEMPT: Final = ("/interactions/", "/webhooks/")
"""Answers to interactions count toward no limit over everything (Discord's documentation), and can't wait."""

_INVALID: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})


class Wire:
    """Delays requests, times them out, and learns from their responses. One for each token and process.

    Attributes:
        trace_config: For `discord.Client(http_trace=...)`.
        breaker: Closed while requests may pass.
        gateway: Lets gateway connections begin.
        waits: The waits that Discord's 429s asked for.
        limiter_waits: How long requests waited for our own rate limiter.
    """

    def __init__(self, clock: Clock, *, limiter: Limiter | None = None, wire_s: float = WIRE_S) -> None:
        """Set up the trace.

        Args:
            clock: For all waits and fences.
            limiter: The limit on all requests; None for the default one.
            wire_s: Seconds that a request may be on the wire without an answer.
        """
        self._clock = clock
        self._limiter = limiter or Limiter(clock)
        self._wire_s = wire_s
        self._discords_clock: ClockBounds | None = None
        self.breaker = Breaker(clock)
        self.waits = Waits(clock)
        self.gateway = GatewayPace(clock)
        self.limiter_waits = WaitCounts()
        self.trace_config = aiohttp.TraceConfig()
        self.trace_config.on_request_start.append(self._on_start)
        self.trace_config.on_request_headers_sent.append(self._on_sent)
        self.trace_config.on_request_end.append(self._on_end)
        self.trace_config.on_request_exception.append(self._on_exception)

    @contextmanager
    def watch(self, fence_s: float) -> Iterator[PostWatch]:
        """Watch the requests of one post; none may begin later than `fence_s` seconds from now."""
        post = PostWatch(self._clock.uptime() + fence_s)
        token = CURRENT_POST.set(post)
        try:
            yield post
        finally:
            CURRENT_POST.reset(token)

    def discord_offset_s(self) -> float | None:
        """Discord's clock minus ours in seconds; None before its first answer."""
        if self._discords_clock is None:
            return None
        return self._discords_clock.middle_s + self._clock.uptime() - self._clock.now().timestamp()

    def shut_out(self) -> CircuitOpenError | None:
        """Why no request is sent at the moment, and for how long; None while requests are sent."""
        try:
            self.breaker.check()
        except CircuitOpenError as error:
            return error
        return None

    async def _on_start(
        self, _session: aiohttp.ClientSession, request: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        path = params.url.path
        if params.url.scheme in {"ws", "wss"}:
            await self.gateway.take_turn()
        request.is_watched = params.url.scheme in {"http", "https"} and path.startswith("/api/")
        if not request.is_watched:
            return
        request.post = post = CURRENT_POST.get()
        await self._hold_back(params.method, path, post)
        request.creates_a_message = creates_a_message(params.method, path)
        request.is_answered = request.is_sent = request.is_cut = False
        request.begun_s = self._clock.uptime()
        request.cut = asyncio.create_task(self._cut(request, asyncio.current_task()))

    async def _hold_back(self, method: str, path: str, post: PostWatch | None) -> None:
        is_exempt = any(part in path for part in _EXEMPT)
        await self._wait_out(method, path, post, is_exempt=is_exempt)
        if not is_exempt:
            await self._take_turn()
            # Under load a turn takes seconds; a 429 that came meanwhile is for all waiting requests.
            while await self._wait_out(method, path, post, is_exempt=False):
                await self._take_turn()
        self.breaker.check()
        if post is not None:
            post.check(self._clock.uptime())

    async def _take_turn(self) -> None:
        asked_s = self._clock.uptime()
        await self._limiter.acquire()
        self.limiter_waits.note(self._clock.uptime() - asked_s)

    async def _wait_out(self, method: str, path: str, post: PostWatch | None, *, is_exempt: bool) -> bool:
        """Sleep until Discord accepts the request; True if that took time. A post fails instead, and its row waits."""
        has_waited = False
        while (left := self.waits.left_s(method, path, is_exempt=is_exempt)) > 0:
            if post is not None:
                raise TooEarlyError(left)
            await self._clock.sleep(left)
            has_waited = True
        return has_waited

    async def _cut(self, request: SimpleNamespace, task: asyncio.Task[Any] | None) -> None:
        """Cancel the request's task while it is on the wire, and at no other moment (docs/platform.md, Behaviour)."""
        await self._clock.sleep(self._wire_s)
        request.is_cut = True
        if task is not None:
            task.cancel()

    async def _on_sent(
        self, _session: aiohttp.ClientSession, request: SimpleNamespace, _params: aiohttp.TraceRequestHeadersSentParams
    ) -> None:
        request.is_sent = True

    async def _on_end(
        self, _session: aiohttp.ClientSession, request: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        if not request.is_watched:
            return
        response = params.response
        self._note_date(response, request.begun_s)
        if request.post is not None or response.status == HTTPStatus.TOO_MANY_REQUESTS:
            await response.read()  # within the timeout, too; discord.py then gets the cached body
        request.is_answered = True
        request.cut.cancel()
        if request.post is not None and request.creates_a_message and _may_have_posted(response.status):
            request.post.may_be_posted = True
        if response.status in _INVALID:
            await self._note_refusal(params.method, params.url.path, response, request.post)
        if request.post is not None:
            request.post.note_answer(response)

    async def _on_exception(
        self, _session: aiohttp.ClientSession, request: SimpleNamespace, params: aiohttp.TraceRequestExceptionParams
    ) -> None:
        if not request.is_watched or request.is_answered:
            return
        request.cut.cancel()
        if request.post is not None and request.is_sent and request.creates_a_message:
            request.post.may_be_posted = True
        task = asyncio.current_task()
        if request.is_cut and task is not None and task.uncancel() == 0:
            raise WireCutError(f"no answer within {self._wire_s:.0f} s") from params.exception

    def _note_date(self, response: aiohttp.ClientResponse, begun_s: float) -> None:
        at_s = date_s(response.headers)
        if at_s is None:
            return
        found = ClockBounds.of_date(at_s, begun_s=begun_s, ended_s=self._clock.uptime())
        self._discords_clock = found if self._discords_clock is None else self._discords_clock.narrowed(found)

    async def _note_refusal(
        self, method: str, path: str, response: aiohttp.ClientResponse, post: PostWatch | None
    ) -> None:
        if (
            response.headers.get("X-RateLimit-Scope") != "shared"
        ):  # those don't count toward the ban (Discord's documentation)
            self.breaker.note_invalid()
        if response.status != HTTPStatus.TOO_MANY_REQUESTS:
            return
        retry_after_s = await _retry_after_s(response)
        if retry_after_s is None:
            self._shut_out(response, post)
            return
        self.waits.add(method, path, retry_after_s, is_global="X-RateLimit-Global" in response.headers)
        if post is not None:
            # discord.py would sleep while the row is claimed, and could not be stopped; the row waits instead.
            raise TooEarlyError(retry_after_s)

    def _shut_out(self, response: aiohttp.ClientResponse, post: PostWatch | None) -> None:
        seconds = wait_s(response.headers.get("Retry-After")) or 0.0
        self.breaker.open("Discord has banned this address for a while", seconds)
        if post is not None:
            self.breaker.check()


def _may_have_posted(status: int) -> bool:
    """Only a refusal by Discord itself is certain."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.BAD_REQUEST


async def _retry_after_s(response: aiohttp.ClientResponse) -> float | None:
    """The wait of a 429 from Discord; None for one from the proxy in front of it, which isn't JSON."""
    if "Via" not in response.headers:
        return None
    try:
        return wait_s(json.loads(await response.text(encoding="utf-8"))["retry_after"])
    except (ValueError, KeyError, TypeError):
        return None
