"""`/healthz` and `/metrics` report the bot's health, read from the store at each request."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from bot.chat.http.refusals import Refusal
from bot.checkup import HealthServer
from bot.checkup.probe import ask_health
from bot.news.checkup.collector import CollectorStatus
from bot.news.checkup.finding import failing
from bot.news.checkup.runtime import HttpInteractions, RuntimeStatus, WaitTimes, runtime_findings
from bot.news.content import Reading
from bot.news.delivery import DeliveryState
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.delivery.outcome import RETRY_REASONS
from tests.support.clocks import ManualClock
from tests.support.ledger import DUE, claim_one, plan_part, save_schedule, sqlite_ledger

HEALTHY = RuntimeStatus(is_connected=True, connection_age_s=1000.0, tick_age_s=10.0, clock_offset_s=0.0)


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqliteStore]:
    """An empty store."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as opened:
        yield opened


@asynccontextmanager
async def asked(
    store: SqliteStore, clock: ManualClock, path: str, runtime: RuntimeStatus = HEALTHY
) -> AsyncIterator[tuple[int, str]]:
    """The response of a running server to one request."""
    health = HealthServer(store, clock, lambda: runtime)
    port = await health.start("127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
            yield answer.status, await answer.text()
    finally:
        await health.stop()


async def healthz(
    store: SqliteStore, clock: ManualClock, runtime: RuntimeStatus = HEALTHY
) -> tuple[int, dict[str, Any]]:
    """The status and the body of `/healthz`."""
    async with asked(store, clock, "/healthz", runtime) as (status, text):
        return status, json.loads(text)


async def test_healthy_bot_says_so(store: SqliteStore, clock: ManualClock) -> None:
    """200, and the numbers behind it."""
    status, answer = await healthz(store, clock)

    assert (status, answer["status"], answer["problems"]) == (200, "ok", [])
    assert answer["gateway"] == "connected"
    assert set(answer["deliveries"]) == set(DeliveryState)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"tick_age_s": 121.0}, "scheduler"),
        ({"is_connected": False, "connection_age_s": 301.0}, "gateway"),
        ({"is_posting_on_hold": True}, "posting"),
        ({"blocked": "1000 refusals"}, "posting"),
        ({"clock_offset_s": 90.0, "is_clock_trusted": False}, "clock"),
    ],
)
async def test_part_that_fails_is_named(
    store: SqliteStore, clock: ManualClock, change: dict[str, Any], check: str
) -> None:
    """With status 503, so that a monitor needs no parser."""
    status, answer = await healthz(store, clock, replace(HEALTHY, **change))

    assert (status, answer["status"], [each["check"] for each in answer["problems"]]) == (503, "failing", [check])


async def test_reconnecting_is_not_a_problem_yet(store: SqliteStore, clock: ManualClock) -> None:
    """Connections break every day."""
    status, answer = await healthz(store, clock, replace(HEALTHY, is_connected=False, connection_age_s=60.0))

    assert (status, answer["gateway"]) == (200, "down")


async def test_edition_that_waits_too_long_is_a_problem(store: SqliteStore, clock: ManualClock) -> None:
    """Also one that is claimed again and again."""
    await plan_part(sqlite_ledger(store.files))
    await claim_one(sqlite_ledger(store.files))
    clock.step((DUE + timedelta(hours=1) - clock.now()).total_seconds())

    status, answer = await healthz(store, clock)

    assert (status, answer["lag_s"], answer["deliveries"]["sending"]) == (503, 3600.0, 1)


async def test_edition_being_posted_is_not_a_problem(store: SqliteStore, clock: ManualClock) -> None:
    """A rate limit takes a few minutes."""
    await plan_part(sqlite_ledger(store.files))
    clock.step((DUE + timedelta(minutes=5) - clock.now()).total_seconds())

    assert (await healthz(store, clock))[0] == 200


