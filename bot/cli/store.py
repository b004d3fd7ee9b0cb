"""The configuration and the database of an invocation."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from bot.app.config import Config, load_config
from bot.app.log import set_up_logging
from bot.cli.session import Session
from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF
from bot.store.port import Store
from bot.store.sqlite import open_store

SHELVES: Final = (INSTANCE_SHELF,)
"""What the operator's commands read: uploads of single servers are those servers' own."""


def configure(session: Session, *, in_background: bool = False) -> Config:
    """Load the configuration and set up logging as it says.

    Args:
        session: The invocation.
        in_background: As for `set_up_logging`.

    Raises:
        ConfigError: Something is wrong with it.
    """
    config = load_config(session.config_path, os.environ)
    set_up_logging(config.log_level, config.log_format, secrets=config.secrets(), in_background=in_background)
    return config


@asynccontextmanager
async def reading(config: Config) -> AsyncIterator[Store]:
    """Open the database and change nothing.

    Raises:
        StoreError: There is no database, or it can't be used.
    """
    async with open_store(
        config.database,
        clock=SystemClock(),
        read_only=True,
        qualities=config.quality,
        postgres=config.ledger_address(),
    ) as store:
        yield store


@asynccontextmanager
async def writing(config: Config) -> AsyncIterator[Store]:
    """Open the database for writing, also beside a running bot; create it where there is none.

    Raises:
        StoreError: The database can't be used.
    """
    async with open_store(
        config.database,
        clock=SystemClock(),
        shelf_bytes=config.limits.shelf_megabytes * 1024 * 1024,
        postgres=config.ledger_address(),
    ) as store:
        yield store
