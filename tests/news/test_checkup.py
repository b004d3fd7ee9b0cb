"""Findings from facts: the running parts, the database, the waiting editions and one schedule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.checkup.clock_bounds import MOST_APART_S
from bot.news.checkup.database import (
    MAX_PLANNING_LAG,
    MAX_POSTING_LAG,
    MIN_FREE_BYTES,
    Backlog,
    DatabaseStatus,
    backlog_finding,
    database_findings,
    size_in_words,
)
from bot.news.checkup.finding import Finding, Status, failing, unchecked
from bot.news.checkup.health import ServerHealth
from bot.news.checkup.options import silencing_findings
from bot.news.checkup.runtime import (
    MAX_RECONNECT_S,
    MAX_TICK_AGE_S,
    RuntimeStatus,
    clock_finding,
    runtime_findings,
)
from bot.news.checkup.schedule import LastEdition, ScheduleHealth, schedule_findings
from bot.news.delivery import DeliveryState, EditionKey
from bot.news.notices.texts import STOP_TEXTS
from bot.news.parsing.names import KnownNames
from bot.news.schedules.schedule import ScheduleState, StopReason
from tests.support.makers import make_schedule

NOW = datetime(2021, 5, 10, 10, tzinfo=UTC)
HEALTHY = RuntimeStatus(is_connected=True, connection_age_s=1000.0, tick_age_s=10.0, clock_offset_s=0.2)


def finding_of(check: str, runtime: RuntimeStatus) -> Finding:
    """The finding of one check of the running parts."""
    (finding,) = (finding for finding in runtime_findings(runtime) if finding.check == check)
    return finding


def last(*states: DeliveryState, reason: str = "", age: timedelta = timedelta(0)) -> LastEdition:
    """An edition whose parts are in these states."""
    counts = {state: states.count(state) for state in states}
    return LastEdition(key=EditionKey("2021-05-10"), due_at=NOW - age, states=counts, reason=reason)


# The running parts


def test_every_check_of_a_healthy_bot_passes() -> None:
    """Clock, scheduler, gateway and posting."""
    assert {finding.status for finding in runtime_findings(HEALTHY)} == {Status.OK}


def test_clock_that_agrees_passes() -> None:
    """With its offset."""
    finding = clock_finding(0.2, is_trusted=True)
    assert (finding.status, finding.text) == (Status.OK, "0 s off Discord's.")


@pytest.mark.parametrize(("offset_s", "side"), [(90.0, "behind"), (-90.0, "ahead of")])
def test_wrong_clock_says_by_how_much_to_which_side_and_that_planning_waits(offset_s: float, side: str) -> None:
    """The operator corrects it; the admin learns why no edition comes."""
    finding = clock_finding(offset_s, is_trusted=False)
    assert finding.text == f"90 s {side} Discord's; no edition is planned until it is right."
    assert finding.cure


@given(st.floats(MOST_APART_S, 1e9, exclude_min=True), st.sampled_from([1, -1]), st.booleans())
def test_clock_too_far_off_always_fails(offset_s: float, sign: int, is_trusted: bool) -> None:  # noqa: FBT001
    """Also while the bot still trusts it."""
    assert clock_finding(sign * offset_s, is_trusted=is_trusted).status is Status.FAILING


def test_clock_not_compared_yet_is_unknown() -> None:
    """Nothing is planned before Discord's first response, nor before the next tick."""
    assert clock_finding(None, is_trusted=False).status is Status.UNKNOWN
    assert clock_finding(0.2, is_trusted=False).status is Status.UNKNOWN


@pytest.mark.parametrize(("age_s", "status"), [(MAX_TICK_AGE_S, Status.OK), (MAX_TICK_AGE_S + 1, Status.FAILING)])
def test_scheduler_without_a_tick_for_too_long_fails(age_s: float, status: Status) -> None:
    """No edition is planned without ticks."""
    assert finding_of("scheduler", replace(HEALTHY, tick_age_s=age_s)).status is status


@pytest.mark.parametrize(("age_s", "status"), [(MAX_RECONNECT_S, Status.OK), (MAX_RECONNECT_S + 1, Status.FAILING)])
def test_gateway_may_reconnect_for_a_while(age_s: float, status: Status) -> None:
    """Connections break every day."""
    assert finding_of("gateway", replace(HEALTHY, is_connected=False, connection_age_s=age_s)).status is status


def test_connections_that_end_at_once_fail_although_the_last_one_is_up() -> None:
    """Their number is what shows it."""
    finding = finding_of("gateway", replace(HEALTHY, short_connections=4))
    assert (finding.status, finding.text.split(",")[0]) == (
        Status.FAILING,
        "the last 4 connections ended within a minute",
    )


