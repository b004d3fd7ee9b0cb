"""Standing orders as admins see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.checkup.finding import failing
from bot.news.message.draft import ButtonRow, Channel, Draft, Paragraph
from bot.news.notices.notice import Notice, NoticeCause, NoticeKind
from bot.news.schedules.breaking import Breaking
from bot.news.schedules.options import OPTIONS, Option
from bot.news.schedules.posting import TopicRole
from bot.news.schedules.rhythm import Every, Rhythm
from bot.news.schedules.schedule import EVERY_DAY, EmptyPolicy, Schedule, ScheduleState, StopReason, Weekday
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from bot.render.schedule import (
    draft_deleted,
    draft_paused,
    draft_resumed,
    draft_resumed_after_return,
    draft_saved,
    draft_schedule,
    draft_schedules,
    draft_skipped,
)
from tests.render.absurd import any_text
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_schedule
from tests.support.schedule_options import sample

BY_TOPIC = (TopicRole(topic="ai", role_id=1), TopicRole(topic="law", role_id=2))
DUE = datetime(2021, 5, 10, 9, tzinfo=UTC)


def shown(schedule: Schedule) -> str:
    """What `/schedule show` reads."""
    due = (DUE,) if schedule.state is ScheduleState.ACTIVE else ()
    return to_text(draft_schedule(schedule, due), 500)


@up_to(20)
@given(
    any_text,
    st.lists(any_text, max_size=3),
    st.sampled_from(ScheduleState),
    st.sampled_from(StopReason),
    st.integers(0, 30),
)
def test_whatever_a_schedule_holds_fits_a_message(
    name: str, words: list[str], state: ScheduleState, reason: StopReason, count: int
) -> None:
    """Its name, its filters, why it stopped, and however many of them there are."""
    said = tuple(words)
    schedule = make_schedule(
        name=name,
        topics=said,
        providers=said,
        muted_topics=said,
        muted_providers=said,
        state=state,
        state_reason=reason,
    )
    notices = [
        Notice(guild_id=1, cause=NoticeCause(kind=NoticeKind.CHANNEL_GONE), text=name, at=SOME_DAY)
        for _ in range(count)
    ]

    assert fits(draft_schedules([(schedule, DUE)] * count, notices)) == []
    assert fits(draft_saved(schedule, (DUE,), is_new=True)) == fits(draft_schedule(schedule, ())) == []


def test_a_schedule_says_when_where_and_what_comes_next() -> None:
    """The next moments follow from the order."""
    text = shown(make_schedule(days=(Weekday.MONDAY, Weekday.THURSDAY), timezone="Europe/Berlin", at=time(11, 0)))

    assert "Every Monday and Thursday at 11:00 (Europe/Berlin) in #100" in text
    assert (
        "Next: Monday, 10 May 2021 09:00 UTC, 10 May 2021, then 13 May 2021 09:00 UTC, then 17 May 2021 09:00 UTC"
        in text
    )


def test_a_daily_schedule_says_every_day() -> None:
    """Not seven names."""
    assert "Every day at 09:00 (UTC)" in shown(make_schedule(days=EVERY_DAY))


@pytest.mark.parametrize(
    ("days", "rhythm", "said"),
    [
        ((Weekday.MONDAY,), Rhythm(every=Every.SECOND_WEEK), "Every second Monday at"),
        (EVERY_DAY[:2], Rhythm(every=Every.SECOND_WEEK), "Every second week on Monday and Tuesday at"),
        ((Weekday.MONDAY,), Rhythm(every=Every.FIRST_OF_MONTH), "The first Monday of every month at"),
        ((Weekday.FRIDAY,), Rhythm(every=Every.LAST_OF_MONTH), "The last Friday of every month at"),
        (EVERY_DAY, Rhythm(every=Every.MONTH), "The 1st of every month at"),
        (EVERY_DAY, Rhythm(every=Every.MONTH, month_day=12), "The 12th of every month at"),
        (EVERY_DAY, Rhythm(every=Every.MONTH, month_day=30), "The 30th, or the last day, of every month at"),
        (EVERY_DAY, Rhythm(every=Every.MONTH, month_day=31), "The last day of every month at"),
        (EVERY_DAY, Rhythm(every=Every.QUARTER), "The 1st of January, April, July and October at"),
    ],
)
def test_a_schedule_says_how_its_days_repeat(days: tuple[Weekday, ...], rhythm: Rhythm, said: str) -> None:
    """In a calendar's words."""
    assert said in shown(make_schedule(days=days, rhythm=rhythm))


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (make_schedule(), "Up to 5 stories, at most 2 from one provider; skipped if there is no new story"),
        (make_schedule(count=1, provider_cap=1), "Up to 1 story, at most 1 from one provider"),
        (make_schedule(also=4), "Up to 5 stories and 4 in one line each, at most 2"),
        (make_schedule(topics=("ai",), sections=True), "Headings for its topics"),
        (make_schedule(sections=True), "No headings: it has no topics"),
        (make_schedule(min_score=80), ", score 80 or more;"),
        (make_schedule(rule="upstream"), "Up to 5 stories, chosen by the upstream rule;"),
        (make_schedule(rule="breaking"), "Breaking news (UTC), at most one story a day, in #100"),
        (
            make_schedule(rule="breaking"),
            "At once when 3 outlets report it within 6 hours, score 80 or more; never between 22:00 and 07:00",
        ),
        (
            make_schedule(rule="breaking", min_score=99, breaking=Breaking(quiet_until=time(22))),
            "score 99 or more; no quiet hours",
        ),
        (make_schedule(rule="breaking"), "Next look: Monday, 10 May 2021 09:00 UTC"),
        (make_schedule(rule="best-of"), "Up to 5 stories, the best of what was posted in the channel since the"),
        (make_schedule(empty_policy=EmptyPolicy.NOTE), "a one-line note if there is no new story"),
        (make_schedule(topics=("ai", "lamps")), "Only topics: ai, lamps"),
        (make_schedule(muted_providers=("wbur.org",)), "Muted providers: wbur.org"),
        (make_schedule(publish=True, mention_role=7), "Published to followers, mentions a role, skipped"),
        (make_schedule(silent=True, thread=True), "Mentions nobody, without a notification, with a discussion thread,"),
        (make_schedule(tags=("a", "b"), mention_role=7), "Mentions a role, tagged a and b,"),
        (make_schedule(topic_roles=BY_TOPIC), "Mentions roles by topic (ai, law), skipped"),
        (make_schedule(topic_roles=BY_TOPIC, mention_role=7), "Mentions a role and roles by topic (ai, law)"),
        (make_schedule(), "Mentions nobody, skipped if more than 24 hours late"),
    ],
)
def test_a_schedule_says_what_it_takes_and_how(schedule: Schedule, said: str) -> None:
    """Whatever was ordered can be read again."""
    assert said in shown(schedule)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_that_is_set_can_be_read_again(option: Option) -> None:
    """A schedule that differs in one option reads differently."""
    changes = option.read(sample(option))
    schedule = make_schedule(desk_channel_id=5)  # how drafts are shown is said if there is a desk

    assert shown(replace(schedule, **changes)) != shown(schedule)  # type: ignore[arg-type] # as read


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (make_schedule(state=ScheduleState.PAUSED), "Paused. A member paused it. Use /schedule resume"),
        (
            make_schedule(state=ScheduleState.PAUSED, state_reason=StopReason.NO_PERMISSION),
            "Paused. I don't have permission to post in the channel. Give me the permission, then use /schedule resume",
        ),
        (
            make_schedule(state=ScheduleState.OFF, state_reason=StopReason.CHANNEL_GONE),
            "Switched off. The channel was deleted. Choose another channel with /schedule edit",
        ),
    ],
)
def test_a_stopped_schedule_says_why_and_what_to_do(schedule: Schedule, said: str) -> None:
    """A failure is never silent."""
    assert said in shown(schedule)
    assert said.partition(". ")[2] in to_text(draft_schedules([(schedule, None)]), 500)


