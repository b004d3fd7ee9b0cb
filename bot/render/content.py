"""What an admin reads of the archive: an import's report, how much there is, which files were refused."""

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
    """What an import did, or would do, and every refused file that there is room for.

    Args:
        report: Of the upload or the first folder.
        more: Of further folders.
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
    """How much there is, when it came, and what is wrong.

    Args:
        size: Of the shelf that is asked about.
        imports: The newest imports, newest first.
        problems: How many of its files are refused at the moment.
        left: What still fits; None for the operator's folder.
        instance: The operator's own articles, where a server's shelf is asked about.
    """
    head = (
        line("The archive", "heading"),
        line(_fullness(size) if instance is None else f"This server's own: {_fullness(size)}"),
        *((line(_room(left)),) if left else ()),
        *((line(f"For every server: {_fullness(instance)}"),) if instance else ()),
        line(f"{count_of(problems, 'refused file')}: /content problems" if problems else "No refused files"),
        line("Imports" if imports else "Nothing was imported yet.", "subheading"),
    )
    return Draft(blocks=(*head, *as_many_as_fit(head, [_import_line(record) for record in imports])))


def draft_hidden(article: Article, *, hidden: bool) -> Draft:
    """After an article was taken down or brought back."""
    title = clip_written(title_of(article), 200)
    did = " is taken down: nobody finds it any more, and no edition tells it." if hidden else " is shown again."
    return Draft(blocks=(Paragraph(runs=(Text(text=title, strong=True), Text(text=did))),))


def draft_problems(problems: Sequence[SeedProblem], *, total: int | None = None) -> Draft:
    """Refused files with line, field, reason and cure.

    Args:
        problems: By path.
        total: How many there are in all, where `problems` are only the first.
    """
    head = (line("Refused files", "heading"),)
    if not problems:
        return Draft(blocks=(*head, line("None: every file was read.")))
    shown = as_many_as_fit(head, [_problem_line(problem) for problem in problems])
    return Draft(blocks=(*head, *shown, *_left_out((total or len(problems)) - len(shown))))


def _report_lines(report: ImportReport) -> Iterator[Paragraph]:
    origin = clip_written(clean(report.origin), 200) or "the upload"
    yield line(f"Dry run of {origin}: nothing is kept" if report.is_dry_run else f"Import of {origin}", "heading")
    would = "would be " if report.is_dry_run else ""
    did = f"{report.added:,} {would}added, {report.changed:,} {would}changed"
    yield line(
        f"{count_of(report.read, 'file')} read: {did}, {report.unchanged:,} unchanged, {report.refused:,} refused"
    )
    if report.kept_out:
        yield line(f"{report.kept_out:,} kept out: they were deleted before")
    if report.left is not None:
        yield line(_room(report.left))
    if report.batch:
        yield line(f"Batch {clip_written(clean(report.batch), 60)}", "quiet")


def _fullness(size: ShelfSize) -> str:
    return f"{count_of(size.articles, 'article')}, {size.bytes / _MEBIBYTE:.1f} MiB of text"


def _room(left: Room) -> str:
    room = f"{count_of(left.articles, 'article')}, {left.bytes / _MEBIBYTE:.1f} MiB of text"
    return f"Room for {room}; {count_of(left.imports, 'import')} left in this hour"


def _import_line(record: ImportRecord) -> Paragraph:
    origin = clip_written(clean(record.origin), 100)
    did = f"{record.added:,} added, {record.changed:,} changed, {record.unchanged:,} unchanged"
    tail = f"{record.rejected:,} refused (batch {clean(record.id)})"
    return Paragraph(runs=(Moment(at=record.at, style="short"), Text(text=f" {origin}: {did}, {tail}")))


def _problem_line(problem: SeedProblem) -> Paragraph:
    """Where in code, so that it can be copied; what and what to do beside it."""
    where = clean(problem.path) if problem.line is None else f"{clean(problem.path)}:{problem.line}"
    field = f"{clip_written(clean(problem.field), 80)}: " if problem.field else ""
    said = f" {field}{clip_written(clean(problem.reason), 200)}. {clip_written(clean(problem.cure), 200)}"
    return Paragraph(runs=(Text(text=clip_written(where, 150), code=True), Text(text=said)))


def _left_out(count: int) -> tuple[Paragraph, ...]:
    return (line(f"And {count_of(count, 'more refused file')}.", "quiet"),) if count > 0 else ()
