"""Notices to admins: one as a message of its own, or several on top of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from bot.news.message import actions
from bot.news.message.draft import Block, Button, ButtonRow, Draft, Moment, Paragraph, Text
from bot.news.notices.fold import FoldedNotice, Place, listed_notices, subject_of
from bot.news.notices.notice import Notice, NoticeKind
from bot.render.format.clip import clip_written
from bot.render.format.lines import line
from bot.render.format.number import count_of
from bot.text.clean import clean

_LONGEST: Final = 1500
_LONGEST_IN_A_LIST: Final = 500
_LONGEST_SUBJECTS: Final = 200

Names = Callable[[Notice], str]

_ANSWERS: Final = (
    (actions.DELIVERY_SEND_AGAIN, "Send again"),
    (actions.DELIVERY_IS_THERE, "It was posted"),
    (actions.DELIVERY_SKIP, "Skip"),
)


def draft_notice(folded: FoldedNotice, names: Names) -> Draft:
    """Draw notices of one cause as a message, with buttons if they ask something.

    The buttons belong to no member and don't expire: Manage Server is checked when one is pressed.

    Args:
        folded: The notices.
        names: Returns the name of a notice's schedule; empty if it was deleted.
    """
    return Draft(blocks=(_paragraph(folded.newest, _LONGEST), *_together(folded, names, _LONGEST), *_answers(folded)))


def notice_lines(notices: Sequence[Notice], place_of: Place, names: Names) -> tuple[Paragraph, ...]:
    """Draw the notices that a list shows, the newest last, and how many are left; nothing if there are none."""
    listed = listed_notices(notices, place_of)
    shown = [
        line
        for folded in listed
        for line in (_paragraph(folded.newest, _LONGEST_IN_A_LIST), *_together(folded, names, _LONGEST_SUBJECTS))
    ]
    left = len(notices) - sum(len(folded.notices) for folded in listed)
    if not left:
        return tuple(shown)
    rest = line(f"{count_of(left, 'older unread notice')}: use /schedule list again to read on.", "quiet")
    return (*shown, rest)


def _paragraph(notice: Notice, longest: int) -> Paragraph:
    text = clip_written(clean(notice.text), longest)
    return Paragraph(runs=(Text(text="Notice", strong=True), Text(text=", "), _when(notice), Text(text=f": {text}")))


def _when(notice: Notice) -> Moment:
    return Moment(at=notice.at, style="short")


def _together(folded: FoldedNotice, names: Names, longest: int) -> Iterator[Paragraph]:
    """Name what else the notice is about; by number, if each has buttons of its own."""
    *others, _ = folded.notices
    if not others:
        return
    if _asks(folded.newest):
        numbered = enumerate(folded.notices, start=1)
        said = "Asked about: " + "; ".join(f"{number}. {subject_of(each, names(each))}" for number, each in numbered)
    else:
        subjects = dict.fromkeys(subject_of(each, names(each)) for each in others)
        said = f"The same for {len(others)} more: {'; '.join(subjects)}"
    yield line(clip_written(clean(said), longest), "quiet")


def _asks(notice: Notice) -> bool:
    cause = notice.cause
    return cause.kind is NoticeKind.UNKNOWN and cause.edition is not None and notice.schedule_id is not None


def _answers(folded: FoldedNotice) -> Iterator[Block]:
    if folded.newest.cause.kind is NoticeKind.REJOINED:
        resume = Button(action=actions.SCHEDULES_RESUME, args=(str(folded.newest.guild_id),), label="Resume")
        yield ButtonRow(buttons=(resume,))
    for number, notice in enumerate(folded.notices, start=1):
        if not _asks(notice):
            return
        args = (str(notice.schedule_id), str(notice.cause.edition), str(notice.cause.part))
        which = f"{number}: " if len(folded.notices) > 1 else ""
        buttons = (Button(action=action, args=args, label=which + label) for action, label in _ANSWERS)
        yield ButtonRow(buttons=tuple(buttons))