def test_a_zone_that_is_not_known_any_more_shows_the_next_moment_alone() -> None:
    """A list must be readable until the schedule is fixed."""
    text = to_text(draft_schedule(make_schedule(timezone="Nowhere/Else"), (DUE,)))

    assert "Next: Monday, 10 May 2021" in text
    assert "then" not in text


def test_a_list_has_every_schedule_below_the_notices() -> None:
    """What must be known is on top."""
    notice = Notice(
        guild_id=1, cause=NoticeCause(kind=NoticeKind.CHANNEL_GONE), text="The channel is gone.", at=SOME_DAY
    )
    text = to_text(draft_schedules([(make_schedule(), DUE), (make_schedule(name="Daily"), None)], [notice]))

    assert text.index("The channel is gone.") < text.index("Weekly · Active") < text.index("Daily · Active")


def turn(draft: Draft, label: str) -> int | None:
    """The index to which a button leads; None if there is no such button."""
    rows = [block for block in draft.blocks if isinstance(block, ButtonRow)]
    return next((int(button.args[0]) for row in rows for button in row.buttons if button.label == label), None)


@up_to(20)
@given(st.lists(any_text, min_size=1, max_size=60), st.integers(0, 3))
def test_pages_of_a_list_show_every_schedule_once_and_lead_back(names: list[str], notices: int) -> None:
    """However many there are, and whatever they are called."""
    entries = [(make_schedule(name=f"{number} {name}"), DUE) for number, name in enumerate(names)]
    gone = NoticeCause(kind=NoticeKind.CHANNEL_GONE)
    unread = [
        Notice(guild_id=1, schedule_id=number, cause=gone, text="x" * 600, at=SOME_DAY) for number in range(notices)
    ]
    draft = draft_schedules(entries, unread)
    seen = to_text(draft, 500).count("Every Monday")
    first = 0
    while (following := turn(draft, "Next")) is not None:
        first = following
        draft = draft_schedules(entries, first=first)
        assert fits(draft) == []
        assert first == seen
        seen += to_text(draft, 500).count("Every Monday")
    assert seen == len(entries)

    while (before := turn(draft, "Previous")) is not None:
        assert before < first
        draft, first = draft_schedules(entries, first=before), before
    assert first == 0


