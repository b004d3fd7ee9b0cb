"""From facts to sentences: the clock, the database, the last edition, and what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.news.checkup.condition import (
    LONGEST_LAG,
    LONGEST_ON_ITS_WAY,
    ROOM,
    Checkup,
    LastEdition,
    ScheduleCheckup,
    StoreCondition,
    Vitals,
    clock_finding,
    gateway_finding,
    lag_finding,
    megabytes,
    schedule_findings,
    sending_finding,
    store_findings,
)
from bot.news.checkup.finding import Finding, trouble
from bot.news.delivery import DeliveryState, EditionKey
from bot.news.notice_texts import STOP_TEXTS
from bot.news.schedule import ScheduleState, StopReason
from tests.support.makers import make_schedule

NOW = datetime(2021, 5, 10, 10, tzinfo=UTC)


def vitals(**fields: object) -> Vitals:
    """A bot at work whose clock is right."""
    usual: dict[str, object] = {"offset_s": 0.2, "is_clock_trusted": True, "is_connected": True}
    return Vitals(**(usual | fields))  # type: ignore[arg-type] # each test names fields of the right type


def last(*states: DeliveryState, reason: str = "", age: timedelta = timedelta(0)) -> LastEdition:
    """An edition whose parts are in these states."""
    counts = {state: states.count(state) for state in states}
    return LastEdition(key=EditionKey("2021-05-10"), due_at=NOW - age, states=counts, reason=reason)


def test_clock_that_agrees_is_well() -> None:
    """With its offset."""
    finding = clock_finding(vitals())
    assert (finding.is_well, finding.text) == (True, "0 s from Discord's.")


@pytest.mark.parametrize(("offset_s", "side"), [(90.0, "behind"), (-90.0, "ahead of")])
def test_clock_that_is_off_says_by_how_much_to_which_side_and_that_planning_waits(offset_s: float, side: str) -> None:
    """The operator sets it right; the admin learns why nothing comes."""
    finding = clock_finding(vitals(offset_s=offset_s, is_clock_trusted=False))
    assert finding.text == f"90 s {side} Discord's; no edition is planned until it is right."
    assert finding.cure


def test_clock_that_nothing_is_known_of_is_not_called_well() -> None:
    """Before Discord's first answer nothing is planned either."""
    assert clock_finding(vitals(offset_s=None, is_clock_trusted=False)).is_well is None
    assert clock_finding(vitals(is_clock_trusted=False)).is_well is None


def test_damage_says_to_restore() -> None:
    """The one thing that helps."""
    database, _ = store_findings(StoreCondition(bytes_used=1, bytes_free=ROOM, damage="row 3 missing"), NOW)
    assert database.is_well is False
    assert "row 3 missing" in database.text
    assert "restore" in database.cure


def test_check_that_was_broken_off_says_so_and_is_no_trouble() -> None:
    """A large ledger takes longer than somebody waits."""
    database, _ = store_findings(StoreCondition(bytes_used=1, bytes_free=ROOM, is_checked=False), NOW)
    assert database.is_well
    assert "in part" in database.text


@pytest.mark.parametrize(
    ("age", "said"),
    [(timedelta(hours=5), "today"), (timedelta(days=1), "yesterday"), (timedelta(days=12), "12 days ago")],
)
def test_last_backup_is_told_by_its_age(age: timedelta, said: str) -> None:
    """Nobody subtracts dates."""
    condition = StoreCondition(bytes_used=1, bytes_free=None, backed_up_at=NOW - age)
    (database,) = store_findings(condition, NOW)
    assert f"backed up {said}." in database.text


def test_disk_that_is_nearly_full_is_something_to_do() -> None:
    """Before sending stops for it."""
    _, disk = store_findings(StoreCondition(bytes_used=1, bytes_free=ROOM - 1), NOW)
    assert (disk.is_well, disk.cure) == (False, "Make room.")


def test_gateway_that_is_down_is_something_to_know() -> None:
    """Posting goes on meanwhile, and that is said."""
    finding = gateway_finding(vitals(is_connected=False))
    assert finding.is_well is False
    assert "posting goes on" in finding.cure


