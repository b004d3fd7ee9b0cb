"""`newsdesk init`: from a token to a bot that can be invited and started."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Final

import typer

import bot
from bot.app.config import load_config
from bot.chat.account.client import point_at
from bot.chat.account.invite import invite_link
from bot.chat.account.session import Application, open_session
from bot.cli.operation.doctor import run_doctor
from bot.cli.operation.installation import Installation
from bot.cli.output.line import Line
from bot.cli.session import Session
from bot.clock import SystemClock
from bot.errors import BadInputError, NewsdeskError, TokenRefusedError
from bot.news.parsing.times import parse_zone
from bot.store.sqlite import open_store

_TRIES: Final = 3
_PORTAL: Final = "https://discord.com/developers/applications"
_UNITS: Final = (
    Path(bot.__file__).parent / "unit" / "newsdesk.service",
    Path(bot.__file__).parents[1] / "deploy" / "newsdesk.service",
)
"""Where the systemd unit is: in an installed program, and in a checkout."""


def run_init(session: Session, *, replaces: bool, with_unit: bool) -> None:
    """Ask for the token, check it, write the files, and say how to invite and start the bot.

    Nothing is written before Discord has taken the token. Without a terminal it asks nothing: the token is that of the
    environment, everything else has a default.

    Args:
        session: The invocation; `--config` names the file to write.
        replaces: Replace a configuration without asking; it is kept beside the new one.
        with_unit: Write a systemd unit without asking.

    Raises:
        NewsdeskError: there is no terminal to ask at, the token is refused, or a file can't be written.
    """
    here = Installation(config=(session.config_path or Path("config.toml")).absolute())
    is_asking = sys.stdin.isatty()
    _require_leave(here, is_asking=is_asking, replaces=replaces)
    if base := os.environ.get("NEWSDESK_API_BASE"):
        point_at(base)
    token, application = _log_in(session, is_asking=is_asking)
    zone = _ask_zone(session) if is_asking else _local_zone()
    with_unit = with_unit or (is_asking and typer.confirm("Write a systemd unit?", default=False, err=True))
    clock = SystemClock()
    kept = here.write(token, zone, now=clock.now())
    asyncio.run(_create_database(here.config))
    unit = here.write_unit(_template()) if with_unit else None
    session.out.show(*_lines(here, application, kept, unit))
    written = Session(config_path=here.config, out=session.out, err=session.err)
    run_doctor(written, depth="usual", as_json=False)


def _require_leave(here: Installation, *, is_asking: bool, replaces: bool) -> None:
    """Go on if nothing is in the way, or if it may be replaced.

    Raises:
        NewsdeskError: a file is in the way.
    """
    if not here.files or replaces:
        return
    there = " and ".join(map(str, here.files))
    if not is_asking:
        raise NewsdeskError(f"{there} exists.", cure="Use --replace to replace it; the old file is kept.")
    if not typer.confirm(f"{there} exists. Replace it? The old file is kept beside it.", default=False, err=True):
        raise NewsdeskError("Nothing was changed.", cure="Name another file with --config.")


def _log_in(session: Session, *, is_asking: bool) -> tuple[str, Application]:
    """Return the token and whose it is, once Discord has taken it.

    Raises:
        NewsdeskError: there is none, or Discord refused each of them, or can't be reached.
    """
    if given := os.environ.get("NEWSDESK_TOKEN", "").strip():
        session.err.show(Line(text="Using the token in NEWSDESK_TOKEN."))
        return given, _checked(given)
    if not is_asking:
        cure = "Run it in a terminal, or set NEWSDESK_TOKEN."
        raise NewsdeskError("`newsdesk init` asks for the bot's token, and there is no terminal.", cure=cure)
    session.err.show(Line(text=f"Create an application at {_PORTAL}, open Bot, press Reset Token, and copy the token."))
    for tries_left in reversed(range(_TRIES)):
        token = _bare(typer.prompt("Token (it is not shown)", hide_input=True, err=True))
        try:
            return token, _checked(token)
        except (BadInputError, TokenRefusedError) as error:
            if not tries_left:
                raise
            session.err.show(Line(text=str(error), kind="trouble", hanging=2))
    raise AssertionError("the last try returns or raises")


def _bare(typed: str) -> str:
    text = typed.strip()
    return text[4:].lstrip() if text.lower().startswith("bot ") else text


def _checked(token: str) -> Application:
    """Log in and out again.

    Raises:
        BadInputError: it can't be a token.
        TokenRefusedError, NewsdeskError: as `open_session`.
    """
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise BadInputError("That is not a token: it has spaces or other characters that no token has.")

    async def work() -> Application:
        async with open_session(token, SystemClock()) as session:
            return session.application

    return asyncio.run(work())


def _ask_zone(session: Session) -> str:
    while True:
        typed = typer.prompt("Time zone of schedules that name none", default=_local_zone(), err=True)
        try:
            return parse_zone(typed)
        except NewsdeskError as error:
            session.err.show(Line(text=str(error), kind="trouble", hanging=2))


def _local_zone() -> str:
    """Find this machine's time zone; UTC if it isn't known."""
    names = (os.environ.get("TZ", ""), os.path.realpath("/etc/localtime").partition("zoneinfo/")[2])
    for name in filter(None, names):
        try:
            return parse_zone(name)
        except NewsdeskError:
            continue
    return "UTC"


async def _create_database(config: Path) -> None:
    """Create the database, so that a folder that can't be written is found now."""
    clock = SystemClock()
    async with open_store(load_config(config, os.environ).database, clock=clock):
        pass


def _template() -> str:
    found = next((path for path in _UNITS if path.is_file()), None)
    if found is None:
        raise NewsdeskError("The program came without its systemd unit.", cure="See deploy/newsdesk.service.")
    return found.read_text(encoding="utf-8")


def _lines(here: Installation, application: Application, kept: list[Path], unit: Path | None) -> list[Line]:
    run = f"newsdesk --config {here.config} run"
    start = [f"Start it:   {run}"]
    if unit is not None:
        start = [f"Start it:   sudo cp {unit} /etc/systemd/system/ && sudo systemctl enable --now newsdesk"]
    texts = [
        f"{application.name} can log in. Wrote {here.config}, readable by you only.",
        *(f"Kept the file of before as {path}." for path in kept),
        f"Articles:   put seed files into {here.folder / 'seeds'}, or upload them in Discord with /content import",
        *start,
        f"Invite it:  {invite_link(application.id)}",
    ]
    return [Line(text=text, hanging=12) for text in texts]
