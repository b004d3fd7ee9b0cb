"""`newsdesk schedule import | export`: a server's schedules from and to a TOML file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.checkup.check import read_names
from bot.cli.output.line import Line
from bot.cli.session import Session
from bot.cli.store import configure, reading, writing
from bot.clock import SystemClock
from bot.errors import BadInputError, NewsdeskError
from bot.news.schedules.imported import Imported, ImportedSchedule
from bot.news.schedules.schedule import Schedule
from bot.render.format.number import count_of
from bot.usecases.schedule.importing import Place, import_settings, try_import
from bot.usecases.schedule.settings_file import write_settings

_LARGEST: Final = 1024 * 1024
"""Bytes; fifty schedules with all options take a twentieth."""


def run_import(session: Session, file: Path, *, guild_id: int, member_id: int, dry_run: bool) -> None:
    """Import the schedules of a file and print what became of each.

    Args:
        session: The invocation.
        file: TOML; its form is in docs/commands.md.
        guild_id: The server.
        member_id: The admin, who gets notices of schedules without a channel for them.
        dry_run: Print what would change, and change nothing.

    Raises:
        NewsdeskError: the file can't be read, or a schedule can't be used; nothing has changed then.
    """
    text = _read(file)
    imported = asyncio.run(_import(session, text, guild_id, member_id, dry_run=dry_run))
    session.out.show(*_lines(imported.schedules, dry_run=dry_run))
    if imported.skips_roles:
        session.out.show(Line(text="Editor roles are imported by /admin import in the server.", kind="quiet"))
    if problems := [each for each in imported.schedules if each.problem is not None]:
        raise BadInputError(
            f"{count_of(len(problems), 'schedule')} of {file} can't be used; nothing was imported.",
            cure="Correct the lines above, then import it again.",
        )
    if not dry_run:
        hint = "Check channels and permissions with `newsdesk doctor --online`, or with /schedule list in the server."
        session.out.show(Line(text=hint, kind="quiet"))


async def _import(session: Session, text: str, guild_id: int, member_id: int, *, dry_run: bool) -> Imported:
    config, now = configure(session), SystemClock().now()
    async with reading(config) if dry_run else writing(config) as store:
        place = Place(
            guild_id=guild_id,
            member_id=member_id,
            default_timezone=config.default_timezone.key,
            known=await read_names(store, guild_id),
        )
        bring = try_import if dry_run else import_settings
        return await bring(store.schedules, text, place, now=now)


def run_export(session: Session, *, guild_id: int) -> None:
    """Print a server's schedules as TOML that `run_import` reads.

    Raises:
        NewsdeskError: the server has no schedule.
    """
    schedules = asyncio.run(_schedules(session, guild_id))
    if not schedules:
        raise BadInputError(f"The server {guild_id} has no schedule.", cure="Check its id.")
    session.out.stream.write(write_settings(schedules))


async def _schedules(session: Session, guild_id: int) -> tuple[Schedule, ...]:
    async with reading(configure(session)) as store:
        return await store.schedules.schedules(guild_id)


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
    except OSError as error:
        raise NewsdeskError(f"{file}: {error.strerror}.", cure="Name a TOML file of schedules.") from error
    if len(data) > _LARGEST:
        raise BadInputError(f"{file} is larger than 1 MiB.", cure="Name a TOML file of schedules.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(f"{file} is not UTF-8.", cure="Save it as UTF-8.") from error


def _lines(imported: tuple[ImportedSchedule, ...], *, dry_run: bool) -> Iterator[Line]:
    for each in imported:
        if each.problem is not None:
            yield Line(text=f"{each.name}: {each.problem}", kind="trouble", hanging=2)
            continue
        done = _WORDS[each.before is None, each.has_changed][dry_run]
        what = "next look" if each.after is not None and each.after.rule == "breaking" else "next edition"
        due = f"; {what} {each.next_due_at:%Y-%m-%d %H:%M} UTC" if each.next_due_at else ""
        yield Line(text=f"{each.name}: {done}{due}", hanging=2)


_WORDS: Final = {
    (True, True): ("created", "would be created"),
    (False, True): ("changed", "would be changed"),
    (False, False): ("unchanged", "unchanged"),
}
"""By whether it is new and whether anything changed: done, and in a dry run."""
