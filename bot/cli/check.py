"""`newsdesk check`: read seed files and keep nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bot.cli.line import Line
from bot.cli.session import Session
from bot.news.article import INSTANCE_SHELF, SeedProblem
from bot.render.format.json_records import check_record
from bot.render.format.number import count_of
from bot.usecases.ingest.files import check_files


def run_check(session: Session, paths: Sequence[Path], *, as_json: bool) -> int:
    """Print what an import of files or folders would refuse.

    Returns:
        The exit status: 1 if anything would be refused.
    """
    report = check_files(paths, INSTANCE_SHELF)
    if as_json:
        session.out.show_json(check_record(report))
    else:
        size = f"{count_of(report.articles, 'article')}, {count_of(len(report.problems), 'problem')}"
        session.out.show(*problem_lines(report.problems), Line(text=size, kind="heading"))
    return 1 if report.problems else 0


def problem_lines(problems: Iterable[SeedProblem]) -> Iterator[Line]:
    """Describe refused files as compilers do, one a line: file, line number, reason, what to do."""
    return (Line(text=str(problem), hanging=2) for problem in problems)
