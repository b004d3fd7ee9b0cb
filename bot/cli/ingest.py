"""`newsdesk ingest`: read seed files into the archive."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from bot.app.config import Config
from bot.cli.check import finding_lines, others_text
from bot.cli.output.line import Line
from bot.cli.session import Session
from bot.cli.store import configure, writing
from bot.clock import SystemClock
from bot.errors import NewsdeskError
from bot.news.article import INSTANCE_SHELF
from bot.news.content import ImportReport, alike
from bot.render.format.json_records import import_record
from bot.render.format.number import count_of
from bot.store.port import Store
from bot.usecases.ingest.files import ingest_files
from bot.usecases.ingest.folder import Progress, ingest_folder


def run_ingest(session: Session, paths: Sequence[Path], *, full: bool, as_json: bool) -> int:
    """Import files and folders and print what was done; problems and notes go to standard error.

    Args:
        session: The invocation.
        paths: What to read; empty for the configured folders.
        full: Read all files, also those whose size and time are unchanged.
        as_json: Print `import_record` of each path instead of text.

    Returns:
        The exit status: 1 if anything was refused.

    Raises:
        NewsdeskError: Nothing was named and nothing is configured, or the database can't be used.
    """
    config = configure(session)
    named = paths or config.seeds
    if not named:
        raise NewsdeskError("No seed folder given.", cure="Name one, or set `seeds` in the configuration.")
    reports = asyncio.run(_ingest_all(session, config, [(path, path.is_dir()) for path in named], full=full))
    if as_json:
        session.out.show_json([import_record(report) for report in reports])
    else:
        for report in reports:
            session.err.show(*finding_lines(report.problems), *_note_lines(report))
            session.out.show(Line(text=_summary(report)))
    return 1 if any(report.refused for report in reports) else 0


async def _ingest_all(
    session: Session, config: Config, paths: Sequence[tuple[Path, bool]], *, full: bool
) -> list[ImportReport]:
    async with writing(config) as store:
        return [await _ingest(session, store, path, is_folder=is_folder, full=full) for path, is_folder in paths]


async def _ingest(session: Session, store: Store, path: Path, *, is_folder: bool, full: bool) -> ImportReport:
    clock = SystemClock()
    if not is_folder:
        return await ingest_files(store.articles, [path], INSTANCE_SHELF, clock=clock)
    with _progress(session, path) as progress:
        return await ingest_folder(store.articles, path, INSTANCE_SHELF, clock=clock, progress=progress, full=full)


@contextmanager
def _progress(session: Session, path: Path) -> Iterator[Progress | None]:
    """Show a progress bar if a person watches."""
    if not session.err.is_terminal:
        yield None
        return
    with typer.progressbar(length=1, label=path.name, file=session.err.stream) as bar:

        def advance(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield advance


def _note_lines(report: ImportReport) -> Iterator[Line]:
    """Describe notes, those that say the same of many files in one line; `check` lists them all."""
    for note, count in alike(report.notes):
        more = f" (and {count_of(count - 1, 'more file')})" if count > 1 else ""
        yield Line(text=f"{note}{more}", hanging=2)


def _summary(report: ImportReport) -> str:
    deleted = f", {report.kept_out} deleted earlier" if report.kept_out else ""
    return (
        f"{report.origin}: {report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.refused} rejected, {count_of(len(report.notes), 'note')}{deleted}{others_text(report.others)}"
    )
