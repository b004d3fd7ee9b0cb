"""How the bot is, from the store and from what the running parts say of themselves, on one address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.checkup.metrics import write_metrics
from bot.clock import Clock
from bot.news.delivery import DeliveryState
from bot.store.port.delivery import DeliveryStore
from bot.store.port.schedule import ScheduleStore

log = structlog.get_logger(__name__)

LONGEST_TICK_AGE_S: Final = 120.0
"""Ticks come every 30 seconds."""

LONGEST_LAG_S: Final = 1800.0
"""An edition that waits so long has met more than a rate limit."""

LONGEST_WITHOUT_GATEWAY_S: Final = 300.0
"""Reconnecting takes less than a minute; after five, commands have been dead for too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """How long requests waited for something since the start.

    Attributes:
        up_to: For some numbers of seconds, how many waited no longer than that.
        count: How many requests there were.
        seconds: How long they waited together.
    """

    up_to: tuple[tuple[float, int], ...] = ()
    count: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What the running parts say of themselves.

    Attributes:
        is_connected: The gateway is connected.
        connection_age_s: Seconds since that changed last.
        tick_age_s: Seconds since the last tick ended, or since the start before the first one.
        is_sending_held: Nothing is sent, because the database can't be written.
        shut_out: Why no request is sent to Discord at the moment; empty where they are.
        is_clock_trusted: Editions are planned.
        is_clock_at_odds: They are not, because the wall clock was set or Discord's says otherwise.
        clock_offset_s: Discord's clock less ours; None before its first answer.
        retries: How often parts had to be tried again since the start, by reason.
        waited: For our own limit over all requests.
    """

    is_connected: bool
    connection_age_s: float
    tick_age_s: float
    is_sending_held: bool = False
    shut_out: str = ""
    is_clock_trusted: bool = True
    is_clock_at_odds: bool = False
    clock_offset_s: float | None = None
    retries: Mapping[str, int] = field(default_factory=dict)
    waited: Waited = Waited()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How the bot is.

    Attributes:
        problems: Sentences; empty where all is well.
        lag_s: Seconds since the oldest edition was due that is not planned or not sent yet; 0.0 where there is none.
        last_tick_s: When the last tick ended, in seconds since 1970.
        deliveries: Rows of the ledger by state; empty where it can't be read.
        unpublished: Messages that wait to be published to followers.
    """

    problems: tuple[str, ...] = ()
    is_connected: bool
    tick_age_s: float
    last_tick_s: float
    lag_s: float = 0.0
    deliveries: Mapping[str, int] = field(default_factory=dict)
    unpublished: int = 0
    is_sending_held: bool
    shut_out: str
    is_clock_trusted: bool
    clock_offset_s: float | None
    retries: Mapping[str, int]
    waited: Waited


class Health:
    """Answers on one address."""

    def __init__(
        self, deliveries: DeliveryStore, schedules: ScheduleStore, clock: Clock, pulse: Callable[[], Pulse]
    ) -> None:
        """See the class.

        Args:
            deliveries: The ledger, read at every question.
            schedules: As well.
            clock: For the lag.
            pulse: What the running parts say.
        """
        self._deliveries = deliveries
        self._schedules = schedules
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
        problems = list(_of_pulse(pulse))
        counts: Mapping[DeliveryState, int] = {}
        lag_s, unpublished = 0.0, 0
        try:
            counts, lag_s = await self._deliveries.counts(), await self._lag_s()
            unpublished = await self._deliveries.count_unpublished()
        except Exception as error:  # noqa: BLE001 - whatever the store says, the answer is that it can't be read
            log.warning("the ledger can't be read", error=str(error))
            problems.append("the database can't be read")
        if lag_s > LONGEST_LAG_S:
            problems.append("an edition waits to be sent")
        return Report(
            problems=tuple(problems),
            is_connected=pulse.is_connected,
            tick_age_s=round(pulse.tick_age_s, 1),
            last_tick_s=round(self._clock.now().timestamp() - pulse.tick_age_s, 1),
            lag_s=round(lag_s, 1),
            deliveries={str(state): count for state, count in counts.items()},
            unpublished=unpublished,
            is_sending_held=pulse.is_sending_held,
            shut_out=pulse.shut_out,
            is_clock_trusted=pulse.is_clock_trusted,
            clock_offset_s=None if pulse.clock_offset_s is None else round(pulse.clock_offset_s, 1),
            retries=dict(pulse.retries),
            waited=pulse.waited,
        )

    async def _lag_s(self) -> float:
        now = self._clock.now()
        moments = (await self._deliveries.oldest_open_due(), await self._schedules.oldest_due(now))
        return max((max(0.0, (now - due_at).total_seconds()) for due_at in moments if due_at is not None), default=0.0)

    async def _healthz(self, _request: web.Request) -> web.Response:
        report = asdict(await self.report())
        is_connected = report.pop("is_connected")
        del report["waited"]
        answer = {
            "status": "failing" if report["problems"] else "ok",
            "gateway": "connected" if is_connected else "down",
            **report,
        }
        return web.json_response(answer, status=503 if report["problems"] else 200)

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=write_metrics(await self.report()), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _of_pulse(pulse: Pulse) -> tuple[str, ...]:
    problems = []
    if pulse.tick_age_s > LONGEST_TICK_AGE_S:
        problems.append("nothing looks for what is due")
    if pulse.is_sending_held:
        problems.append("sending waits for the database")
    if pulse.shut_out:
        problems.append(f"nothing is sent to Discord for a while: {pulse.shut_out}")
    if pulse.is_clock_at_odds:
        problems.append("no edition is planned: the clock was set, or Discord's says otherwise")
    if not pulse.is_connected and pulse.connection_age_s > LONGEST_WITHOUT_GATEWAY_S:
        problems.append("the gateway is not connected")
    return tuple(problems)
