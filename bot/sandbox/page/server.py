"""Serves the page: three files, the state as JSON, its changes as events, and what a person does."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.sandbox.errors import SandboxError
from bot.sandbox.examiner.examiner import Examiner
from bot.sandbox.page.acting import act
from bot.sandbox.page.view import state
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
_LIVELINESS_S: Final = 15.0
_GATHER_S: Final = 0.1


class Page:
    """The page of a sandbox."""

    def __init__(self, world: World, examiner: Examiner) -> None:
        self._world = world
        self._examiner = examiner

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request for the page."""
        if not self._is_local(request):
            return web.Response(status=403, text="This page answers to 127.0.0.1 and localhost only.")
        path = request.path
        if request.method == "GET" and path in _FILES:
            name, kind = _FILES[path]
            return web.Response(body=(_FOLDER / name).read_bytes(), headers=_GUARDS | {"Content-Type": kind})
        if request.method == "GET" and path == "/page/state":
            query = request.query
            shown = state(self._world, self._examiner.checking, person=query.get("as", ""), place=query.get("in", ""))
            return _answer(200, shown)
        if request.method == "GET" and path == "/page/events":
            return await self._events(request)
        if request.method == "POST" and path == "/page/act":
            return await self._act(request)
        return web.Response(status=404, text="404: Not Found")

    def _is_local(self, request: web.BaseRequest) -> bool:
        """Whether the page was asked for by its own name, so that no other site's page can reach it."""
        port = self._world.address.rpartition(":")[2]
        return request.headers.get("Host") in (f"127.0.0.1:{port}", f"localhost:{port}")

    async def _act(self, request: web.BaseRequest) -> web.Response:
        # A page of another site can't send this content type without asking first, and is refused then.
        if request.content_type != "application/json":
            return _answer(415, {"error": "JSON only"})
        try:
            return _answer(200, await act(self._world, json.loads(await request.read())))
        except SandboxError as error:
            return _answer(422, {"error": str(error)})
        except ValueError:
            return _answer(400, {"error": "That was no JSON"})

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
                await changes.wait(_LIVELINESS_S)
            await asyncio.sleep(_GATHER_S)


def _answer(status: int, body: Json) -> web.Response:
    return web.Response(status=status, body=dump(body), headers=_GUARDS | {"Content-Type": "application/json"})
