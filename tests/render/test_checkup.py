"""A look at a server as one message, whatever was found and however much of it there is."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.news.checkup.condition import Checkup, LastEdition, ScheduleCheckup
from bot.news.checkup.finding import Finding, trouble
from bot.news.delivery import DeliveryState, EditionKey
from bot.news.schedule import ScheduleState
from bot.render.checkup import checkup_findings, draft_checkup
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from tests.support.makers import make_schedule

NOW = datetime(2021, 5, 10, 10, tzinfo=UTC)
WELL = Finding(what="clock", is_well=True, text="0 s from Discord's.")
TO_DO = trouble("Send Messages is missing.", "Give it to me.")
SENT = LastEdition(key=EditionKey("2021-05-10"), due_at=NOW, states={DeliveryState.SENT: 1}, sent_at=NOW)

texts = st.text(max_size=400)
findings = st.builds(
    Finding, what=st.just("disk"), is_well=st.sampled_from([True, False, None]), text=texts, cure=texts
)
lasts = st.none() | st.builds(
    LastEdition,
    key=st.just(EditionKey("2021-05-10")),
    due_at=st.just(NOW),
    states=st.dictionaries(st.sampled_from(list(DeliveryState)), st.integers(1, 9)),
    sent_at=st.none() | st.just(NOW),
    reason=texts,
)
entries = st.builds(
    ScheduleCheckup,
    schedule=st.builds(lambda name: make_schedule(name=name), st.text(max_size=60)),
    findings=st.lists(findings.filter(lambda finding: not finding.is_well), max_size=8).map(tuple),
    last=lasts,
    next_due_at=st.none() | st.just(NOW),
)


@given(st.lists(entries, max_size=60), st.lists(findings, min_size=1, max_size=6))
def test_draft_of_a_checkup_always_fits_one_message(found: list[ScheduleCheckup], facts: list[Finding]) -> None:
    """Any number of schedules, any text."""
    assert fits(draft_checkup(Checkup(schedules=tuple(found), findings=tuple(facts)))) == []


def test_schedules_with_something_to_do_come_first() -> None:
    """Whatever else there is."""
    well = [ScheduleCheckup(schedule=make_schedule(name=f"Well {number}")) for number in range(80)]
    ill = ScheduleCheckup(schedule=make_schedule(name="Ill"), findings=(TO_DO,))
    text = to_text(draft_checkup(Checkup(schedules=(*well, ill), findings=(WELL,))), 500)
    assert text.index("Ill in") < text.index("Well 0 in")
    assert "more schedules." in text
    assert "1 thing to do" in text


def test_rest_says_how_many_of_it_have_something_to_do() -> None:
    """What is not shown must not look well."""
    ill = [ScheduleCheckup(schedule=make_schedule(name=f"Ill {number}"), findings=(TO_DO,)) for number in range(90)]
    text = to_text(draft_checkup(Checkup(schedules=tuple(ill), findings=(WELL,))), 500)
    shown = text.count("Send Messages is missing")
    assert f"And {90 - shown} more schedules, {90 - shown} of them with something to do." in text


def test_facts_stand_below_everything() -> None:
    """Also where all is well."""
    entry = ScheduleCheckup(schedule=make_schedule(), last=SENT, next_due_at=NOW)
    text = to_text(draft_checkup(Checkup(schedules=(entry,), findings=(WELL,))), 500)
    assert text.splitlines()[0] == "All is well"
    assert text.splitlines()[-1] == "Clock: 0 s from Discord's."


def test_parts_in_different_states_are_counted() -> None:
    """Two sent and one failed is not failed as a whole."""
    states = {DeliveryState.SENT: 2, DeliveryState.FAILED: 1}
    last = LastEdition(key=EditionKey("2021-05-10"), due_at=NOW, states=states)
    entry = ScheduleCheckup(schedule=make_schedule(), last=last)
    text = to_text(draft_checkup(Checkup(schedules=(entry,), findings=(WELL,))), 500)
    assert "2 parts sent, 1 part failed" in text


def test_schedule_for_a_terminal_says_which_server_it_is_of() -> None:
    """The operator sees all of them."""
    paused = make_schedule(guild_id=77, state=ScheduleState.PAUSED)
    stands, found = checkup_findings(ScheduleCheckup(schedule=paused, findings=(TO_DO,), last=SENT))
    assert stands.text == "Weekly (server 77): last edition 2021-05-10 10:00 UTC: sent; paused."
    assert (found.is_well, found.text) == (False, "Weekly (server 77): Send Messages is missing.")
