"""The operators' front door: all that needs no Discord, and the two ways to start the bot.

Answers go to standard output, progress and errors to standard error, so that `--json` can be piped. Exit status: 0
done, 1 refused or not found, 2 wrong usage, 75 another process is sending, 78 the configuration or the token can't be
used.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from rich.console import Console
from rich.progress import Progress

from bot import __version__
from bot.app.config import Config, load_config
from bot.app.doctor import examine
from bot.app.log import set_up_logging
from bot.app.start import open_for_writing, run_bot
from bot.clock import SystemClock
from bot.errors import BadInputError, NewsdeskError
from bot.news.article import INSTANCE_SHELF
from bot.news.checkup.finding import Status
from bot.news.content import ImportReport
from bot.news.delivery import ScheduleId
from bot.news.message.draft import Draft
from bot.news.parsing.query import read_query
from bot.news.schedule import Schedule, Weekday
from bot.render.checkup import finding_line
from bot.render.format.json_records import (
    choice_record,
    coverage_record,
    finding_records,
    problem_records,
    search_record,
)
from bot.render.format.terminal import to_text
from bot.render.preview import draft_choice
from bot.render.related import draft_coverage
from bot.render.search import draft_results
from bot.render.why import draft_verdicts
from bot.store.port import Store
from bot.store.sqlite import open_store
from bot.store.sqlite.backup import back_up_store, restore_store
from bot.text.words import fold
from bot.usecases.digest import choose_between
from bot.usecases.ingest import check_files, delete_article, hide_article, ingest_files, ingest_folder
from bot.usecases.related import coverage_of_text
from bot.usecases.search import search_news
from bot.usecases.story import Stories

SHELVES: Final = (INSTANCE_SHELF,)

app = typer.Typer(
    name="newsdesk",
    help="A folder of article files becomes a newsroom for a Discord community.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
digest_app = typer.Typer(help="Editions.", no_args_is_help=True)
app.add_typer(digest_app, name="digest")

AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON document instead (its shape: README).")]


class _Door:
    """What every command shares: the configuration file that was named, and the two places to print to."""

    def __init__(self) -> None:
        self.config_path: Path | None = None
        self.out = Console(highlight=False, markup=False, soft_wrap=True)
        self.err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

    def config(self) -> Config:
        config = load_config(self.config_path, os.environ)
        set_up_logging(config.log_level, config.log_format, secrets=config.secrets())
        return config

    def show(self, draft: Draft) -> None:
        self.out.print(to_text(draft, width=min(self.out.width, 100)), end="")

    def show_json(self, record: object) -> None:
        self.out.print(json.dumps(record, ensure_ascii=False, indent=2))


door = _Door()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; an error becomes one sentence on standard error and an exit status."""
    try:
        app(args=list(arguments) if arguments is not None else None)
    except NewsdeskError as error:
        door.err.print(f"newsdesk: {error}")
        sys.exit(error.exit_status)


def _print_version(asked: bool) -> None:
    if asked:
        door.out.print(f"newsdesk {__version__}")
        raise typer.Exit


