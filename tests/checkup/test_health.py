"""Whoever watches the machine learns how the bot is, from the store and not from memory."""

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

from bot.checkup import Health, Pulse, Waited, ask_health
from bot.news.delivery import DeliveryState
from bot.store.sqlite.file.database import open_database
from bot.usecases.delivery.outcome import RETRY_REASONS
from tests.store.ledgers import DUE, Ledger, claim_one, plan_part, save_schedule, sqlite_ledger
from tests.support.clocks import ManualClock

WELL = Pulse(is_connected=True, connection_age_s=1000.0, tick_age_s=10.0)


@pytest.fixture
async def ledger(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Ledger]:
    """An empty store."""
    async with open_database(tmp_path / "newsdesk.db", clock=clock) as database:
        yield sqlite_ledger(database)


@asynccontextmanager
async def asked(ledger: Ledger, clock: ManualClock, path: str, pulse: Pulse = WELL) -> AsyncIterator[tuple[int, str]]:
    """The answer of a running server to one question."""
    health = Health(ledger.deliveries, ledger.schedules, clock, lambda: pulse)
    port = await health.start("127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
            yield answer.status, await answer.text()
    finally:
        await health.stop()


async def healthz(ledger: Ledger, clock: ManualClock, pulse: Pulse = WELL) -> tuple[int, dict[str, Any]]:
    """The status and the answer of `/healthz`."""
    async with asked(ledger, clock, "/healthz", pulse) as (status, text):
        return status, json.loads(text)


async def test_healthy_bot_says_so(ledger: Ledger, clock: ManualClock) -> None:
    """200, and the numbers behind it."""
    status, answer = await healthz(ledger, clock)

    assert (status, answer["status"], answer["problems"]) == (200, "ok", [])
    assert answer["gateway"] == "connected"
    assert set(answer["deliveries"]) == set(DeliveryState)


@pytest.mark.parametrize(
    ("pulse", "problem"),
    [
        (Pulse(is_connected=True, connection_age_s=0, tick_age_s=121), "nothing looks for what is due"),
        (Pulse(is_connected=False, connection_age_s=301, tick_age_s=0), "the gateway is not connected"),
        (
            Pulse(is_connected=True, connection_age_s=0, tick_age_s=0, is_sending_held=True),
            "sending waits for the database",
        ),
        (
            Pulse(is_connected=True, connection_age_s=0, tick_age_s=0, shut_out="1000 refusals"),
            "nothing is sent to Discord for a while: 1000 refusals",
        ),
        (
            Pulse(is_connected=True, connection_age_s=0, tick_age_s=0, is_clock_trusted=False, is_clock_at_odds=True),
            "no edition is planned: the clock was set, or Discord's says otherwise",
        ),
    ],
)
async def test_part_that_stands_still_is_named(ledger: Ledger, clock: ManualClock, pulse: Pulse, problem: str) -> None:
    """503, so that a watcher needs no parser."""
    status, answer = await healthz(ledger, clock, pulse)

    assert (status, answer["status"], answer["problems"]) == (503, "failing", [problem])


async def test_reconnecting_is_no_problem_yet(ledger: Ledger, clock: ManualClock) -> None:
    """Connections break every day."""
    status, answer = await healthz(ledger, clock, Pulse(is_connected=False, connection_age_s=60, tick_age_s=0))

    assert (status, answer["gateway"]) == (200, "down")


async def test_edition_that_waits_too_long_is_a_problem(ledger: Ledger, clock: ManualClock) -> None:
    """Also one that is claimed again and again."""
    await plan_part(ledger)
    await claim_one(ledger)
    clock.step((DUE + timedelta(hours=1) - clock.now()).total_seconds())

    status, answer = await healthz(ledger, clock)

    assert (status, answer["lag_s"], answer["deliveries"]["sending"]) == (503, 3600.0, 1)


async def test_edition_that_is_being_sent_is_no_problem(ledger: Ledger, clock: ManualClock) -> None:
    """A few minutes are a rate limit's."""
    await plan_part(ledger)
    clock.step((DUE + timedelta(minutes=5) - clock.now()).total_seconds())

    assert (await healthz(ledger, clock))[0] == 200


async def test_store_that_cannot_be_read_is_a_problem(tmp_path: Path, clock: ManualClock) -> None:
    """The answer comes all the same."""
    async with open_database(tmp_path / "newsdesk.db", clock=clock) as database:
        ledger = sqlite_ledger(database)

    status, answer = await healthz(ledger, clock)

    assert (status, answer["problems"]) == (503, ["the database can't be read"])


async def test_metrics_are_prometheus_text(ledger: Ledger, clock: ManualClock) -> None:
    """Every state has its line, also with nothing in it."""
    await plan_part(ledger)
    clock.step((DUE + timedelta(seconds=90) - clock.now()).total_seconds())

    async with asked(ledger, clock, "/metrics") as (status, text):
        assert status == 200

    lines = set(text.splitlines())
    assert 'newsdesk_deliveries{state="planned"} 1.0' in lines
    assert 'newsdesk_deliveries{state="unknown"} 0.0' in lines
    assert "newsdesk_lag_seconds 90.0" in lines
    assert "newsdesk_gateway_connected 1.0" in lines
    assert "newsdesk_tick_age_seconds 10.0" in lines


async def test_metrics_say_what_the_running_parts_count(ledger: Ledger, clock: ManualClock) -> None:
    """Since the start of the process, as Prometheus wants counters."""
    pulse = replace(
        WELL,
        shut_out="a ban",
        is_clock_trusted=False,
        clock_offset_s=-2.5,
        retries={"rate_limited": 3, "unclear": 0},
        waited=Waited(up_to=((0.5, 4), (2.0, 5)), count=6, seconds=12.5),
    )
    async with asked(ledger, clock, "/metrics", pulse) as (_, text):
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


async def test_metrics_keep_prometheus_conventions(ledger: Ledger, clock: ManualClock) -> None:
    """Each with a help that is a sentence, counters end in `_total`, spans are seconds."""
    async with asked(ledger, clock, "/metrics", replace(WELL, clock_offset_s=0.0)) as (_, text):
        families = list(text_string_to_metric_families(text))
    assert all(family.name.startswith("newsdesk_") for family in families)
    assert all(family.documentation.endswith(".") for family in families)
    counted = [sample.name for family in families if family.type == "counter" for sample in family.samples]
    assert all(name.endswith("_total") for name in counted)


async def test_operators_manual_lists_exactly_the_metrics_that_are_printed(ledger: Ledger, clock: ManualClock) -> None:
    """With the labels that they have."""
    retries = dict.fromkeys(RETRY_REASONS, 0)
    async with asked(ledger, clock, "/metrics", replace(WELL, clock_offset_s=0.0, retries=retries)) as (_, text):
        families = list(text_string_to_metric_families(text))
    printed = {_as_the_manual_writes(family) for family in families}
    manual = (Path(__file__).parents[2] / "docs" / "operation.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(newsdesk_[^`]+)`", manual, re.MULTILINE)) == printed
    reasons = re.search(r"`newsdesk_retries_total\{reason\}`[^|]*\|[^|]*\|", manual)
    assert reasons is not None
    assert set(re.findall(r"`(\w+)`", reasons[0])) == set(RETRY_REASONS)


