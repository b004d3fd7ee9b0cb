"""`/healthz` and `/metrics` for whoever watches the machine, read from the store when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

import aiohttp
import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from bot.clock import Clock
from bot.news.delivery import DeliveryState
from bot.store.port.delivery import DeliveryStore

log = structlog.get_logger(__name__)

LONGEST_TICK_AGE_S: Final = 120.0
"""Ticks come every 30 seconds."""

LONGEST_LAG_S: Final = 1800.0
"""An edition that waits so long has met more than a rate limit."""

LONGEST_WITHOUT_GATEWAY_S: Final = 300.0
"""Reconnecting takes less than a minute; after five, commands have been dead for too long."""

ASK_S: Final = 3.0
"""How long somebody who asks a running bot waits for its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What the running parts say of themselves.

    Attributes:
        is_connected: The gateway is connected.
        connection_age_s: Seconds since that changed last.
        tick_age_s: Seconds since the last tick ended, or since the start before the first one.
        is_sending_held: Nothing is sent, because the database can't be written.
    """

    is_connected: bool
    connection_age_s: float
    tick_age_s: float
    is_sending_held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How the bot is.

    Attributes:
        problems: Sentences; empty where all is well.
        gateway: `connected` or `down`.
        lag_s: Seconds since the oldest edition was due that is not sent yet; 0.0 where there is none.
        deliveries: Rows of the ledger by state; empty where it can't be read.
    """

    problems: tuple[str, ...] = ()
    gateway: str
    tick_age_s: float
    lag_s: float = 0.0
    deliveries: Mapping[str, int] = field(default_factory=dict)


class Health:
    """Answers on one address."""

    def __init__(self, ledger: DeliveryStore, clock: Clock, pulse: Callable[[], Pulse]) -> None:
        """See the class.

        Args:
            ledger: Read at every question.
            clock: For the lag.
            pulse: What the running parts say.
        """
        self._ledger = ledger
        self._clock = clock
        self._pulse = pulse
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; the port, where `port` is 0 the one that was free.

        Raises:
            OSError: the address can't be used.
        """
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def report(self) -> Report:
        """How the bot is now."""
        pulse = self._pulse()
        gateway = "connected" if pulse.is_connected else "down"
        try:
            counts = await self._ledger.counts()
            due_at = await self._ledger.oldest_open_due()
        except Exception as error:  # noqa: BLE001 - whatever the store says, the answer is that it can't be read
            log.warning("the ledger can't be read", error=str(error))
            problems = (*_of_pulse(pulse), "the database can't be read")
            return Report(problems=problems, gateway=gateway, tick_age_s=round(pulse.tick_age_s, 1))
        lag_s = 0.0 if due_at is None else max(0.0, (self._clock.now() - due_at).total_seconds())
        late = ("an edition waits to be sent",) if lag_s > LONGEST_LAG_S else ()
        return Report(
            problems=(*_of_pulse(pulse), *late),
            gateway=gateway,
            tick_age_s=round(pulse.tick_age_s, 1),
            lag_s=round(lag_s, 1),
            deliveries={str(state): count for state, count in counts.items()},
        )

    async def _healthz(self, _request: web.Request) -> web.Response:
        report = await self.report()
        answer = {"status": "failing" if report.problems else "ok", **asdict(report)}
        return web.json_response(answer, status=503 if report.problems else 200)

    async def _metrics(self, _request: web.Request) -> web.Response:
        text = generate_latest(_registry(await self.report()))
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def ask_health(host: str, port: int) -> tuple[str, ...] | None:
    """What a running bot's `/healthz` complains of; None where nothing (or something else) answers there."""
    patience = aiohttp.ClientTimeout(total=ASK_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=patience) as session,
            session.get(f"http://{host}:{port}/healthz") as answer,
        ):
            return tuple(map(str, (await answer.json())["problems"]))
    except (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError):
        return None


def _of_pulse(pulse: Pulse) -> tuple[str, ...]:
    problems = []
    if pulse.tick_age_s > LONGEST_TICK_AGE_S:
        problems.append("nothing looks for what is due")
    if pulse.is_sending_held:
        problems.append("sending waits for the database")
    if not pulse.is_connected and pulse.connection_age_s > LONGEST_WITHOUT_GATEWAY_S:
        problems.append("the gateway is not connected")
    return tuple(problems)


def _registry(report: Report) -> CollectorRegistry:
    """A registry for one answer: the numbers live in the store, not in this process."""
    registry = CollectorRegistry()
    rows = Gauge("newsdesk_deliveries", "Rows of the ledger", ["state"], registry=registry)
    for state in DeliveryState:
        rows.labels(state).set(report.deliveries.get(state, 0))
    for name, help_text, value in (
        ("lag_seconds", "Seconds since the oldest edition was due that is not sent yet", report.lag_s),
        ("gateway_connected", "1 while the gateway is connected", float(report.gateway == "connected")),
        ("tick_age_seconds", "Seconds since the last look for what is due", report.tick_age_s),
        ("problems", "What /healthz complains of", float(len(report.problems))),
    ):
        Gauge(f"newsdesk_{name}", help_text, registry=registry).set(value)
    return registry
