"""The REST server: log, faults, token, limits, examiner, handler, and back out again."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any, Final

from aiohttp import web

from bot.sandbox import refusals
from bot.sandbox.buckets import Buckets
from bot.sandbox.examiner.examiner import Examiner
from bot.sandbox.faults import Effect, Fault, Faults
from bot.sandbox.refusals import Refusal
from bot.sandbox.rest import ROUTES
from bot.sandbox.rest.call import Call, Route
from bot.sandbox.rest.request import read_body
from bot.sandbox.wire import dump
from bot.sandbox.world import RequestSeen, World

PREFIX: Final = "/api/v10"
_NO_CONTENT: Final = 204
_BAN_PAGE: Final = b"<!doctype html><title>Access denied</title><h1>Error 1015</h1><p>You are being rate limited."
_WORDS: Final = {500: "500: Internal Server Error", 502: "502: Bad Gateway", 503: "503: Service Unavailable"}


class _Dropped(Exception):  # noqa: N818 - an event, not an error
    """A fault has dropped the connection."""


class RestServer:
    """Answers everything below `/api/v10`."""

    def __init__(self, world: World, token: str, limits: Buckets, faults: Faults, examiner: Examiner) -> None:
        self._world = world
        self._authorization = f"Bot {token}"
        self._limits = limits
        self._faults = faults
        self._examiner = examiner
        self._date = (0, "")

    async def serve(self, request: web.BaseRequest) -> web.Response:
        """Answer one request, and note it in the log."""
        path = request.path[len(PREFIX) :]
        try:
            response = await self._answer(request, path)
        except _Dropped:
            if request.transport is not None:
                request.transport.abort()
            response = web.Response(status=500)
            self._note(request.method, path, 0)
            return response
        self._note(request.method, path, response.status)
        self._limits.note(response.status)
        return response

    def _note(self, method: str, path: str, status: int) -> None:
        self._world.requests.append(RequestSeen(method, path, status, self._world.clock.now()))

    async def _answer(self, request: web.BaseRequest, path: str) -> web.Response:
        found = ROUTES.find(request.method, path)
        if self._limits.banned:
            return self._ban_page()
        fault = self._faults.meeting(request.method, path)
        if fault is not None:
            struck = await self._strike(fault, found)
            if struck is not None:
                return struck
        if found is None:
            self._examiner.deviate(request.method, path, "(path)", "the sandbox has no such route")
            return self._respond(404, refusals.not_found().body(), {})
        route, ids = found
        verdict = self._limits.admit(route, ids)
        if verdict.retry_after is not None:
            return self._respond(429, verdict.body(), verdict.refusal_headers())
        try:
            status, answer = await self._handle(request, path, route, ids)
        except Refusal as refusal:
            status, answer = refusal.status, refusal.body()
        self._examiner.check_answer(route, path, status, answer)
        response = self._respond(status, answer, verdict.headers)  # its Date is from before a delay on its way back
        fault = self._faults.meeting(request.method, path, after=True)
        struck = None if fault is None else await self._strike(fault, found)
        return struck or response

    async def _handle(
        self, request: web.BaseRequest, path: str, route: Route, ids: Mapping[str, str]
    ) -> tuple[int, Any]:
        if not route.with_token and request.headers.get("Authorization") != self._authorization:
            raise refusals.unauthorized()
        body, uploads = await read_body(request)
        call = Call(world=self._world, ids=ids, query=request.query, body=body, uploads=uploads)
        problems = self._examiner.check_request(route, path, call)
        if problems:
            raise refusals.invalid_form(problems)
        return route.handler(call)

    async def _strike(self, fault: Fault, found: tuple[Route, dict[str, str]] | None) -> web.Response | None:
        match fault.effect:
            case Effect.DELAY:
                await self._world.clock.sleep(fault.amount)
                return None
            case Effect.DROP:
                raise _Dropped
            case Effect.BAN:
                return self._ban_page()
            case Effect.RATE_LIMIT:
                route, ids = found or (None, {})
                verdict = self._limits.block(route, ids, fault.amount, fault.detail)
                return self._respond(429, verdict.body(), verdict.refusal_headers())
            case _:
                status = int(fault.amount)
                usual = {"message": _WORDS.get(status, f"{status}: Error"), "code": 0}
                return self._respond(status, fault.detail or usual, {})

    def _ban_page(self) -> web.Response:
        headers = {"Content-Type": "text/html; charset=UTF-8", "Date": self._now(), "Retry-After": "600"}
        return web.Response(status=429, body=_BAN_PAGE, headers=headers)

    def _respond(self, status: int, answer: Any, headers: Mapping[str, str]) -> web.Response:
        every = {"Date": self._now(), "Via": "1.1 sandbox", **headers}
        if answer is None and status == _NO_CONTENT:
            return web.Response(status=status, headers=every)
        every["Content-Type"] = "application/json"
        return web.Response(status=status, body=dump(answer), headers=every)

    def _now(self) -> str:
        now = self._world.clock.now()
        second = int(now.timestamp())
        if self._date[0] != second:
            self._date = (second, format_datetime(now, usegmt=True))
        return self._date[1]
