"""Render what an import would do: a message with a button, and all of it as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.news.article import Finding
from bot.news.content import ImportReport, SeedChange
from bot.news.message import actions
from bot.news.message.draft import Button, ButtonRow, Draft, Paragraph, Text
from bot.render.content import finding_lines, report_lines
from bot.render.format.clip import clip_written
from bot.render.format.lines import as_many_as_fit, line
from bot.render.format.number import count_of
from bot.text.clean import clean

LARGEST_REPORT: Final = 4_000_000
"""Characters of the file; Discord takes 10 MiB."""

_MOST_SHOWN: Final = 10
"""Articles in the message, of the changed ones and of the new ones; the file has all."""


_FOR_FINDINGS: Final = 1_500
"""UTF-16 units reserved for problems and notes."""


def draft_import_preview(report: ImportReport, token: str, *, has_changed: bool = False) -> Draft:
    """Render a dry run, with a button that imports exactly this.

    Args:
        report: Of the dry run.
        token: Names the upload.
        has_changed: Whether an earlier preview was out of date.
    """
    changed = [change for change in report.changes if change.fields]
    added = [change for change in report.changes if not change.fields]
    late = [line("The articles have changed since the preview. This is what the import would do now.")]
    said = (*(late if has_changed else ()), *report_lines(report))
    listed = [*_listed("Changed", changed), *_listed("New", added)]
    head = (*said, *as_many_as_fit(said, listed, kept=_FOR_FINDINGS))
    ask = line("Nothing is stored until you press Import, within 15 minutes. The file below lists everything.", "quiet")
    button = Button(action=actions.CONTENT_IMPORT, args=(token,), label="Import", style="primary", is_private=True)
    rows = (ask, ButtonRow(buttons=(button,))) if report.changes else (line("Nothing to import.", "quiet"),)
    return Draft(blocks=(*head, *finding_lines(head, report.problems, report.notes), *rows))


def _listed(heading: str, changes: Sequence[SeedChange]) -> Iterator[Paragraph]:
    if changes:
        yield line(f"{heading}: {count_of(len(changes), 'article')}", "subheading")
    for change in changes[:_MOST_SHOWN]:
        title = clip_written(clean(change.title), 100)
        yield Paragraph(runs=(Text(text=title, strong=True), Text(text=_fields(change))))
    if len(changes) > _MOST_SHOWN:
        yield line(f"and {len(changes) - _MOST_SHOWN:,} more", "quiet")


def _fields(change: SeedChange) -> str:
    return f" ({', '.join(change.fields)})" if change.fields else ""


def import_report_text(report: ImportReport) -> str:
    """Write all of a dry run as text: what would be added and changed, and why files were refused or noted."""
    text = ""
    for each in _lines(report):
        if len(text) + len(each) > LARGEST_REPORT:
            return f"{text}The rest is left out: the report is too long.\n"
        text += f"{each}\n"
    return text


def _lines(report: ImportReport) -> Iterator[str]:
    yield f"Dry run of {clean(report.origin)}: nothing was stored"
    yield (
        f"{report.added:,} added, {report.changed:,} changed, {report.unchanged:,} unchanged, "
        f"{report.refused:,} rejected, {report.kept_out:,} deleted before, {report.others:,} not seeds"
    )
    for change in report.changes:
        kind = "changed" if change.fields else "added"
        yield f"{kind}: {clean(change.path)}: {clean(change.title)}{_fields(change)}"
    yield from (f"rejected: {_finding(each)}" for each in report.problems)
    yield from (f"note: {_finding(each)}" for each in report.notes)


def _finding(finding: Finding) -> str:
    place = clean(finding.path) + (f":{finding.line}" if finding.line is not None else "")
    field = f"{clean(finding.field)}: " if finding.field else ""
    return f"{place}: {field}{clean(finding.reason)}. {clean(finding.cure)}"
