"""A server's health as one message, whatever was found and however much of it there is."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.news.checkup.finding import Finding, Status, failing, passing
from bot.news.checkup.health import ServerHealth
from bot.news.checkup.schedule import LastEdition, ScheduleHealth
from bot.news.delivery import DeliveryState, EditionKey
from bot.news.schedules.schedule import ScheduleState
from bot.render.checkup import draft_health, finding_line, schedule_lines
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from tests.support.makers import make_schedule

NOW = datetime(2021, 5, 10, 10, tzinfo=UTC)
PASSED = passing("clock", "0 s off Discord's.")
PROBLEM = failing("Send Messages is missing.", "Give it to me.")
SENT = LastEdition(key=EditionKey("2021-05-10"), due_at=NOW, states={DeliveryState.SENT: 1}, sent_at=NOW)

texts = st.text(max_size=400)
findings = st.builds(Finding, check=st.just("disk"), status=st.sampled_from(Status), text=texts, cure=texts)
lasts = st.none() | st.builds(
    LastEdition,
    key=st.just(EditionKey("2021-05-10")),
    due_at=st.just(NOW),
    states=st.dictionaries(st.sampled_from(list(DeliveryState)), st.integers(1, 9)),
    sent_at=st.none() | st.just(NOW),
    reason=texts,
)
entries = st.builds(
    ScheduleHealth,
    schedule=st.builds(lambda name: make_schedule(name=name), st.text(max_size=60)),
    findings=st.lists(findings.filter(lambda finding: finding.status is not Status.OK), max_size=8).map(tuple),
    last=lasts,
    next_due_at=st.none() | st.just(NOW),
)


@given(st.lists(entries, max_size=60), st.lists(findings, min_size=1, max_size=6))
def test_a_servers_health_always_fits_one_message(found: list[ScheduleHealth], facts: list[Finding]) -> None:
    """Any number of schedules, any text."""
    assert fits(draft_health(ServerHealth(schedules=tuple(found), findings=tuple(facts)))) == []


def test_schedules_with_problems_come_first() -> None:
    """Whatever else there is."""
    well = [ScheduleHealth(schedule=make_schedule(name=f"Well {number}")) for number in range(80)]
    ill = ScheduleHealth(schedule=make_schedule(name="Ill"), findings=(PROBLEM,))
    text = to_text(draft_health(ServerHealth(schedules=(*well, ill), findings=(PASSED,))), 500)
    assert text.index("Ill in") < text.index("Well 0 in")
    assert "more schedules." in text
    assert "1 problem to fix" in text


def test_the_rest_says_how_many_of_it_have_problems() -> None:
    """A schedule that is not shown must not look healthy."""
    ill = [ScheduleHealth(schedule=make_schedule(name=f"Ill {number}"), findings=(PROBLEM,)) for number in range(90)]
    text = to_text(draft_health(ServerHealth(schedules=tuple(ill), findings=(PASSED,))), 500)
    shown = text.count("Send Messages is missing")
    assert f"And {90 - shown} more schedules, {90 - shown} of them with problems." in text


def test_checks_that_passed_come_last() -> None:
    """Also if there are no problems."""
    entry = ScheduleHealth(schedule=make_schedule(), last=SENT, next_due_at=NOW)
    text = to_text(draft_health(ServerHealth(schedules=(entry,), findings=(PASSED,))), 500)
    assert text.splitlines()[0] == "No problems"
    assert text.splitlines()[-1] == "Clock: 0 s off Discord's."


def test_a_schedule_of_breaking_news_has_a_next_look() -> None:
    """It may find nothing: no edition is promised, in Discord and on a terminal."""
    entry = ScheduleHealth(schedule=make_schedule(rule="breaking"), next_due_at=NOW)

    assert "no edition yet · next look " in to_text(draft_health(ServerHealth(schedules=(entry,), findings=())), 500)
    assert "; next look " in schedule_lines(entry)[0].text


def test_parts_in_different_states_are_counted() -> None:
    """Two sent and one failed is not failed as a whole."""
    states = {DeliveryState.SENT: 2, DeliveryState.FAILED: 1}
    last = LastEdition(key=EditionKey("2021-05-10"), due_at=NOW, states=states)
    entry = ScheduleHealth(schedule=make_schedule(), last=last)
    text = to_text(draft_health(ServerHealth(schedules=(entry,), findings=(PASSED,))), 500)
    assert "2 parts sent, 1 part failed" in text


def test_schedule_for_a_terminal_says_which_server_it_is_of() -> None:
    """The operator sees all of them."""
    paused = make_schedule(guild_id=77, state=ScheduleState.PAUSED)
    summary, found = schedule_lines(ScheduleHealth(schedule=paused, findings=(PROBLEM,), last=SENT))
    assert summary.text == "Weekly (server 77): last edition 2021-05-10 10:00 UTC: sent; paused."
    assert (found.status, found.text) == (Status.FAILING, "Weekly (server 77): Send Messages is missing.")


def test_line_of_a_finding_begins_with_its_status() -> None:
    """Problems are found by eye, or by grep."""
    statuses = (Status.OK, Status.FAILING, Status.UNKNOWN)
    lines = [finding_line(Finding(check="disk", status=status, text="Text.", cure="Cure.")) for status in statuses]
    assert lines == [f"{symbol}  disk: Text. Cure." for symbol in ("ok", "!!", "--")]