def test_a_server_without_schedules_is_told_how_to_make_one() -> None:
    """An empty list helps nobody."""
    assert "/schedule create" in to_text(draft_schedules([]))


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (draft_saved(make_schedule(), (DUE,), is_new=True), "Created Weekly\n====="),
        (draft_saved(make_schedule(), (DUE,), is_new=False), "Updated Weekly\n====="),
        (draft_paused(make_schedule()), "Paused Weekly: nothing is posted until /schedule resume."),
        (draft_resumed(make_schedule(), (DUE,)), "Resumed Weekly. Next: Monday, 10 May 2021 09:00 UTC"),
        (
            draft_resumed_after_return([make_schedule(), make_schedule(name="Daily")]),
            "Resumed Weekly, Daily. Use /schedule list for their next editions.",
        ),
        (draft_resumed_after_return([]), "No schedule is waiting to be resumed: someone has already decided this."),
        (draft_deleted(make_schedule()), "Deleted Weekly. Messages that it has posted are kept."),
        (
            draft_skipped(make_schedule(), (DUE + timedelta(days=7),), skipped_at=DUE),
            "roll over to the following one. Next: Monday, 17 May 2021",
        ),
    ],
)
def test_each_change_is_confirmed_in_a_sentence(draft: Draft, said: str) -> None:
    """An admin reads what was understood."""
    assert said in to_text(draft, 500)
    assert fits(draft) == []


def test_a_channel_is_named_so_that_one_can_go_there() -> None:
    """By its id: its name may change."""
    runs = [
        run
        for block in draft_saved(make_schedule(), (DUE,), is_new=True).blocks
        if isinstance(block, Paragraph)
        for run in block.runs
    ]

    assert Channel(channel_id=100) in runs


def test_findings_that_do_not_fit_are_counted() -> None:
    """A message has an end."""
    findings = [failing(f"Trouble {number}: {'long ' * 60}.", "Wait.") for number in range(40)]
    draft = draft_resumed(make_schedule(), (DUE,), findings)
    text = to_text(draft, 500)

    assert fits(draft) == []
    assert f"{40 - text.count('• Trouble')} more findings: see /admin doctor." in text
