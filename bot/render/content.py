"""What an admin reads of the archive: an import's report, how much there is, which files were refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.news.article import SeedProblem
from bot.news.clean import clean
from bot.news.content import ImportRecord, ImportReport, Room, ShelfSize
from bot.news.draft import Draft, Moment, Paragraph, Text
from bot.render.clip import clip_written
from bot.render.lines import as_many_as_fit, line
from bot.render.number import count_of

_MEBIBYTE = 1024 * 1024


def draft_import_report(report: ImportReport) -> Draft:
    """What an import did, or would do, and every refused file that there is room for."""
    origin = clip_written(clean(report.origin), 200) or "the upload"
    title = f"Dry run of {origin}: nothing is kept" if report.is_dry_run else f"Import of {origin}"
    head = (line(title, "heading"), *map(line, _report_lines(report)))
    problems = _problem_lines(report.problems)
    shown = as_many_as_fit(head, problems)
    return Draft(blocks=(*head, *shown, *_left_out(report.refused - len(shown))))


def draft_content_status(
    size: ShelfSize, imports: Sequence[ImportRecord], *, problems: int, left: Room | None = None
) -> Draft:
    """How much there is, when it came, and what is wrong.

    Args:
        size: Of the shelf that is asked about.
        imports: Its newest imports, newest first.
        problems: How many of its files are refused at the moment.
        left: What still fits; None for the operator's folder.
    """
    head = (
        line("The archive", "heading"),
        line(f"{count_of(size.articles, 'article')}, {size.bytes / _MEBIBYTE:.1f} MiB of text"),
        *((line(_room(left)),) if left else ()),
        line(f"{count_of(problems, 'refused file')}: /content problems" if problems else "No refused files"),
        line("Imports" if imports else "Nothing was imported yet.", "subheading"),
    )
    return Draft(blocks=(*head, *as_many_as_fit(head, [_import_line(record) for record in imports])))


def draft_problems(problems: Sequence[SeedProblem], *, total: int | None = None) -> Draft:
    """Refused files with line, field, reason and cure.

    Args:
        problems: By path.
        total: How many there are in all, where `problems` are only the first.
    """
    head = (line("Refused files", "heading"),)
    if not problems:
        return Draft(blocks=(*head, line("None: every file was read.")))
    shown = as_many_as_fit(head, _problem_lines(problems))
    return Draft(blocks=(*head, *shown, *_left_out((total or len(problems)) - len(shown))))


def _report_lines(report: ImportReport) -> Iterator[str]:
    would = "would be " if report.is_dry_run else ""
    yield f"{count_of(report.read, 'file')} read: {report.added:,} {would}added, {report.changed:,} {would}changed"
    yield f"{report.unchanged:,} unchanged, {report.refused:,} refused"
    if report.kept_out:
        yield f"{report.kept_out:,} kept out: they were deleted before"
    if report.left is not None:
        yield _room(report.left)
    if report.batch:
        yield f"Batch {clean(report.batch)}"


def _room(left: Room) -> str:
    room = f"{count_of(left.articles, 'article')}, {left.bytes / _MEBIBYTE:.1f} MiB of text"
    return f"Room for {room}; {count_of(left.imports, 'import')} left in this hour"


def _import_line(record: ImportRecord) -> Paragraph:
    origin = clip_written(clean(record.origin), 100)
    did = f"{record.added:,} added, {record.changed:,} changed, {record.unchanged:,} unchanged"
    tail = f"{record.rejected:,} refused (batch {clean(record.id)})"
    return Paragraph(runs=(Moment(at=record.at, style="short"), Text(text=f" {origin}: {did}, {tail}")))


def _problem_lines(problems: Sequence[SeedProblem]) -> list[Paragraph]:
    return [_problem_line(problem) for problem in problems]


def _problem_line(problem: SeedProblem) -> Paragraph:
    """Where in code, so that it can be copied; what and what to do beside it."""
    where = clean(problem.path) if problem.line is None else f"{clean(problem.path)}:{problem.line}"
    field = f"{clip_written(clean(problem.field), 80)}: " if problem.field else ""
    said = f" {field}{clip_written(clean(problem.reason), 200)}. {clip_written(clean(problem.cure), 200)}"
    return Paragraph(runs=(Text(text=clip_written(where, 150), code=True), Text(text=said)))


def _left_out(count: int) -> tuple[Paragraph, ...]:
    return (line(f"And {count_of(count, 'refused file')} more.", "quiet"),) if count > 0 else ()