def test_closed_door_says_why_and_for_how_long() -> None:
    """Nobody should press buttons meanwhile."""
    finding = sending_finding(vitals(shut_out="too many refusals", shut_out_s=300.0))
    assert finding.text == "nothing goes to Discord for 5 more minutes: too many refusals."
    assert sending_finding(vitals()).is_well


def test_sending_that_waits_for_the_database_is_told() -> None:
    """Nothing comes, and it is nobody's permission."""
    finding = sending_finding(vitals(is_sending_held=True))
    assert finding.is_well is False
    assert "waits for the database" in finding.text


def test_edition_that_is_due_for_too_long_is_something_to_do() -> None:
    """A tick comes twice a minute."""
    assert lag_finding(None, NOW).is_well
    assert lag_finding(NOW - LONGEST_LAG, NOW).is_well
    assert lag_finding(NOW - LONGEST_LAG - timedelta(minutes=1), NOW).is_well is False


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.SKIPPED, DeliveryState.SENDING])
def test_edition_that_goes_its_way_is_not_mentioned(state: DeliveryState) -> None:
    """Nothing is to do."""
    assert list(schedule_findings(make_schedule(), last(state), NOW)) == []


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.UNKNOWN])
def test_edition_that_waits_for_a_person_says_what_to_do(state: DeliveryState) -> None:
    """One line with the command, also where other parts were sent."""
    (finding,) = schedule_findings(make_schedule(), last(DeliveryState.SENT, state, reason="no answer"), NOW)
    assert "(no answer)" in finding.text
    assert "/schedule retry" in finding.cure


def test_edition_that_is_on_its_way_for_too_long_is_told() -> None:
    """More than a rate limit."""
    late = last(DeliveryState.PLANNED, age=LONGEST_ON_ITS_WAY + timedelta(minutes=1))
    (finding,) = schedule_findings(make_schedule(), late, NOW)
    assert "31 minutes" in finding.text


def test_schedule_that_a_failure_paused_is_one_thing_to_do() -> None:
    """Sending the edition again lets the schedule go on."""
    paused = make_schedule(state=ScheduleState.PAUSED, state_reason=StopReason.NO_PERMISSION)
    (finding,) = schedule_findings(paused, last(DeliveryState.FAILED), NOW)
    assert "so the schedule is paused" in finding.text


def test_schedule_that_something_else_paused_says_why() -> None:
    """And how it goes on."""
    paused = make_schedule(state=ScheduleState.PAUSED, state_reason=StopReason.NO_PERMISSION)
    (finding,) = schedule_findings(paused, None, NOW)
    assert STOP_TEXTS[StopReason.NO_PERMISSION] in finding.text
    assert "/schedule resume" in finding.cure


def test_schedule_that_a_person_paused_is_nothing_to_do() -> None:
    """They know."""
    assert list(schedule_findings(make_schedule(state=ScheduleState.PAUSED), None, NOW)) == []


def test_schedule_whose_channel_is_gone_leaves_that_to_the_look_at_the_channel() -> None:
    """One thing is said once."""
    off = make_schedule(state=ScheduleState.OFF, state_reason=StopReason.CHANNEL_GONE)
    assert list(schedule_findings(off, None, NOW)) == []


def test_things_to_do_are_counted_over_everything() -> None:
    """What could not be looked at is none of them."""
    findings = (trouble("a", "b"), Finding(is_well=None, text="c"))
    entry = ScheduleCheckup(schedule=make_schedule(), findings=findings)
    assert Checkup(schedules=(entry, entry), findings=findings).things_to_do == 3


@pytest.mark.parametrize(("count", "said"), [(0, "0.0 MB"), (700_000, "0.7 MB"), (3 << 30, "3.0 GB")])
def test_bytes_are_told_as_a_person_reads_them(count: int, said: str) -> None:
    """In megabytes, and in gigabytes where it is many."""
    assert megabytes(count) == said
