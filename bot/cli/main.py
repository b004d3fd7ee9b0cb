"""Everything that can be typed after `newsdesk`: commands, options and their help.

Answers go to standard output, progress and errors to standard error, so that `--json` can be piped. Exit status: 0
done, 1 refused or not found, 2 wrong usage, 75 another process is sending, 78 the configuration or the token can't be
used.

Each command is imported when it is run: `newsdesk --help` needs typer alone, a search no Discord.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot import __version__
from bot.cli.collecting.commands import add_commands
from bot.cli.command import AsJson, Command, session_of
from bot.errors import NewsdeskError

if TYPE_CHECKING:
    from bot.app.doctor import Depth

app = typer.Typer(
    name="newsdesk",
    help="Turn a folder of article files into a newsroom for a Discord community.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,  # help by rich takes twice the time and frames
)
digest_app = typer.Typer(help="Preview an edition.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(digest_app, name="digest")
schedule_app = typer.Typer(help="Import and export schedules.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(schedule_app, name="schedule")


_command = partial(app.command, cls=Command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; turn an error into one sentence on standard error and an exit status."""
    _open_standard_streams()
    try:
        _require_working_folder()
        app(args=None if arguments is None else list(arguments), prog_name="newsdesk")
    except NewsdeskError as error:
        from bot.cli.output.line import Line
        from bot.cli.output.printer import Printer

        printer = Printer(sys.stderr, os.environ, is_for_errors=True)
        printer.show(Line(text=f"newsdesk: {error}", kind="trouble", hanging=2))
        sys.exit(error.exit_status)
    except (MemoryError, RuntimeError, ImportError) as error:
        if not _lacks_memory(error):
            raise
        # Written by hand: importing or formatting anything may fail again.
        os.write(
            2, b"newsdesk: There is not enough memory. Raise the limit (`ulimit -v`, MemoryMax) or close programs.\n"
        )
        os._exit(1)  # at once: threads that have lost their loop would add tracebacks below the sentence


def _lacks_memory(error: Exception) -> bool:
    """Return True for what a limit on memory or threads raises: no memory, no thread, no library."""
    signs = ("can't start new thread", "failed to map segment", "cannot allocate memory")
    return isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in signs)


def _require_working_folder() -> None:
    try:
        Path.cwd()
    except OSError as error:
        raise NewsdeskError("The working folder no longer exists.", cure="Change to another one first.") from error


def _open_standard_streams() -> None:
    """Put /dev/null in the place of a standard stream that is closed: a database must not get its descriptor."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free descriptor: this one
    sys.stdout = sys.stdout or os.fdopen(os.dup(1), "w")
    sys.stderr = sys.stderr or os.fdopen(os.dup(2), "w")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"newsdesk {__version__}")
        raise typer.Exit


def _refuse_unknown_options(context: typer.Context, words: list[str]) -> list[str]:
    """Refuse `--limt`, which `search` would take for a word, as it takes `-facial`."""
    for word in words:
        if word.startswith("--"):
            options = [name for each in context.command.params for name in each.opts]
            near = difflib.get_close_matches(word.partition("=")[0], options, 1)
            context.fail(f"No such option: {word}" + (f" Did you mean {near[0]}?" if near else ""))
    return words


@app.callback()
def start(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Configuration file.  [default: ./config.toml]")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Keep what applies to every command."""
    del version
    context.obj = config


@_command()
def run(context: typer.Context) -> None:
    """Run the bot until SIGTERM or Ctrl-C."""
    from bot.cli.operation.run import run_until_stopped

    run_until_stopped(session_of(context))


@_command()
def init(
    context: typer.Context,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a configuration without asking.")] = False,
    unit: Annotated[bool, typer.Option("--unit", help="Also write a systemd unit.")] = False,
) -> None:
    """Set the bot up: token, configuration, invite link.

    Asks for the token, checks it, and writes the configuration to the file of --config.
    """
    from bot.cli.operation.init import run_init

    run_init(session_of(context), replaces=replace, with_unit=unit)


@_command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Print the first edition and exit.")] = False,
    seeds: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of seed files.")] = Path("seeds"),
    port: Annotated[
        int, typer.Option(metavar="PORT", min=0, max=65535, help="Port of the web page; 0 picks a free one.")
    ] = 0,
) -> None:
    """Try the bot on a simulated Discord.

    Needs no token and no account; keeps nothing.
    """
    from bot.cli.operation.demo import run_on_this_machine

    run_on_this_machine(seeds, once=once, port=port)


@_command()
def ingest(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATHS", hidden=True),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Read unchanged files, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read seed files into the archive.

    PATHS are folders, seed files or zips; default: the configured folders. Works beside a running bot.
    """
    from bot.cli.ingest import run_ingest

    raise typer.Exit(run_ingest(session_of(context), paths or [], full=full, as_json=as_json))


@_command()
def check(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATHS", hidden=True)],
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 on notes as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check seed files and store nothing.

    PATHS are folders, seed files or zips. Prints what `ingest` would reject (problems) and what it would ignore or
    change (notes), with file, line and reason.
    """
    from bot.cli.check import run_check

    raise typer.Exit(run_check(session_of(context), paths, as_json=as_json, is_strict=strict))


@_command(
    context_settings={"ignore_unknown_options": True},
    epilog="Example: newsdesk search recognition -facial after:2022-01-01 --sort newest",
)
def search(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS", hidden=True, callback=_refuse_unknown_options),
    ],
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=100, help="Maximum number of articles.")] = 10,
    sort: Annotated[
        Literal["relevance", "newest", "score"],
        typer.Option(metavar="ORDER", help="Sort by relevance, newest or score."),
    ] = ("relevance"),
    as_typed: Annotated[bool, typer.Option("--as-typed", help="Don't search other spellings.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Print the parts of each score.")] = False,
    as_json: AsJson = False,
) -> None:
    """Search the archive.

    WORDS may contain "exact phrases" (quoted twice: once for the shell), -excluded words, and the filters topic:,
    provider:, after:, before: and quality:>=80.
    """
    from bot.cli.search import run_search

    text = " ".join(words)
    session = session_of(context)
    run_search(session, text, limit=limit, sort=sort, corrects=not as_typed, explains=explain, as_json=as_json)


