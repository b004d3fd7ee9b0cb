"""Render an admin's view of the archive: import reports, status, problems and notes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from bot.news.article import Article, Finding, SeedNote, SeedProblem
from bot.news.choosing.correction import MOST_EDITS
from bot.news.content import MOST_FINDINGS, ImportRecord, ImportReport, Reading, Room, ShelfOverview, ShelfSize, alike
from bot.news.delivery import Delivery, DeliveryState
from bot.news.message.draft import Channel, Draft, Link, Paragraph, Text
from bot.render.article import title_of
from bot.render.edition.delivery import message_url
from bot.render.format.clip import clip_written
from bot.render.format.lines import as_many_as_fit, line
from bot.render.format.number import count_of
from bot.render.reading import reading_line
from bot.render.servers.overview import overview_lines
from bot.render.servers.rollback import batch_line
from bot.text.clean import clean

_MEBIBYTE: Final = 1024 * 1024
_NOTHING: Final = ShelfOverview()


def draft_import_report(report: ImportReport, *more: ImportReport) -> Draft:
    """Render import reports, and as many problems and notes as fit.

    Args:
        report: The report of the upload or the first folder.
        more: Reports of further folders.
    """
    reports = (report, *more)
    head = tuple(paragraph for each in reports for paragraph in report_lines(each))
    problems = [problem for each in reports for problem in each.problems]
    notes = [note for each in reports for note in each.notes]
    return Draft(blocks=(*head, *finding_lines(head, problems, notes)))


def draft_content_status(
    size: ShelfSize,
    imports: Sequence[ImportRecord],
    *,
    problems: int,
    notes: int = 0,
    left: Room | None = None,
    instance: ShelfSize | None = None,
    reading: Reading | None = None,
    overview: ShelfOverview = _NOTHING,
) -> Draft:
    """Render article counts, recent imports and the remaining quota.

    Args:
        size: The size of the shelf.
        imports: The latest imports, newest first.
        problems: The number of open problems.
        notes: The number of notes on files that were read.
        left: The remaining quota; None for the operator's folder.
        instance: The size of the operator's shelf, if the status is of a server's shelf.
        reading: How far the operator's folders are read; None once they are.
        overview: What is on the shelf.
    """
    head = (
        line("The archive", "heading"),
        line(_fullness(size) if instance is None else f"This server's own: {_fullness(size)}"),
        *((line(_room(left)),) if left else ()),
        *((line(f"For every server: {_fullness(instance)}"),) if instance else ()),
        *((reading_line(reading),) if reading else ()),
        line(_findings_count(problems, notes)),
        *overview_lines(overview),
        line("Recent imports" if imports else "No imports yet", "subheading"),
    )
    return Draft(
        blocks=(
            *head,
            *as_many_as_fit(head, [batch_line(each, overview.importers.get(each.deed_id or 0)) for each in imports]),
        )
    )


def draft_hidden(
    article: Article,
    *,
    hidden: bool,
    has_changed: bool,
    parts: Sequence[Delivery] = (),
    forums: Collection[int] = (),
) -> Draft:
    """Confirm that an article was hidden or is shown again, and say in which messages it is.

    Args:
        article: The article.
        hidden: False if it is shown again.
        has_changed: False if it was so already.
        parts: The parts whose message has it, once no earlier request was under way any more.
        forums: The channels that are forums.
    """
    title = clip_written(title_of(article), 200)
    said = Paragraph(runs=(Text(text=_HIDING[hidden, has_changed]), Text(text=title, strong=True)))
    if not hidden:
        return Draft(blocks=(said,))
    undo = line(f"To show it again, use /content unhide with article:{article.id}.")
    return Draft(blocks=(said, *(line(each) for each in places_of(parts)), *_links(parts, forums), undo))


_HIDING: Final = {
    (True, True): "Hidden from searches and editions: ",
    (True, False): "Already hidden from searches and editions: ",
    (False, True): "Shown again in searches and coming editions: ",
    (False, False): "Not hidden, so nothing was changed: ",
}
"""What was done, by whether it is hidden and whether that is new."""


def places_of(parts: Sequence[Delivery]) -> Iterator[str]:
    """Say in which messages an article is that was taken down: a sentence for each state."""
    waiting = sum(part.state in _NOT_POSTED for part in parts)
    open_ones = sum(part.state in _PERHAPS_POSTED for part in parts)
    posted = sum(part.state is DeliveryState.SENT for part in parts)
    if waiting:
        yield f"{count_of(waiting, 'planned message')} will be posted without it, or not at all if no story is left."
    if open_ones:
        yield f"{count_of(open_ones, 'message')} may have been posted with it: see /schedule history for the outcome."
    if posted:
        has = "has it. It leaves a message" if posted == 1 else "have it. It leaves those"
        yield (
            f"{count_of(posted, 'message')} that I posted before {has} of the last 14 days within an hour. "
            f"Delete a message that is older or was corrected {MOST_EDITS} times already."
        )
    if not (waiting or open_ones or posted):
        yield "No planned or posted message has it."


_NOT_POSTED: Final = frozenset({DeliveryState.PLANNED, DeliveryState.FAILED})
_PERHAPS_POSTED: Final = frozenset({DeliveryState.SENDING, DeliveryState.UNKNOWN})
_MOST_LINKS: Final = 10


def _links(parts: Sequence[Delivery], forums: Collection[int]) -> Iterator[Paragraph]:
    posted = [part for part in parts if part.state is DeliveryState.SENT and part.message_id]
    for part in posted[:_MOST_LINKS]:
        text = f"Edition of {part.due_at:%d %B %Y}, part {part.key.part}"
        yield Paragraph(
            runs=(
                Link(text=text, url=message_url(part, forums)),
                Text(text=" in "),
                Channel(channel_id=part.key.channel_id),
            )
        )


def draft_problems(problems: Sequence[SeedProblem], notes: Sequence[SeedNote] = ()) -> Draft:
    """Render problems and notes with file, line, field, reason and cure.

    Args:
        problems: Why files were rejected, by path.
        notes: What of the other files was ignored, changed or left out, by path.
    """
    head = (line("Problems and notes", "heading"),)
    if not problems and not notes:
        return Draft(blocks=(*head, line("None: every file was read whole.")))
    return Draft(blocks=(*head, *finding_lines(head, problems, notes)))


def finding_lines(
    head: Sequence[Paragraph], problems: Sequence[SeedProblem], notes: Sequence[SeedNote]
) -> Iterator[Paragraph]:
    """Render as many findings as fit, problems first, and the number of the others."""
    lines = [*map(_problem_line, problems), *map(_note_line, alike(notes))]
    shown = as_many_as_fit(head, lines)
    yield from shown
    is_cut = len(problems) >= MOST_FINDINGS or len(notes) >= MOST_FINDINGS
    if len(shown) < len(lines) or is_cut:
        left = f"{'at least ' if is_cut else ''}{len(lines) - len(shown):,}"
        yield line(f"{left} more; see `newsdesk check`", "quiet")


def _findings_count(problems: int, notes: int) -> str:
    counts = f"{_at_least(problems, 'problem')}, {_at_least(notes, 'note')}"
    return f"{counts}: see /content problems" if problems or notes else "No problems, no notes"


def _at_least(count: int, what: str) -> str:
    return f"{'at least ' if count >= MOST_FINDINGS else ''}{count_of(count, what)}"


def report_lines(report: ImportReport) -> Iterator[Paragraph]:
    """Render the counts of an import."""
    origin = clip_written(clean(report.origin), 200) or "the upload"
    yield line(f"Dry run of {origin}: nothing was stored" if report.is_dry_run else f"Import of {origin}", "heading")
    would = "would be " if report.is_dry_run else ""
    did = f"{report.added:,} {would}added, {report.changed:,} {would}changed"
    yield line(
        f"{count_of(report.read, 'file')} read: {did}, {report.unchanged:,} unchanged, {report.refused:,} rejected"
    )
    if report.notes:
        yield line(f"{count_of(len(report.notes), 'note')}: something was ignored, changed or not found")
    if report.others:
        yield line(f"{count_of(report.others, 'other file')} ignored: not seeds")
    if report.kept_out:
        yield line(f"{report.kept_out:,} skipped: their articles were deleted")
    if report.left is not None:
        yield line(_room(report.left))
    if report.batch:
        yield line(f"Batch {clip_written(clean(report.batch), 60)}", "quiet")


def _fullness(size: ShelfSize) -> str:
    return f"{count_of(size.articles, 'article')}, {size.bytes / _MEBIBYTE:.1f} MiB of text"


def _room(left: Room) -> str:
    room = f"{count_of(left.articles, 'article')}, {left.bytes / _MEBIBYTE:.1f} MiB on disk"
    return f"Remaining quota: {room}; {count_of(left.imports, 'import')} this hour"


def _problem_line(problem: SeedProblem) -> Paragraph:
    """Render one problem: path and line as code, for copying; then reason and cure."""
    return Paragraph(runs=(Text(text=_where(problem), code=True), Text(text=f" {_said(problem)}")))


def _note_line(counted: tuple[SeedNote, int]) -> Paragraph:
    """Render one note, and the number of other files that it holds for."""
    note, count = counted
    more = f" and {count_of(count - 1, 'more file')}" if count > 1 else ""
    return Paragraph(runs=(Text(text=_where(note), code=True), Text(text=f"{more} Note: {_said(note)}")))


def _where(finding: Finding) -> str:
    path = clean(finding.path)
    return clip_written(path if finding.line is None else f"{path}:{finding.line}", 150)


def _said(finding: Finding) -> str:
    field = f"{clip_written(clean(finding.field), 80)}: " if finding.field else ""
    return f"{field}{clip_written(clean(finding.reason), 200)}. {clip_written(clean(finding.cure), 200)}"