@app.callback()
def start(
    config: Annotated[Path | None, typer.Option(help="The configuration file (default: ./config.toml).")] = None,
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    """Remember what holds for every command."""
    del version
    door.config_path = config


@app.command()
def run() -> None:
    """Run the bot until it is told to stop (SIGTERM or Ctrl-C)."""
    config = door.config()
    config.require_token()
    asyncio.run(run_bot(config, SystemClock()))


@app.command()
def demo(
    once: Annotated[bool, typer.Option(help="Print the first edition as the channel shows it, and end.")] = False,
    seeds: Annotated[Path, typer.Option(help="Another folder of seeds.")] = Path("seeds"),
    port: Annotated[int, typer.Option(min=0, max=65535, help="The page's port; 0 takes a free one.")] = 0,
) -> None:
    """Show the whole job on a Discord of this machine: no token, no account, nothing kept."""
    if not seeds.is_dir():
        raise NewsdeskError(f"{seeds} is no folder of seeds.", cure="Name one with --seeds.")
    from bot.app.demo import run_demo  # a whole Discord, which no other command should wait for

    set_up_logging("WARNING", "console")
    asyncio.run(run_demo(seeds.resolve(), door.out, once=once, port=port))


@app.command()
def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(help="Folders or seed files; default: the configured.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read seed files into the archive; also beside a running bot."""
    config = door.config()
    asyncio.run(_ingest(config, [(path, path.is_dir()) for path in paths or config.seeds], as_json=as_json))


async def _ingest(config: Config, paths: Sequence[tuple[Path, bool]], *, as_json: bool) -> None:
    if not paths:
        raise NewsdeskError("No folder of seeds is named.", cure="Name one, or set `seeds` in the configuration.")
    async with open_for_writing(config, SystemClock()) as store:
        reports = [await _ingest_one(store, path, is_folder=is_folder) for path, is_folder in paths]
    if as_json:
        door.show_json([_report_record(report) for report in reports])
        return
    for report in reports:
        _print_problems(report)
        door.out.print(
            f"{report.origin}: {report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
            f"{report.refused} rejected" + (f", {report.kept_out} deleted before" if report.kept_out else "")
        )


async def _ingest_one(store: Store, path: Path, *, is_folder: bool) -> ImportReport:
    clock = SystemClock()
    with Progress(console=door.err, transient=True, disable=not door.err.is_terminal) as progress:
        bar = progress.add_task(str(path), total=None)

        def tell(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        if is_folder:
            return await ingest_folder(store.articles, path, INSTANCE_SHELF, clock=clock, progress=tell)
        return await ingest_files(store.articles, [path], INSTANCE_SHELF, clock=clock)


def _report_record(report: ImportReport) -> dict[str, object]:
    return {
        "origin": report.origin,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "kept_out": report.kept_out,
        "rejected": report.refused,
        "problems": problem_records(report.problems),
    }


def _print_problems(report: ImportReport) -> None:
    for problem in report.problems:
        door.err.print(str(problem))


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="Folders or seed files.")],
    as_json: AsJson = False,
) -> None:
    """Read seed files without keeping anything; name file, line and reason of what would be refused."""
    report = check_files(paths, INSTANCE_SHELF)
    if as_json:
        door.show_json({"articles": report.articles, "problems": problem_records(report.problems)})
    else:
        for problem in report.problems:
            door.out.print(str(problem))
        door.out.print(f"{report.articles} articles, {len(report.problems)} problems")
    raise typer.Exit(1 if report.problems else 0)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help='Words, "quotes", -without, topic:, provider:, after:, before:')],
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 10,
    sort: Annotated[Literal["relevance", "newest", "score"], typer.Option(help="What comes first.")] = "relevance",
    as_json: AsJson = False,
) -> None:
    """Find articles by words."""
    asyncio.run(_search(" ".join(words), limit=limit, sort=sort, as_json=as_json))


async def _search(text: str, *, limit: int, sort: Literal["relevance", "newest", "score"], as_json: bool) -> None:
    config = door.config()
    async with _reading(config) as store:
        now = SystemClock().now()
        query = read_query(text, sort=sort, now=now, zone=config.default_timezone)
        result = await search_news(store.search, SHELVES, query, now=now, limit=limit)
    if as_json:
        door.show_json(search_record(result))
    else:
        door.show(draft_results(result))


@app.command()
def related(
    article: Annotated[str, typer.Argument(help="An article's id, file name, title or any link.")],
    as_json: AsJson = False,
) -> None:
    """Show who else reports what an article reports."""
    asyncio.run(_related(article, as_json=as_json))


async def _related(text: str, *, as_json: bool) -> None:
    async with _reading(door.config()) as store:
        coverage = await coverage_of_text(store.related, store.articles, store.search, SHELVES, text)
        stories = Stories(store, SystemClock(), keeps=False)
        tied = await stories.tied(SHELVES, coverage.article) if coverage.article.id else None
    if as_json:
        door.show_json(coverage_record(coverage, tied))
    else:
        door.show(draft_coverage(coverage, tied))


@asynccontextmanager
async def _reading(config: Config) -> AsyncIterator[Store]:
    async with open_store(config.database, clock=SystemClock(), read_only=True) as store:
        yield store


