"""Serves the page: its three files, the state as JSON, change events, and the viewer's actions."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.sandbox.errors import SandboxError
from bot.sandbox.page.actions import act
from bot.sandbox.page.view import state
from bot.sandbox.validation.validator import Validator
from bot.sandbox.wire import Json, dump
from bot.sandbox.world import World

_FOLDER: Final = Path(__file__).parent
_FILES: Final = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src http: https: data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_GUARDS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_KEEPALIVE_S: Final = 15.0
_COALESCE_S: Final = 0.1


class Page:
    """Serves the page of one sandbox."""

    def __init__(self, world: World, validator: Validator) -> None:
        self._world = world
        self._validator = validator

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Respond to a request of the page."""
        if not self._is_local(request):
            return web.Response(
                status=HTTPStatus.FORBIDDEN, text="This page is served at 127.0.0.1 and localhost only."
            )
        path = request.path
        if request.method == "GET" and path in _FILES:
            name, kind = _FILES[path]
            return web.Response(body=(_FOLDER / name).read_bytes(), headers=_GUARDS | {"Content-Type": kind})
        if request.method == "GET" and path == "/page/state":
            query = request.query
            shown = state(self._world, self._validator.checking, person=query.get("as", ""), place=query.get("in", ""))
            return _answer(HTTPStatus.OK, shown)
        if request.method == "GET" and path == "/page/events":
            return await self._events(request)
        if request.method == "POST" and path == "/page/act":
            return await self._act(request)
        return web.Response(status=HTTPStatus.NOT_FOUND, text="404: Not Found")

    def _is_local(self, request: web.BaseRequest) -> bool:
        """Whether the request names this host, so that no other site's page can reach it (DNS rebinding)."""
        port = self._world.address.rpartition(":")[2]
        return request.headers.get("Host") in (f"127.0.0.1:{port}", f"localhost:{port}")

    async def _act(self, request: web.BaseRequest) -> web.Response:
        # Another site's page can't send this content type without a CORS preflight, which is refused.
        if request.content_type != "application/json":
            return _answer(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, {"error": "JSON only"})
        try:
            return _answer(HTTPStatus.OK, await act(self._world, json.loads(await request.read())))
        except SandboxError as error:
            return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"error": str(error)})
        except ValueError:
            return _answer(HTTPStatus.BAD_REQUEST, {"error": "Invalid JSON"})

    async def _events(self, request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers=_GUARDS | {"Content-Type": "text/event-stream"})
        await response.prepare(request)
        changes = self._world.changes
        while True:
            sent = changes.version
            try:
                await response.write(f"data: {sent}\n\n".encode())
            except ConnectionError:
                return response
            if changes.version == sent:
                await changes.wait(_KEEPALIVE_S)
            await asyncio.sleep(_COALESCE_S)


def _answer(status: int, body: Json) -> web.Response:
    return web.Response(status=status, body=dump(body), headers=_GUARDS | {"Content-Type": "application/json"})
