"""A page of a server's log fits a message, whatever is in it."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.news.message.draft import Draft
from bot.news.servers.log import NOBODY, Act, LogEntry
from bot.render.format.limits import MOST_TEXT, size_of
from bot.render.format.terminal import to_text
from bot.render.servers.log import LOG_PAGE, draft_log

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def entry(number: int = 1, *, member: int = 7, act: Act = Act.EDIT, subject: str = "Weekly") -> LogEntry:
    """One entry."""
    return LogEntry(id=number, guild_id=1, member_id=member, act=act, subject=subject, detail="count", at=NOW)


@given(text=st.text(max_size=300), act=st.sampled_from(Act), count=st.integers(1, LOG_PAGE + 1))
def test_page_of_the_log_always_fits_a_message(text: str, act: Act, count: int) -> None:
    """Names are clipped."""
    draft = draft_log([entry(number, act=act, subject=text) for number in range(count)], first=LOG_PAGE)

    assert size_of(draft.blocks).text <= MOST_TEXT


def test_entry_of_a_member_who_deleted_their_data_names_nobody() -> None:
    """What was done stays in the log."""
    assert "someone who deleted their data edited Weekly: count" in to_text(draft_log([entry(member=NOBODY)]))


def test_empty_pages_say_so() -> None:
    """The first one, and one whose entries were deleted meanwhile."""
    drafts: list[Draft] = [draft_log([]), draft_log([], first=LOG_PAGE)]

    assert [to_text(each) for each in drafts] == ["Nothing was done here in the last 30 days.", "No older entries."]
