"""What can be typed of the feed collector: `collect`, `feeds`, `seed` and `migrate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.command import Command, session_of


def add_commands(app: typer.Typer) -> None:
    """Add the collector's commands to the command line."""
    app.command(cls=Command)(collect)
    feeds = typer.Typer(help="Manage the feeds that are collected.", no_args_is_help=True, rich_markup_mode=None)
    for command in (add, list_, check, remove, import_, export, packs, why):
        feeds.command(command.__name__.rstrip("_"), cls=Command)(command)
    app.add_typer(feeds, name="feeds")
    seed = typer.Typer(help="Make seed files by hand.", no_args_is_help=True, rich_markup_mode=None)
    seed.callback()(_seed)
    seed.command(cls=Command)(new)
    app.add_typer(seed, name="seed")
    app.command(cls=Command)(migrate)


def collect(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Run one pass and exit.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Run one pass and show what it would write; write nothing.")
    ] = False,
    until_eof: Annotated[bool, typer.Option("--until-eof", help="Stop when standard input is closed.")] = False,
) -> None:
    """Collect articles from feeds into seed files.

    Runs until SIGTERM or Ctrl-C, one pass every 15 minutes. Needs the extra: pip install 'newsdesk[collect]'.
    """
    from bot.cli.collecting.collect import run_collect

    once = once or dry_run
    raise typer.Exit(run_collect(session_of(context), once=once, is_dry=dry_run, until_eof=until_eof))


def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", hidden=True)],
    name: Annotated[str, typer.Option(metavar="NAME", help="Provider's name.  [default: the feed's title]")] = "",
    topic: Annotated[
        list[str] | None, typer.Option(metavar="TOPIC", help="Topic of its articles; repeat for several.")
    ] = None,
    quality: Annotated[
        int, typer.Option(metavar="N", min=0, max=1000, help="Quality of its articles before adjustments.")
    ] = 70,
) -> None:
    """Add a feed, found from any page of its site.

    URL is a feed, or a page that names one. Shows the newest items.
    """
    from bot.cli.collecting.checking import run_add

    run_add(session_of(context), url, name=name, topics=topic or (), quality=quality)


def list_(context: typer.Context) -> None:
    """List feeds with their state."""
    from bot.cli.collecting.feeds import list_feeds

    list_feeds(session_of(context))


def check(
    context: typer.Context,
    feed: Annotated[str, typer.Argument(metavar="[FEED]", hidden=True)] = "",
) -> None:
    """Fetch one feed, or all, and say what is wrong.

    FEED is an address, a name or a part of one. Writes nothing.
    """
    from bot.cli.collecting.checking import run_check

    raise typer.Exit(run_check(session_of(context), feed))


def remove(context: typer.Context, feed: Annotated[str, typer.Argument(metavar="FEED", hidden=True)]) -> None:
    """Remove a feed; its articles stay.

    FEED is an address, a name or a part of one.
    """
    from bot.cli.collecting.feeds import run_remove

    run_remove(session_of(context), feed)


def import_(context: typer.Context, source: Annotated[str, typer.Argument(metavar="FILE", hidden=True)]) -> None:
    """Add the feeds of an OPML file or a starter pack.

    FILE is an OPML file, or the name of a pack (`newsdesk feeds packs`).
    """
    from bot.cli.collecting.feeds import run_import

    raise typer.Exit(run_import(session_of(context), source))


def export(context: typer.Context) -> None:
    """Print the feeds as OPML."""
    from bot.cli.collecting.feeds import run_export

    run_export(session_of(context))


def packs(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", hidden=True)] = "",
) -> None:
    """List starter packs, or the feeds of one."""
    from bot.cli.collecting.feeds import show_packs

    show_packs(session_of(context), name)


def why(context: typer.Context, item: Annotated[str, typer.Argument(metavar="ITEM", hidden=True)]) -> None:
    """Explain why an item was taken or left out.

    ITEM is its URL, or words of its title.
    """
    from bot.cli.collecting.checking import run_why

    raise typer.Exit(run_why(session_of(context), item))


def _seed() -> None:
    """Keep `seed` a group although it has one command."""


def new(
    context: typer.Context,
    page: Annotated[str, typer.Argument(metavar="PAGE", hidden=True)],
    prints: Annotated[bool, typer.Option("--print", help="Print the seed instead of writing its file.")] = False,
) -> None:
    """Make the seed file of one page.

    PAGE is a URL, or a saved HTML file that names its own address.
    """
    from bot.cli.collecting.seed import run_new

    run_new(session_of(context), page, prints=prints)


def migrate(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", hidden=True)],
    into: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write the two files.")] = Path(),
) -> None:
    """Move in from another bot or reader.

    FILE is OPML, the settings of Red's RSS cog (JSON), or MonitoRSS user feeds (JSON lines). Writes feeds.toml and
    schedules.toml, and names everything that can't be carried over.
    """
    from bot.cli.collecting.migrate import run_migrate

    raise typer.Exit(run_migrate(session_of(context), file, into))
