"""The numbers of a report in Prometheus' words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.news.delivery import DeliveryState

if TYPE_CHECKING:
    from bot.checkup.health import Report


def write_metrics(report: Report) -> bytes:
    """The report as Prometheus reads it: the numbers live in the store and in the running parts, not here."""
    registry = CollectorRegistry()
    registry.register(_Metrics(report))
    return generate_latest(registry)


class _Metrics(Collector):
    def __init__(self, report: Report) -> None:
        self._report = report

    def collect(self) -> Iterator[Metric]:
        """All of them, with their help."""
        report = self._report
        deliveries = GaugeMetricFamily("newsdesk_deliveries", "Rows of the ledger, by state.", labels=["state"])
        for state in DeliveryState:
            deliveries.add_metric([state], report.deliveries.get(state, 0))
        yield deliveries
        yield _gauge("unpublished", "Messages that wait to be published to followers.", report.unpublished)
        yield _gauge(
            "lag_seconds", "Seconds since the oldest edition was due that is not planned or not sent yet.", report.lag_s
        )
        retries = CounterMetricFamily(
            "newsdesk_retries", "Parts of editions that have to be tried again, by reason.", labels=["reason"]
        )
        for reason, count in report.retries.items():
            retries.add_metric([reason], count)
        yield retries
        yield HistogramMetricFamily(
            "newsdesk_limiter_wait_seconds",
            "Seconds that a request waited for its turn under our own limit over all requests.",
            buckets=[*((str(least), count) for least, count in report.waited.up_to), ("+Inf", report.waited.count)],
            sum_value=report.waited.seconds,
        )
        yield _gauge("gateway_connected", "1 while the gateway is connected, so commands arrive.", report.is_connected)
        yield _gauge("last_tick_timestamp_seconds", "When the bot last looked for what is due.", report.last_tick_s)
        yield _gauge("tick_age_seconds", "Seconds since then, whatever the wall clock says.", report.tick_age_s)
        yield _gauge("breaker_open", "1 while no request is sent to Discord.", bool(report.shut_out))
        yield _gauge("sending_held", "1 while nothing is sent, because the database fails.", report.is_sending_held)
        yield _gauge("clock_trusted", "1 while editions are planned by the wall clock.", report.is_clock_trusted)
        if report.clock_offset_s is not None:
            yield _gauge(
                "clock_offset_seconds", "Discord's clock less this machine's, once known.", report.clock_offset_s
            )
        yield _gauge("problems", "How many things /healthz complains of.", len(report.problems))


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"newsdesk_{name}", help_text, value=float(value))
