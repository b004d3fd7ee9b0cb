"""The REST server: faults, limits, authorization, validation, the route's handler, and the request log."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import format_datetime
from http import HTTPStatus
from http.client import responses
from typing import Any, Final

from aiohttp import web

from bot.sandbox import api_errors
from bot.sandbox.api_errors import ApiError
from bot.sandbox.faults import Effect, Fault, Faults
from bot.sandbox.rest import ROUTES
from bot.sandbox.rest.body import read_body
from bot.sandbox.rest.rate_limits import RateLimits
from bot.sandbox.rest.route import Call, Reply, Route
from bot.sandbox.state.platform import RequestSeen
from bot.sandbox.validation.validator import Validator
from bot.sandbox.wire import dump
from bot.sandbox.world import World

PREFIX: Final = "/api/v10"
_BAN_PAGE: Final = b"<!doctype html><title>Access denied</title><h1>Error 1015</h1><p>You are being rate limited."


class _Dropped(Exception):  # noqa: N818 - an event, not an error
    """A fault has dropped the connection."""


class RestServer:
    """Answers everything below `/api/v10`."""

    def __init__(self, world: World, token: str, limits: RateLimits, faults: Faults, validator: Validator) -> None:
        self._world = world
        self._authorization = f"Bot {token}"
        self._limits = limits
        self._faults = faults
        self._validator = validator
        self._date = (0, "")

    async def serve(self, request: web.BaseRequest) -> web.Response:
        """Respond to a request, and log it."""
        path = request.path[len(PREFIX) :]
        try:
            response = await self._answer(request, path)
        except _Dropped:
            if request.transport is not None:
                request.transport.abort()
            self._log(request.method, path, 0)
            return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
        self._log(request.method, path, response.status)
        self._limits.note(response.status, response.headers.get("X-RateLimit-Scope"))
        return response

    def _log(self, method: str, path: str, status: int) -> None:
        self._world.requests.append(RequestSeen(method, path, status, self._world.clock.now()))

    async def _answer(self, request: web.BaseRequest, path: str) -> web.Response:
        found = ROUTES.find(request.method, path)
        if self._limits.banned:
            return self._ban_page()
        fault = self._faults.find(request.method, path)
        if fault is not None:
            faulty = await self._apply(fault, found)
            if faulty is not None:
                return faulty
        if found is None:
            self._validator.deviate(request.method, path, "(path)", "the sandbox has no such route")
            return self._respond(HTTPStatus.NOT_FOUND, api_errors.not_found().body(), {})
        route, ids = found
        verdict = self._limits.admit(route, ids)
        if verdict.retry_after is not None:
            return self._respond(HTTPStatus.TOO_MANY_REQUESTS, verdict.body(), verdict.refusal_headers())
        try:
            status, answer = await self._handle(request, path, route, ids)
        except ApiError as error:
            status, answer = error.status, error.body()
        self._validator.check_response(route, path, status, answer)
        response = self._respond(status, answer, verdict.headers)  # before a fault's delay, so that its Date is earlier
        fault = self._faults.find(request.method, path, after=True)
        faulty = None if fault is None else await self._apply(fault, found)
        return faulty or response

    async def _handle(self, request: web.BaseRequest, path: str, route: Route, ids: Mapping[str, str]) -> Reply:
        if not route.with_token and request.headers.get("Authorization") != self._authorization:
            raise api_errors.unauthorized()
        body, uploads = await read_body(request)
        call = Call(world=self._world, ids=ids, query=request.query, body=body, uploads=uploads)
        problems = self._validator.check_request(route, path, call)
        if problems:
            raise api_errors.invalid_form(problems)
        return route.handler(call)

    async def _apply(self, fault: Fault, found: tuple[Route, dict[str, str]] | None) -> web.Response | None:
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
                return self._respond(HTTPStatus.TOO_MANY_REQUESTS, verdict.body(), verdict.refusal_headers())
            case _:
                status = int(fault.amount)
                usual = {"message": f"{status}: {responses.get(status, 'Error')}", "code": 0}
                return self._respond(status, fault.detail or usual, {})

    def _ban_page(self) -> web.Response:
        headers = {"Content-Type": "text/html; charset=UTF-8", "Date": self._now(), "Retry-After": "600"}
        return web.Response(status=HTTPStatus.TOO_MANY_REQUESTS, body=_BAN_PAGE, headers=headers)

    def _respond(self, status: int, answer: Any, headers: Mapping[str, str]) -> web.Response:
        every = {"Date": self._now(), "Via": "1.1 sandbox", **headers}
        if answer is None and status == HTTPStatus.NO_CONTENT:
            return web.Response(status=status, headers=every)
        every["Content-Type"] = "application/json"
        return web.Response(status=status, body=dump(answer), headers=every)

    def _now(self) -> str:
        now = self._world.clock.now()
        second = int(now.timestamp())
        if self._date[0] != second:
            self._date = (second, format_datetime(now, usegmt=True))
        return self._date[1]
