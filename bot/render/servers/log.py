"""Render a server's log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.news.message import actions
from bot.news.message.draft import Button, ButtonRow, Draft, Member, Moment, Paragraph, Run, Text
from bot.news.servers.log import NOBODY, LogEntry
from bot.render.format.clip import clip_written
from bot.render.format.lines import line
from bot.text.clean import clean

LOG_PAGE: Final = 15
"""Entries on a page: all of them fit, however long their texts are clipped."""

_LONGEST: Final = 80


def draft_log(entries: Sequence[LogEntry], *, first: int = 0) -> Draft:
    """Render a page of a server's log, newest first.

    Args:
        entries: Those of the page, and one more if there is an older page.
        first: How many newer ones come before.
    """
    if not entries:
        text = "No older entries." if first else "Nothing was done here in the last 30 days."
        return Draft(blocks=(line(text),))
    shown = entries[:LOG_PAGE]
    buttons = [_button("Newer", max(0, first - LOG_PAGE))] if first else []
    buttons += [_button("Older", first + LOG_PAGE)] if len(entries) > LOG_PAGE else []
    rows = (ButtonRow(buttons=tuple(buttons)),) if buttons else ()
    return Draft(blocks=(line("Log of the last 30 days", "heading"), *map(entry_line, shown), *rows))


def entry_line(entry: LogEntry, *, of_one_member: bool = False) -> Paragraph:
    """Render an entry; one of a member's own names the server instead of the member."""
    subject, detail = (clip_written(clean(text), _LONGEST) for text in (entry.subject, entry.detail))
    runs: list[Run] = [Moment(at=entry.at, style="short"), Text(text=" ")]
    if not of_one_member and entry.member_id != NOBODY:
        runs += [Member(member_id=entry.member_id), Text(text=" ")]
    elif not of_one_member:
        runs.append(Text(text="someone who deleted their data "))
    server = f" (server {entry.guild_id})" if of_one_member else ""
    runs.append(Text(text=f"{entry.act} {subject}{f': {detail}' if detail else ''}{server}"))
    return Paragraph(runs=tuple(runs))


def _button(label: str, first: int) -> Button:
    return Button(action=actions.ADMIN_LOG, args=(str(first),), label=label, is_private=True)
