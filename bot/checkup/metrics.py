"""The bot's health in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from bot.news.checkup.collector import CollectorStatus
from bot.news.checkup.database import Backlog
from bot.news.checkup.health import BotHealth
from bot.news.checkup.runtime import HttpInteractions, RuntimeStatus
from bot.news.delivery import DeliveryState


def write_metrics(health: BotHealth, runtime: RuntimeStatus, *, now: datetime) -> bytes:
    """Write the health and the runtime status as Prometheus' text format; no state is kept between calls."""
    registry = CollectorRegistry()
    registry.register(_Metrics(health, runtime, now))
    return generate_latest(registry)


class _Metrics(Collector):
    def __init__(self, health: BotHealth, runtime: RuntimeStatus, now: datetime) -> None:
        self._health = health
        self._runtime = runtime
        self._now = now

    @override
    def collect(self) -> Iterator[Metric]:
        yield from _of_backlog(self._health.backlog, self._now)
        yield from _of_requests(self._runtime)
        yield from _of_runtime(self._runtime, self._now)
        if self._runtime.http is not None:
            yield from _of_http(self._runtime.http)
        if self._runtime.collector is not None:
            yield from _of_collector(self._runtime.collector)
        yield _gauge("problems", "Problems that /healthz reports.", len(self._health.problems))


def _of_backlog(backlog: Backlog, now: datetime) -> Iterator[Metric]:
    deliveries = GaugeMetricFamily("newsdesk_deliveries", "Rows of the ledger, by state.", labels=["state"])
    for state in DeliveryState:
        deliveries.add_metric([state], backlog.deliveries.get(state, 0))
    yield deliveries
    yield _gauge("unpublished", "Messages that wait to be published to followers.", backlog.unpublished)
    lag = "Seconds since the oldest edition was due that is not planned or not sent yet."
    yield _gauge("lag_seconds", lag, round(backlog.lag_s(now), 1))


def _of_requests(runtime: RuntimeStatus) -> Iterator[Metric]:
    retries = CounterMetricFamily("newsdesk_retries", "Retries of parts of editions, by reason.", labels=["reason"])
    for reason, count in runtime.retries.items():
        retries.add_metric([reason], count)
    yield retries
    dropped = "Log lines that could not be written."
    yield CounterMetricFamily("newsdesk_log_lines_dropped", dropped, value=runtime.log_lines_dropped)
    waits = runtime.limiter_waits
    yield HistogramMetricFamily(
        "newsdesk_limiter_wait_seconds",
        "Seconds that a request waited for the bot's own limit on all requests.",
        buckets=[*((str(limit), count) for limit, count in waits.up_to), ("+Inf", waits.count)],
        sum_value=waits.seconds,
    )


def _of_runtime(runtime: RuntimeStatus, now: datetime) -> Iterator[Metric]:
    yield _gauge("gateway_connected", "1 while the gateway is connected, so commands arrive.", runtime.is_connected)
    last_tick_s = round(now.timestamp() - runtime.tick_age_s, 1)
    yield _gauge("last_tick_timestamp_seconds", "When the bot last looked for due editions.", last_tick_s)
    tick_age_s = round(runtime.tick_age_s, 1)
    yield _gauge("tick_age_seconds", "Seconds since then, not affected by changes of the wall clock.", tick_age_s)
    yield _gauge("breaker_open", "1 while no requests are sent to Discord.", bool(runtime.blocked))
    yield _gauge(
        "sending_held", "1 while nothing is posted, because the database can't be written.", runtime.is_posting_on_hold
    )
    yield _gauge("clock_trusted", "1 while editions are planned by the wall clock.", runtime.is_clock_trusted)
    if runtime.clock_offset_s is not None:
        offset_s = round(runtime.clock_offset_s, 1)
        yield _gauge("clock_offset_seconds", "Discord's clock minus this machine's, once known.", offset_s)


def _of_http(http: HttpInteractions) -> Iterator[Metric]:
    yield CounterMetricFamily("newsdesk_http_interactions", "Interactions that arrived over HTTP.", value=http.taken)
    yield CounterMetricFamily("newsdesk_http_events", "Events about joins and leaves.", value=http.events)
    refused = CounterMetricFamily("newsdesk_http_refused", "Refused HTTP requests, by reason.", labels=["reason"])
    for reason, count in http.refused.items():
        refused.add_metric([reason], count)
    yield refused


def _of_collector(status: CollectorStatus) -> Iterator[Metric]:
    feeds = GaugeMetricFamily("newsdesk_collect_feeds", "Feeds, by state.", labels=["state"])
    feeds.add_metric(["ok"], status.feeds - status.failing)
    feeds.add_metric(["failing"], status.failing - len(status.named))
    feeds.add_metric(["failing_for_a_week"], len(status.named))
    yield feeds
    yield _gauge("collect_last_pass_timestamp_seconds", "When the collector's last pass ended.", status.at.timestamp())
    yield _gauge("collect_pass_seconds", "How long that pass took.", status.seconds)
    yield _gauge("collect_articles", "Articles that the collector remembers.", status.articles)
    requests = GaugeMetricFamily("newsdesk_collect_requests", "Requests in that pass, by kind.", labels=["kind"])
    requests.add_metric(["feed"], status.requests)
    requests.add_metric(["page"], status.pages)
    yield requests
    files = GaugeMetricFamily("newsdesk_collect_files", "Seed files written in that pass, by kind.", labels=["kind"])
    files.add_metric(["new"], status.added)
    files.add_metric(["changed"], status.changed)
    yield files


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"newsdesk_{name}", help_text, value=float(value))
