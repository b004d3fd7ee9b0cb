"""Notices to admins: one as a message of its own, or several on top of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.news.message import actions
from bot.news.message.draft import Block, Button, ButtonRow, Draft, Moment, Paragraph, Text
from bot.news.notices.notice import Notice, NoticeKind, listed_notices
from bot.render.format.clip import clip_written
from bot.render.format.lines import line
from bot.render.format.number import count_of
from bot.text.clean import clean

_LONGEST: Final = 1500
_LONGEST_IN_A_LIST: Final = 500

_ANSWERS: Final = (
    (actions.DELIVERY_SEND_AGAIN, "Send again"),
    (actions.DELIVERY_IS_THERE, "It was posted"),
    (actions.DELIVERY_SKIP, "Skip"),
)


def draft_notice(notice: Notice) -> Draft:
    """Draw a notice as its own message, with buttons if it asks something.

    The buttons belong to no member and don't expire: Manage Server is checked when one is pressed.
    """
    return Draft(blocks=(_paragraph(notice, _LONGEST), *_answers(notice)))


def notice_lines(notices: Sequence[Notice]) -> tuple[Paragraph, ...]:
    """Draw the notices that a list shows, the newest last, and how many are left; nothing if there are none."""
    shown = [_paragraph(notice, _LONGEST_IN_A_LIST) for notice in listed_notices(notices)]
    left = len(notices) - len(shown)
    if not left:
        return tuple(shown)
    rest = line(f"{count_of(left, 'older unread notice')}: use /schedule list again to read on.", "quiet")
    return (*shown, rest)


def _paragraph(notice: Notice, longest: int) -> Paragraph:
    text = clip_written(clean(notice.text), longest)
    return Paragraph(runs=(Text(text="Notice", strong=True), Text(text=", "), _when(notice), Text(text=f": {text}")))


def _when(notice: Notice) -> Moment:
    return Moment(at=notice.at, style="short")


def _answers(notice: Notice) -> Iterator[Block]:
    cause = notice.cause
    if cause.kind is NoticeKind.REJOINED:
        resume = Button(action=actions.SCHEDULES_RESUME, args=(str(notice.guild_id),), label="Resume")
        yield ButtonRow(buttons=(resume,))
    if cause.kind is not NoticeKind.UNKNOWN or cause.edition is None or notice.schedule_id is None:
        return
    args = (str(notice.schedule_id), cause.edition, str(cause.part))
    yield ButtonRow(buttons=tuple(Button(action=action, args=args, label=label) for action, label in _ANSWERS))
