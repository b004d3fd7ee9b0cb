"""What can be typed of the feed collector: `collect`, `feeds`, `seed` and `migrate`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.command import Command, session_of


def add_commands(app: typer.Typer) -> None:
    """Add the collector's commands to the command line."""
    app.command(cls=Command)(collect)


def collect(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Run one pass and exit.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Run one pass and show what it would write; write nothing.")
    ] = False,
) -> None:
    """Collect articles from feeds into seed files.

    Runs until SIGTERM or Ctrl-C, one pass every 15 minutes. Needs the extra: pip install 'newsdesk[collect]'.
    """
    from bot.cli.collecting.collect import run_collect

    raise typer.Exit(run_collect(session_of(context), once=once or dry_run, is_dry=dry_run))
