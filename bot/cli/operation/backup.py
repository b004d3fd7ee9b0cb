"""`newsdesk backup`, `restore` and `rotate-key`: copy the database, put a copy back, change its key."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.app.config import Config
from bot.cli.output.line import Line
from bot.cli.session import Session
from bot.cli.store import configure, writing
from bot.clock import SystemClock
from bot.store.sqlite.backup import back_up_store, restore_store


def run_backup(session: Session, target: Path) -> None:
    """Copy the database into a new folder and check the copy.

    Raises:
        StoreError: The folder exists, or the database can't be read.
    """
    config = configure(session)
    asyncio.run(back_up_store(config.database, target.absolute(), clock=SystemClock()))
    session.out.show(Line(text=f"Backed up and checked: {target}"))
    if config.ledger is not None:
        session.out.show(Line(text="This has the articles alone. Back up the ledger with pg_dump.", kind="quiet"))


def run_restore(session: Session, source: Path) -> None:
    """Replace the database with a backup; the replaced files are kept beside it.

    Raises:
        StoreLockedError: The bot is running.
        StoreError: The backup is damaged or can't be read.
    """
    kept = asyncio.run(restore_store(source.absolute(), configure(session).database, clock=SystemClock()))
    session.out.show(Line(text=f"Restored: {source}"))
    if kept:
        session.out.show(Line(text=f"The replaced database is kept as {kept}", kind="quiet"))


def run_rotate_key(session: Session) -> None:
    """Let buttons be signed with a new key from the bot's next start on; the key before it stays valid.

    Raises:
        StoreError: The database can't be used.
    """
    asyncio.run(_rotate(configure(session)))
    session.out.show(Line(text="Buttons are signed with a new key after the bot's next start."))


async def _rotate(config: Config) -> None:
    async with writing(config) as store:
        await store.admin.rotate_secret()
