"""Put the server for interactions together, if they arrive over HTTP."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from bot.app.config import Config
from bot.chat.account.client import NewsClient
from bot.clock import Clock
from bot.errors import ConfigError

if TYPE_CHECKING:
    from bot.chat.http import InteractionServer


def interaction_server(
    config: Config, client: NewsClient, clock: Clock, *, now: Callable[[], datetime], note_joins: Callable[[], None]
) -> InteractionServer | None:
    """Create the server for interactions; None if they come from the gateway.

    Args:
        config: Names the public key that signs them.
        client: Answers them.
        clock: For waits.
        now: The current moment by Discord's clock.
        note_joins: Called if the bot may have been added to a server or removed from one.

    Raises:
        ConfigError: the extra isn't installed.
    """
    if config.interactions_address is None or config.interactions_public_key is None:
        return None
    try:
        from bot.chat.http import InteractionServer  # noqa: PLC0415 - only who uses it needs the extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "nacl":
            raise
        raise ConfigError(
            ("interactions_address: PyNaCl is not installed",), cure="Install the extra: pip install 'newsdesk[http]'."
        ) from error
    logging.getLogger("discord.client").addFilter(_is_not_about_endpoints)
    return InteractionServer(
        client,
        public_key=config.interactions_public_key,
        now_s=lambda: now().timestamp(),
        clock=clock,
        note_joins=note_joins,
    )


def _is_not_about_endpoints(record: logging.LogRecord) -> bool:
    """Drop discord.py's warning that it gets no interactions: they don't need its gateway."""
    return "interaction endpoint URL" not in record.getMessage()