def test_lost_gateway_says_that_editions_are_still_posted() -> None:
    """Only commands need it."""
    lost = replace(HEALTHY, is_connected=False, connection_age_s=MAX_RECONNECT_S + 1)
    assert "editions are still posted" in finding_of("gateway", lost).cure


def test_blocked_requests_say_why_and_for_how_long() -> None:
    """Nobody should keep pressing buttons meanwhile."""
    finding = finding_of("posting", replace(HEALTHY, blocked="too many refusals", blocked_s=300.0))
    assert finding.text == "no requests to Discord for 5 more minutes: too many refusals."


def test_posting_on_hold_names_the_database() -> None:
    """It is not a missing permission."""
    finding = finding_of("posting", replace(HEALTHY, is_posting_on_hold=True))
    assert finding.status is Status.FAILING
    assert "the database is full, locked or missing" in finding.text


# The database and what waits in it


def test_damage_says_to_restore() -> None:
    """Nothing else helps."""
    database, _ = database_findings(DatabaseStatus(bytes_used=1, bytes_free=MIN_FREE_BYTES, damage="row 3"), NOW)
    assert database.status is Status.FAILING
    assert "row 3" in database.text
    assert "restore" in database.cure


def test_check_that_hit_its_time_limit_says_so_and_passes() -> None:
    """A large ledger takes longer than anyone waits."""
    database, _ = database_findings(DatabaseStatus(bytes_used=1, bytes_free=MIN_FREE_BYTES, is_checked=False), NOW)
    assert database.status is Status.OK
    assert "not fully checked" in database.text


@pytest.mark.parametrize(
    ("age", "words"),
    [(timedelta(hours=5), "today"), (timedelta(days=1), "yesterday"), (timedelta(days=12), "12 days ago")],
)
def test_last_backup_is_given_by_its_age(age: timedelta, words: str) -> None:
    """Nobody subtracts dates."""
    status = DatabaseStatus(bytes_used=1, bytes_free=None, backed_up_at=NOW - age)
    (database,) = database_findings(status, NOW)
    assert f"last backup {words}." in database.text


def test_disk_that_is_nearly_full_fails() -> None:
    """Before posting stops because of it."""
    _, disk = database_findings(DatabaseStatus(bytes_used=1, bytes_free=MIN_FREE_BYTES - 1), NOW)
    assert (disk.status, disk.cure) == (Status.FAILING, "Free up disk space.")


@pytest.mark.parametrize("free", [MIN_FREE_BYTES, MIN_FREE_BYTES - 1, None])
@pytest.mark.parametrize("damage", ["", "row 3"])
def test_server_is_shown_no_size_that_another_server_can_change(free: int | None, damage: str) -> None:
    """Neither the database's size nor the free space, which would measure uploads elsewhere."""
    status = DatabaseStatus(bytes_used=7 << 20, bytes_free=free, damage=damage)
    shown = " ".join(each.text for each in database_findings(status, NOW, for_operator=False))
    assert "MB" not in shown
    assert "backup" not in shown
    assert ("nearly full" in shown) == (free == MIN_FREE_BYTES - 1)
    assert ("damaged: row 3" if damage else "no damage found.") in shown


def test_edition_not_planned_for_too_long_fails() -> None:
    """A tick comes twice a minute."""
    assert backlog_finding(Backlog(), NOW).status is Status.OK
    assert backlog_finding(Backlog(unplanned_due_at=NOW - MAX_PLANNING_LAG), NOW).status is Status.OK
    late = Backlog(unplanned_due_at=NOW - MAX_PLANNING_LAG - timedelta(minutes=1))
    assert backlog_finding(late, NOW).text == "one has been due for 6 minutes and is not planned."


def test_edition_not_posted_for_too_long_fails() -> None:
    """A rate limit is over sooner."""
    assert backlog_finding(Backlog(unposted_due_at=NOW - MAX_POSTING_LAG), NOW).status is Status.OK
    late = Backlog(unposted_due_at=NOW - MAX_POSTING_LAG - timedelta(minutes=1))
    assert backlog_finding(late, NOW).text == "one has been waiting to be posted for 31 minutes."


@given(st.none() | st.integers(-9, 9), st.none() | st.integers(-9, 9))
def test_lag_is_that_of_the_oldest_edition_and_never_negative(unplanned: int | None, unposted: int | None) -> None:
    """Editions that are due later have no lag."""
    due = [None if hours is None else NOW - timedelta(hours=hours) for hours in (unplanned, unposted)]
    lag_s = Backlog(unplanned_due_at=due[0], unposted_due_at=due[1]).lag_s(NOW)
    assert lag_s == max(0, unplanned or 0, unposted or 0) * 3600


@pytest.mark.parametrize(("count", "words"), [(0, "0.0 MB"), (700_000, "0.7 MB"), (3 << 30, "3.0 GB")])
def test_bytes_are_given_in_megabytes_or_gigabytes(count: int, words: str) -> None:
    """As people read them."""
    assert size_in_words(count) == words


