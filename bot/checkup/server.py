"""The HTTP server of `/healthz` and `/metrics`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.checkup.check import check_bot
from bot.checkup.listening import Listener
from bot.checkup.metrics import write_metrics
from bot.clock import Clock
from bot.news.checkup.finding import Finding, Status
from bot.news.checkup.health import BotHealth
from bot.news.checkup.runtime import RuntimeStatus
from bot.store.port import Store

_SHUTDOWN_S: Final = 1.0

_KEEPALIVE_S: Final = 5.0
"""A connection takes a file descriptor, and each scrape may leave one."""


class HealthServer:
    """Answers at one address; each answer is read from the store and the running parts when it is asked for."""

    def __init__(
        self,
        store: Store | None,
        clock: Clock,
        runtime: Callable[[], RuntimeStatus],
        *,
        findings: tuple[Finding, ...] = (),
    ) -> None:
        """Connect the server with what it reports on.

        Args:
            store: The database, read at each request; None while it can't be opened.
            clock: Says how overdue an edition is.
            runtime: Returns the current status of the running parts.
            findings: What is reported while there is no store.
        """
        self._store = store
        self._findings = findings
        self._clock = clock
        self._runtime = runtime
        self._listener = Listener("health", self._runner, clock)

    async def serve(self, host: str, port: int, stop: asyncio.Event) -> None:
        """Answer until `stop` is set; an address that can't be used is tried again, because the bot works without."""
        await self._listener.serve(host, port, stop)

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port; if `port` is 0, a free one is chosen.

        Raises:
            OSError: the address can't be used.
        """
        return await self._listener.start(host, port)

    async def stop(self) -> None:
        """Stop listening."""
        await self._listener.stop()

    def _runner(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/metrics", self._metrics)
        return web.AppRunner(app, access_log=None, keepalive_timeout=_KEEPALIVE_S, shutdown_timeout=_SHUTDOWN_S)

    async def _check(self, runtime: RuntimeStatus, now: datetime) -> BotHealth:
        if self._store is None:
            return BotHealth(findings=self._findings)
        return await check_bot(self._store, runtime, now=now)

    async def _healthz(self, _request: web.Request) -> web.Response:
        now, runtime = self._clock.now(), self._runtime()
        health = await self._check(runtime, now)
        facts = {
            **_record(health),
            "gateway": _gateway(runtime),
            "tick_age_s": round(runtime.tick_age_s, 1),
            "last_tick_s": round(now.timestamp() - runtime.tick_age_s, 1),
            "lag_s": round(health.backlog.lag_s(now), 1),
            "deliveries": {str(state): count for state, count in health.backlog.deliveries.items()},
            "unpublished": health.backlog.unpublished,
            "is_posting_on_hold": runtime.is_posting_on_hold,
            "blocked": runtime.blocked,
            "is_clock_trusted": runtime.is_clock_trusted,
            "clock_offset_s": None if runtime.clock_offset_s is None else round(runtime.clock_offset_s, 1),
            "retries": dict(runtime.retries),
            "log_lines_dropped": runtime.log_lines_dropped,
        }
        status = HTTPStatus.SERVICE_UNAVAILABLE if health.problems else HTTPStatus.OK
        return web.json_response(facts, status=status)

    async def _metrics(self, _request: web.Request) -> web.Response:
        now, runtime = self._clock.now(), self._runtime()
        health = await self._check(runtime, now)
        body = write_metrics(health, runtime, now=now)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _gateway(runtime: RuntimeStatus) -> str:
    if not runtime.has_gateway:
        return "off"
    return "connected" if runtime.is_connected else "down"


def _record(health: BotHealth) -> Mapping[str, object]:
    problems = [{"check": each.check, "text": each.text, "cure": each.cure} for each in health.problems]
    unknown = [{"check": each.check, "text": each.text} for each in health.findings if each.status is Status.UNKNOWN]
    return {"status": "failing" if problems else "ok", "problems": problems, "unknown": unknown}
