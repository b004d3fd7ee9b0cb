"""Render what an import of settings would change, and what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.news.message import actions
from bot.news.message.draft import Button, ButtonRow, Draft, Paragraph, Text
from bot.news.schedules.imported import Imported, ImportedSchedule
from bot.render.format.clip import clip_written
from bot.render.format.lines import as_many_as_fit, line
from bot.render.format.number import count_of
from bot.text.clean import clean

_LONGEST_VALUE: Final = 100
_FOR_BUTTON: Final = 400
"""UTF-16 units reserved for what is below the changes."""


def draft_exported(schedules: int, roles: int) -> Draft:
    """Say what a file of settings has."""
    said = f"The settings of this server: {count_of(schedules, 'schedule')}, {count_of(roles, 'editor role')}."
    return Draft(blocks=(line(said), line("To restore them, use /admin import with this file.", "quiet")))


def draft_settings_preview(imported: Imported, token: str, *, has_changed: bool = False) -> Draft:
    """Render what an import would change, with a button that applies exactly this; with problems there is none.

    Args:
        imported: What it would do.
        token: Names the file.
        has_changed: Whether an earlier preview was out of date.
    """
    late = [line("The settings have changed since the preview. This is what the import would do now.")]
    head = (line("What this file would change", "heading"), *(late if has_changed else ()))
    changes = as_many_as_fit(head, list(_changes(imported)), kept=_FOR_BUTTON)
    if imported.has_problems:
        rest = [line("Nothing can be imported until the problems are corrected. The file below lists everything.")]
        return Draft(blocks=(*head, *changes, *rest))
    if not imported.has_changed:
        return Draft(blocks=(line("Nothing to import: these are the settings of this server already."),))
    ask = "Nothing changes until you press Apply, within 15 minutes. The file below lists everything."
    button = Button(action=actions.SETTINGS_APPLY, args=(token,), label="Apply", style="primary", is_private=True)
    return Draft(blocks=(*head, *changes, line(ask, "quiet"), ButtonRow(buttons=(button,))))


def draft_settings_applied(imported: Imported) -> Draft:
    """Confirm what was changed."""
    added = sum(each.before is None for each in imported.schedules)
    changed = sum(each.before is not None and each.has_changed for each in imported.schedules)
    roles = ", editor roles changed" if imported.roles != imported.roles_before else ""
    said = f"Imported: {count_of(added, 'schedule')} created, {changed} changed{roles}."
    return Draft(blocks=(line(said), line("Check channels and permissions with /admin doctor.", "quiet")))


def settings_report_text(imported: Imported) -> str:
    """Write all that an import would change as text."""
    return "".join(
        f"{''.join(run.text for run in each.runs if isinstance(run, Text))}\n" for each in _changes(imported)
    )


def _changes(imported: Imported) -> Iterator[Paragraph]:
    for problem in imported.role_problems:
        yield line(f"{problem}")
    for label, roles in (
        ("new", imported.roles - imported.roles_before),
        ("removed", imported.roles_before - imported.roles),
    ):
        if roles:
            yield line(f"Editor roles {label}: {', '.join(map(str, sorted(roles)))}")
    for each in sorted(imported.schedules, key=lambda schedule: schedule.problem is None):
        yield from _of_schedule(each)


def _of_schedule(each: ImportedSchedule) -> Iterator[Paragraph]:
    name = clip_written(clean(each.name), _LONGEST_VALUE)
    if each.problem is not None:
        yield Paragraph(runs=(Text(text=name, strong=True), Text(text=f": {clean(str(each.problem))}")))
        return
    if not each.has_changed:
        yield Paragraph(runs=(Text(text=name, strong=True), Text(text=": unchanged")))
        return
    kind = "new" if each.before is None else "changed"
    yield Paragraph(runs=(Text(text=name, strong=True), Text(text=f": {kind}")))
    for option, before, after in each.differences():
        arrow = "" if each.before is None else f"{shown_value(before)} → "
        yield line(f"{option}: {arrow}{shown_value(after)}", "quiet")


def shown_value(value: object) -> str:
    """Write the value of an option."""
    if value is None:
        return "default"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return clip_written(clean(str(value)), _LONGEST_VALUE)