@_command()
def related(
    context: typer.Context,
    article: Annotated[str, typer.Argument(metavar="ARTICLE", hidden=True)],
    as_json: AsJson = False,
) -> None:
    """List other reports of an article's story.

    ARTICLE is a file name, an id, a title or a link. Any other link or headline is compared by its words.
    """
    from bot.cli.related import run_related

    run_related(session_of(context), article, as_json=as_json)


@digest_app.command(cls=Command)
def preview(  # noqa: PLR0913, PLR0917 - one argument an option
    context: typer.Context,
    as_of: Annotated[
        str,
        typer.Option(metavar="TIME", help="Cutoff in UTC: 2024-05-17, 2024-05-17T09:00 or 7d.  [default: now]"),
    ] = "",
    since: Annotated[
        str, typer.Option(metavar="TIME", help="Previous cutoff.  [default: none, as for a first edition]")
    ] = "",
    count: Annotated[int, typer.Option(metavar="N", min=1, max=20, help="Maximum number of stories.")] = 5,
    min_score: Annotated[
        int | None, typer.Option(metavar="N", help="Minimum score of an article.  [default: any]")
    ] = None,
    topic: Annotated[
        list[str] | None,
        typer.Option(metavar="TOPIC", help="Only this topic; repeat for several.  [default: all]"),
    ] = None,
    rule: Annotated[
        Literal["default", "upstream"],
        typer.Option(metavar="RULE", help="How stories are chosen: default or upstream."),
    ] = "default",
    why: Annotated[bool, typer.Option("--why", help="Also list the reason of every candidate.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the edition that a schedule would post.

    Posts and plans nothing.
    """
    from bot.cli.digest import Preview, run_preview

    options = Preview(as_of=as_of, since=since, count=count, min_score=min_score, topics=tuple(topic or ()), rule=rule)
    run_preview(session_of(context), options, why=why, as_json=as_json)


@schedule_app.command("import", cls=Command)
def import_schedules(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", hidden=True)],
    server: Annotated[int, typer.Option(metavar="ID", min=1, help="The server's id.")],
    admin: Annotated[
        int,
        typer.Option(metavar="ID", min=1, help="The admin, who gets notices of schedules without a channel for them."),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
) -> None:
    """Create or change a server's schedules from a TOML file.

    FILE has a [[schedule]] table with the options of /schedule create for each. Works beside a running bot.
    """
    from bot.cli.schedule import run_import

    run_import(session_of(context), file, guild_id=server, member_id=admin, dry_run=dry_run)


@schedule_app.command("export", cls=Command)
def export_schedules(
    context: typer.Context, server: Annotated[int, typer.Option(metavar="ID", min=1, help="The server's id.")]
) -> None:
    """Print a server's schedules as TOML that schedule import reads."""
    from bot.cli.schedule import run_export

    run_export(session_of(context), guild_id=server)


@_command()
def hide(
    context: typer.Context,
    article: Annotated[str, typer.Argument(metavar="ARTICLE", hidden=True)],
    undo: Annotated[bool, typer.Option("--undo", help="Show it again.")] = False,
) -> None:
    """Hide an article from search, coverage and editions.

    ARTICLE is a file name, an id or a link. It stays hidden when its file is read again.
    """
    from bot.cli.removal import run_hide

    run_hide(session_of(context), article, hidden=not undo)


@_command()
def delete(
    context: typer.Context,
    article: Annotated[str, typer.Argument(metavar="ARTICLE", hidden=True)],
    yes: Annotated[bool, typer.Option("--yes", help="Skip the confirmation.")] = False,
) -> None:
    """Delete an article permanently.

    ARTICLE is a file name, an id or a link. Reading its file again does not restore it.
    """
    if not yes:
        typer.confirm(f"Delete {article} permanently?", abort=True, err=True)
    from bot.cli.removal import run_delete

    run_delete(session_of(context), article)


@_command()
def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FOLDER", hidden=True)],
) -> None:
    """Copy the database into a folder and check the copy.

    FOLDER must not exist yet. Works beside a running bot.
    """
    from bot.cli.operation.backup import run_backup

    run_backup(session_of(context), target)


@_command()
def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="BACKUP", hidden=True)],
) -> None:
    """Replace the database with a backup.

    BACKUP is a folder created by `newsdesk backup`. Stop the bot first. The replaced database is kept beside it.
    """
    from bot.cli.operation.backup import run_restore

    run_restore(session_of(context), source)


@_command()
def rotate_key(context: typer.Context) -> None:
    """Sign buttons with a new key.

    The key before it stays valid, older ones do not: if a key has leaked, rotate twice. Restart the bot afterwards.
    """
    from bot.cli.operation.backup import run_rotate_key

    run_rotate_key(session_of(context))


@_command()
def doctor(
    context: typer.Context,
    quick: Annotated[bool, typer.Option("--quick", help="Skip slow checks, as for a health check.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Check the whole database and every server; slow.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check the installation and say what to fix.

    Checks configuration, database, seeds, the running bot and each schedule's channel.
    """
    from bot.cli.operation.doctor import run_doctor

    depth: Depth = "quick" if quick else "full" if full else "usual"
    raise typer.Exit(run_doctor(session_of(context), depth=depth, as_json=as_json))


add_commands(app)