@digest_app.command("preview")
def preview(
    as_of: Annotated[
        str, typer.Option(help="The cutoff: a date or a moment in UTC, such as 2024-05-17T09:00; default: now.")
    ] = "",
    since: Annotated[str, typer.Option(help="The cutoff before; default: none, so a first edition.")] = "",
    count: Annotated[int, typer.Option(min=1, max=20, help="Picks at most.")] = 5,
    min_score: Annotated[int | None, typer.Option(help="The lowest score that is taken.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Only these topics (may be given again).")] = None,
    rule: Annotated[Literal["default", "upstream"], typer.Option(help="The rule that chooses.")] = "default",
    why: Annotated[bool, typer.Option(help="Also the reason of everything that was not picked.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the edition that a schedule would send; nothing is planned."""
    cutoff = _moment(as_of) or SystemClock().now()
    schedule = Schedule(
        id=ScheduleId(0),
        guild_id=0,
        channel_id=0,
        name="Preview",
        days=(Weekday.MONDAY,),
        at=time(9),
        timezone="UTC",
        count=count,
        rule=rule,
        min_score=min_score,
        topics=tuple(map(fold, topic or ())),
        saved_by=0,
        created_at=cutoff,
    )
    asyncio.run(_preview(schedule, cutoff, _moment(since), why=why, as_json=as_json))


async def _preview(schedule: Schedule, cutoff: datetime, since: datetime | None, *, why: bool, as_json: bool) -> None:
    async with _reading(door.config()) as store:
        choice = await choose_between(store, schedule, SHELVES, start=since, cutoff=cutoff)
    if as_json:
        door.show_json(choice_record(choice))
        return
    for draft in draft_choice(choice, schedule, now=SystemClock().now()):
        door.show(draft)
    if why:
        door.show(draft_verdicts(choice))


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(f"{text} is not a moment.", cure="Write 2024-05-17 or 2024-05-17T09:00.") from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


@app.command()
def hide(
    article: Annotated[str, typer.Argument(help="An article's id, file name or link.")],
    undo: Annotated[bool, typer.Option(help="Show it again.")] = False,
) -> None:
    """Take an article out of search, coverage and editions; its file may stay."""
    asyncio.run(_hide(article, hidden=not undo))


async def _hide(text: str, *, hidden: bool) -> None:
    async with open_for_writing(door.config(), SystemClock()) as store:
        article = await hide_article(store.articles, INSTANCE_SHELF, text, hidden=hidden)
    door.out.print(f"{'Hidden' if hidden else 'Shown again'}: {article.title} ({article.provider.domain})")


@app.command()
def delete(
    article: Annotated[str, typer.Argument(help="An article's id, file name or link.")],
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Delete an article and all that only it named; its file does not bring it back."""
    if not yes:
        typer.confirm(f"Delete {article} for good?", abort=True, err=True)
    asyncio.run(_delete(article))


async def _delete(text: str) -> None:
    async with open_for_writing(door.config(), SystemClock()) as store:
        article = await delete_article(store.articles, INSTANCE_SHELF, text)
    door.out.print(f"Deleted: {article.title} ({article.provider.domain})")


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="The file to make; it must not exist yet.")]) -> None:
    """Copy the database, beside a running bot too, and check the copy."""
    config = door.config()
    asyncio.run(back_up_store(config.database, target.absolute(), clock=SystemClock()))
    door.out.print(f"Backed up and checked: {target}")


@app.command()
def restore(source: Annotated[Path, typer.Argument(metavar="BACKUP", help="A file that `backup` made.")]) -> None:
    """Put a backup in the place of the database; the bot must be stopped."""
    config = door.config()
    kept = asyncio.run(restore_store(source.absolute(), config.database, clock=SystemClock()))
    door.out.print(f"Restored: {source}" + (f"; what stood there before is {kept}" if kept else ""))


@app.command()
def doctor(
    quick: Annotated[bool, typer.Option(help="Only what takes no time: for a health check.")] = False,
    full: Annotated[bool, typer.Option(help="Read the whole database, look at every server; slow on many.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at configuration, database, seeds, the running bot, each schedule's channel; say what to do."""
    findings = asyncio.run(
        examine(door.config_path, os.environ, SystemClock(), depth="quick" if quick else "full" if full else "usual")
    )
    if as_json:
        door.show_json(finding_records(findings))
    else:
        for finding in findings:
            door.out.print(finding_line(finding))
    raise typer.Exit(1 if any(finding.status is Status.FAILING for finding in findings) else 0)
