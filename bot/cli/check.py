"""`newsdesk check`: read seed files and keep nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path

from bot.cli.output.line import Line
from bot.cli.session import Session
from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF, Finding
from bot.render.format.json_records import check_record
from bot.render.format.number import count_of
from bot.usecases.ingest.files import check_files


def run_check(session: Session, paths: Sequence[Path], *, as_json: bool, is_strict: bool = False) -> int:
    """Print what an import of files or folders would reject, and what it would ignore or change.

    Returns:
        The exit status: 1 if there are problems, or notes with `is_strict`.
    """
    report = check_files(paths, INSTANCE_SHELF, clock=SystemClock())
    if as_json:
        session.out.show_json(check_record(report))
    else:
        counts = ((report.articles, "article"), (len(report.problems), "problem"), (len(report.notes), "note"))
        total = ", ".join(count_of(count, what) for count, what in counts) + others_text(report.others)
        findings: list[Finding] = sorted((*report.problems, *report.notes), key=attrgetter("place"))
        session.out.show(*finding_lines(findings), Line(text=total, kind="heading"))
    return 1 if report.problems or (is_strict and report.notes) else 0


def finding_lines(findings: Iterable[Finding]) -> Iterator[Line]:
    """Describe problems and notes as compilers do, one a line: file, line number, reason, what to do."""
    return (Line(text=str(finding), hanging=2) for finding in findings)


def others_text(others: int) -> str:
    """Count files that are not seeds, behind other counts; empty for none."""
    return f"; {count_of(others, 'other file')}" if others else ""