def _as_the_manual_writes(family: Metric) -> str:
    name = f"{family.name}_total" if family.type == "counter" else family.name
    labels = ",".join(sorted({label for sample in family.samples for label in sample.labels} - {"le"}))
    return f"{name}{{{labels}}}" if labels else name


async def test_edition_that_nobody_planned_counts_as_lag(ledger: Ledger, clock: ManualClock) -> None:
    """It is due, and nothing of it stands in the ledger."""
    schedule = await save_schedule(ledger)
    await ledger.schedules.set_next_due(schedule.id, clock.now() - timedelta(hours=1))
    status, answer = await healthz(ledger, clock)
    assert (status, answer["lag_s"], answer["problems"]) == (503, 3600.0, ["an edition waits to be sent"])


async def test_whoever_asks_from_outside_hears_the_problems(ledger: Ledger, clock: ManualClock) -> None:
    """And learns that nothing runs where nothing answers."""
    held = replace(WELL, is_sending_held=True)
    health = Health(ledger.deliveries, ledger.schedules, clock, lambda: held)
    port = await health.start("127.0.0.1", 0)
    assert await ask_health("127.0.0.1", port) == ("sending waits for the database",)
    await health.stop()
    assert await ask_health("127.0.0.1", port) is None


async def test_nothing_else_is_answered(ledger: Ledger, clock: ManualClock) -> None:
    """Two pages, no more."""
    async with asked(ledger, clock, "/") as (status, _):
        assert status == 404


async def test_address_in_use_is_an_error_at_the_start(ledger: Ledger, clock: ManualClock) -> None:
    """Not a health page that nobody sees."""
    first, second = (Health(ledger.deliveries, ledger.schedules, clock, lambda: WELL) for _ in range(2))
    port = await first.start("127.0.0.1", 0)
    try:
        with pytest.raises(OSError, match="address already in use"):
            await second.start("127.0.0.1", port)
    finally:
        await first.stop()
        await second.stop()
