"""The status of the running parts: clock, scheduler, gateway and posting, and the findings that follow from it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.news.checkup.clock_bounds import MOST_APART_S
from bot.news.checkup.collector import CollectorStatus
from bot.news.checkup.finding import Finding, failing, passing, unchecked
from bot.news.content import Reading

MAX_TICK_AGE_S: Final = 120.0
"""Four ticks: the scheduler looks for due editions every 30 seconds."""

MAX_READ_AGE_S: Final = 3600.0
"""The seed folders are read every ten minutes, whatever the watch reports; a large import takes its time."""

MOST_IN_VAIN: Final = 3
"""One or two attempts fail on any day."""

MAX_RECONNECT_S: Final = 300.0
"""Reconnecting takes less than a minute; after five, commands have failed for too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitTimes:
    """How long requests have waited since the start.

    Attributes:
        up_to: For some limits in seconds, the number of requests that waited no longer than that.
        count: The number of requests.
        seconds: The sum of their waits.
    """

    up_to: tuple[tuple[float, int], ...] = ()
    count: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """How the seed folders are watched.

    Attributes:
        is_polled: The system doesn't report changes, so the folders are polled.
        read_age_s: Seconds since all of them were last read.
    """

    is_polled: bool
    read_age_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpInteractions:
    """What arrived over HTTP since the start.

    Attributes:
        is_listening: The address is in use by this bot.
        taken: The number of interactions.
        events: The number of events about joins and leaves.
        refused: The number of refused requests, by reason.
    """

    is_listening: bool
    taken: int = 0
    events: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeStatus:
    """The status of the running parts, as they report it themselves.

    Attributes:
        is_connected: The gateway is connected; without one, the bot is logged in.
        connection_age_s: Seconds since that last changed.
        tick_age_s: Seconds since the last tick ended, or since the start before the first tick.
        tick_trouble: Why the last tick failed; empty if it didn't.
        is_posting_on_hold: Nothing is posted, because the database can't be written.
        in_vain: Attempts to post since the last one that succeeded.
        in_vain_why: What came of the last of them.
        blocked: Why no requests are sent to Discord at the moment; empty if they are.
        blocked_s: How many seconds that will last.
        is_clock_trusted: Editions are planned.
        clock_offset_s: Discord's clock minus ours in seconds; None before its first response.
        retries: The number of retries since the start, by reason.
        limiter_waits: How long requests waited for our own rate limiter.
        short_connections: Gateway connections in a row that ended early; 0 for a few.
        displaced: What happened to the database's file while it is open; empty if it is in its place.
        log_lines_dropped: Log lines that could not be written since the start.
        log_trouble: Why the log can't be written; empty if it can.
        uptime_s: Seconds since the bot started: what waits for longer could not be done before.
        reading: How far the seed folders are read; None once they are.
        watching: How they are watched; None without folders, and before all were read once.
        others: What else is not done yet, and why.
        collector: The feed collector after its last pass; None without one, and before it.
        has_gateway: Whether the bot connects to the gateway.
        http: Interactions over HTTP; None if they are switched off.
    """

    is_connected: bool
    connection_age_s: float = 0.0
    tick_age_s: float = 0.0
    tick_trouble: str = ""
    is_posting_on_hold: bool = False
    in_vain: int = 0
    in_vain_why: str = ""
    blocked: str = ""
    blocked_s: float = 0.0
    is_clock_trusted: bool = True
    clock_offset_s: float | None = None
    retries: Mapping[str, int] = field(default_factory=dict)
    limiter_waits: WaitTimes = WaitTimes()
    short_connections: int = 0
    displaced: str = ""
    log_lines_dropped: int = 0
    log_trouble: str = ""
    uptime_s: float = math.inf
    reading: Reading | None = None
    watching: Watching | None = None
    others: tuple[Finding, ...] = ()
    collector: CollectorStatus | None = None
    has_gateway: bool = True
    http: HttpInteractions | None = None


def runtime_findings(runtime: RuntimeStatus) -> Iterator[Finding]:
    """Check the clock, the scheduler, the gateway, posting, the database's file and the log."""
    yield clock_finding(runtime.clock_offset_s, is_trusted=runtime.is_clock_trusted)
    yield _scheduler_finding(runtime)
    yield _gateway_finding(runtime)
    if runtime.http is not None:
        yield _http_finding(runtime.http)
    yield _posting_finding(runtime)
    if runtime.displaced:
        cure = "Move it back, or stop the bot and use `newsdesk restore`; until then nothing is posted or planned."
        yield failing(runtime.displaced, cure, check="file")
    if runtime.log_trouble:
        text = f"it can't be written ({runtime.log_trouble}); {runtime.log_lines_dropped:,} lines were dropped."
        yield failing(text, "Free up its disk, or restart what reads it; the bot continues without it.", check="log")
    if runtime.reading is not None:
        yield _reading_finding(runtime.reading)
    elif runtime.watching is not None:
        yield _watching_finding(runtime.watching)
    yield from runtime.others


