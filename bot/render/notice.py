"""Notices: what an admin must know, on its own and on top of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.news.message import actions
from bot.news.message.draft import Block, Button, ButtonRow, Draft, Moment, Paragraph, Text
from bot.news.notice import Notice, find_asked
from bot.render.format.clip import clip_written
from bot.render.format.lines import line
from bot.render.format.number import count_of
from bot.text.clean import clean

_LONGEST: Final = 1500
_LONGEST_IN_A_LIST: Final = 500
_MOST_IN_A_LIST: Final = 3

_ANSWERS: Final = (
    (actions.DELIVERY_SEND_AGAIN, "Send it again"),
    (actions.DELIVERY_IS_THERE, "It is there"),
    (actions.DELIVERY_SKIP, "Leave it out"),
)


def draft_notice(notice: Notice) -> Draft:
    """A notice as it is posted; one that asks about a delivery has its answers as buttons.

    They name no member and don't end: whoever presses one is asked for Manage Server then.
    """
    return Draft(blocks=(_paragraph(notice, _LONGEST), *_answers(notice)))


def notice_lines(notices: Sequence[Notice]) -> tuple[Paragraph, ...]:
    """The newest notices for the top of an admin's answer, the newest last; none where there are none."""
    shown = [_paragraph(notice, _LONGEST_IN_A_LIST) for notice in notices[-_MOST_IN_A_LIST:]]
    left = len(notices) - len(shown)
    rest = (line(f"And {count_of(left, 'notice')} from before.", "quiet"),) if left else ()
    return (*rest, *shown)


def _paragraph(notice: Notice, longest: int) -> Paragraph:
    text = clip_written(clean(notice.text), longest)
    return Paragraph(runs=(Text(text="Notice", strong=True), Text(text=", "), _when(notice), Text(text=f": {text}")))


def _when(notice: Notice) -> Moment:
    return Moment(at=notice.at, style="short")


def _answers(notice: Notice) -> Iterator[Block]:
    asked = find_asked(notice.cause)
    if asked is None or notice.schedule_id is None:
        return
    edition, part = asked
    args = (str(notice.schedule_id), edition, str(part))
    yield ButtonRow(buttons=tuple(Button(action=action, args=args, label=label) for action, label in _ANSWERS))
