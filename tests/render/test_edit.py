"""What an edit would change, before it is applied."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.checkup.finding import failing
from bot.news.checkup.options import Checked, Matching
from bot.news.message.draft import ButtonRow, Draft
from bot.news.schedules.schedule import Schedule, ScheduleState, StopReason
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from bot.render.servers.edit import EditPreview, draft_edit_cancelled, draft_edit_preview
from tests.support.makers import make_schedule

DUE = datetime(2021, 5, 10, 9, 0, tzinfo=UTC)
ROLES = {7: "Readers"}


def drawn(after: Schedule, *, before: Schedule | None = None, is_outdated: bool = False) -> Draft:
    """The draft of an edit."""
    edit = EditPreview(before=before or make_schedule(), after=after, next_due_at=DUE)
    return draft_edit_preview(edit, "t" * 16, ROLES, is_outdated=is_outdated)


def shown(after: Schedule, *, before: Schedule | None = None, is_outdated: bool = False) -> str:
    """As text."""
    return to_text(drawn(after, before=before, is_outdated=is_outdated), 500)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ({"name": "New"}, "name: Weekly → New"),
        ({"count": 8}, "count: 5 → 8"),
        ({"min_score": 70}, "min_score: default → 70"),
        ({"silent": True}, "silent: no → yes"),
        ({"channel_id": 200}, "channel: #100 → #200"),
        ({"notice_channel_id": 300}, "notices: default → #300"),
        ({"mention_role": 7}, "mention_role: default → Readers"),
        ({"mention_role": 8}, "mention_role: default → role 8"),
        ({"topics": ("ai", "law")}, "topics: default → ai, law"),
    ],
)
def test_each_option_is_shown_before_and_after(after: dict[str, object], said: str) -> None:
    """A channel and a role by their names."""
    lines = shown(replace(make_schedule(), **after)).splitlines()  # type: ignore[arg-type] # fields by name

    assert said in lines
    assert len([each for each in lines if "→" in each]) == 1


def test_difference_says_when_the_next_edition_comes_and_asks() -> None:
    """Nothing has changed yet."""
    draft = drawn(make_schedule(count=8))
    text = to_text(draft, 500)

    assert text.startswith("What would change in Weekly")
    assert "Next: Monday, 10 May 2021 09:00" in text
    assert text.endswith("Nothing changes until you press Apply, within 15 minutes.")
    (row,) = (block for block in draft.blocks if isinstance(block, ButtonRow))
    assert [(each.label, each.is_private) for each in row.buttons] == [("Apply", True), ("Cancel", True)]


def test_schedule_that_is_not_active_has_no_next_edition() -> None:
    """It stays paused."""
    paused = make_schedule(state=ScheduleState.PAUSED)

    assert "Next" not in shown(replace(paused, count=8), before=paused)


def test_schedule_whose_time_zone_is_unknown_has_no_due_edition() -> None:
    """As in the list."""
    edit = EditPreview(before=make_schedule(), after=make_schedule(count=8), next_due_at=None)

    assert "No edition is due." in to_text(draft_edit_preview(edit, "t", ROLES), 500)


def test_channel_that_brings_a_schedule_back_says_so() -> None:
    """Its state is part of the difference, and is not called a pause."""
    gone = make_schedule(state=ScheduleState.OFF, state_reason=StopReason.CHANNEL_GONE)
    text = shown(make_schedule(channel_id=200), before=gone)

    assert "state: Switched off → Active" in text
    assert "paused" not in text


def test_consequences_and_findings_are_in_the_difference() -> None:
    """Everything that would be said after it."""
    edit = EditPreview(
        before=make_schedule(),
        after=make_schedule(topics=("ai",)),
        next_due_at=DUE,
        skipped_at=DUE,
        unskipped_at=DUE + timedelta(days=1),
        has_earlier_choice=True,
        checked=Checked(findings=(failing("It can't post.", "Let it."),), matching=Matching(stories=3, weeks=8)),
    )
    text = to_text(draft_edit_preview(edit, "t", ROLES), 500)

    assert "Skipped: the edition of 10 May 2021 09:00" in text
    assert "The edition of 11 May 2021 09:00 UTC is no longer skipped" in text
    assert "An edition is on its way" in text
    assert "• It can't post. Let it." in text
    assert "Its filters match 3 stories of the last 8 weeks." in text


def test_edit_of_what_is_so_already_has_nothing_to_apply() -> None:
    """No button."""
    assert shown(make_schedule()) == "Nothing to change: Weekly has these options already."


def test_difference_that_was_outdated_says_so() -> None:
    """Above the new one, and above nothing to change."""
    said = "Weekly has changed since you looked. This is what your change would do now."

    assert said in shown(make_schedule(count=8), is_outdated=True)
    assert shown(make_schedule(), is_outdated=True).startswith(said)


def test_cancelled_edit_says_that_nothing_changed() -> None:
    """In the schedule by its name."""
    assert to_text(draft_edit_cancelled(make_schedule()), 500) == "Cancelled. Nothing changed in Weekly."


@given(
    name=st.text(max_size=60),
    said=st.lists(st.text(max_size=1000), max_size=3).map(tuple),
    findings=st.lists(st.text(max_size=300), max_size=20),
)
def test_any_difference_fits_a_message(name: str, said: tuple[str, ...], findings: list[str]) -> None:
    """Whatever names and lists it has."""
    after = make_schedule(name=name, topics=said, providers=said, muted_topics=said, tags=said)
    checked = Checked(findings=tuple(failing(each, each) for each in findings))
    edit = EditPreview(
        before=make_schedule(), after=after, next_due_at=DUE, skipped_at=DUE, unskipped_at=DUE, checked=checked
    )
    draft = draft_edit_preview(edit, "t" * 16, ROLES, is_outdated=True)

    assert fits(draft) == []