def clock_finding(offset_s: float | None, *, is_trusted: bool) -> Finding:
    """Compare our clock with Discord's, and say whether planning waits because of it.

    Args:
        offset_s: Discord's clock minus ours in seconds; None before its first response.
        is_trusted: Editions are planned by our clock.
    """
    if offset_s is None:
        return unchecked("Discord has not answered yet, so no edition is planned.", check="clock")
    difference = f"{abs(offset_s):,.0f} s"
    if abs(offset_s) > MOST_APART_S:
        side = "behind" if offset_s > 0 else "ahead of"
        waits = "" if is_trusted else "; no edition is planned until it is right"
        return failing(f"{difference} {side} Discord's{waits}.", "Sync the clock (NTP recommended).", check="clock")
    if not is_trusted:
        return unchecked(f"{difference} off Discord's; planning starts with the next tick.", check="clock")
    return passing("clock", f"{difference} off Discord's.")


def _scheduler_finding(runtime: RuntimeStatus) -> Finding:
    if runtime.tick_trouble:
        text = f"it could not look for due editions: {runtime.tick_trouble}"
        return failing(text, "It tries again twice a minute; check the log.", check="scheduler")
    if runtime.tick_age_s <= MAX_TICK_AGE_S:
        return passing("scheduler", "running.")
    text = f"it has not looked for due editions for {runtime.tick_age_s / 60:.0f} minutes."
    return failing(text, "Check the log, then restart the bot.", check="scheduler")


def _gateway_finding(runtime: RuntimeStatus) -> Finding:
    if not runtime.has_gateway:
        return _login_finding(runtime)
    if runtime.short_connections:
        text = f"the last {runtime.short_connections} connections ended within a minute, so commands may fail."
        return failing(text, "Reconnecting continues, ever less often; check Discord's status page.", check="gateway")
    if runtime.is_connected:
        return passing("gateway", "connected.")
    if runtime.connection_age_s <= MAX_RECONNECT_S:
        return passing("gateway", "connecting; commands may fail for a moment.")
    cure = "It keeps reconnecting, and editions are still posted; check the log."
    return failing("not connected, so commands don't work.", cure, check="gateway")


def _login_finding(runtime: RuntimeStatus) -> Finding:
    if runtime.is_connected:
        return passing("gateway", "not used; interactions arrive over HTTP.")
    if runtime.connection_age_s <= MAX_RECONNECT_S:
        return passing("gateway", "not used; the bot is logging in.")
    return failing("not logged in, so commands don't work.", "It keeps trying; check the log.", check="gateway")


def _http_finding(http: HttpInteractions) -> Finding:
    if not http.is_listening:
        cure = "Stop what uses `interactions_address`, or change it; the bot keeps trying."
        return failing("the bot can't listen for them, so commands don't work.", cure, check="interactions")
    refused = sum(http.refused.values())
    return passing("interactions", f"{http.taken:,} over HTTP since the start; {refused:,} requests refused.")


def _watching_finding(watching: Watching) -> Finding:
    how = "polled, because the system reports no changes" if watching.is_polled else "watched for changes"
    text = f"{how}; last read {watching.read_age_s / 60:.0f} min ago."
    if watching.read_age_s > MAX_READ_AGE_S:
        return failing(text, "Check the log, then restart the bot.", check="seeds")
    return passing("seeds", text)


def _reading_finding(reading: Reading) -> Finding:
    if not reading.stopped_by:
        return unchecked(reading.text, check="seeds")
    return failing(reading.text, "Check the disk and the log.", check="seeds")


def _posting_finding(runtime: RuntimeStatus) -> Finding:
    if runtime.is_posting_on_hold:
        text = "on hold: the database is full, locked or missing."
        return failing(text, "Check the disk; posting resumes by itself.", check="posting")
    if not runtime.blocked and runtime.in_vain >= MOST_IN_VAIN:
        text = f"the last {runtime.in_vain} attempts failed: {runtime.in_vain_why or 'no answer'}."
        return failing(text, "They are repeated automatically; check Discord's status page.", check="posting")
    if not runtime.blocked:
        return passing("posting", "not on hold.")
    text = f"no requests to Discord for {runtime.blocked_s / 60:.0f} more minutes: {runtime.blocked}."
    cure = "Posting resumes by itself; check whether anything else uses the same address or token."
    return failing(text, cure, check="posting")