async def test_store_that_cannot_be_read_is_a_problem(tmp_path: Path, clock: ManualClock) -> None:
    """The answer comes all the same."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as store:
        pass

    status, answer = await healthz(store, clock)

    problem = {"check": "database", "text": "it can't be read.", "cure": "Check the log."}
    assert (status, answer["problems"]) == (503, [problem])


async def test_metrics_are_prometheus_text(store: SqliteStore, clock: ManualClock) -> None:
    """Every state has its line, also with nothing in it."""
    await plan_part(sqlite_ledger(store.files))
    clock.step((DUE + timedelta(seconds=90) - clock.now()).total_seconds())

    async with asked(store, clock, "/metrics") as (status, text):
        assert status == 200

    lines = set(text.splitlines())
    assert 'newsdesk_deliveries{state="planned"} 1.0' in lines
    assert 'newsdesk_deliveries{state="unknown"} 0.0' in lines
    assert "newsdesk_lag_seconds 90.0" in lines
    assert "newsdesk_gateway_connected 1.0" in lines
    assert "newsdesk_tick_age_seconds 10.0" in lines


async def test_metrics_say_what_the_running_parts_count(store: SqliteStore, clock: ManualClock) -> None:
    """Since the start of the process, as Prometheus wants counters."""
    runtime = replace(
        HEALTHY,
        blocked="a ban",
        is_clock_trusted=False,
        clock_offset_s=-2.5,
        retries={"rate_limited": 3, "unclear": 0},
        limiter_waits=WaitTimes(up_to=((0.5, 4), (2.0, 5)), count=6, seconds=12.5),
    )
    async with asked(store, clock, "/metrics", runtime) as (_, text):
        lines = set(text.splitlines())
    assert 'newsdesk_retries_total{reason="rate_limited"} 3.0' in lines
    assert 'newsdesk_retries_total{reason="unclear"} 0.0' in lines
    assert 'newsdesk_limiter_wait_seconds_bucket{le="2.0"} 5.0' in lines
    assert 'newsdesk_limiter_wait_seconds_bucket{le="+Inf"} 6.0' in lines
    assert {"newsdesk_limiter_wait_seconds_count 6.0", "newsdesk_limiter_wait_seconds_sum 12.5"} <= lines
    assert {"newsdesk_breaker_open 1.0", "newsdesk_clock_trusted 0.0", "newsdesk_clock_offset_seconds -2.5"} <= lines
    last_tick_s = clock.now().timestamp() - 10
    assert any(
        line.startswith("newsdesk_last_tick_timestamp_seconds ") and float(line.split()[1]) == last_tick_s
        for line in lines
    )


async def test_metrics_keep_prometheus_conventions(store: SqliteStore, clock: ManualClock) -> None:
    """Each with a help that is a sentence, counters end in `_total`, spans are seconds."""
    async with asked(store, clock, "/metrics", replace(HEALTHY, clock_offset_s=0.0)) as (_, text):
        families = list(text_string_to_metric_families(text))
    assert all(family.name.startswith("newsdesk_") for family in families)
    assert all(family.documentation.endswith(".") for family in families)
    counted = [sample.name for family in families if family.type == "counter" for sample in family.samples]
    assert all(name.endswith("_total") for name in counted)


async def test_operators_manual_lists_exactly_the_metrics_that_are_printed(
    store: SqliteStore, clock: ManualClock
) -> None:
    """With the labels that they have."""
    collector = CollectorStatus(at=clock.now(), every_s=900, feeds=1, failing=0)
    http = HttpInteractions(is_listening=True, refused=dict.fromkeys(Refusal, 0))
    runtime = replace(
        HEALTHY, clock_offset_s=0.0, retries=dict.fromkeys(RETRY_REASONS, 0), collector=collector, http=http
    )
    async with asked(store, clock, "/metrics", runtime) as (_, text):
        families = list(text_string_to_metric_families(text))
    printed = {_as_the_manual_writes(family) for family in families}
    manual = (Path(__file__).parents[2] / "docs" / "operation.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(newsdesk_[^`]+)`", manual, re.MULTILINE)) == printed
    reasons = re.search(r"`newsdesk_retries_total\{reason\}`[^|]*\|[^|]*\|", manual)
    assert reasons is not None
    assert set(re.findall(r"`(\w+)`", reasons[0])) == set(RETRY_REASONS)
    refused = re.search(r"`newsdesk_http_refused_total\{reason\}`[^|]*\|[^|]*\|", manual)
    assert refused is not None
    assert set(re.findall(r"`(\w+)`", refused[0])) == set(Refusal)


@pytest.mark.parametrize(
    ("changed", "check", "text"),
    [
        ({"has_gateway": False}, "gateway", "not used; interactions arrive over HTTP."),
        (
            {"has_gateway": False, "is_connected": False, "connection_age_s": 9.0},
            "gateway",
            "not used; the bot is logging in.",
        ),
        (
            {"has_gateway": False, "is_connected": False, "connection_age_s": 301.0},
            "gateway",
            "not logged in, so commands don't work.",
        ),
        (
            {"http": HttpInteractions(is_listening=True, taken=1200, refused={"size": 2, "time": 1})},
            "interactions",
            "1,200 over HTTP since the start; 3 requests refused.",
        ),
        (
            {"http": HttpInteractions(is_listening=False)},
            "interactions",
            "the bot can't listen for them, so commands don't work.",
        ),
    ],
)
def test_interactions_over_http_are_part_of_the_status(changed: dict[str, Any], check: str, text: str) -> None:
    """And the gateway isn't missed where none is used."""
    found = [each.text for each in runtime_findings(replace(HEALTHY, **changed)) if each.check == check]

    assert found == [text]


