"""Render an admin's view of the archive: import reports, status, rejected files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.news.article import Article, SeedProblem
from bot.news.content import ImportRecord, ImportReport, Room, ShelfSize
from bot.news.message.draft import Draft, Moment, Paragraph, Text
from bot.render.article import title_of
from bot.render.format.clip import clip_written
from bot.render.format.lines import as_many_as_fit, line
from bot.render.format.number import count_of
from bot.text.clean import clean

_MEBIBYTE: Final = 1024 * 1024


def draft_import_report(report: ImportReport, *more: ImportReport) -> Draft:
    """Render import reports, and as many rejected files as fit.

    Args:
        report: The report of the upload or the first folder.
        more: Reports of further folders.
    """
    reports = (report, *more)
    head = tuple(paragraph for each in reports for paragraph in _report_lines(each))
    problems = [_problem_line(problem) for each in reports for problem in each.problems]
    shown = as_many_as_fit(head, problems)
    return Draft(blocks=(*head, *shown, *_left_out(sum(each.refused for each in reports) - len(shown))))


def draft_content_status(
    size: ShelfSize,
    imports: Sequence[ImportRecord],
    *,
    problems: int,
    left: Room | None = None,
    instance: ShelfSize | None = None,
) -> Draft:
    """Render article counts, recent imports and the remaining quota.

    Args:
        size: The size of the shelf.
        imports: The latest imports, newest first.
        problems: The number of files that are currently rejected.
        left: The remaining quota; None for the operator's folder.
        instance: The size of the operator's shelf, if the status is of a server's shelf.
    """
    head = (
        line("The archive", "heading"),
        line(_fullness(size) if instance is None else f"This server's own: {_fullness(size)}"),
        *((line(_room(left)),) if left else ()),
        *((line(f"For every server: {_fullness(instance)}"),) if instance else ()),
        line(f"{count_of(problems, 'rejected file')}: see /content problems" if problems else "No rejected files"),
        line("Recent imports" if imports else "No imports yet", "subheading"),
    )
    return Draft(blocks=(*head, *as_many_as_fit(head, [_import_line(record) for record in imports])))


def draft_hidden(article: Article, *, hidden: bool) -> Draft:
    """Confirm that an article was hidden or is shown again."""
    title = clip_written(title_of(article), 200)
    did = "Hidden from searches and editions: " if hidden else "Shown again: "
    return Draft(blocks=(Paragraph(runs=(Text(text=did), Text(text=title, strong=True))),))


def draft_problems(problems: Sequence[SeedProblem], *, total: int | None = None) -> Draft:
    """Render rejected files with line, field, reason and cure.

    Args:
        problems: Problems by path.
        total: The total number if `problems` are only the first.
    """
    head = (line("Rejected files", "heading"),)
    if not problems:
        return Draft(blocks=(*head, line("None: every file is valid.")))
    shown = as_many_as_fit(head, [_problem_line(problem) for problem in problems])
    return Draft(blocks=(*head, *shown, *_left_out((total or len(problems)) - len(shown))))


def _report_lines(report: ImportReport) -> Iterator[Paragraph]:
    origin = clip_written(clean(report.origin), 200) or "the upload"
    yield line(f"Dry run of {origin}: nothing was stored" if report.is_dry_run else f"Import of {origin}", "heading")
    would = "would be " if report.is_dry_run else ""
    did = f"{report.added:,} {would}added, {report.changed:,} {would}changed"
    yield line(
        f"{count_of(report.read, 'file')} read: {did}, {report.unchanged:,} unchanged, {report.refused:,} rejected"
    )
    if report.kept_out:
        yield line(f"{report.kept_out:,} skipped: their articles were deleted")
    if report.left is not None:
        yield line(_room(report.left))
    if report.batch:
        yield line(f"Batch {clip_written(clean(report.batch), 60)}", "quiet")


def _fullness(size: ShelfSize) -> str:
    return f"{count_of(size.articles, 'article')}, {size.bytes / _MEBIBYTE:.1f} MiB of text"


def _room(left: Room) -> str:
    room = f"{count_of(left.articles, 'article')}, {left.bytes / _MEBIBYTE:.1f} MiB of text"
    return f"Remaining quota: {room}; {count_of(left.imports, 'import')} in this hour"


def _import_line(record: ImportRecord) -> Paragraph:
    origin = clip_written(clean(record.origin), 100)
    did = f"{record.added:,} added, {record.changed:,} changed, {record.unchanged:,} unchanged"
    tail = f"{record.rejected:,} rejected (batch {clean(record.id)})"
    return Paragraph(runs=(Moment(at=record.at, style="short"), Text(text=f" {origin}: {did}, {tail}")))


def _problem_line(problem: SeedProblem) -> Paragraph:
    """Render one problem: path and line as code, for copying; then reason and cure."""
    where = clean(problem.path) if problem.line is None else f"{clean(problem.path)}:{problem.line}"
    field = f"{clip_written(clean(problem.field), 80)}: " if problem.field else ""
    said = f" {field}{clip_written(clean(problem.reason), 200)}. {clip_written(clean(problem.cure), 200)}"
    return Paragraph(runs=(Text(text=clip_written(where, 150), code=True), Text(text=said)))


def _left_out(count: int) -> tuple[Paragraph, ...]:
    return (line(f"{count_of(count, 'more rejected file')}", "quiet"),) if count > 0 else ()
