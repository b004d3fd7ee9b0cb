"""Notices: what an admin must know."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.posting.custom_ids import sign
from bot.news.delivery import DeliveryKey, EditionKey, ScheduleId
from bot.news.message import actions
from bot.news.message.draft import ButtonRow
from bot.news.notices.fold import FoldedNotice
from bot.news.notices.notice import Notice, NoticeCause, NoticeKind
from bot.render.format.limits import fits, size_of
from bot.render.format.terminal import to_text
from bot.render.notice import draft_notice, notice_lines
from tests.render.absurd import any_text
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY

LONGEST_KEY = DeliveryKey(channel_id=2**63, schedule_id=ScheduleId(2**63 - 1), edition=EditionKey(f"x{2**63}"), part=20)
QUESTION = NoticeCause(kind=NoticeKind.UNKNOWN, edition=LONGEST_KEY.edition, part=LONGEST_KEY.part)
GONE = NoticeCause(kind=NoticeKind.CHANNEL_GONE)


def place_of(notice: Notice) -> int | None:
    """Each schedule has a channel of its own."""
    return notice.schedule_id


def name_of(_notice: Notice) -> str:
    """All have one name."""
    return "Weekly"


def one(*notices: Notice) -> FoldedNotice:
    """Notices of one cause."""
    return FoldedNotice(notices=notices)


def notice(text: str = "The channel is gone.", *, cause: NoticeCause = GONE, schedule_id: int | None = 11) -> Notice:
    """One of a server."""
    return Notice(guild_id=1, schedule_id=schedule_id, cause=cause, text=text, at=SOME_DAY)


@up_to(20)
@given(any_text, st.integers(0, 50))
def test_any_notices_fit_a_message(text: str, count: int) -> None:
    """However long and however many."""
    lines = notice_lines([notice(text)] * count, place_of, name_of)

    assert fits(draft_notice(one(notice(text)), name_of)) == []
    assert size_of(lines).text <= 2000


def test_a_notice_says_when_it_happened() -> None:
    """It may be read much later."""
    assert to_text(draft_notice(one(notice()), name_of)) == "Notice, 7 May 2021 14:19 UTC: The channel is gone."


def test_a_notice_that_asks_has_its_answers_as_buttons() -> None:
    """Any manager of the server may answer, at any time: they name nobody."""
    draft = draft_notice(one(notice(cause=QUESTION, schedule_id=LONGEST_KEY.schedule_id)), name_of)
    (row,) = [block for block in draft.blocks if isinstance(block, ButtonRow)]

    assert [(button.action, button.is_private) for button in row.buttons] == [
        (actions.DELIVERY_SEND_AGAIN, False),
        (actions.DELIVERY_IS_THERE, False),
        (actions.DELIVERY_SKIP, False),
    ]
    assert {button.args for button in row.buttons} == {(str(2**63 - 1), f"x{2**63}", "20")}


def test_the_longest_answer_fits_discords_limits() -> None:
    """Ids of twenty digits included."""
    draft = draft_notice(one(notice(cause=QUESTION, schedule_id=LONGEST_KEY.schedule_id)), name_of)
    (row,) = [block for block in draft.blocks if isinstance(block, ButtonRow)]

    assert fits(draft) == []
    assert all(len(sign(button, [b"k" * 32], now=SOME_DAY)) <= 100 for button in row.buttons)


def test_a_notice_that_tells_has_no_buttons() -> None:
    """There is nothing to answer."""
    assert not [block for block in draft_notice(one(notice()), name_of).blocks if isinstance(block, ButtonRow)]


def test_only_the_newest_notices_stand_on_top_of_a_list() -> None:
    """The others are counted."""
    lines = notice_lines([notice(f"Number {number}.", schedule_id=number) for number in range(10)], place_of, name_of)
    text = "\n".join(run.text for line in lines for run in line.runs if hasattr(run, "text"))

    assert "7 older unread notices: use /schedule list again to read on." in text
    assert ("Number 6." in text, "Number 7." in text, "Number 9." in text) == (False, True, True)


def test_no_notice_takes_no_line() -> None:
    """A list begins with itself where there is nothing to know."""
    assert notice_lines([], place_of, name_of) == ()