# A schedule


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.SKIPPED, DeliveryState.SENDING])
def test_edition_without_a_problem_has_no_finding(state: DeliveryState) -> None:
    """There is nothing to do."""
    assert list(schedule_findings(make_schedule(), last(state), NOW)) == []


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.UNKNOWN])
def test_edition_that_needs_a_person_says_what_to_do(state: DeliveryState) -> None:
    """One finding with the command, also if other parts were sent."""
    (finding,) = schedule_findings(make_schedule(), last(DeliveryState.SENT, state, reason="no answer"), NOW)
    assert "(no answer)" in finding.text
    assert "/schedule retry" in finding.cure


def test_edition_waiting_to_be_posted_for_too_long_is_a_problem() -> None:
    """More than a rate limit."""
    late = last(DeliveryState.PLANNED, age=MAX_POSTING_LAG + timedelta(minutes=1))
    (finding,) = schedule_findings(make_schedule(), late, NOW)
    assert "31 minutes" in finding.text


def test_schedule_paused_by_a_failure_is_one_problem() -> None:
    """Retrying the edition resumes the schedule."""
    paused = make_schedule(state=ScheduleState.PAUSED, state_reason=StopReason.NO_PERMISSION)
    (finding,) = schedule_findings(paused, last(DeliveryState.FAILED), NOW)
    assert "so the schedule is paused" in finding.text


def test_schedule_paused_by_the_bot_says_why_and_how_to_resume_it() -> None:
    """The cure comes before the command."""
    paused = make_schedule(state=ScheduleState.PAUSED, state_reason=StopReason.NO_PERMISSION)
    (finding,) = schedule_findings(paused, None, NOW)
    assert STOP_TEXTS[StopReason.NO_PERMISSION] in finding.text
    assert finding.cure == "Fix that, then use /schedule resume."


def test_schedule_paused_for_a_permission_that_it_has_again_only_needs_to_be_resumed() -> None:
    """Nobody has to look for something to fix."""
    paused = make_schedule(state=ScheduleState.PAUSED, state_reason=StopReason.NO_PERMISSION)
    (finding,) = schedule_findings(paused, None, NOW, can_post=True)
    assert finding.text == "It is paused: I didn't have permission to post in the channel; now I have it."
    assert finding.cure == "Use /schedule resume."


def test_schedule_paused_by_a_person_has_no_finding() -> None:
    """They know."""
    assert list(schedule_findings(make_schedule(state=ScheduleState.PAUSED), None, NOW)) == []


def test_schedule_whose_channel_is_gone_leaves_that_to_the_check_of_the_channel() -> None:
    """A problem is reported once."""
    off = make_schedule(state=ScheduleState.OFF, state_reason=StopReason.CHANNEL_GONE)
    assert list(schedule_findings(off, None, NOW)) == []


def test_schedule_switched_off_by_the_bot_says_why_and_how_to_resume_it() -> None:
    """It posts nothing until then."""
    off = make_schedule(state=ScheduleState.OFF, state_reason=StopReason.UNKNOWN_ZONE)
    (finding,) = schedule_findings(off, None, NOW)
    assert STOP_TEXTS[StopReason.UNKNOWN_ZONE] in finding.text
    assert finding.cure == "Use /schedule resume."


def test_problems_of_a_server_are_those_of_the_bot_and_of_each_schedule() -> None:
    """What could not be checked is not a problem."""
    findings = (failing("a", "b"), unchecked("c"))
    entry = ScheduleHealth(schedule=make_schedule(), findings=findings)
    assert len(ServerHealth(schedules=(entry, entry), findings=findings).problems) == 3


# Its filters


def test_filters_that_no_article_passes_are_a_problem_each() -> None:
    """The schedule posts nothing because of them; one known name is enough."""
    known = KnownNames(topics={"ai": "AI"}, providers={"wbur.org": "WBUR"})

    none = make_schedule(topics=("chess",), providers=("example.org",))
    some = make_schedule(topics=("chess", "ai"), providers=("example.org", "wbur.org"))

    assert [each.text for each in silencing_findings(none, known)] == [
        "No article has any of its topics.",
        "No article comes from any of its providers.",
    ]
    assert list(silencing_findings(some, known)) == []


def test_file_of_a_server_that_cannot_be_used_is_named_with_what_to_do() -> None:
    """And which server lacks its own articles."""
    status = DatabaseStatus(bytes_used=1, bytes_free=None, unreadable={7: "7-1.sqlite3 is missing."})
    _, found = database_findings(status, NOW)

    assert (found.check, found.status) == ("articles", Status.FAILING)
    assert "7-1.sqlite3" in found.text
    assert "restore" in found.cure