async def test_health_says_that_the_gateway_is_off(store: SqliteStore, clock: ManualClock) -> None:
    """Instead of down."""
    assert (await healthz(store, clock, replace(HEALTHY, has_gateway=False)))[1]["gateway"] == "off"


def _as_the_manual_writes(family: Metric) -> str:
    name = f"{family.name}_total" if family.type == "counter" else family.name
    labels = ",".join(sorted({label for sample in family.samples for label in sample.labels} - {"le"}))
    return f"{name}{{{labels}}}" if labels else name


async def test_edition_that_is_not_planned_counts_as_lag(store: SqliteStore, clock: ManualClock) -> None:
    """It is due, and the ledger has no row of it."""
    schedule = await save_schedule(sqlite_ledger(store.files))
    await store.schedules.change_schedule(schedule.id, lambda kept, _: (kept, clock.now() - timedelta(hours=1)))
    status, answer = await healthz(store, clock)
    assert (status, answer["lag_s"]) == (503, 3600.0)
    assert [each["text"] for each in answer["problems"]] == ["one has been due for 60 minutes and is not planned."]


async def test_problems_can_be_read_from_another_process(store: SqliteStore, clock: ManualClock) -> None:
    """With what to do; and None if no bot answers."""
    held = replace(HEALTHY, is_posting_on_hold=True)
    health = HealthServer(store, clock, lambda: held)
    port = await health.start("127.0.0.1", 0)
    found = await ask_health("127.0.0.1", port)
    cure = "Check the disk; posting resumes by itself."
    assert found == (failing("on hold: the database is full, locked or missing.", cure, check="posting"),)
    await health.stop()
    assert await ask_health("127.0.0.1", port) is None


async def test_nothing_else_is_answered(store: SqliteStore, clock: ManualClock) -> None:
    """There are two pages only."""
    async with asked(store, clock, "/") as (status, _):
        assert status == 404


async def test_address_in_use_is_an_error_at_the_start(store: SqliteStore, clock: ManualClock) -> None:
    """A health page that nobody can read would be worse."""
    first, second = (HealthServer(store, clock, lambda: HEALTHY) for _ in range(2))
    port = await first.start("127.0.0.1", 0)
    try:
        with pytest.raises(OSError, match="address already in use"):
            await second.start("127.0.0.1", port)
    finally:
        await first.stop()
        await second.stop()


async def test_what_is_not_known_yet_is_listed_and_is_not_a_problem(store: SqliteStore, clock: ManualClock) -> None:
    """A doctor in another process learns from it that an archive is still being read."""
    starting = replace(HEALTHY, clock_offset_s=None, reading=Reading(done=3_100, total=8_300))
    status, answer = await healthz(store, clock, starting)

    assert (status, answer["problems"]) == (200, [])
    assert {"check": "seeds", "text": "Still reading: 3,100 of 8,300 files."} in answer["unknown"]
    assert "clock" in {each["check"] for each in answer["unknown"]}
