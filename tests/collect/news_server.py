"""A server of news on this machine: each path is an answer, each request is noted.

Its sites are names below `news.test`, which lead to this machine (`bot.collect.fetch.addresses`). It runs in a thread
of its own, so that commands in the test's process and in others reach it alike.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

DOMAIN = "news.test"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request that arrived."""

    host: str
    path: str
    headers: Mapping[str, str]

    @property
    def has_validator(self) -> bool:
        """True if it asks whether something has changed."""
        return "If-None-Match" in self.headers or "If-Modified-Since" in self.headers


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class NewsServer:
    """Answers by host and path; anything else is not found."""

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    port: int = 0
    most_at_once: dict[str, int] = field(default_factory=dict)
    _at_once: dict[str, int] = field(default_factory=dict)

    def url(self, site: str, path: str = "/feed") -> str:
        """The address of a path on a site."""
        return f"http://{site}.{DOMAIN}:{self.port}{path}"

    @property
    def test_site(self) -> str:
        """As the configuration names it."""
        return f"{DOMAIN}:{self.port}"

    def put(
        self,
        site: str,
        body: str | bytes,
        path: str = "/feed",
        *,
        content_type: str = "application/xml",
        headers: Mapping[str, str] | None = None,
        has_etag: bool = True,
    ) -> str:
        """Answer with a body, and with 304 to its validator; returns the address."""
        data = body.encode() if isinstance(body, str) else body
        etag = f'"{hashlib.sha256(data).hexdigest()[:12]}"'

        async def answer(request: web.Request) -> web.StreamResponse:
            known = {"ETag": etag} if has_etag else {}
            if has_etag and request.headers.get("If-None-Match") == etag:
                return web.Response(status=304, headers={**known, **(headers or {})})
            return web.Response(body=data, headers={"Content-Type": content_type, **known, **(headers or {})})

        return self.put_answer(site, answer, path)

    def put_status(self, site: str, status: int, path: str = "/feed", headers: Mapping[str, str] | None = None) -> str:
        """Answer with a status; returns the address."""

        async def answer(_request: web.Request) -> web.StreamResponse:
            return web.Response(status=status, headers=headers or {})

        return self.put_answer(site, answer, path)

    def put_redirect(self, site: str, to: str, path: str = "/feed", *, status: int = 301) -> str:
        """Redirect; returns the address."""
        return self.put_status(site, status, path, {"Location": to})

    def put_answer(self, site: str, answer: Answer, path: str = "/feed") -> str:
        """Answer as a function does; returns the address."""
        self.answers[f"{site}.{DOMAIN}", path] = answer
        return self.url(site, path)

    def feeds_asked(self) -> list[Request]:
        """The requests for anything but robots.txt and pages."""
        return [each for each in self.requests if each.path.startswith("/feed")]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Note a request and answer it."""
        host = (request.host or "").partition(":")[0]
        self.requests.append(Request(host=host, path=request.path_qs, headers=dict(request.headers)))
        self._at_once[host] = self._at_once.get(host, 0) + 1
        self.most_at_once[host] = max(self.most_at_once.get(host, 0), self._at_once[host])
        try:
            answer = self.answers.get((host, request.path_qs))
            return web.Response(status=404) if answer is None else await answer(request)
        finally:
            self._at_once[host] -= 1


class RunningServer:
    """Runs a server in a thread, for a `with` statement."""

    def __init__(self) -> None:
        self.server = NewsServer()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._stop = asyncio.Event()

    def __enter__(self) -> NewsServer:
        self._thread.start()
        assert self._ready.wait(10)
        return self.server

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.server.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.server.port = runner.addresses[0][1]
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def served() -> RunningServer:
    """Start a server for a `with` statement."""
    return RunningServer()


__all__ = ["DOMAIN", "NewsServer", "Request", "RunningServer", "served"]
