"""`newsdesk migrate`: move in from another bot or reader."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bot.cli.collecting.workplace import FEEDS_FILE, needing_the_extra
from bot.cli.output.line import Line
from bot.cli.session import Session
from bot.errors import NewsdeskError
from bot.render.format.number import count_of

with needing_the_extra():
    from bot.cli.collecting.feeds import add_new, read_file
    from bot.collect.migrate.export import read_export
    from bot.collect.migrate.moving import plan_move
    from bot.collect.migrate.schedules import schedules_toml

SCHEDULES_FILE: Final = "schedules.toml"


def run_migrate(session: Session, file: Path, folder: Path) -> int:
    """Write feeds.toml and schedules.toml of an export, and name what can't be carried over.

    Feeds that are in feeds.toml already stay as they are there; a schedules.toml is not overwritten.

    Returns:
        The exit status: 1 if something could not be carried over.

    Raises:
        NewsdeskError: The export can't be read, or a file can't be written.
    """
    move = plan_move(read_export(read_file(file)))
    schedules = folder / SCHEDULES_FILE
    if move.channels and schedules.exists():
        raise NewsdeskError(f"{schedules} is there already.", cure="Move it away, or name another folder with --into.")
    added = add_new(folder / FEEDS_FILE, move.feeds)
    if move.channels:
        try:
            schedules.write_text(schedules_toml(move.channels), encoding="utf-8")
        except OSError as error:
            raise NewsdeskError(f"{schedules} can't be written ({error.strerror}).") from error
    session.err.show(*(Line(text=f"{each.what}: {each.why}", hanging=2) for each in move.left_out))
    known = len(move.feeds) - len(added)
    left = f", {known} there already" if known else ""
    counts = f"{count_of(len(added), 'feed')} added{left}, {count_of(len(move.channels), 'schedule')} written"
    session.out.show(Line(text=f"{counts}, {len(move.left_out)} not carried over", kind="heading"))
    return 1 if move.left_out else 0
