"""Render what an edit of a schedule would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.news.checkup.options import Checked
from bot.news.message import actions
from bot.news.message.draft import Block, Button, ButtonRow, Channel, Draft, Paragraph, Run, Text
from bot.news.schedules.imported import differences
from bot.news.schedules.options import BY_NAME, OptionKind
from bot.news.schedules.schedule import Schedule, ScheduleState
from bot.render.format.clip import clip_written
from bot.render.format.lines import as_many_as_fit, line
from bot.render.schedule import STATES, consequence_lines, finding_lines, matching_lines, name_of, next_runs
from bot.render.servers.settings import shown_value
from bot.text.clean import clean

_FOR_THE_REST: Final = 1400
"""UTF-16 units reserved for what is below the differences."""

_PAUSED: Final = "paused"
_CHANNELS: Final = frozenset({OptionKind.CHANNEL, OptionKind.TEXT_CHANNEL})
_LONGEST_ROLE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPreview:
    """What an edit would come to.

    Attributes:
        before: The schedule as it is.
        after: As it would be.
        next_due_at: When its next edition would be due; None if it isn't active.
        skipped_at: When the skipped edition would be due; None if none is skipped.
        unskipped_at: The same for one that would no longer be skipped.
        has_earlier_choice: An edition is planned that would keep its stories.
        checked: What would be wrong with it.
    """

    before: Schedule
    after: Schedule
    next_due_at: datetime | None
    skipped_at: datetime | None = None
    unskipped_at: datetime | None = None
    has_earlier_choice: bool = False
    checked: Checked = field(default_factory=Checked)


def draft_edit_preview(edit: EditPreview, token: str, roles: Mapping[int, str], *, is_outdated: bool = False) -> Draft:
    """Render each option before and after, what follows from that, and buttons to apply exactly this or to cancel.

    Args:
        edit: What it would come to.
        token: Names the edit.
        roles: The names of the server's roles, as far as they are known.
        is_outdated: The schedule has changed since somebody looked.
    """
    name = name_of(edit.before)
    late = [line(f"{name} has changed since you looked. This is what your change would do now.")] if is_outdated else []
    changes = list(_changes(edit.before, edit.after, roles))
    if not changes:
        return Draft(blocks=(*late, line(f"Nothing to change: {name} has these options already.")))
    head = (line(f"What would change in {name}", "heading"), *late)
    ask = line("Nothing changes until you press Apply, within 15 minutes.", "quiet")
    said = (*head, *as_many_as_fit(head, changes, kept=_FOR_THE_REST), *_consequences(edit), ask)
    findings = finding_lines(said, edit.checked.findings)
    return Draft(blocks=(*said[:-1], *findings, ask, ButtonRow(buttons=tuple(_buttons(token)))))


def _consequences(edit: EditPreview) -> Iterator[Block]:
    if edit.after.state is ScheduleState.ACTIVE:
        due = () if edit.next_due_at is None else (edit.next_due_at,)
        yield Paragraph(runs=next_runs(edit.after, due))
    yield from consequence_lines(edit.skipped_at, edit.unskipped_at, has_earlier_choice=edit.has_earlier_choice)
    yield from matching_lines(edit.checked.matching)


def draft_edit_cancelled(schedule: Schedule) -> Draft:
    """Confirm that an edit was dropped."""
    return Draft(blocks=(line(f"Cancelled. Nothing changed in {name_of(schedule)}."),))


def _buttons(token: str) -> Iterator[Button]:
    yield Button(action=actions.SCHEDULE_EDIT_APPLY, args=(token,), label="Apply", style="primary", is_private=True)
    yield Button(action=actions.SCHEDULE_EDIT_CANCEL, args=(token,), label="Cancel", is_private=True)


def _changes(before: Schedule, after: Schedule, roles: Mapping[int, str]) -> Iterator[Paragraph]:
    if before.state is not after.state:
        yield line(f"state: {STATES[before.state]} → {STATES[after.state]}")
    for name, was, then in differences(before, after):
        if name != _PAUSED:  # as its state
            yield Paragraph(
                runs=(Text(text=f"{name}: "), _value(name, was, roles), Text(text=" → "), _value(name, then, roles))
            )


def _value(name: str, value: object, roles: Mapping[int, str]) -> Run:
    kind = BY_NAME[name].kind if name in BY_NAME else OptionKind.TEXT
    if value is None:
        return Text(text=shown_value(value))
    if kind in _CHANNELS:
        return Channel(channel_id=int(str(value)))
    if kind is OptionKind.ROLE:
        role = clean(roles.get(int(str(value)), f"role {value}"))
        return Text(text=clip_written(role, _LONGEST_ROLE))
    return Text(text=shown_value(value))
