"""`newsdesk run`: run the bot."""

from __future__ import annotations

import asyncio

from bot.app.until_signal import run_bot
from bot.cli.session import Session
from bot.cli.store import configure
from bot.clock import SystemClock


def run_until_stopped(session: Session) -> None:
    """Run the bot until SIGTERM or Ctrl-C.

    Raises:
        ConfigError: The configuration can't be used, or has no token.
        NewsdeskError: The bot can't start, or had to stop.
    """
    config = configure(session, in_background=True)
    config.require_token()
    asyncio.run(run_bot(config, SystemClock()))
